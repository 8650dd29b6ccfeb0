import type { Application, Family } from "../applications/application";
import { FEDERATION_APPS } from "./federation";
import { CATALOG_FILE, REMOTE_FILE } from "./files";
import { DATABASE_URLS, HELM_NAMES, type PortalNeed, VAULT, VAULT_OF_GO } from "./keys";
import { TERRAMAN } from "./terraman";

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
    DATABASE_NAME: "read by the metric API alone (cp-metrics-api), whose own manifest has it",
    METRIC_DATABASE_USER: "an account of the metric API's own, in place of Terraman's, by whose names it reads it",
    METRIC_DATABASE_PASSWORD: "an account of the metric API's own, in place of Terraman's, by whose names it reads it",
    "cp-portal-federation-collector.port": "the second of three in one row of the reference",
    "cp-portal-federation-ui.port": "the third of three in one row of the reference",
    "cp-portal-federation-ui.health":
      "its nginx serves its page whatever is asked for, so a path of its own says no more (nginx.conf of cp-federation-ui)",
    "cp-portal-terraman.volume":
      "K-PaaS keeps the keys on a volume; it reads them from OpenBao anew each time, so here they go with its pod",
    TERRAMAN_DATABASE_USER: "an account of Terraman's own in place of the schema's owner, by whose names it reads it",
    TERRAMAN_DATABASE_PASSWORD: "an account of Terraman's own in place of the schema's owner, by whose names it reads it",
    CPTERRAMAN_AUTHORIZATION_PASSWORD: "compiled into Terraman and into the API, which calls it; Spring reads another one from there",
    "cp-portal-migration-ui.health": "as the others, below the path that it leaves on what it is asked for",
    CHAOSCOLLECTORAPI_AUTHORIZATION_PASSWORD: "compiled into the chaos API and its collector; Spring reads another one from there",
  },
};

const DATABASE = { config: ["DATABASE_URL"], secrets: ["DATABASE_USER_ID", "DATABASE_USER_PASSWORD"] } as const;

const MIGRATION_KEYS = ["AUTH", "MIG"].flatMap((whose) => ["HMAC_KEY", "PRIVATE_KEY", "PUBLIC_KEY"].map((key) => `${whose}_${key}`));

