import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Provider } from "../../plugin/rpc/provider";
import { createCloudProvider } from "../cloud/provider";
import { readCluster } from "../kubernetes/cluster";
import { Objects } from "../kubernetes/objects";
import { realApi } from "../kubernetes/real/api";
import { at, fields, type KubeObject, list, nameOf, namespaceOf } from "../kubernetes/values";
import { Store } from "../store";
import { isEmpty, text } from "../values";
import { KEYCLOAK, MASTER } from "./cloud";

/** The client of every Keycloak by which administrators log in. */
const ADMIN_CLIENT = "admin-cli";

/**
 * The `keycloak` provider, for the Keycloak that runs in the world's cluster: whoever calls it before its pods are ready finds nobody, and a
 * namespace that is made anew holds another, empty one. It logs in at its first call, or at once (`initialLogin`), as the real one does.
 */
export function createKeycloakProvider(worldDir: string): Provider {
  const provider = createCloudProvider(KEYCLOAK, worldDir);
  let login: Login = { url: "", clientId: "" };
  return {
    ...provider,
    async configure(args) {
      login = { url: text(args, "url"), clientId: text(args, "clientId") };
      // The real one would try the address, and the configuration of a preview may not be known.
      if (args.initialLogin !== false && args.initialLogin !== "false" && login.url !== "") await reach(worldDir, login);
      await provider.configure?.(args);
    },
    async create(call) {
      if (!call.preview) await reach(worldDir, login);
      return await provider.create(call);
    },
    async update(call) {
      if (!call.preview) await reach(worldDir, login);
      return await provider.update(call);
    },
    async read(call) {
      await reach(worldDir, login);
      return await provider.read(call);
    },
    async delete(call) {
      await reach(worldDir, login);
      await provider.delete(call);
    },
  };
}

/** Where the server is, and as which client the provider logs in. */
interface Login {
  readonly url: string;
  readonly clientId: string;
}

/** @throws Error where no Keycloak answers, or it does not know the client, in the provider's words */
async function reach(worldDir: string, { url, clientId }: Login): Promise<void> {
  const objects = await objectsOf(worldDir);
  const server = objects?.sets.find((set) => nameOf(set) === "keycloak" && Number(at(set, "status.readyReplicas") ?? 0) > 0);
  if (objects === undefined || server === undefined)
    throw new Error(
      `error logging in: Post "${url}/realms/master/protocol/openid-connect/token": dial tcp ${url.replace(/^\w+:\/\//, "")}: connect: connection refused`,
    );
  const home = objects.namespaces.find((namespace) => nameOf(namespace) === namespaceOf(server));
  const store = storeOf(worldDir, String(at(home, "metadata.uid")), server);
  if (clientId === "" || clientId === ADMIN_CLIENT || store.get("server", "home")?.client === true) return;
  if (store.list("client").some((each) => each.realmId === MASTER && each.clientId === clientId)) return;
  throw new Error(
    "error logging in: error logging in to Keycloak: 401 Unauthorized. Response body: " +
      '{"error":"invalid_client","error_description":"Invalid client or Invalid client credentials"}',
  );
}

interface Found {
  readonly sets: readonly KubeObject[];
  readonly namespaces: readonly KubeObject[];
}

async function objectsOf(worldDir: string): Promise<Found | undefined> {
  const cluster = readCluster(worldDir);
  if (cluster === undefined) return undefined;
  const objects = realApi(worldDir, cluster.uid) ?? new Objects(join(worldDir, "kubernetes"));
  return { sets: await objects.list("apps/v1/StatefulSet"), namespaces: await objects.list("v1/Namespace") };
}

/** What is in the server, without what another namespace's held. What it was started with at first is remembered: later starts make nobody. */
function storeOf(worldDir: string, uid: string, server: KubeObject): Store {
  const folder = join(worldDir, KEYCLOAK.folder ?? KEYCLOAK.name);
  const known = new Store(folder).get("server", "home")?.uid;
  if (known === uid) return new Store(folder);
  if (!isEmpty(known)) rmSync(folder, { recursive: true, force: true });
  const store = new Store(folder);
  const containers = list(at(server, "spec.template.spec.containers"));
  const names = containers.flatMap((container) => list(fields(container).env).map((each) => fields(each).name));
  store.put("server", { id: "home", uid, client: names.includes("KC_BOOTSTRAP_ADMIN_CLIENT_ID") });
  return store;
}
