import type { ServicePlan } from "../../../model/plan/types";
import { spreadOverNodes } from "../objects";
import type { Values } from "../values";
import { GATEWAY, GATEWAY_LABELS, HTTPS_PORT } from "./names";

/** Values of Istio's gateway chart. Its image is what istiod gives its pods. */
export function istioGatewayValues(plan: ServicePlan): Values {
  return {
    name: GATEWAY,
    labels: { ...GATEWAY_LABELS },
    replicaCount: plan.replicas,
    autoscaling: { enabled: false },
    resources: plan.resources ?? {},
    // The platform's ingress leads to it: it has no address of its own.
    service: { type: "ClusterIP", ports: [{ name: "https", port: HTTPS_PORT, targetPort: HTTPS_PORT, protocol: "TCP" }] },
    // On ports that any user may listen at, it needs none of the chart's settings for the kernel.
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    ...(plan.replicas > 1 ? { topologySpreadConstraints: spreadOverNodes(GATEWAY_LABELS) } : {}),
  };
}
