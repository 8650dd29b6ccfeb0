import type { Labels } from "../../../model/plan/infrastructure-types";
import type { ServicePlan } from "../../../model/plan/types";
import { imageOf, repositoryAndTag, spreadOverNodes } from "../objects";
import type { Values } from "../values";

/** Labels the chart gives the pods of a part. */
export const partLabels = (component: string): Labels => ({
  "app.kubernetes.io/instance": "cert-manager",
  "app.kubernetes.io/component": component,
});

/** Values of the cert-manager chart. */
export function certManagerValues(plan: ServicePlan): Values {
  const resources = plan.resources ?? {};
  const replicas = plan.replicas;
  const podDisruptionBudget = replicas > 1 ? { enabled: true, maxUnavailable: 1 } : { enabled: false };
  const several = (component: string): Values => ({
    replicaCount: replicas,
    podDisruptionBudget,
    resources,
    ...(replicas > 1 ? { topologySpreadConstraints: spreadOverNodes(partLabels(component)) } : {}),
  });
  return {
    // Its definitions stay when the release goes: deleting them would delete every certificate in the cluster.
    crds: { enabled: true, keep: true },
    global: { leaderElection: { namespace: plan.namespace } },
    image: repositoryAndTag(imageOf(plan, "controller")),
    ...several("controller"),
    webhook: { image: repositoryAndTag(imageOf(plan, "webhook")), ...several("webhook") },
    cainjector: { image: repositoryAndTag(imageOf(plan, "cainjector")), ...several("cainjector") },
    acmesolver: { image: repositoryAndTag(imageOf(plan, "acmesolver")) },
    startupapicheck: { image: repositoryAndTag(imageOf(plan, "startupapicheck")), resources },
  };
}
