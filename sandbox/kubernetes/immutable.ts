import type { Fields } from "./values";

const SELECTOR = ["spec.selector"];

const POD = (
  "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork hostPID hostname " +
  "imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority priorityClassName readinessGates restartPolicy " +
  "runtimeClassName schedulerName securityContext serviceAccount serviceAccountName shareProcessNamespace subdomain " +
  "terminationGracePeriodSeconds volumes"
).split(" ");
const CONTAINER = (
  "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources securityContext stdin stdinOnce " +
  "terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir"
).split(" ");

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
  "v1/PersistentVolume": (
    "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs hostPath iscsi local nfs " +
    "photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume"
  )
    .split(" ")
    .map((source) => `spec.${source}`),
  "v1/ResourceQuota": ["spec.scopes"],
  "v1/Secret": ["type"],
  "v1/Service": ["spec.clusterIP"],
  "v1/Pod": [
    ...POD.map((field) => `spec.${field}`),
    ...["containers", "initContainers"].flatMap((of) => CONTAINER.map((one) => `spec.${of}.${one}`)),
  ],
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

function keyOf(object: Fields): string {
  return `${String(object.apiVersion)}/${String(object.kind)}`;
}
