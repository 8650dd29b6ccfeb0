import { podSecurityProblem } from "../../model/pod-security";
import type { SimulatedCluster, SimulatedNode } from "./cluster";
import type { Objects } from "./objects";
import { annotationsOf, at, type Fields, fields, list, selects, text } from "./values";

/** How the pods of one template fare. */
export interface PodsOutcome {
  /** Nodes a pod may run on. */
  readonly nodes: readonly SimulatedNode[];
  /** Why pods do not get ready, as the provider reports it; empty when they do. */
  readonly problems: readonly string[];
}

const LEVEL_LABEL = "pod-security.kubernetes.io/enforce";

const IMPLICIT_CLASSES = ["system-cluster-critical", "system-node-critical"];

/**
 * Decides about the pods of a template in a namespace: admission, scheduling, claims and configuration, in the order a real cluster
 * meets them. `pod` is the name to report.
 */
export function runPods(template: Fields, namespace: string, pod: string, cluster: SimulatedCluster, objects: Objects): PodsOutcome {
  const spec = fields(template.spec);
  const refused = admissionProblem(spec, namespace, pod, objects);
  if (refused !== undefined) return { nodes: [], problems: [refused] };
  const { nodes, reason } = schedule(spec, cluster);
  const report = (problem: string): string => `[Pod ${namespace}/${pod}]: ${problem}`;
  const claims = claimProblem(spec, namespace, cluster, objects);
  if (claims !== undefined) return { nodes, problems: [report(claims)] };
  if (nodes.length === 0) return { nodes, problems: [report(reason)] };
  const problems = [...mountProblems(spec, namespace, nodes, cluster, objects), ...configProblems(spec, namespace, objects)];
  return { nodes, problems: problems.map(report) };
}

/** The volumes that a node where the pod may run cannot mount. */
function mountProblems(
  spec: Fields,
  namespace: string,
  nodes: readonly SimulatedNode[],
  cluster: SimulatedCluster,
  objects: Objects,
): string[] {
  const shares = list(spec.volumes)
    .map(fields)
    .filter((volume) => isShare(volume, namespace, objects));
  const unable = shares.length === 0 ? undefined : nodes.find((node) => !cluster.mountsNfs(node));
  if (unable === undefined) return [];
  const why = `mount failed: exit status 32 on node ${unable.name}, which has no NFS client: bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program.`;
  return shares.map((volume) => `[FailedMount] MountVolume.SetUp failed for volume "${String(volume.name)}": ${why}`);
}

/** Whether a pod's volume is an NFS export, or a claim of a class whose provisioner keeps its volumes in one. */
function isShare(volume: Fields, namespace: string, objects: Objects): boolean {
  if (volume.nfs !== undefined) return true;
  const name = text(at(volume, "persistentVolumeClaim.claimName"));
  const claim = name === undefined ? undefined : objects.get("v1", "PersistentVolumeClaim", namespace, name);
  const className = text(at(claim ?? {}, "spec.storageClassName"));
  const found = className === undefined ? undefined : objects.get("storage.k8s.io/v1", "StorageClass", "", className);
  const release = found && text(annotationsOf(found)[RELEASE]);
  if (release === undefined) return false;
  return objects
    .list("apps/v1/Deployment")
    .some(
      (one) =>
        annotationsOf(one)[RELEASE] === release &&
        list(at(one, "spec.template.spec.volumes")).some((each) => fields(each).nfs !== undefined),
    );
}

/** Where Helm writes what an object belongs to. */
const RELEASE = "meta.helm.sh/release-name";

function admissionProblem(spec: Fields, namespace: string, pod: string, objects: Objects): string | undefined {
  const account = text(spec.serviceAccountName) ?? text(spec.serviceAccount) ?? "default";
  const forbidden = `[FailedCreate] pods "${pod}" is forbidden`;
  if (account !== "default" && objects.get("v1", "ServiceAccount", namespace, account) === undefined) {
    return `${forbidden}: error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
  }
  const priority = text(spec.priorityClassName);
  if (
    priority !== undefined &&
    !IMPLICIT_CLASSES.includes(priority) &&
    objects.get("scheduling.k8s.io/v1", "PriorityClass", "", priority) === undefined
  ) {
    return `${forbidden}: no PriorityClass with name ${priority} was found`;
  }
  const level = fields(at(objects.get("v1", "Namespace", "", namespace), "metadata.labels"))[LEVEL_LABEL];
  const insecure = level === "baseline" || level === "restricted" ? podSecurityProblem(spec, level) : undefined;
  return insecure === undefined ? undefined : `${forbidden}: ${insecure}`;
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

/** ConfigMaps and Secrets, and keys in them, that containers and volumes need and the namespace lacks. */
function configProblems(spec: Fields, namespace: string, objects: Objects): string[] {
  const problems = new Set<string>();
  const missing = (kind: "Secret" | "ConfigMap", reference: Fields, key?: unknown): string | undefined => {
    const name = String(reference.name ?? reference.secretName);
    if (reference.optional === true || (kind === "ConfigMap" && name === "kube-root-ca.crt")) return undefined;
    const found = objects.get("v1", kind, namespace, name);
    if (found === undefined) return `${kind.toLowerCase()} "${name}" not found`;
    const keys = { ...fields(found.data), ...fields(found.binaryData) };
    return key === undefined || String(key) in keys ? undefined : `couldn't find key ${String(key)} in ${kind} ${namespace}/${name}`;
  };
  const note = (prefix: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.add(`${prefix}${problem}`);
  };
  for (const entry of [...list(spec.initContainers), ...list(spec.containers)]) {
    const container = fields(entry);
    const where = `[CreateContainerConfigError] container "${String(container.name)}": `;
    for (const source of list(container.envFrom).map(fields)) {
      if (source.secretRef !== undefined) note(where, missing("Secret", fields(source.secretRef)));
      if (source.configMapRef !== undefined) note(where, missing("ConfigMap", fields(source.configMapRef)));
    }
    for (const variable of list(container.env)) {
      const secretKey = at(variable, "valueFrom.secretKeyRef");
      const mapKey = at(variable, "valueFrom.configMapKeyRef");
      if (secretKey !== undefined) note(where, missing("Secret", fields(secretKey), fields(secretKey).key));
      if (mapKey !== undefined) note(where, missing("ConfigMap", fields(mapKey), fields(mapKey).key));
    }
  }
  for (const entry of list(spec.volumes)) {
    const volume = fields(entry);
    const where = `[FailedMount] MountVolume.SetUp failed for volume "${String(volume.name)}": `;
    const sources = [volume, ...list(at(volume, "projected.sources")).map(fields)];
    for (const source of sources) {
      for (const [kind, part] of [
        ["Secret", "secret"],
        ["ConfigMap", "configMap"],
      ] as const) {
        if (source[part] === undefined) continue;
        const items = list(at(source, `${part}.items`)).map((item) => fields(item).key);
        for (const key of items.length > 0 ? items : [undefined]) note(where, missing(kind, fields(source[part]), key));
      }
    }
  }
  return [...problems];
}
