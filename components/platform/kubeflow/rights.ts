import type { rbac } from "@pulumi/kubernetes/types/input";
import { NAMES } from "./names";

const rule = (apiGroup: string, resources: string, verbs: string, names?: string): rbac.v1.PolicyRule => ({
  apiGroups: [apiGroup],
  resources: resources.split(" "),
  verbs: verbs.split(" "),
  ...(names === undefined ? {} : { resourceNames: names.split(" ") }),
});

const LOOK = "get list watch";
const CHANGE = `${LOOK} create update patch delete`;

/**
 * What its accounts may in the service's own namespace, by account; nowhere else anything. Kubeflow's manifests give runs every verb on pods,
 * Deployments and Jobs, and all Secrets to read: what driver and launcher call is far less. A component that calls more of the Kubernetes API
 * is given it by a Role of the file's own (docs/extra.md).
 */
export const RIGHTS: Readonly<Record<string, readonly rbac.v1.PolicyRule[]>> = {
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
