import { ingressClass, NO_PODS } from "../controllers";
import { at, type Fields, fields, type KubeObject, list, nameOf, namespaceOf, text } from "../values";

/** Where more is looked up than the object itself says. */
interface Lookup {
  list(apiVersionKind: string, selector?: { readonly namespace: string; readonly labels: string }): Promise<readonly KubeObject[]>;
}

/** Why an object is not ready by the status its controllers wrote; empty when it is. Kinds nobody waits for are ready at once. */
export async function reasonsOf(object: KubeObject, lookup: Lookup): Promise<readonly string[]> {
  const look = READINESS[`${object.apiVersion}/${object.kind}`];
  const reasons = look === undefined ? [] : await look(object, lookup);
  return reasons.length === 0 ? reasons : [...reasons, ...(await unplaced(object, lookup))];
}

/** What the scheduler says of a workload's pods that have no node. */
async function unplaced(object: KubeObject, lookup: Lookup): Promise<string[]> {
  const labels = Object.entries(fields(at(object, "spec.selector.matchLabels"))).map(([key, value]) => `${key}=${String(value)}`);
  if (labels.length === 0) return [];
  const pods = await lookup.list("v1/Pod", { namespace: namespaceOf(object), labels: labels.join(",") });
  const waiting = (pod: KubeObject): boolean => conditions(pod).some((one) => one.type === "PodScheduled" && one.status === "False");
  return pods.filter(waiting).flatMap((pod) => messages(pod).map((message) => `[Pod ${namespaceOf(pod)}/${nameOf(pod)}]: ${message}`));
}

const READINESS: Readonly<Record<string, (object: KubeObject, lookup: Lookup) => readonly string[] | Promise<readonly string[]>>> = {
  "apps/v1/Deployment": (object) => {
    const wanted = Number(at(object, "spec.replicas") ?? 1);
    const counts = ["replicas", "updatedReplicas", "availableReplicas"];
    return workload(object, counts, wanted, "Minimum number of live Pods was not attained");
  },
  "apps/v1/StatefulSet": (object) => {
    const wanted = Number(at(object, "spec.replicas") ?? 1);
    const ready = Number(at(object, "status.readyReplicas") ?? 0);
    return workload(object, ["replicas", "updatedReplicas", "readyReplicas"], wanted, `${ready} out of ${wanted} replicas succeeded`);
  },
  "apps/v1/DaemonSet": (object) => {
    const wanted = Number(at(object, "status.desiredNumberScheduled") ?? 0);
    const available = Number(at(object, "status.numberAvailable") ?? 0);
    return workload(object, ["updatedNumberScheduled", "numberAvailable"], wanted, `Available: ${available}/${wanted}`);
  },
  "batch/v1/Job": (object) => {
    if (holds(object, "Complete") || holds(object, "Suspended")) return [];
    return ["Job has not completed", ...messages(object)];
  },
  "v1/Pod": (object) => (holds(object, "Ready") ? [] : [`Pod is ${String(at(object, "status.phase"))}`, ...messages(object)]),
  "v1/Service": service,
  "v1/PersistentVolumeClaim": (object) => {
    const phase = String(at(object, "status.phase"));
    return phase === "Bound" ? [] : [`PersistentVolumeClaim: [${nameOf(object)}] is not ready. status.phase currently at: ${phase}`];
  },
  "networking.k8s.io/v1/Ingress": async (object, lookup) => {
    if (hasAddress(object)) return [];
    const { found } = ingressClass(object, await lookup.list("networking.k8s.io/v1/IngressClass"));
    return found === undefined ? [] : ["Ingress .status.loadBalancer field was not updated with a hostname/IP address."];
  },
  "apiextensions.k8s.io/v1/CustomResourceDefinition": (object) =>
    holds(object, "Established") ? [] : ["CustomResourceDefinition is not established", ...messages(object)],
};

function workload(object: KubeObject, counts: readonly string[], wanted: number, missing: string): string[] {
  const status = fields(object.status);
  const seen = Number(status.observedGeneration ?? 0) >= Number(object.metadata.generation ?? 1);
  const complete = seen && counts.every((count) => Number(status[count] ?? 0) === wanted);
  return complete ? [] : [missing, ...messages(object)];
}

async function service(object: KubeObject, lookup: Lookup): Promise<string[]> {
  const reasons: string[] = [];
  const { type, clusterIP, selector } = fields(object.spec);
  const direct = type === "ExternalName" || clusterIP === "None" || Object.keys(fields(selector)).length === 0;
  if (!direct) {
    const labels = `kubernetes.io/service-name=${nameOf(object)}`;
    const slices = await lookup.list("discovery.k8s.io/v1/EndpointSlice", { namespace: namespaceOf(object), labels });
    const ready = slices.flatMap((slice) => list(slice.endpoints)).some((endpoint) => at(endpoint, "conditions.ready") === true);
    if (!ready) reasons.push(`${NO_PODS} Selected Pods may not be ready, or field '.spec.selector' may not match`);
  }
  if (type === "LoadBalancer" && !hasAddress(object)) reasons.push("Service was not allocated an IP address");
  return reasons;
}

const hasAddress = (object: Fields): boolean => list(at(object, "status.loadBalancer.ingress")).length > 0;

const conditions = (object: Fields): Fields[] => list(at(object, "status.conditions")).map(fields);

const holds = (object: Fields, type: string): boolean => conditions(object).some((one) => one.type === type && one.status === "True");

/** What the controllers say of an object that is not as it should be. */
function messages(object: Fields): string[] {
  return conditions(object).flatMap(({ type, reason, message }) => {
    const told = text(message);
    return told === undefined ? [] : [`[${String(type)}] ${text(reason) ?? ""}: ${told}`];
  });
}
