import type { rbac } from "@pulumi/kubernetes/types/input";

/** Name of the operator's account, and of what gives it rights. */
export const OPERATOR = "mariadb-operator";

const rule = (apiGroup: string, resources: string, verbs: string): rbac.v1.PolicyRule => ({
  apiGroups: [apiGroup],
  resources: resources.split(" "),
  verbs: verbs.split(" "),
});

const LOOK = "get list watch";
const RUN = `${LOOK} create patch`;

/** What it looks at in the whole cluster: it does not begin without, and makes none where its agents take a password. */
export const SEEN: rbac.v1.PolicyRule[] = [rule("rbac.authorization.k8s.io", "clusterrolebindings", LOOK)];

/** What its pods need beside it, to agree on which of them works. */
export const LEADING: rbac.v1.PolicyRule[] = [
  rule("coordination.k8s.io", "leases", `${RUN} update delete`),
  rule("", "events", "create patch"),
];

/** What it needs where its databases are: what its chart gives it in every namespace, without what nobody has here (backups into buckets, metrics). */
export const WATCHED: rbac.v1.PolicyRule[] = [
  rule("", "configmaps persistentvolumeclaims pods", `${RUN} update delete deletecollection`),
  rule("", "pods/log", "get"),
  rule("", "events secrets serviceaccounts services", RUN),
  rule("apps", "deployments statefulsets", `${RUN} delete`),
  rule("batch", "cronjobs jobs", `${RUN} delete`),
  rule("discovery.k8s.io", "endpointslices endpointslices/restricted", RUN),
  rule("events.k8s.io", "events", RUN),
  rule("k8s.mariadb.com", "*", `${RUN} update delete`),
  rule("policy", "poddisruptionbudgets", RUN),
  rule("rbac.authorization.k8s.io", "rolebindings roles", RUN),
  // It looks at what other projects define, where that is in the cluster.
  rule("cert-manager.io", "certificates", LOOK),
  rule("monitoring.coreos.com", "servicemonitors", LOOK),
  rule("snapshot.storage.k8s.io", "volumesnapshots", LOOK),
];
