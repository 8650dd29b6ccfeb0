import { parseQuantity } from "../../model/quantity";
import type { Objects } from "./objects";
import type { FieldError } from "./schema";
import { at, fields, type KubeObject, list, nameOf, same, withAt } from "./values";

/** A part of an object that may not change once it is there: its dotted path, and the server's words. */
type Frozen = readonly [path: string, reason: string];

const IMMUTABLE = "Invalid value: field is immutable";
const SELECTOR: readonly Frozen[] = [["spec.selector", IMMUTABLE]];
const BINDING: readonly Frozen[] = [["roleRef", "Invalid value: cannot change roleRef"]];
const SEALED = "Forbidden: field is immutable when `immutable` is set";

const FROZEN: Readonly<Record<string, readonly Frozen[]>> = {
  "apps/v1/Deployment": SELECTOR,
  "apps/v1/DaemonSet": SELECTOR,
  "apps/v1/ReplicaSet": SELECTOR,
  "batch/v1/Job": ["completions", "completionMode", "selector", "template", "podFailurePolicy"].map(
    (field): Frozen => [`spec.${field}`, IMMUTABLE],
  ),
  "rbac.authorization.k8s.io/v1/RoleBinding": BINDING,
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": BINDING,
  "storage.k8s.io/v1/StorageClass": [
    ...["parameters", "provisioner"].map((field): Frozen => [field, `Forbidden: updates to ${field} are forbidden.`]),
    ["reclaimPolicy", IMMUTABLE],
    ["volumeBindingMode", IMMUTABLE],
  ],
  "storage.k8s.io/v1/CSIDriver": [["spec.attachRequired", IMMUTABLE]],
  "networking.k8s.io/v1/IngressClass": [["spec.controller", IMMUTABLE]],
  "scheduling.k8s.io/v1/PriorityClass": [["value", "Forbidden: may not be changed in an update."]],
  "apiextensions.k8s.io/v1/CustomResourceDefinition": [
    ["spec.group", IMMUTABLE],
    ["spec.scope", IMMUTABLE],
    ["spec.names.kind", IMMUTABLE],
    ["spec.names.plural", IMMUTABLE],
  ],
  "v1/ResourceQuota": [["spec.scopes", IMMUTABLE]],
  "v1/Secret": [["type", IMMUTABLE]],
  "v1/Service": [["spec.clusterIP", "Invalid value: may not change once set"]],
};

/** What of each kind's `spec` may change; everything else in it may not. */
const CHANGEABLE: Readonly<Record<string, { readonly fields: readonly string[]; readonly reason: string }>> = {
  "apps/v1/StatefulSet": {
    fields: [
      "replicas",
      "ordinals",
      "template",
      "updateStrategy",
      "revisionHistoryLimit",
      "persistentVolumeClaimRetentionPolicy",
      "minReadySeconds",
    ],
    reason:
      "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', " +
      "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  },
  "v1/PersistentVolumeClaim": {
    fields: ["resources", "volumeAttributesClassName"],
    reason: "Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
  },
  "v1/PersistentVolume": {
    fields: [
      ...["accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity"],
      ...["persistentVolumeReclaimPolicy", "storageClassName", "volumeAttributesClassName"],
    ],
    reason: "Forbidden: spec.persistentvolumesource is immutable after creation",
  },
  "v1/Pod": {
    fields: ["activeDeadlineSeconds", "tolerations", "containers", "initContainers"],
    reason: "Forbidden: pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`",
  },
};

/** What the server refuses to change of an object that is there, in its words; `wanted` is the object whole, as it would be stored. */
export function frozenProblems(live: KubeObject, wanted: KubeObject): FieldError[] {
  const kind = `${live.apiVersion}/${live.kind}`;
  const changed = (path: string): boolean => !same(at(live, path), at(wanted, path));
  const sealed = live.immutable === true ? ["data", "binaryData", "immutable"].map((path): Frozen => [path, SEALED]) : [];
  const found = [...(FROZEN[kind] ?? []), ...sealed].filter(([path]) => changed(path)).map(([path, reason]) => ({ path, reason }));
  const rest = CHANGEABLE[kind];
  const others = Object.keys({ ...fields(live.spec), ...fields(wanted.spec) }).filter((field) => !rest?.fields.includes(field));
  const spec = rest !== undefined && (others.some((field) => changed(`spec.${field}`)) || containersChanged(live, wanted));
  return [...found, ...(spec ? [{ path: "spec", reason: rest.reason }] : []), ...shrunk(live, wanted)];
}

/** Whether more of a Pod's containers changes than their images. */
function containersChanged(live: KubeObject, wanted: KubeObject): boolean {
  if (live.kind !== "Pod") return false;
  const bare = (pod: KubeObject, path: string) => list(at(pod, path)).map((container) => withAt(container, "image", undefined));
  return ["spec.containers", "spec.initContainers"].some((path) => !same(bare(live, path), bare(wanted, path)));
}

function shrunk(live: KubeObject, wanted: KubeObject): FieldError[] {
  return growth(live, wanted) < 0 ? [{ path: REQUESTED, reason: "Forbidden: field can not be less than status.capacity" }] : [];
}

const REQUESTED = "spec.resources.requests.storage";

/** By how much a claim would grow; 0 for what is no claim. */
function growth(live: KubeObject, wanted: KubeObject): number {
  if (live.kind !== "PersistentVolumeClaim" || live.apiVersion !== "v1") return 0;
  return (parseQuantity(at(wanted, REQUESTED)) ?? 0) - (parseQuantity(at(live, REQUESTED)) ?? 0);
}

/** Why a claim may not grow: only a class that says so lets it. Undefined where it may, or does not. */
export function expansionRefusal(live: KubeObject, wanted: KubeObject, objects: Objects): string | undefined {
  if (growth(live, wanted) <= 0) return undefined;
  const storageClass = objects.get("storage.k8s.io/v1", "StorageClass", "", String(at(live, "spec.storageClassName")));
  if (storageClass?.allowVolumeExpansion === true) return undefined;
  const why = "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize";
  return `persistentvolumeclaims "${nameOf(live)}" is forbidden: ${why}`;
}
