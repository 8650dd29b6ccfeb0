/** The account as whom the portal acts in its own cluster, and its role. */
export const CLUSTER_ACCOUNT = "cp-portal-cluster";
