import type { ServicePlan } from "../../../model/plan/types";
import { imageOf, repositoryAndTag, spreadOverNodes } from "../objects";
import type { Values } from "../values";

/** Labels the chart gives the pods. */
export const OPERATOR_LABELS = {
  "app.kubernetes.io/name": "cloudnative-pg",
  "app.kubernetes.io/instance": "cloudnative-pg",
} as const;

/** Values of the cloudnative-pg chart. Its own pods are held to the strictest standard as it has them. */
export function cloudNativePgValues(plan: ServicePlan): Values {
  return {
    // The image runs beside every database too: the operator has it from here.
    image: repositoryAndTag(imageOf(plan, "operator")),
    replicaCount: plan.replicas,
    resources: plan.resources ?? {},
    ...(plan.replicas > 1 ? { topologySpreadConstraints: spreadOverNodes(OPERATOR_LABELS) } : {}),
  };
}
