import { request } from "node:https";
import { join } from "node:path";
import { makeFolder, PRIVATE, parseFile, readIfThere, writeWhole } from "../../../host/files";
import { objectFile } from "../../cloud-folder";
import { type CallHarbor, type HarborCall, NotReachedError } from "../call";
import type { HarborLogin } from "../https";
import { FIRST_ROWS, type HarborRows } from "./rows";
import { answerOf } from "./server";

/** What answers calls of Harbor's, by the name of its Deployment and its namespace. */
const CORE = { namespace: "harbor", name: "harbor-core" };

/** What is kept of it. */
interface Kept {
  /** Of the namespace that it is in: another one holds another, empty Harbor. */
  readonly home: string;
  readonly rows: HarborRows;
}

interface KubeObject {
  readonly metadata?: { readonly uid?: string };
  readonly status?: { readonly readyReplicas?: number };
}

/**
 * The Harbor of a sandbox's world, which answers while its core is ready. What is in it is `kubernetes/harbor/rows.json`, so that it goes with the
 * cluster; edit that file to play drift, or repositories that somebody has pushed.
 */
export function harborOfWorld(world: string): (login: HarborLogin) => CallHarbor {
  return ({ url, user, password }) =>
    async (call) => {
      const [core, home] = await Promise.all([
        objectOf(
          world,
          "deployments.apps",
          `${CORE.namespace}_${CORE.name}`,
          `/apis/apps/v1/namespaces/${CORE.namespace}/deployments/${CORE.name}`,
        ),
        objectOf(world, "namespaces", CORE.namespace, `/api/v1/namespaces/${CORE.namespace}`),
      ]);
      if (!((core?.status?.readyReplicas ?? 0) > 0)) throw new NotReachedError(`connect ECONNREFUSED ${new URL(url).host}`);
      return carriedOut(join(world, "kubernetes", "harbor"), home?.metadata?.uid ?? "", call, call.as ?? { user, password });
    };
}

function carriedOut(folder: string, home: string, call: HarborCall, caller: { user: string; password: string }) {
  const path = join(folder, "rows.json");
  const text = readIfThere(path);
  const kept = text === undefined ? undefined : (parseFile(path, text, "delete it: Harbor is empty then") as Kept);
  const rows = kept?.home === home ? kept.rows : structuredClone(FIRST_ROWS);
  const answer = answerOf(rows, call, caller);
  makeFolder(folder);
  writeWhole(path, `${JSON.stringify({ home, rows } satisfies Kept, undefined, 2)}\n`, { mode: PRIVATE, durable: false });
  return answer;
}

/** An object of the world's cluster, on its real API server where it has one; undefined where it is not there. */
async function objectOf(world: string, kind: string, id: string, path: string): Promise<KubeObject | undefined> {
  const named = readIfThere(join(world, "api.json"));
  if (named === undefined) {
    const file = join(world, "kubernetes", kind, objectFile(id));
    const text = readIfThere(file);
    return text === undefined ? undefined : (parseFile(file, text, "delete it") as KubeObject);
  }
  const { server, ca, token } = JSON.parse(named) as { server: string; ca: string; token: string };
  return await new Promise((resolve, reject) => {
    const asked = request(new URL(path, server), { ca, headers: { authorization: `Bearer ${token}` }, agent: false }, (response) => {
      let said = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        said += piece;
      });
      response.on("end", () => resolve(response.statusCode === 200 ? (JSON.parse(said) as KubeObject) : undefined));
    });
    asked.on("error", (error) => reject(new NotReachedError(error.message)));
    asked.end();
  });
}
