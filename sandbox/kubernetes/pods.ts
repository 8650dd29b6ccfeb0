import type { SimulatedCluster, SimulatedNode } from "./cluster";
import { kubeletProblems } from "./kubelet";
import type { Objects } from "./objects";
import { at, type Fields, fields, list, selects, text } from "./values";

/** How the pods of one template fare. */
export interface PodsOutcome {
  /** Nodes a pod may run on. */
  readonly nodes: readonly SimulatedNode[];
  /** Why pods do not get ready, as the provider reports it; empty when they do. */
  readonly problems: readonly string[];
}

/** Decides about the pods of a template in a namespace: scheduling, claims, and what a kubelet finds out. `pod` is the name to report. */
export function runPods(template: Fields, namespace: string, pod: string, cluster: SimulatedCluster, objects: Objects): PodsOutcome {
  const spec = fields(template.spec);
  const { nodes, reason } = schedule(spec, cluster);
  const report = (problem: string): string => `[Pod ${namespace}/${pod}]: ${problem}`;
  const claims = claimProblem(spec, namespace, cluster, objects);
  if (claims !== undefined) return { nodes, problems: [report(claims)] };
  if (nodes.length === 0) return { nodes, problems: [report(reason)] };
  return { nodes, problems: kubeletProblems(spec, namespace, nodes, cluster, objects).map(report) };
}

/** The nodes a pod spec may run on, and the scheduler's words when there are none. */
export function schedule(spec: Fields, cluster: SimulatedCluster): { readonly nodes: readonly SimulatedNode[]; readonly reason: string } {
  const causes = new Map<string, number>();
  const nodes = cluster.nodes.filter((node) => {
    const cause = unfit(node, spec);
    if (cause !== undefined) causes.set(cause, (causes.get(cause) ?? 0) + 1);
    return cause === undefined;
  });
  const counted = [...causes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([cause, count]) => `${count} ${cause}`);
  return { nodes, reason: `0/${cluster.nodes.length} nodes are available: ${counted.join(", ") || "no nodes"}.` };
}

function unfit(node: SimulatedNode, spec: Fields): string | undefined {
  const pinned = text(spec.nodeName);
  if (pinned !== undefined && pinned !== node.name) return "node(s) didn't match the requested node name";
  const tolerations = list(spec.tolerations).map(fields);
  const taints = node.ready ? node.taints : [...node.taints, { key: "node.kubernetes.io/not-ready", value: "", effect: "NoSchedule" }];
  const hard = taints.filter((taint) => taint.effect !== "PreferNoSchedule");
  const taint = hard.find((one) => !tolerations.some((toleration) => tolerates(toleration, one)));
  if (taint !== undefined) return `node(s) had untolerated taint {${taint.key}: ${taint.value}}`;
  const terms = list(at(spec, "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"));
  const matches =
    selects(fields(spec.nodeSelector), node.labels) && (terms.length === 0 || terms.some((term) => matchesTerm(fields(term), node)));
  return matches ? undefined : "node(s) didn't match Pod's node affinity/selector";
}

function tolerates(toleration: Fields, taint: SimulatedNode["taints"][number]): boolean {
  const effect = text(toleration.effect);
  if (effect !== undefined && effect !== taint.effect) return false;
  if (toleration.operator === "Exists") return text(toleration.key) === undefined || toleration.key === taint.key;
  return toleration.key === taint.key && (text(toleration.value) ?? "") === taint.value;
}

function matchesTerm(term: Fields, node: SimulatedNode): boolean {
  return list(term.matchExpressions).every((entry) => {
    const { key, operator, values } = fields(entry);
    const label = node.labels[String(key)];
    if (operator === "Exists") return label !== undefined;
    if (operator === "DoesNotExist") return label === undefined;
    return list(values).includes(label) === (operator === "In");
  });
}

function claimProblem(spec: Fields, namespace: string, cluster: SimulatedCluster, objects: Objects): string | undefined {
  const total = cluster.nodes.length;
  for (const volume of list(spec.volumes)) {
    const name = text(at(volume, "persistentVolumeClaim.claimName"));
    if (name === undefined) continue;
    const claim = objects.get("v1", "PersistentVolumeClaim", namespace, name);
    if (claim === undefined) return `0/${total} nodes are available: persistentvolumeclaim "${name}" not found.`;
    const pending = claimReason(claim, objects);
    if (pending !== undefined)
      return `0/${total} nodes are available: pod has unbound immediate PersistentVolumeClaims (${name}: ${pending}).`;
  }
  return undefined;
}

/** Why a claim is not bound; undefined when it is. */
export function claimReason(claim: Fields, objects: Objects): string | undefined {
  const spec = fields(claim.spec);
  if (spec.storageClassName === undefined) return "no persistent volumes available for this claim and no storage class is set";
  const className = String(spec.storageClassName);
  const volumes = objects.list("v1/PersistentVolume").filter((volume) => (at(volume, "spec.storageClassName") ?? "") === className);
  const named = text(spec.volumeName);
  if (volumes.some((volume) => named === undefined || at(volume, "metadata.name") === named)) return undefined;
  if (className === "") return "no persistent volumes available for this claim and no storage class is set";
  return objects.get("storage.k8s.io/v1", "StorageClass", "", className) === undefined
    ? `storageclass.storage.k8s.io "${className}" not found`
    : undefined;
}
