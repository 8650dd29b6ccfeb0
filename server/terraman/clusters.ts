import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Principal } from "../access/principal";
import type { Row } from "../data/tables";
import { HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import { clusterPath } from "../secrets/store";
import { type AskedCluster, askCluster } from "./ask-cluster";
import { EMPTY, shapeOf } from "./cluster-shape";
import type { Face } from "./face";
import { listed } from "./list";
import { makeEnvironment } from "./make-cluster";
import { ClusterLog, Cluster as ClusterReply, listOf } from "./replies";
import { failure, listQuery, type Provider, providerType, SUCCESS, seoulTime, text, uid } from "./shapes";
import { checkText } from "./template-text";

const common = { login: "compatible", failure } as const;
const byId = z.object({ cluster: text(36) });
const Cluster = z.object({
  resourceName: text(100).refine((name) => name.trim() !== "", "Requirements are missing."),
  ...{ clusterType: text(20), providerType, description: text(1_000), sshKey: text(100) },
  ...{ cloudAccountId: text(20), hclScript: text(500_000) },
  isClusterRegister: z.union([z.boolean(), z.enum(["true", "false"]).transform((value) => value === "true")]).default(false),
  ...{ clusterApiUrl: text(2_000), clusterToken: text(16_384) },
});
const Changed = z.object({ cluster: text(36), resourceName: text(100), description: text(1_000) });
type Sent = z.output<typeof Cluster>;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Clusters as K-PaaS's portal knows them, at `/clusters`. */
export function clusterRoutes(face: Face): Route[] {
  const { database, trail, secrets } = face;
  const one = async (id: string) =>
    (UUID.test(id) ? await database.query.selectFrom("clusters").selectAll().where("id", "=", id).executeTakeFirst() : undefined) ??
    missing();
  return [
    defineRoute({
      ...{
        ...common,
        id: "listClusters",
        reply: listOf(ClusterReply),
        method: "GET",
        path: "/clusters",
        summary: "Clusters",
        needs: "viewer",
        query: listQuery,
      },
      handle: ({ query }) => listed(database.query.selectFrom("clusters").selectAll(), query, shapeOf),
    }),
    defineRoute({
      ...{
        ...common,
        id: "readCluster",
        reply: ClusterReply,
        method: "GET",
        path: "/clusters/{cluster}",
        summary: "A cluster",
        needs: "viewer",
        params: byId,
      },
      handle: async ({ params }) => ({ ...shapeOf(await one(params.cluster)), ...SUCCESS }),
    }),
    defineRoute({
      ...{
        ...common,
        id: "createCluster",
        reply: ClusterReply,
        method: "POST",
        path: "/clusters",
        summary: "Makes a cluster of a template's text, or registers one",
      },
      ...{ needs: "administrator", body: Cluster },
      handle: async ({ body, principal }) => {
        if (!body.isClusterRegister) return { ...shapeOf(await create(face, body, principal)), ...SUCCESS };
        const { version: kubernetesVersion, nodes: nodeCount, ...row } = await register(face, body, principal);
        return { ...shapeOf(row), kubernetesVersion, nodeCount, ...SUCCESS };
      },
    }),
    defineRoute({
      ...{
        ...common,
        id: "changeCluster",
        reply: ClusterReply,
        method: "PATCH",
        path: "/clusters",
        summary: "Changes a cluster's name and description",
      },
      ...{ needs: "administrator", body: Changed },
      handle: async ({ body: { cluster: id, resourceName, description }, principal }) => {
        const before = await one(id);
        const row = await database.query.transaction().execute(async (transaction) => {
          const name = resourceName.trim() === "" ? before.name : resourceName;
          await trail.append({ actor: principal.id, action: "cluster.change", target: id, detail: { name } }, transaction);
          const change = { name, description, modified: new Date() };
          return await transaction.updateTable("clusters").set(change).where("id", "=", id).returningAll().executeTakeFirstOrThrow();
        });
        return { ...shapeOf(row), ...SUCCESS };
      },
    }),
    defineRoute({
      ...{
        ...common,
        id: "forgetCluster",
        reply: ClusterReply,
        method: "DELETE",
        path: "/clusters/{cluster}",
        needs: "administrator",
        params: byId,
      },
      summary: "Forgets a cluster, as K-PaaS does: its machines and its environment stay",
      handle: async ({ params: { cluster: id }, principal }) => {
        const { name, type, environment } = await one(id);
        if (type === "host") throw new HttpProblem("conflict", "Host clusters cannot be disconnected.");
        await database.query.transaction().execute(async (transaction) => {
          const open = transaction
            .selectFrom("operations")
            .select("id")
            .where("cluster", "=", id)
            .where("state", "in", ["waiting", "running"]);
          if ((await open.executeTakeFirst()) !== undefined)
            throw new HttpProblem("conflict", "an operation of this cluster is under way: wait for its end");
          await trail.append(
            { actor: principal.id, action: "cluster.forget", target: id, detail: { name, environment: environment ?? "" } },
            transaction,
          );
          await transaction.deleteFrom("clusters").where("id", "=", id).execute();
        });
        await secrets.remove(clusterPath(id));
        return { ...EMPTY, ...SUCCESS };
      },
    }),
    defineRoute({
      ...{
        ...common,
        id: "readClusterLog",
        reply: ClusterLog,
        method: "GET",
        path: "/clusters/logs/{cluster}",
        summary: "How a cluster came to be, newest line first",
      },
      ...{ needs: "viewer", params: byId },
      handle: async ({ params: { cluster: id } }) => {
        const rows = UUID.test(id)
          ? await database.query.selectFrom("clusterLogs").selectAll().where("cluster", "=", id).orderBy("number", "desc").execute()
          : [];
        if (rows.length === 0)
          return {
            resultCode: "FAIL",
            resultMessage: "DATA_NOT_FOUND",
            httpStatusCode: null,
            detailMessage: "Log message is empty.",
            items: null,
          };
        const nothing = { resultCode: null, resultMessage: null, httpStatusCode: null, detailMessage: null };
        return {
          ...SUCCESS,
          items: rows.map(({ cluster, number, message, at }) => ({
            ...nothing,
            clusterId: cluster,
            processNo: number,
            logMessage: message,
            regTimestamp: seoulTime(at),
          })),
        };
      },
    }),
  ];
}

async function create(
  { database, repository, trail, work }: Face,
  body: Sent,
  { id: actor, name: person }: Principal,
): Promise<Row<"clusters">> {
  const { resourceName: name, providerType: provider, sshKey, hclScript } = body;
  const account = await accountOf(database, body.cloudAccountId, provider);
  if (
    sshKey !== "" &&
    (await database.query.selectFrom("sshKeys").select("id").where("name", "=", sshKey).executeTakeFirst()) === undefined
  )
    throw new HttpProblem("invalid-request", "Please check the input value again.", [
      { path: "sshKey", reason: "there is no SSH key of this name" },
    ]);
  checkText(hclScript, provider);
  const id = randomUUID();
  const change = repository.change.bind(repository);
  const environment = await makeEnvironment(
    { root: repository.root, change },
    { id, name, text: hclScript, keyed: sshKey !== "" },
    { name: person, id: actor },
  );
  const row = await database.query.transaction().execute(async (transaction) => {
    const values = { ...valuesOf(id, body), status: "C", sshKey, account, environment, apiUrl: null } as const;
    const made = await transaction.insertInto("clusters").values(values).returningAll().executeTakeFirstOrThrow();
    await work.ask({ environment, kind: "up", askedBy: actor, cluster: id }, transaction);
    await trail.append({ actor, action: "cluster.create", target: id, detail: { name, provider, environment } }, transaction);
    return made;
  });
  await work.wake();
  return row;
}

/** Registers a cluster that is there, once it has said what it is by that token. */
async function register(
  { database, secrets, trail, addresses }: Face,
  body: Sent,
  { id: actor }: Principal,
): Promise<Row<"clusters"> & Pick<AskedCluster, "version" | "nodes">> {
  const { resourceName: name, providerType: provider, clusterApiUrl, clusterToken } = body;
  const faults = [
    ...(URL.canParse(clusterApiUrl) && new URL(clusterApiUrl).protocol === "https:"
      ? []
      : [{ path: "clusterApiUrl", reason: "must be the https URL of a cluster's API" }]),
    ...(clusterToken.trim() === "" ? [{ path: "clusterToken", reason: "must be given" }] : []),
  ];
  if (faults.length > 0) throw new HttpProblem("invalid-request", "Please check the input value again.", faults);
  const { url: apiUrl, version, nodes, ready, fingerprint } = await askCluster({ url: clusterApiUrl, token: clusterToken }, addresses);
  const same = await database.query.selectFrom("clusters").select("id").where("apiUrl", "=", apiUrl).executeTakeFirst();
  if (same !== undefined) throw new HttpProblem("conflict", "The cluster is already registered.");
  const id = randomUUID();
  await secrets.write(clusterPath(id), { clusterId: id, clusterApiUrl: apiUrl, clusterToken });
  const row = await database.query.transaction().execute(async (transaction) => {
    const values = { ...valuesOf(id, body), status: "A", sshKey: "", account: null, environment: null, apiUrl } as const;
    const detail = { name, provider, apiUrl, version, nodes, ready, certificate: fingerprint };
    await trail.append({ actor, action: "cluster.register", target: id, detail }, transaction);
    return await transaction.insertInto("clusters").values(values).returningAll().executeTakeFirstOrThrow();
  });
  return { ...row, version, nodes };
}

/** What is written down of every cluster as it was sent. */
function valuesOf(id: string, { resourceName: name, clusterType, providerType: provider, description }: Sent) {
  return { id, name, type: clusterType || "sub", provider, description };
}

async function accountOf(database: Face["database"], sent: string, provider: Provider): Promise<number> {
  const id = uid.safeParse(sent);
  const row = id.success
    ? await database.query.selectFrom("accounts").select("provider").where("id", "=", id.data).executeTakeFirst()
    : undefined;
  if (id.success && row?.provider === provider) return id.data;
  const reason = row === undefined ? "there is no such account" : `it is an account of ${row.provider}`;
  throw new HttpProblem("invalid-request", "Please check the input value again.", [{ path: "cloudAccountId", reason }]);
}

function missing(): never {
  throw new HttpProblem("not-found", "The resource does not exist.");
}