/**
 * The portal's applications with the settings their programs read.
 *
 * None of them uses an account of its own in the cluster: the API acts with the tokens it keeps in OpenBao, one for each cluster and user. So none
 * of their pods gets a token; the one of their own cluster is put there by a pod of its own (cluster-token.ts).
 *
 * Not here: the service broker, which belongs to the old service type, and of which no release has an image.
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
    with: { federation: { config: ["CP_PORTAL_FEDERATION_UI_URI"] } },
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
    // Terraman fetches what is to be made from its pods, which it finds by this label alone (TerramanConstant.java).
    with: {
      terraman: { secrets: ["CPTERRAMAN_AUTHORIZATION_PASSWORD"], labels: { app: "cp-portal-api" } },
      clusters: { secrets: ["CPTERRAMAN_AUTHORIZATION_PASSWORD"] },
    },
    trusts: ["vault", "clusters"],
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
    // It has no setting by which it would speak TLS to the database (action/gorm/gorm.go of cp-metrics-api v1.7.0): its account is let in without.
    name: "cp-portal-metric-api",
    port: 8900,
    config: ["DATABASE_URL", "DATABASE_NAME", ...VAULT_OF_GO.config],
    secrets: ["METRIC_DATABASE_USER", "METRIC_DATABASE_PASSWORD", ...VAULT_OF_GO.secrets],
    // It calls Terraman's account its own; here it has one that sees three tables.
    as: { METRIC_DATABASE_USER: "DATABASE_TERRAMAN_ID", METRIC_DATABASE_PASSWORD: "DATABASE_TERRAMAN_PASSWORD" },
    needs: ["vault", "metricAccount"],
    language: "go",
    trusts: ["vault"],
    single: "each of several would ask all clusters, and add rows of its own to tables that know no key",
    // The name and password that it asks for are compiled in (api/basicAuth.go), and everybody's.
    callers: ["cp-portal-api"],
  },
  {
    name: "cp-portal-remote-api",
    port: 8095,
    path: "/cpremote",
    config: [...VAULT_OF_GO.config],
    secrets: [...VAULT_OF_GO.secrets, "JWT_SECRET"],
    needs: ["vault"],
    language: "go",
    trusts: ["vault"],
    // Its image's own holds the key of everybody's tokens, and its program reads no variable of that name (config/env.go of cp-remote-api v1.7.0).
    files: { "/app/config.env": REMOTE_FILE },
  },
  {
    name: "cp-portal-catalog-api",
    port: 8093,
    path: "/cpcatalog",
    config: [...VAULT.config, ...HELM_NAMES],
    secrets: [...VAULT.secrets, "JWT_SECRET"],
    needs: ["vault", "charts"],
    language: "go",
    // Repositories come with an authority of their own, which the UI hands on.
    trusts: ["platform", "vault"],
    // As cp-remote-api's (config/env.go of cp-catalog-api v1.6.0). The source calls the file by either name.
    files: { "/config.env": CATALOG_FILE, "/app.env": CATALOG_FILE },
    single: "what Helm has fetched is on a volume of one pod; what is installed needs none of it",
    // What Helm has fetched: it can be fetched again.
    volume: { path: "/home/1000/helm", sizeGiB: 5, keeps: "cache" },
  },
  {
    name: "cp-portal-chaos-api",
    port: 8092,
    path: "/cpchaos",
    config: [...VAULT.config, "CHAOS_DASHBOARD_API_URI", "CP_PORTAL_COMMON_API_URI", "CP_PORTAL_CHAOS_COLLECTOR_API_URI"],
    secrets: [...VAULT.secrets, "JWT_SECRET", "COMMONAPI_AUTHORIZATION_PASSWORD", "CHAOSCOLLECTORAPI_AUTHORIZATION_PASSWORD"],
    needs: ["vault", "chaos"],
    trusts: ["vault"],
  },
  {
    name: "cp-portal-chaos-collector",
    port: 8094,
    config: [...VAULT.config, "CP_PORTAL_COMMON_API_URI"],
    secrets: [...VAULT.secrets, "COMMONAPI_AUTHORIZATION_PASSWORD", "CHAOSCOLLECTORAPI_AUTHORIZATION_PASSWORD"],
    // The common API reads its own password under the same name.
    as: { CHAOSCOLLECTORAPI_AUTHORIZATION_PASSWORD: "SPRING_SECURITY_PASSWORD" },
    needs: ["vault", "chaos"],
    trusts: ["vault"],
    single: "each of several would measure what experiments use, and write the same rows",
    callers: ["cp-portal-chaos-api"],
  },
  {
    name: "cp-portal-migration-api",
    port: 8901,
    path: "/cpmig",
    config: ["IS_ENCRYPTION"],
    secrets: ["MIG_HMAC_KEY", "MIG_PRIVATE_KEY"],
    needs: ["migration"],
    language: "go",
    trusts: ["platform"],
  },
  {
    // It hands all six keys to the browsers of those who have logged in (fragments/config.html of cp-migration-ui): they encrypt and sign there.
    name: "cp-portal-migration-ui",
    port: 8097,
    path: "/cpmigui",
    keepsPath: true,
    health: { path: "/cpmigui/actuator/health" },
    config: [
      ...["KEYCLOAK_URI", "KEYCLOAK_CP_REALM", "CP_PORTAL_API_URI", "CP_PORTAL_MIGRATION_UI_URI"],
      ...["CP_MIGRATION_API_URI", "CP_MIGRATION_AUTH_URI"],
    ],
    secrets: [...["KEYCLOAK_CP_CLIENT_ID", "KEYCLOAK_CP_CLIENT_SECRET"], ...MIGRATION_KEYS],
    needs: ["migration"],
    trusts: ["platform"],
  },
  ...FEDERATION_APPS,
  TERRAMAN,
  {
    // Its source is not public: it is given what K-PaaS's script makes for it by name.
    name: "cp-portal-migration-auth",
    port: 8911,
    path: "/cpmigauth",
    config: ["IS_ENCRYPTION"],
    secrets: ["AUTH_HMAC_KEY", "AUTH_PRIVATE_KEY", "AUTH_PUBLIC_KEY"],
    needs: ["migration"],
  },
];

/** The programs that cannot do without something, by the roles of their images. */
export function programsFor(need: PortalNeed): string[] {
  return PORTAL_APPS.flatMap(({ name, needs }) => (needs.includes(need) ? [name] : []));
}
