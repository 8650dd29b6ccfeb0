/** A built-in kind. */
export interface KindFacts {
  /** The API's group, empty for core. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Lower-case plural, as error texts and RBAC rules name it. */
  readonly plural: string;
  readonly namespaced: boolean;
}

// group/version: plural Kind, `*` marks a cluster-wide kind.
const TABLE: Readonly<Record<string, string>> = {
  "/v1":
    "namespaces Namespace*, nodes Node*, persistentvolumes PersistentVolume*, pods Pod, services Service, endpoints Endpoints, configmaps ConfigMap, " +
    "secrets Secret, serviceaccounts ServiceAccount, persistentvolumeclaims PersistentVolumeClaim, limitranges LimitRange, resourcequotas ResourceQuota, " +
    "replicationcontrollers ReplicationController",
  "apps/v1": "deployments Deployment, statefulsets StatefulSet, daemonsets DaemonSet, replicasets ReplicaSet",
  "batch/v1": "jobs Job, cronjobs CronJob",
  "networking.k8s.io/v1": "ingresses Ingress, ingressclasses IngressClass*, networkpolicies NetworkPolicy",
  "rbac.authorization.k8s.io/v1":
    "roles Role, rolebindings RoleBinding, clusterroles ClusterRole*, clusterrolebindings ClusterRoleBinding*",
  "policy/v1": "poddisruptionbudgets PodDisruptionBudget",
  "storage.k8s.io/v1": "storageclasses StorageClass*, csidrivers CSIDriver*, volumeattachments VolumeAttachment*",
  "admissionregistration.k8s.io/v1":
    "validatingwebhookconfigurations ValidatingWebhookConfiguration*, mutatingwebhookconfigurations MutatingWebhookConfiguration*, " +
    "validatingadmissionpolicies ValidatingAdmissionPolicy*, validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding*",
  "apiextensions.k8s.io/v1": "customresourcedefinitions CustomResourceDefinition*",
  "apiregistration.k8s.io/v1": "apiservices APIService*",
  "autoscaling/v2": "horizontalpodautoscalers HorizontalPodAutoscaler",
  "scheduling.k8s.io/v1": "priorityclasses PriorityClass*",
  "coordination.k8s.io/v1": "leases Lease",
};

/** Every built-in kind, by `apiVersion/Kind` (`v1/Service`, `apps/v1/Deployment`). */
export const KINDS: ReadonlyMap<string, KindFacts> = new Map(
  Object.entries(TABLE).flatMap(([head, list]) => {
    const [group, version] = head.split("/") as [string, string];
    return list.split(", ").map((entry): [string, KindFacts] => {
      const [plural, marked] = entry.split(" ") as [string, string];
      const kind = marked.replace("*", "");
      const facts = { group, version, kind, plural, namespaced: !marked.endsWith("*") };
      return [`${apiVersionOf(group, version)}/${kind}`, facts];
    });
  }),
);

/** `v1` for the core group, else `group/version`. */
export function apiVersionOf(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Group and version of an apiVersion. */
export function splitApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const [first, second] = apiVersion.split("/") as [string, string | undefined];
  return second === undefined ? { group: "", version: first } : { group: first, version: second };
}

/** Whether the API server itself serves a group (as against a CustomResourceDefinition). */
export function isBuiltInGroup(group: string): boolean {
  return [...KINDS.values()].some((facts) => facts.group === group);
}
