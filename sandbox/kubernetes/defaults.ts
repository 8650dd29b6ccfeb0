import { createHash } from "node:crypto";
import { merge } from "../../model/data";
import type { Objects } from "./objects";
import { annotationsOf, at, type Fields, fields, type KubeObject, list, nameOf, namespaceOf, text } from "./values";

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** The object with what the API server fills in; what `live` was given before stays. */
export function withDefaults(object: KubeObject, live: KubeObject | undefined, objects: Objects): KubeObject {
  const fill = DEFAULTS[`${object.apiVersion}/${object.kind}`];
  if (fill === undefined) return object;
  const filled = withoutUndefined({ ...object, ...fill(object, live, objects) });
  return { ...filled, apiVersion: object.apiVersion, kind: object.kind, metadata: fields(filled.metadata) };
}

/** The name of the cluster's default StorageClass. */
function defaultStorageClass(objects: Objects): string | undefined {
  const found = objects.list("storage.k8s.io/v1/StorageClass").find((object) => annotationsOf(object)[DEFAULT_CLASS] === "true");
  return found === undefined ? undefined : nameOf(found);
}

type Fill = (object: KubeObject, live: KubeObject | undefined, objects: Objects) => Fields;

const DEFAULTS: Readonly<Record<string, Fill>> = {
  "v1/Namespace": (object) => {
    const labels = { ...fields(object.metadata.labels), "kubernetes.io/metadata.name": nameOf(object) };
    return {
      metadata: { ...object.metadata, labels },
      spec: { finalizers: ["kubernetes"], ...fields(object.spec) },
      status: { phase: "Active" },
    };
  },
  "v1/Service": serviceDefaults,
  "v1/Secret": (object) => {
    const given = Object.entries(fields(object.stringData)).map(([key, value]) => [key, Buffer.from(String(value)).toString("base64")]);
    const data = { ...fields(object.data), ...Object.fromEntries(given) };
    return { type: text(object.type) ?? "Opaque", ...(Object.keys(data).length > 0 ? { data } : {}), stringData: undefined };
  },
  "v1/PersistentVolumeClaim": (object, live, objects) => {
    const className = at(object, "spec.storageClassName") ?? at(live, "spec.storageClassName") ?? defaultStorageClass(objects);
    const kept = { storageClassName: className, volumeName: at(live, "spec.volumeName") };
    return { spec: withoutUndefined({ volumeMode: "Filesystem", ...kept, ...fields(object.spec) }) };
  },
  "apps/v1/Deployment": (object) => ({
    spec: merge({ replicas: 1, progressDeadlineSeconds: 600, revisionHistoryLimit: 10, strategy: ROLLING }, object.spec),
  }),
  "apps/v1/StatefulSet": (object) => ({
    spec: merge(
      { replicas: 1, podManagementPolicy: "OrderedReady", revisionHistoryLimit: 10, updateStrategy: { type: "RollingUpdate" } },
      object.spec,
    ),
  }),
  "apps/v1/DaemonSet": (object) => ({ spec: merge({ revisionHistoryLimit: 10, updateStrategy: { type: "RollingUpdate" } }, object.spec) }),
  "batch/v1/Job": (object) => ({
    spec: merge({ backoffLimit: 6, completions: 1, parallelism: 1, completionMode: "NonIndexed" }, object.spec),
  }),
  "batch/v1/CronJob": (object) => ({ spec: merge({ concurrencyPolicy: "Allow", suspend: false, failedJobsHistoryLimit: 1 }, object.spec) }),
  "storage.k8s.io/v1/StorageClass": (object) => ({ reclaimPolicy: "Delete", volumeBindingMode: "Immediate", ...object }),
};

const ROLLING = { type: "RollingUpdate" };

function withoutUndefined(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined));
}

function serviceDefaults(object: KubeObject, live: KubeObject | undefined, objects: Objects): Fields {
  const spec = fields(object.spec);
  const type = text(spec.type) ?? "ClusterIP";
  const others = objects
    .list("v1/Service")
    .filter((other) => nameOf(other) !== nameOf(object) || namespaceOf(other) !== namespaceOf(object));
  const exposed = type === "NodePort" || (type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false);
  const taken = new Set(others.flatMap((other) => list(at(other, "spec.ports")).map((port) => fields(port).nodePort)));
  const before = list(at(live, "spec.ports")).map(fields);
  const ports = list(spec.ports).map((entry) => {
    const port = fields(entry);
    const former = before.find((one) => one.port === port.port && one.name === port.name);
    const nodePort =
      port.nodePort ??
      former?.nodePort ??
      (exposed ? free(taken, `${namespaceOf(object)}/${nameOf(object)}:${String(port.port)}`, 30000, 32767) : undefined);
    if (exposed) taken.add(nodePort);
    return withoutUndefined({ protocol: "TCP", targetPort: port.port, ...port, nodePort: exposed ? nodePort : undefined });
  });
  const base = { type, sessionAffinity: "None", internalTrafficPolicy: "Cluster" };
  if (type === "ExternalName") return { spec: { ...spec, type, sessionAffinity: "None" } };
  const clusterIP = text(spec.clusterIP) ?? text(at(live, "spec.clusterIP")) ?? freeClusterIp(object, others);
  const families = { ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" };
  const policy = exposed ? { externalTrafficPolicy: "Cluster" } : {};
  return { spec: { ...base, ...families, ...policy, clusterIPs: [clusterIP], ...spec, clusterIP, ...(ports.length > 0 ? { ports } : {}) } };
}

function freeClusterIp(object: KubeObject, others: readonly KubeObject[]): string {
  const hosts = others.map((other) => /^10\.233\.(\d+)\.(\d+)$/.exec(String(at(other, "spec.clusterIP"))));
  const taken = new Set(hosts.map((found) => (found === null ? undefined : Number(found[1]) * 256 + Number(found[2]))));
  const host = free(taken, `${namespaceOf(object)}/${nameOf(object)}`, 2, 16381);
  return `10.233.${host >> 8}.${host & 255}`;
}

/** A free number of a range, chosen by what it is for, so that the same world gives the same numbers. */
function free(taken: ReadonlySet<unknown>, purpose: string, low: number, high: number): number {
  const start = createHash("sha256").update(purpose).digest().readUInt32BE(0) % (high - low + 1);
  for (let step = 0; step <= high - low; step += 1) {
    const candidate = low + ((start + step) % (high - low + 1));
    if (!taken.has(candidate)) return candidate;
  }
  throw new Error(`no number between ${low} and ${high} is free`);
}
