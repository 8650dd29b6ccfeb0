/** A rule of a role, as Kubernetes has it. */
export interface Rule {
  readonly apiGroups?: string[];
  readonly resources?: string[];
  readonly resourceNames?: string[];
  readonly nonResourceURLs?: string[];
  readonly verbs: string[];
}

const SEE = ["get", "list", "watch"];
const KEEP = [...SEE, "create", "update", "patch", "delete", "deletecollection"];

/**
 * What the portal's token may in a cluster: what its screens do (the paths of application.yml of cp-portal-api 1.7.0, and of cp-chaos-api and
 * cp-chaos-collector 1.6.1), the shell of cp-remote-api 1.7.0, what it gives the roles that it makes for its users, and what charts of the catalogue
 * are commonly made of.
 *
 * It is as much as cluster-admin in the end, and no list could make it less: it gives users of the portal the role cluster-admin (`bind`), writes
 * roles (`escalate`), reads every Secret and gets tokens of every account. What is not listed is what a mistake cannot do: whatever else there may
 * be, such as definitions, webhooks, nodes' own objects and certificates.
 */
export function clusterRights(withChaos: boolean): Rule[] {
  const rule = (apiGroup: string, resources: string[], verbs: string[]): Rule => ({ apiGroups: [apiGroup], resources, verbs });
  return [
    rule("", ["nodes", "events", "endpoints"], SEE),
    rule(
      "",
      [
        ...["namespaces", "pods", "services", "configmaps", "secrets", "serviceaccounts", "persistentvolumes", "persistentvolumeclaims"],
        ...["resourcequotas", "limitranges", "replicationcontrollers"],
      ],
      KEEP,
    ),
    rule("", ["pods/log", "pods/status", "namespaces/status", "services/status", "resourcequotas/status"], SEE),
    rule("", ["pods/exec"], ["get", "create"]),
    rule("", ["pods/eviction", "serviceaccounts/token"], ["create"]),
    rule("apps", ["deployments", "replicasets", "statefulsets", "daemonsets", "deployments/scale", "statefulsets/scale"], KEEP),
    rule("apps", ["controllerrevisions"], SEE),
    rule("batch", ["jobs", "cronjobs"], KEEP),
    rule("autoscaling", ["horizontalpodautoscalers"], KEEP),
    rule("policy", ["poddisruptionbudgets"], KEEP),
    rule("networking.k8s.io", ["ingresses", "networkpolicies"], KEEP),
    rule("networking.k8s.io", ["ingressclasses"], SEE),
    rule("discovery.k8s.io", ["endpointslices"], SEE),
    rule("storage.k8s.io", ["storageclasses"], KEEP),
    rule("rbac.authorization.k8s.io", ["roles"], [...KEEP, "escalate", "bind"]),
    rule("rbac.authorization.k8s.io", ["rolebindings", "clusterrolebindings"], KEEP),
    rule("rbac.authorization.k8s.io", ["clusterroles"], SEE),
    { ...rule("rbac.authorization.k8s.io", ["clusterroles"], ["bind"]), resourceNames: ["cluster-admin"] },
    rule("metrics.k8s.io", ["nodes", "pods"], ["get", "list"]),
    ...(withChaos ? [rule("chaos-mesh.org", ["podchaos", "networkchaos", "stresschaos"], KEEP)] : []),
    // Whether the cluster answers is asked at the API's root.
    { nonResourceURLs: ["/"], verbs: ["get"] },
  ];
}
