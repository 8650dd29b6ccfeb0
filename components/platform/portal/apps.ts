import type { Application, Family } from "../applications/application";

/** A service of the platform that an application cannot do without. */
export type PortalNeed = "vault" | "charts" | "chaos";

/** What the portal's objects are called. */
export const PORTAL: Family = {
  name: "cp-portal",
  config: "cp-portal-configmap",
  secret: "cp-portal-secret",
  trust: "cp-portal-trust",
  unsaid: {
    JWT_SECRET: "the same one is compiled into several of its programs; Spring and Go read another one from there",
    SPRING_SECURITY_PASSWORD: "compiled into the common API; Spring reads another one from there",
    COMMONAPI_AUTHORIZATION_PASSWORD: "compiled into whoever calls the common API; Spring reads another one from there",
    SPRING_DATASOURCE_CP_JDBCURL: "compiled into the common API without TLS; Spring reads another one from there",
    SPRING_DATASOURCE_KEYCLOAK_JDBCURL: "as the other one's",
  },
};

const VAULT = { config: ["VAULT_URL"], secrets: ["VAULT_ROLE_NAME", "VAULT_ROLE_ID", "VAULT_SECRET_ID"] } as const;
/** By these two its URLs override what is compiled in, which says nothing of TLS (application.yml of cp-portal-common-api). */
const DATABASE_URLS = ["SPRING_DATASOURCE_CP_JDBCURL", "SPRING_DATASOURCE_KEYCLOAK_JDBCURL"];
const DATABASE = { config: ["DATABASE_URL"], secrets: ["DATABASE_USER_ID", "DATABASE_USER_PASSWORD"] } as const;

/**
 * The portal's applications with the settings their programs read.
 *
 * None of them uses an account of its own in the cluster: the API acts with the tokens it keeps in OpenBao, one for each
 * cluster and user. So no pod gets a token and no role is granted here.
 *
 * Not here: Terraman, whose work this project does; the migration tools and the federation applications, which come with
 * object storage and Karmada; the service broker, which belongs to the old service type.
 */
export const PORTAL_APPS: readonly Application<PortalNeed>[] = [
  {
    name: "cp-portal-ui",
    port: 8090,
    path: "",
    config: [
      "KEYCLOAK_URI",
      "KEYCLOAK_CP_REALM",
      "REPOSITORY_URL",
      "CP_PORTAL_UI_URI",
      "CP_PORTAL_API_URI",
      "CP_PORTAL_CATALOG_API_URI",
      "CP_PORTAL_CHAOS_API_URI",
      "CP_PORTAL_REMOTE_API_URI",
      "CP_PORTAL_MIGRATION_UI_URI",
      "CHART_REPO_NAME",
      "CHART_REPO_URL",
    ],
    secrets: ["KEYCLOAK_CP_CLIENT_ID", "KEYCLOAK_CP_CLIENT_SECRET", "CHART_REPO_USERNAME", "CHART_REPO_PASSWORD", "CHART_REPO_CRT"],
    needs: [],
    trusts: ["platform"],
  },
  {
    // Starts and logs users in without OpenBao; calls to a cluster answer with an error until there is one.
    name: "cp-portal-api",
    port: 3333,
    path: "/cpapi",
    config: [...VAULT.config, "CP_PORTAL_COMMON_API_URI", "CP_PORTAL_TERRAMAN_API_URI", "CP_PORTAL_METRIC_COLLECTOR_API_URI"],
    secrets: [...VAULT.secrets, "JWT_SECRET", "COMMONAPI_AUTHORIZATION_PASSWORD"],
    needs: [],
    trusts: ["vault"],
  },
  {
    name: "cp-portal-common-api",
    port: 3334,
    config: [...DATABASE.config, "KEYCLOAK_DB_SCHEMA", ...DATABASE_URLS],
    secrets: [...DATABASE.secrets, "KEYCLOAK_CP_REALM_ID", "SPRING_SECURITY_PASSWORD"],
    needs: [],
    trusts: ["database"],
  },
  {
    // It has no setting by which it would speak TLS to the database (action/gorm/gorm.go of cp-metrics-api v1.7.0), which lets it in by that only.
    name: "cp-portal-metric-api",
    port: 8900,
    config: [...DATABASE.config, ...VAULT.config],
    secrets: [...DATABASE.secrets, ...VAULT.secrets],
    needs: ["vault"],
  },
  {
    name: "cp-portal-remote-api",
    port: 8095,
    path: "/cpremote",
    config: [...VAULT.config],
    secrets: [...VAULT.secrets, "JWT_SECRET"],
    needs: ["vault"],
  },
  {
    name: "cp-portal-catalog-api",
    port: 8093,
    path: "/cpcatalog",
    config: [...VAULT.config, "HELM_REPO_CA", "HELM_REPO_CACHE", "HELM_REPO_CONFIG", "CHART_REPO_NAME", "CHART_REPO_URL"],
    secrets: [...VAULT.secrets, "JWT_SECRET", "CHART_REPO_USERNAME", "CHART_REPO_PASSWORD"],
    needs: ["vault", "charts"],
    // What Helm has fetched: it can be fetched again.
    volume: { path: "/home/1000/helm", sizeGiB: 5, keeps: "cache" },
  },
  {
    name: "cp-portal-chaos-api",
    port: 8092,
    path: "/cpchaos",
    config: [...VAULT.config, "CHAOS_DASHBOARD_API_URI", "CP_PORTAL_API_URI"],
    secrets: [...VAULT.secrets, "JWT_SECRET"],
    needs: ["vault", "chaos"],
    trusts: ["vault"],
  },
  {
    name: "cp-portal-chaos-collector",
    port: 8094,
    config: [...VAULT.config, "CP_PORTAL_COMMON_API_URI"],
    secrets: [...VAULT.secrets, "COMMONAPI_AUTHORIZATION_PASSWORD"],
    needs: ["vault", "chaos"],
    trusts: ["vault"],
  },
];
