import type { ServicePlan } from "../../../model/plan/types";
import { imageOf, repositoryAndTag } from "../objects";
import type { Values } from "../values";

/** Values of the cert-manager chart. */
export function certManagerValues(plan: ServicePlan): Values {
  const resources = plan.resources ?? {};
  const replicas = plan.replicas;
  const podDisruptionBudget = replicas > 1 ? { enabled: true, maxUnavailable: 1 } : { enabled: false };
  return {
    // Its definitions stay when the release goes: deleting them would delete every certificate in the cluster.
    crds: { enabled: true, keep: true },
    global: { leaderElection: { namespace: plan.namespace } },
    image: repositoryAndTag(imageOf(plan, "controller")),
    replicaCount: replicas,
    podDisruptionBudget,
    resources,
    webhook: { image: repositoryAndTag(imageOf(plan, "webhook")), replicaCount: replicas, podDisruptionBudget, resources },
    cainjector: { image: repositoryAndTag(imageOf(plan, "cainjector")), replicaCount: replicas, podDisruptionBudget, resources },
    acmesolver: { image: repositoryAndTag(imageOf(plan, "acmesolver")) },
    startupapicheck: { image: repositoryAndTag(imageOf(plan, "startupapicheck")), resources },
  };
}
