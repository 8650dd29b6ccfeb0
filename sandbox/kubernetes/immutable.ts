import { at, type Fields } from "./values";

const SELECTOR = ["spec.selector"];

// By `apiVersion/Kind`: the fields whose change makes the provider replace the object.
const FORCE_NEW: Readonly<Record<string, readonly string[]>> = {
  "apps/v1/Deployment": SELECTOR,
  "apps/v1/DaemonSet": SELECTOR,
  "apps/v1/StatefulSet": [
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ],
  "batch/v1/Job": ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
  "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
  "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
  "v1/PersistentVolumeClaim": ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
  "v1/PersistentVolume": ["spec.csi", "spec.hostPath", "spec.local", "spec.nfs", "spec.rbd", "spec.cephfs", "spec.iscsi"],
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/Secret": ["type"],
  "v1/Service": ["spec.clusterIP"],
  "v1/Pod": ["spec"],
};

/** How the provider treats Secrets and ConfigMaps: replaced on a change of their data, or updated in place. */
export interface Mutability {
  readonly secrets: boolean;
  readonly configMaps: boolean;
}

/** The paths whose change replaces an object of this kind, as the real provider's table has them. */
export function forceNewPaths(object: Fields, mutable: Mutability): string[] {
  const paths = ["metadata.name", "metadata.namespace", ...(FORCE_NEW[keyOf(object)] ?? [])];
  const frozen = object.immutable === true;
  if (object.kind === "Secret" && (frozen || !mutable.secrets)) paths.push("stringData", "data");
  if (object.kind === "ConfigMap" && (frozen || !mutable.configMaps)) paths.push("binaryData", "data");
  return paths;
}

/** The paths the API server itself never lets change, whatever the provider does. */
export function frozenFields(live: Fields): string[] {
  const key = keyOf(live);
  if (key === "apps/v1/StatefulSet") return ["spec.podManagementPolicy", "spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"];
  if (key === "batch/v1/Job") return ["spec.completions", "spec.selector", "spec.template"];
  if (live.immutable === true) return ["data", "binaryData", "immutable"];
  const paths = key === "v1/Pod" ? [] : (FORCE_NEW[key] ?? []);
  return paths.filter((path) => at(live, path) !== undefined);
}

function keyOf(object: Fields): string {
  return `${String(object.apiVersion)}/${String(object.kind)}`;
}
