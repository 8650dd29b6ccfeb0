import type { rbac } from "@pulumi/kubernetes/types/input";
import { NAMES } from "./names";

const rule = (apiGroup: string, resources: string, verbs: string, names?: string): rbac.v1.PolicyRule => ({
  apiGroups: [apiGroup],
  resources: resources.split(" "),
  verbs: verbs.split(" "),
  ...(names === undefined ? {} : { resourceNames: names.split(" ") }),
});

/** Rules by account. */
type Rights = Readonly<Record<string, readonly rbac.v1.PolicyRule[]>>;

const LOOK = "get list watch";
const CHANGE = `${LOOK} create update patch delete`;

/**
 * What its accounts may in the service's own namespace, by account; nowhere else anything. Kubeflow's manifests give runs every verb on pods,
 * Deployments and Jobs, and all Secrets to read: what driver and launcher call is far less. A component that calls more of the Kubernetes API
 * is given it by a Role of the file's own (docs/extra.md).
 */
export const RIGHTS: Rights = {
  [NAMES.api]: [
    rule("", "pods pods/log", "get list delete"),
    rule("argoproj.io", "workflows", CHANGE),
    rule("kubeflow.org", "scheduledworkflows", "get list create update patch delete"),
    rule("", "configmaps", "get", NAMES.launcher),
  ],
  [NAMES.ui]: [
    rule("", "pods pods/log", "get"),
    rule("", "events", "list"),
    rule("argoproj.io", "workflows", "get list"),
    // By these it shows artifacts.
    rule("", "secrets", "get", NAMES.storeKeys),
  ],
  [NAMES.persistence]: [rule("argoproj.io", "workflows", LOOK), rule("kubeflow.org", "scheduledworkflows", LOOK)],
  [NAMES.schedules]: [
    rule("argoproj.io", "workflows", CHANGE),
    rule("kubeflow.org", "scheduledworkflows scheduledworkflows/finalizers", CHANGE),
    rule("", "events", "create patch"),
  ],
  [NAMES.workflows]: [
    rule("coordination.k8s.io", "leases", "create get update"),
    rule("", "pods", CHANGE),
    // By this it stops a container.
    rule("", "pods/exec", "create get"),
    rule("", "configmaps", LOOK),
    rule("", "serviceaccounts", "get"),
    rule("", "persistentvolumeclaims", "create get update delete"),
    rule("", "events", "create patch"),
    rule("policy", "poddisruptionbudgets", "create get delete"),
    rule("argoproj.io", "workflows workflows/finalizers workflowtasksets workflowtasksets/finalizers workflowartifactgctasks", CHANGE),
    rule("argoproj.io", "workflowtaskresults", "list watch deletecollection"),
    rule("argoproj.io", "workflowtemplates", LOOK),
    rule("argoproj.io", "cronworkflows cronworkflows/finalizers", "get list watch update patch delete"),
  ],
  [NAMES.runner]: [
    rule("", "secrets", "get", NAMES.storeKeys),
    rule("", "configmaps", "get", NAMES.launcher),
    rule("", "pods", "get"),
    rule("", "persistentvolumeclaims", "create get delete"),
    rule("argoproj.io", "workflowtaskresults", "create patch"),
  ],
};

/** What accounts may besides in that namespace where Kubeflow is for several. */
export const SHARED_RIGHTS: Rights = { [NAMES.dashboard]: [rule("", "configmaps", "get", NAMES.links)] };

/**
 * What they may in the whole cluster: ask what there is, and no more. Its manifests let the profiles' programs do everything, since they make
 * namespaces and give rights in them; here the file does. The controller watches all namespaces at once, or one alone.
 */
export const CLUSTER_RIGHTS: Rights = {
  [NAMES.members]: [rule("kubeflow.org", "profiles", "get list"), rule("rbac.authorization.k8s.io", "rolebindings", LOOK)],
  [NAMES.notebooks]: [
    rule("kubeflow.org", "notebooks", LOOK),
    rule("apps", "statefulsets", LOOK),
    rule("", "services pods events", LOOK),
    rule("networking.istio.io", "virtualservices", LOOK),
  ],
  // It asks whether whoever has logged in may do what it is asked for, before it does that.
  [NAMES.notebooksWeb]: [
    rule("authorization.k8s.io", "subjectaccessreviews", "create"),
    rule("storage.k8s.io", "storageclasses", "get list"),
    rule("", "nodes", "list"),
  ],
};

/** What they may in the namespace of a profile. */
export const PROFILE_RIGHTS: Rights = {
  [NAMES.dashboard]: [rule("", "events", "list")],
  [NAMES.notebooks]: [
    rule("kubeflow.org", "notebooks/status notebooks/finalizers", "get update patch"),
    rule("apps", "statefulsets", "create update patch delete"),
    rule("", "services", "create update patch delete"),
    rule("", "events", "create patch"),
    rule("networking.istio.io", "virtualservices", "create update patch delete"),
  ],
  [NAMES.notebooksWeb]: [
    rule("kubeflow.org", "notebooks", "get list create update patch delete"),
    rule("kubeflow.org", "poddefaults", "get list"),
    rule("", "persistentvolumeclaims", "get list create"),
    rule("", "pods", "get list"),
    rule("", "pods/log", "get"),
    rule("", "events", "list"),
  ],
};

const SEES = [
  rule("kubeflow.org", "notebooks poddefaults", LOOK),
  rule("", "persistentvolumeclaims pods events", LOOK),
  rule("", "pods/log", "get"),
];
const WORKS = [
  ...SEES,
  rule("kubeflow.org", "notebooks", "create update patch delete"),
  rule("", "persistentvolumeclaims", "create delete"),
];

/**
 * What its users may there, by the role that the programs know them by; who is an owner may no more than an editor, since the file says who is
 * which. Nobody may write what leads requests (VirtualServices) or judges them (AuthorizationPolicies).
 */
export const USER_RIGHTS = { admin: WORKS, edit: WORKS, view: SEES } as const;
