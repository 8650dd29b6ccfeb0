import type { PlannedArgs } from "../args";
import { imageOf, imageParts, spreadOverNodes } from "../objects";
import type { Values } from "../values";
import type { KyvernoArgs } from "./args";
import { BY_DEFAULT } from "./policies";

/** Labels the chart gives the pods of one of its controllers. */
export function controllerLabels(
  component: "admission-controller" | "background-controller" | "cleanup-controller" | "reports-controller",
) {
  return { "app.kubernetes.io/part-of": "kyverno", "app.kubernetes.io/instance": "kyverno", "app.kubernetes.io/component": component };
}

/** Values of the kyverno chart. */
export function kyvernoValues(args: PlannedArgs<KyvernoArgs>): Values {
  const { plan } = args;
  const resources = plan.resources ?? {};
  const image = (role: string) => chartImage(imageOf(plan, role));
  const others = Math.min(plan.replicas, 2);
  return {
    config: {
      // Both webhooks and the reports of what is there pass the platform by: it must start, and heal, without Kyverno.
      webhooks: {
        namespaceSelector: {
          matchExpressions: [
            { key: "kubernetes.io/metadata.name", operator: "NotIn", values: [...new Set([...args.excluded, plan.namespace])] },
          ],
        },
      },
    },
    features: {
      // No policy of ours is one that Kubernetes could judge by itself, and the right to write those is a wide one.
      generateValidatingAdmissionPolicy: { enabled: false },
    },
    admissionController: {
      // Its leader and two others: a drain and a lost node at once leave one that answers.
      ...several(plan.replicas > 1 ? Math.max(3, plan.replicas) : 1, "admission-controller"),
      initContainer: { image: image("init"), resources },
      container: { image: image("admission"), resources },
    },
    backgroundController: {
      ...several(others, "background-controller"),
      image: image("background"),
      resources,
      rbac: { coreClusterRole: { extraResources: writes(args) } },
    },
    cleanupController: { ...several(others, "cleanup-controller"), image: image("cleanup"), resources },
    reportsController: { ...several(others, "reports-controller"), image: image("reports"), resources },
    crds: { migration: { image: image("cli"), podResources: resources } },
    webhooksCleanup: { image: image("hooks"), resources },
  };
}

function several(replicas: number, component: Parameters<typeof controllerLabels>[0]): Values {
  if (replicas < 2) return { replicas, podDisruptionBudget: { enabled: false } };
  return {
    replicas,
    // All but one; by maxUnavailable it cannot be said, since the chart has the other by default and refuses both.
    podDisruptionBudget: { enabled: true, minAvailable: replicas - 1 },
    topologySpreadConstraints: spreadOverNodes(controllerLabels(component)),
  };
}

/** What the background controller writes for the policies that are on; the chart would give it roles, quotas and more. */
function writes({ policies }: PlannedArgs<KyvernoArgs>): object[] {
  const { isolateNamespaces, joinNamespaces } = { ...BY_DEFAULT, ...policies };
  const generates = isolateNamespaces || joinNamespaces;
  const walls = {
    apiGroups: ["networking.k8s.io"],
    resources: ["networkpolicies"],
    verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
  };
  const bindings = { apiGroups: ["rbac.authorization.k8s.io"], resources: ["rolebindings"], verbs: ["get", "list", "watch"] };
  const labels = { apiGroups: [""], resources: ["namespaces"], verbs: ["update", "patch"] };
  return [...(generates ? [walls] : []), ...(joinNamespaces ? [bindings, labels] : [])];
}

function chartImage(image: string): Values {
  const { registry, path, tag, digest } = imageParts(image);
  return { registry, repository: path, tag: digest === "" ? tag : `${tag}@${digest}` };
}
