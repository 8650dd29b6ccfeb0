import type { rbac } from "@pulumi/kubernetes/types/input";
import type { Shared } from "./args";
import { NAMES } from "./names";
import { partsOf } from "./parts/parts";
import { CHANGE, LOOK, type Rights, rule } from "./rule";

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

/** What accounts may where Kubeflow is for several. */
export interface SharedRights {
  /** In its own namespace. */
  readonly own: Rights;
  /**
   * In the whole cluster: ask what there is, and no more. Its manifests let the profiles' programs do everything, since they make namespaces and
   * give rights in them; here the file does. Controllers watch all namespaces at once, or one alone.
   */
  readonly everywhere: Rights;
  /** In the namespace of a profile. */
  readonly profiles: Rights;
  /**
   * Users there, by the role that the programs know them by; who is an owner may no more than an editor, since the file says who is which. Nobody
   * may write what leads requests (VirtualServices) or judges them (AuthorizationPolicies).
   */
  readonly users: Readonly<Record<"admin" | "edit" | "view", readonly rbac.v1.PolicyRule[]>>;
  /** What programs of users there, by the account of notebooks: of pipelines what their editors may, and nothing in the Kubernetes API. */
  readonly notebooks: readonly rbac.v1.PolicyRule[];
}

const OWN = "pipelines.kubeflow.org";
const REPORTS = "scheduledworkflows workflows";
const [, ...WITHOUT_LEASES] = RIGHTS[NAMES.workflows] ?? [];

/** Those of pipelines where each user has runs of their own: in Kubeflow's own namespace there are none. */
const PIPELINES: Pick<SharedRights, "own" | "everywhere" | "profiles"> = {
  own: {
    [NAMES.workflows]: [rule("coordination.k8s.io", "leases", "create get update"), rule("", "configmaps", LOOK)],
  },
  everywhere: {
    // By these it asks who somebody is, and whether they may.
    [NAMES.api]: [rule("authorization.k8s.io", "subjectaccessreviews", "create"), rule("authentication.k8s.io", "tokenreviews", "create")],
    // What it reports the API server takes of whoever may report in the whole cluster.
    [NAMES.persistence]: [...(RIGHTS[NAMES.persistence] ?? []), rule("pipelines.kubeflow.org", REPORTS, "report")],
    [NAMES.schedules]: [rule("argoproj.io", "workflows", LOOK), rule("kubeflow.org", "scheduledworkflows", LOOK)],
    [NAMES.workflows]: [
      rule("", "pods configmaps", LOOK),
      rule("argoproj.io", "workflows workflowtasksets workflowartifactgctasks workflowtaskresults workflowtemplates cronworkflows", LOOK),
    ],
  },
  profiles: {
    [NAMES.api]: RIGHTS[NAMES.api] ?? [],
    [NAMES.ui]: [rule("", "pods pods/log", "get"), rule("", "events", "list"), rule("argoproj.io", "workflows", "get list")],
    [NAMES.schedules]: [...(RIGHTS[NAMES.schedules] ?? []), rule("pipelines.kubeflow.org", "runs", "create")],
    [NAMES.workflows]: WITHOUT_LEASES,
  },
};

/** What users may of pipelines: these are no objects of the cluster's, but words by which the API server asks whether they may. */
const PIPELINE_USERS: Readonly<Record<"sees" | "works", readonly rbac.v1.PolicyRule[]>> = {
  sees: [
    rule(OWN, "pipelines pipelineversions experiments jobs", "get list"),
    rule(OWN, "runs", "get list readArtifact"),
    // So the UI asks before it shows a pod, its log, or an artifact.
    rule("kubeflow.org", "viewers", "get"),
  ],
  works: [
    rule(OWN, "pipelines pipelineversions", "create update delete"),
    rule(OWN, "experiments", "create delete archive unarchive"),
    rule(OWN, "runs", "create delete archive unarchive retry terminate reportMetrics"),
    rule(OWN, "jobs", "create delete enable disable"),
  ],
};

const SEES = [rule("", "persistentvolumeclaims pods events", LOOK), rule("", "pods/log", "get")];

/** What its accounts and users may where it is for several, by what of it is there. */
export function sharedRights(shared: Shared): SharedRights {
  const parts = partsOf(shared);
  const sees = [...SEES, ...PIPELINE_USERS.sees, ...parts.flatMap(({ users }) => users.sees)];
  const works = [...sees, ...PIPELINE_USERS.works, ...parts.flatMap(({ users }) => users.works)];
  return {
    own: Object.assign(
      { ...PIPELINES.own, [NAMES.dashboard]: [rule("", "configmaps", "get", NAMES.links)] },
      ...parts.map(({ rights }) => rights.own ?? {}),
    ),
    everywhere: Object.assign(
      {
        ...PIPELINES.everywhere,
        [NAMES.members]: [rule("kubeflow.org", "profiles", "get list"), rule("rbac.authorization.k8s.io", "rolebindings", LOOK)],
      },
      ...parts.map(({ rights }) => rights.everywhere),
    ),
    profiles: Object.assign(
      { ...PIPELINES.profiles, [NAMES.dashboard]: [rule("", "events", "list")] },
      ...parts.map(({ rights }) => rights.profiles),
    ),
    users: { admin: works, edit: works, view: sees },
    notebooks: [...PIPELINE_USERS.sees, ...PIPELINE_USERS.works].filter(({ apiGroups }) => apiGroups?.toString() === OWN),
  };
}
