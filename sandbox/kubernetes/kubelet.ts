import type { SimulatedCluster, SimulatedNode } from "./cluster";
import { annotationsOf, at, type Fields, fields, type KubeObject, list, text } from "./values";

/** The objects of a cluster as they are when a kubelet looks. */
export interface Seen {
  get(apiVersion: string, kind: string, namespace: string, name: string): KubeObject | undefined;
  list(apiVersionKind: string): readonly KubeObject[];
}

/** The kinds of {@link Seen} that are looked at, by `apiVersion/Kind`. */
export const LOOKED_AT = [
  "v1/Secret",
  "v1/ConfigMap",
  "v1/PersistentVolumeClaim",
  "storage.k8s.io/v1/StorageClass",
  "apps/v1/Deployment",
] as const;

/**
 * Why a pod does not start on nodes it was placed on, in a kubelet's words: volumes that a node cannot mount, configuration that is not
 * there. No API server finds that out, and no simulated pod.
 */
export function kubeletProblems(
  spec: Fields,
  namespace: string,
  nodes: readonly SimulatedNode[],
  cluster: SimulatedCluster,
  seen: Seen,
): string[] {
  return [...mountProblems(spec, namespace, nodes, cluster, seen), ...configProblems(spec, namespace, seen)];
}

/** The volumes that a node where the pod may run cannot mount. */
function mountProblems(spec: Fields, namespace: string, nodes: readonly SimulatedNode[], cluster: SimulatedCluster, seen: Seen): string[] {
  const shares = list(spec.volumes)
    .map(fields)
    .filter((volume) => isShare(volume, namespace, seen));
  const unable = shares.length === 0 ? undefined : nodes.find((node) => !cluster.mountsNfs(node));
  if (unable === undefined) return [];
  const why = `mount failed: exit status 32 on node ${unable.name}, which has no NFS client: bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program.`;
  return shares.map((volume) => `[FailedMount] MountVolume.SetUp failed for volume "${String(volume.name)}": ${why}`);
}

/** Whether a pod's volume is an NFS export, or a claim of a class whose provisioner keeps its volumes in one. */
function isShare(volume: Fields, namespace: string, seen: Seen): boolean {
  if (volume.nfs !== undefined) return true;
  const name = text(at(volume, "persistentVolumeClaim.claimName"));
  const claim = name === undefined ? undefined : seen.get("v1", "PersistentVolumeClaim", namespace, name);
  const className = text(at(claim ?? {}, "spec.storageClassName"));
  const found = className === undefined ? undefined : seen.get("storage.k8s.io/v1", "StorageClass", "", className);
  const release = found && text(annotationsOf(found)[RELEASE]);
  if (release === undefined) return false;
  return seen
    .list("apps/v1/Deployment")
    .some(
      (one) =>
        annotationsOf(one)[RELEASE] === release &&
        list(at(one, "spec.template.spec.volumes")).some((each) => fields(each).nfs !== undefined),
    );
}

/** Where Helm writes what an object belongs to. */
const RELEASE = "meta.helm.sh/release-name";

/** ConfigMaps and Secrets, and keys in them, that containers and volumes need and the namespace lacks. */
function configProblems(spec: Fields, namespace: string, seen: Seen): string[] {
  const problems = new Set<string>();
  const missing = (kind: "Secret" | "ConfigMap", reference: Fields, key?: unknown): string | undefined => {
    const name = String(reference.name ?? reference.secretName);
    if (reference.optional === true || (kind === "ConfigMap" && name === "kube-root-ca.crt")) return undefined;
    const found = seen.get("v1", kind, namespace, name);
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
