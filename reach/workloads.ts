import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import type { ClusterApi } from "./cluster-api";

/** Says on a workload that is stopped how many replicas it is to have again: whoever goes on after a kill reads it there. */
const STOPPED = "kpaas/stopped-replicas";

/** As whom workloads are stopped and started. */
const MANAGER = "kpaas-stop";

const MERGE = "application/merge-patch+json";

const workloadSchema = z.object({
  metadata: z.object({
    name: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
    managedFields: z.array(z.looseObject({ manager: z.string().optional() })).default([]),
  }),
  spec: z.object({ replicas: z.number().default(1) }),
  status: z.object({ replicas: z.number().default(0), readyReplicas: z.number().default(0) }).default({ replicas: 0, readyReplicas: 0 }),
});

type Workload = z.infer<typeof workloadSchema> & { readonly path: string };

/** How long is waited, and how often is looked, in milliseconds. */
export interface StopTimes {
  readonly patience: number;
  readonly look: number;
}

const TIMES: StopTimes = { patience: 600_000, look: 1_000 };

/** The Deployments and StatefulSets of a namespace. */
async function workloadsOf(api: ClusterApi, namespace: string): Promise<Workload[]> {
  const found = [];
  for (const kind of ["deployments", "statefulsets"]) {
    const path = `/apis/apps/v1/namespaces/${namespace}/${kind}`;
    const { items } = z.object({ items: z.array(workloadSchema) }).parse(await api.call(path));
    found.push(...items.map((item) => ({ ...item, path: `${path}/${item.metadata.name}` })));
  }
  return found;
}

/** What is stopped: all workloads of a namespace, or those with the names. */
export interface ToStop {
  readonly namespace: string;
  /** @default all */
  readonly names?: readonly string[];
}

/** Stops workloads and waits until none of their pods is left; what is stopped already stays so. */
export async function stopWorkloads(api: ClusterApi, { namespace, names }: ToStop, signal?: AbortSignal, times = TIMES): Promise<void> {
  const meant = async () =>
    (await workloadsOf(api, namespace)).filter(({ metadata }) => names === undefined || names.includes(metadata.name));
  for (const { path, metadata, spec } of await meant()) {
    if (spec.replicas === 0) continue;
    const replicas = metadata.annotations[STOPPED] ?? String(spec.replicas);
    const body = { metadata: { annotations: { [STOPPED]: replicas } }, spec: { replicas: 0 } };
    await api.call(`${path}?fieldManager=${MANAGER}`, { method: "PATCH", type: MERGE, body });
  }
  const left = async () => (await meant()).filter(({ status }) => status.replicas > 0);
  await until(
    async () => (await left()).length === 0,
    signal,
    times,
    async () => {
      const late = (await left()).map(({ metadata }) => metadata.name);
      return `${late.join(", ")} in ${namespace} did not stop`;
    },
  );
}

/** Starts again what was stopped in a namespace, and waits until it is ready. */
export async function startWorkloads(api: ClusterApi, namespace: string, signal?: AbortSignal, times = TIMES): Promise<void> {
  for (const { path, metadata } of await workloadsOf(api, namespace)) {
    const before = metadata.annotations[STOPPED];
    if (before === undefined) continue;
    const body = { metadata: { annotations: { [STOPPED]: null } }, spec: { replicas: Number(before) } };
    await api.call(`${path}?fieldManager=${MANAGER}`, { method: "PATCH", type: MERGE, body });
    await disown(api, path);
  }
  const late = async () => (await workloadsOf(api, namespace)).filter(({ spec, status }) => status.readyReplicas < spec.replicas);
  await until(
    async () => (await late()).length === 0,
    signal,
    times,
    async () => {
      const names = (await late()).map(({ metadata }) => metadata.name);
      return `${names.join(", ")} in ${namespace} did not become ready again`;
    },
  );
}

/** Leaves the number of replicas to whoever applies the object next: as its owner we would be in the way of every other number. */
async function disown(api: ClusterApi, path: string): Promise<void> {
  const { metadata } = workloadSchema.parse(await api.call(path));
  const managedFields = metadata.managedFields.filter(({ manager }) => manager !== MANAGER);
  if (managedFields.length === metadata.managedFields.length) return;
  await api.call(`${path}?fieldManager=${MANAGER}`, { method: "PATCH", type: MERGE, body: { metadata: { managedFields } } });
}

async function until(
  reached: () => Promise<boolean>,
  signal: AbortSignal | undefined,
  { patience, look }: StopTimes,
  problem: () => Promise<string>,
): Promise<void> {
  const end = Date.now() + patience;
  while (!(await reached())) {
    if (Date.now() > end) throw new Error(`${await problem()} within ${patience / 60_000} minutes`);
    await wait(look, undefined, { signal });
  }
}

/** A field of a Secret, as it is; undefined where there is none. */
export async function secretField(api: ClusterApi, namespace: string, secret: string, field: string): Promise<Buffer | undefined> {
  const { items } = z
    .object({ items: z.array(z.object({ data: z.record(z.string(), z.string()).default({}) })) })
    .parse(await api.call(`/api/v1/namespaces/${namespace}/secrets?fieldSelector=metadata.name%3D${secret}`));
  const value = items[0]?.data[field];
  return value === undefined ? undefined : Buffer.from(value, "base64");
}

/** A token of an account that lasts ten minutes, the shortest there is. Secret. */
export async function accountToken(api: ClusterApi, namespace: string, account: string, audience: string): Promise<string> {
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { audiences: [audience], expirationSeconds: 600 } };
  const answer = await api.call(`/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, { method: "POST", body });
  return z.object({ status: z.object({ token: z.string() }) }).parse(answer).status.token;
}
