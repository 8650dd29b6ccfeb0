import type { KpaasVariable } from "./row";

const PIPELINE = "platform.services.pipeline";

/** cp-pipeline-vars.sh, beside names that cp-portal-vars.sh has too. */
export const pipeline: readonly KpaasVariable[] = [
  ["IS_MULTI_CLUSTER", "not yet", "several clusters are to be joined by Istio"],
  ["MC_APP_NAME", "not yet", "what of it is joined by Istio"],
  ["CP_PIPELINE_URL", "planned", "`pipeline.DOMAIN`", "platform.domain"],
  ["CP_PORTAL_NAMESPACE", "not needed", "no Secret is copied from the portal's namespace"],
  ["KEYCLOAK_ADMIN_ID", "not needed", "Keycloak's own administrator is handed to nobody: the pipeline has its client"],
  ["KEYCLOAK_CLUSTER_ADMIN_ROLE", "fixed", "`cp-cluster-admin-role`, which the group `cp-cluster-admin` has"],
  [
    "INSPECTION_ADMIN_ID INSPECTION_ADMIN_PASSWORD",
    "generated",
    "SonarQube's `admin`, exchanged for the known password by its API",
    PIPELINE,
  ],
  [
    "INSPECTION_DATABASE_ADMIN_ID INSPECTION_DATABASE_ADMIN_PASSWORD INSPECTION_DATABASE_NAME",
    "generated",
    "an account of PostgreSQL with rights on the database `sonar` alone",
    "platform.services.postgresql",
  ],
];

/** What the source control's guide has its user set. */
export const sourceControl: readonly KpaasVariable[] = [
  ["HOST_DOMAIN", "field", "as the portal's", "platform.domain"],
  ["K8S_STORAGECLASS", "field", "as the portal's", "platform.storage.className"],
  ["IS_MULTI_CLUSTER", "not yet", "several clusters are to be joined by Istio"],
];

/** istio-vars-mc.sh, for clusters of a cloud's own. */
export const istio: readonly KpaasVariable[] = [
  ["KUBECTL_VERSION HELM_VERSION STEP_VERSION", "not needed", "no such tool is installed on the machine of whoever runs this"],
  [
    "ISTIO_VERSION ISTIO_NAMESPACE CLUSTER_CNT CLUSTERn_CONFIG[CLUSTER] CLUSTERn_CONFIG[NETWORK] CLUSTERn_CONFIG[CTX]",
    "not yet",
    "Istio is there in one cluster; several clusters are to be joined",
  ],
];

/** What the service type had beside the cluster's. */
export const serviceType: readonly KpaasVariable[] = [
  [
    "PROVIDER_TYPE PAASTA_SYSTEM_DOMAIN UAA_CLIENT_ADMIN_ID UAA_CLIENT_ADMIN_SECRET",
    "not needed",
    "the portal as a service of Cloud Foundry, which K-PaaS has dropped",
  ],
];
