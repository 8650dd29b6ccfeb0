import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import type { rbac } from "@pulumi/kubernetes/types/input";
import type { ACCOUNTS } from "./names";

type Rules = rbac.v1.PolicyRule[];

const rule = (apiGroup: string, resources: string, verbs: string): rbac.v1.PolicyRule => ({
  apiGroups: [apiGroup],
  resources: resources.split(" "),
  verbs: verbs.split(" "),
});

const LOOK = "get list watch";
const RUN = `${LOOK} create update patch delete deletecollection`;

/**
 * What its accounts may in the service's own namespace. The chart would let the operator write every Secret of the cluster: it minds this
 * namespace alone.
 */
export const INSIDE: Readonly<Partial<Record<keyof typeof ACCOUNTS, Rules>>> = {
  operator: [
    rule("monitoring.coreos.com", "*", RUN),
    rule("apps", "statefulsets", RUN),
    rule("", "configmaps secrets", RUN),
    rule("", "pods", "list watch delete"),
    rule("", "services services/finalizers endpoints", RUN),
    rule("discovery.k8s.io", "endpointslices", RUN),
    rule("", "events", "create patch"),
    rule("events.k8s.io", "events", "create patch"),
  ],
  // Dashboards are ConfigMaps; of Secrets it sees those that are mounted.
  grafana: [rule("", "configmaps", LOOK)],
};

/** What its accounts may look at in the whole cluster. */
export const EVERYWHERE: Readonly<Partial<Record<keyof typeof ACCOUNTS, Rules>>> = {
  operator: [rule("", "namespaces nodes", LOOK), rule("storage.k8s.io", "storageclasses", "get")],
  prometheus: [
    rule("", "nodes nodes/metrics services endpoints pods", LOOK),
    rule("discovery.k8s.io", "endpointslices", LOOK),
    // The API server's own measurements, which are no object.
    { nonResourceURLs: ["/metrics"], verbs: ["get"] },
  ],
};

/** The resources by which an account has rights. */
export const KINDS = {
  inside: { Role, Binding: RoleBinding, kind: "Role" },
  everywhere: { Role: ClusterRole, Binding: ClusterRoleBinding, kind: "ClusterRole" },
} as const;
