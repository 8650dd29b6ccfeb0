import type { rbac } from "@pulumi/kubernetes/types/input";

/** What the portal makes in every namespace: one role for who runs it, and one for who looks at it. */
export const TENANT_ROLES = { administrators: "cp-admin-role", users: "cp-init-role" } as const;

const READ = ["get", "list", "watch"];
const WRITE = ["create", "delete", "deletecollection", "patch", "update"];

/** Kinds of one API group, as rules name them. */
type Kinds = Readonly<Record<string, readonly string[]>>;

/** What both roles may read. Secrets are not among it: whoever reads one of a service account may do what that may. */
const SEEN: Kinds = {
  "": [
    ...["bindings", "configmaps", "endpoints", "events", "limitranges", "namespaces", "namespaces/status"],
    ...["persistentvolumeclaims", "persistentvolumeclaims/status", "pods", "pods/log", "pods/status", "replicationcontrollers"],
    ...["replicationcontrollers/scale", "replicationcontrollers/status", "resourcequotas", "resourcequotas/status"],
    ...["serviceaccounts", "services", "services/status"],
  ],
  apps: [
    ...["controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale", "deployments/status"],
    ...["replicasets", "replicasets/scale", "replicasets/status", "statefulsets", "statefulsets/scale", "statefulsets/status"],
  ],
  autoscaling: ["horizontalpodautoscalers", "horizontalpodautoscalers/status"],
  batch: ["cronjobs", "cronjobs/status", "jobs", "jobs/status"],
  "discovery.k8s.io": ["endpointslices"],
  "networking.k8s.io": ["ingresses", "ingresses/status", "networkpolicies"],
  policy: ["poddisruptionbudgets", "poddisruptionbudgets/status"],
  "rbac.authorization.k8s.io": ["rolebindings", "roles"],
};

/** What administrators read beside it. */
const OPENED: Kinds = {
  "": ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"],
  "coordination.k8s.io": ["leases"],
};

/** What administrators write. Roles among it: Kubernetes lets nobody give more than they have. */
const RUN: Kinds = {
  "": [
    ...["configmaps", "events", "persistentvolumeclaims", "pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"],
    ...["replicationcontrollers", "replicationcontrollers/scale", "secrets", "serviceaccounts", "services", "services/proxy"],
  ],
  apps: [
    ...["daemonsets", "deployments", "deployments/rollback", "deployments/scale", "replicasets", "replicasets/scale"],
    ...["statefulsets", "statefulsets/scale"],
  ],
  autoscaling: ["horizontalpodautoscalers"],
  batch: ["cronjobs", "jobs"],
  "coordination.k8s.io": ["leases"],
  "networking.k8s.io": ["ingresses"],
  policy: ["poddisruptionbudgets"],
  "rbac.authorization.k8s.io": ["rolebindings", "roles"],
};

/** What they do else. */
const ACTS: rbac.v1.PolicyRule[] = [
  { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] },
  { apiGroups: [""], resources: ["pods/eviction", "serviceaccounts/token"], verbs: ["create"] },
  { apiGroups: ["authorization.k8s.io"], resources: ["localsubjectaccessreviews"], verbs: ["create"] },
];

/**
 * The rules of a role.
 * @param isolated whether the platform's own NetworkPolicy closes the namespace: then its administrators write none, or they could take it away
 */
export function rulesOf(role: keyof typeof TENANT_ROLES, isolated: boolean): rbac.v1.PolicyRule[] {
  if (role === "users") return rules(SEEN, READ);
  const policies: Kinds = isolated ? {} : { "networking.k8s.io": ["networkpolicies"] };
  return [...rules(SEEN, READ), ...rules(OPENED, READ), ...rules(RUN, WRITE), ...rules(policies, WRITE), ...ACTS];
}

function rules(kinds: Kinds, verbs: readonly string[]): rbac.v1.PolicyRule[] {
  return Object.entries(kinds).map(([group, resources]) => ({ apiGroups: [group], resources: [...resources], verbs: [...verbs] }));
}
