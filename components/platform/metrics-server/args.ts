import type { ServiceArgs } from "../args";

/** Arguments of {@link MetricsServer}. */
export interface MetricsServerArgs extends ServiceArgs {
  /**
   * How the kubelets' serving certificates were made. `clusterSigned` (kubespray's `kubelet_rotate_server_certificates`):
   * they are verified against the cluster's CA. `selfSigned` (kubespray's default): nothing in the cluster vouches for
   * them, so they cannot be verified and the connection is encrypted only.
   */
  readonly kubeletCertificates: "clusterSigned" | "selfSigned";
}
