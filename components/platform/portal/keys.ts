/** A service of the platform that an application cannot do without. */
export type PortalNeed = "vault" | "metricAccount" | "charts" | "chaos" | "migration" | "federation" | "terraman" | "clusters";

/** Those in Go log in by the two ids alone. */
export const VAULT_OF_GO = { config: ["VAULT_URL"], secrets: ["VAULT_ROLE_ID", "VAULT_SECRET_ID"] } as const;
/** Those in Java name their role too. */
export const VAULT = { config: ["VAULT_URL"], secrets: ["VAULT_ROLE_NAME", "VAULT_ROLE_ID", "VAULT_SECRET_ID"] } as const;

/** By these two its URLs override what is compiled in, which says nothing of TLS (application.yml of cp-portal-common-api). */
export const DATABASE_URLS = ["SPRING_DATASOURCE_CP_JDBCURL", "SPRING_DATASOURCE_KEYCLOAK_JDBCURL"];

/** Where what Helm fetches lies. */
export const HELM_NAMES = ["HELM_REPO_CA", "HELM_REPO_CACHE", "HELM_REPO_CONFIG"];
