import type { PlannedArgs } from "../args";
import { imageOf, repositoryAndTag, spreadOverNodes } from "../objects";
import type { Values } from "../values";
import type { MetricsServerArgs } from "./args";

/** Labels the chart gives the pods. */
export const METRICS_SERVER_LABELS = {
  "app.kubernetes.io/name": "metrics-server",
  "app.kubernetes.io/instance": "metrics-server",
} as const;

/** The cluster's CA as every pod with a token has it. */
const CLUSTER_CA = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

/** Values of the metrics-server chart. */
export function metricsServerValues({ plan, kubeletCertificates }: PlannedArgs<MetricsServerArgs>): Values {
  return {
    image: repositoryAndTag(imageOf(plan, "server")),
    replicas: plan.replicas,
    resources: plan.resources ?? {},
    // Added to the chart's defaults, which dial kubelets by InternalIP first: node names need no DNS.
    args: [kubeletCertificates === "clusterSigned" ? `--kubelet-certificate-authority=${CLUSTER_CA}` : "--kubelet-insecure-tls"],
    podDisruptionBudget: plan.replicas > 1 ? { enabled: true, maxUnavailable: 1 } : { enabled: false },
    ...(plan.replicas > 1 ? { topologySpreadConstraints: spreadOverNodes(METRICS_SERVER_LABELS) } : {}),
  };
}
