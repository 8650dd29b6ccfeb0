import { HELM_NAMES, VAULT_OF_GO } from "./keys";

const VAULT_NAMES_OF_GO = [...VAULT_OF_GO.config, ...VAULT_OF_GO.secrets];

/** Keys of the ConfigMap. */
export const FEDERATION_FILE = "cp-portal-federation-api.env";
export const REMOTE_FILE = "cp-portal-remote-api.env";
export const CATALOG_FILE = "cp-portal-catalog-api.env";

/** Namespaces that are not offered for federation, by how their names begin: K-PaaS's, and what this platform has besides. */
const HIDDEN_NAMESPACES = [
  ...["all", "ALL", "auth", "cert-manager", "chaos-mesh", "chartmuseum", "cp-", "harbor", "ingress-nginx", "istio-system", "karmada-"],
  ...["keycloak", "knative-eventing", "knative-serving", "kube-", "kubeedge", "kubeflow", "kubeflow-user-example-com", "kyverno"],
  ...["mariadb", "metallb-system", "monitoring", "nats", "openbao", "postgresql", "traefik"],
];

/** What the program itself puts a variable in place of. */
function variable(name: string): string {
  return `\${${name}}`;
}

/** Settings that are variables of the same names. */
function sameNames(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, variable(name)]));
}

/** The files of settings that images have with secrets which are everybody's, by key of the ConfigMap: these are mounted in their place. */
export const PORTAL_FILES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    [FEDERATION_FILE]: {
      JwtSecret: variable("JWT_SECRET"),
      VaultUrl: variable("VAULT_URL"),
      VaultRoleId: variable("VAULT_ROLE_ID"),
      VaultSecretId: variable("VAULT_SECRET_ID"),
      VaultClusterPath: "secret/data/cluster",
      CommonApiUrl: variable("CP_PORTAL_COMMON_API_URI"),
      CommonApiUserName: "admin",
      CommonApiUserPassword: variable("COMMONAPI_AUTHORIZATION_PASSWORD"),
      IsSuperAdminCheckUrl: "/users/{userID}/superadmin",
      CreateFederatedClusterUrl: "/federation",
      DeleteFederatedClusterUrl: "/federation/cluster/",
      GetFederatedClusterListUrl: "/federation",
      FilterNamespaces: HIDDEN_NAMESPACES.join(","),
    },
    [REMOTE_FILE]: { SERVER_PORT: ":8095", ...sameNames("JWT_SECRET", ...VAULT_NAMES_OF_GO) },
    [CATALOG_FILE]: {
      SERVER_PORT: ":8093",
      ...sameNames("JWT_SECRET", ...HELM_NAMES, ...VAULT_NAMES_OF_GO, "VAULT_ROLE_NAME"),
      VAULT_CLUSTER_PATH: "secret/data/cluster",
      VAULT_USER_PATH: "secret/data/user",
      ARTIFACT_HUB_API_URL: "https://artifacthub.io/api/v1",
      ARTIFACT_HUB_REPO_SEARCH: "/repositories/search?kind=0",
      ARTIFACT_HUB_PACKAGE_SEARCH: "/packages/search?kind=0&sort=relevance&deprecated=true",
      ARTIFACT_HUB_PACKAGE_DETAIL: "/packages/helm/{repoName}/{packageName}",
      ARTIFACT_HUB_PACKAGE_VALUES: "/packages/{packageID}/{version}/values",
      ARTIFACT_HUB_PACKAGE_LOGO_URL: "https://artifacthub.io/image/",
    },
  }).map(([key, settings]) => [
    key,
    Object.entries(settings)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  ]),
);
