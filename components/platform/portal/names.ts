/** The namespace that K-PaaS's scripts, as Karmada's own, set Karmada up in. */
export const KARMADA_NAMESPACE = "karmada-system";

/** The account as whom the portal acts in its own cluster, and its role. */
export const CLUSTER_ACCOUNT = "cp-portal-cluster";
