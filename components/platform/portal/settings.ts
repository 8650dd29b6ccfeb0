import { type Input, interpolate, type Output, output, unsecret } from "@pulumi/pulumi";
import type { PlannedArgs } from "../args";
import type { PortalArgs } from "./args";
import { PORTAL_FILES } from "./files";
import { karmadaApi } from "./karmada";

/** What is generated for the portal alone. Secret. */
export interface PortalSecrets {
  /** Signs the portal's own tokens; shared by the applications that read them. */
  readonly jwt: Output<string>;
  /** Password between the API and the common API. */
  readonly commonApi: Output<string>;
  /** Password between the API and Terraman. */
  readonly terraman?: Output<string>;
  /** Password between the chaos API and its collector. */
  readonly collector?: Output<string>;
  /** What the migration tools encrypt and sign with, by the names they have for it. */
  readonly migration?: Readonly<Record<string, Output<string>>>;
}

/**
 * Stands where a program demands a setting of a service that is not there. It must be some text: an empty one keeps
 * some of them from starting.
 */
const NONE = "none";

/** Where OpenBao would be: some programs start with a URL only. */
const NO_VAULT = "https://openbao.openbao.svc:8200";

/**
 * Where its database is for a Java program, with what is compiled into cp-portal-common-api as its URL's options, and by verified TLS where it is told
 * what to trust: its driver (org.mariadb.jdbc 2.7.5) knows that from the program's trust store, and looks at the name in the certificate too.
 */
function jdbcUrl({ host, port, ca }: PortalArgs["database"], schema: Input<string>): Output<string> {
  const options = "autoReconnect=true&useUnicode=true&characterEncoding=utf-8&serverTimezone=Asia/Seoul&useLegacyDatetimeCode=false";
  return interpolate`jdbc:mysql://${host}:${port}/${schema}?${options}${ca === undefined ? "" : "&useSsl=true"}`;
}

/** The keys of `cp-portal-configmap`, as the programs read them. */
export function portalConfig(args: PlannedArgs<PortalArgs>, url: string): Record<string, Input<string>> {
  const inside = (app: string, port: number) => `http://${app}-service.${args.plan.namespace}.svc:${port}`;
  return {
    ...PORTAL_FILES,
    KEYCLOAK_URI: args.realm.url,
    KEYCLOAK_CP_REALM: args.realm.realm,
    KEYCLOAK_DB_SCHEMA: args.keycloakSchema,
    DATABASE_NAME: args.database.database,
    DATABASE_URL: interpolate`${args.database.host}:${args.database.port}`,
    SPRING_DATASOURCE_CP_JDBCURL: jdbcUrl(args.database, args.database.database),
    SPRING_DATASOURCE_KEYCLOAK_JDBCURL: jdbcUrl(args.database, args.keycloakSchema),
    VAULT_URL: args.vault?.url ?? NO_VAULT,
    REPOSITORY_URL: args.registryUrl ?? "",
    CP_PORTAL_UI_URI: url,
    CP_PORTAL_API_URI: `${url}/cpapi`,
    CP_PORTAL_CATALOG_API_URI: `${url}/cpcatalog`,
    CP_PORTAL_CHAOS_API_URI: `${url}/cpchaos`,
    CP_PORTAL_REMOTE_API_URI: `${url}/cpremote`,
    CP_PORTAL_MIGRATION_UI_URI: `${url}/cpmigui`,
    CP_MIGRATION_API_URI: `${url}/cpmig`,
    CP_MIGRATION_AUTH_URI: `${url}/cpmigauth`,
    IS_ENCRYPTION: "true",
    CP_PORTAL_FEDERATION_UI_URI: `${url}/cpfedui`,
    ...federationConfig(args, url),
    K8S_MASTER_NODE_IP: args.terraman?.host ?? "",
    CP_PORTAL_COMMON_API_URI: inside("cp-portal-common-api", 3334),
    CP_PORTAL_TERRAMAN_API_URI: args.clusters?.url ?? inside("cp-portal-terraman", 8091),
    CP_PORTAL_METRIC_COLLECTOR_API_URI: inside("cp-portal-metric-api", 8900),
    CP_PORTAL_CHAOS_COLLECTOR_API_URI: inside("cp-portal-chaos-collector", 8094),
    CHAOS_DASHBOARD_API_URI: args.chaosDashboardUrl ?? "",
    HELM_REPO_CA: "/home/1000/helm/cert",
    HELM_REPO_CACHE: "/home/1000/helm/cache",
    HELM_REPO_CONFIG: "/home/1000/helm/repositories.yaml",
    CHART_REPO_NAME: args.charts?.name ?? "",
    CHART_REPO_URL: args.charts?.url ?? "",
  };
}

function federationConfig({ federation }: PortalArgs, url: string): Record<string, Input<string>> {
  if (federation === undefined) return {};
  return {
    GIN_MODE: "release",
    HOST_CLUSTER_NAME: federation.clusterId,
    // Where it is is no secret, as the kubeconfig is.
    KARMADA_API: unsecret(output(federation.kubeconfig).apply((kubeconfig) => karmadaApi(kubeconfig).server)),
    NATS_URL: federation.messages.url,
    NATS_BUCKET_NAME: "recent_values",
    NATS_SUBJECT_NAME: "cluster.metrics",
    VITE_CP_PORTAL_FEDERATION_API_URL: `${url}/cpfed`,
    VITE_CP_PORTAL_UI_URI: url,
  };
}

/** The keys of `cp-portal-secret`. Those that are generated override what the programs have compiled in. */
export function portalSecrets(
  { realm, database, vault, charts, trust, federation, terraman: builder, clusters }: PortalArgs,
  generated: PortalSecrets,
): Record<string, Input<string>> {
  const { metric, terraman } = database.accounts ?? {};
  return {
    ...generated.migration,
    ...(federation
      ? {
          KARMADA_KUBECONFIG: federation.kubeconfig,
          KARMADA_TOKEN: output(federation.kubeconfig).apply((kubeconfig) => karmadaApi(kubeconfig).token),
          NATS_ID: federation.messages.user,
          NATS_PASSWORD: federation.messages.password,
        }
      : {}),
    ...(builder ? { TERRAMAN_PRIVATE_KEY: builder.privateKey } : {}),
    ...(terraman ? { TERRAMAN_DATABASE_USER: terraman.user, TERRAMAN_DATABASE_PASSWORD: terraman.password } : {}),
    ...(generated.terraman ? { CPTERRAMAN_AUTHORIZATION_PASSWORD: generated.terraman } : {}),
    ...(clusters ? { CPTERRAMAN_AUTHORIZATION_PASSWORD: clusters.password } : {}),
    ...(metric ? { METRIC_DATABASE_USER: metric.user, METRIC_DATABASE_PASSWORD: metric.password } : {}),
    ...(generated.collector ? { CHAOSCOLLECTORAPI_AUTHORIZATION_PASSWORD: generated.collector } : {}),
    KEYCLOAK_CP_REALM_ID: realm.realmId,
    KEYCLOAK_CP_CLIENT_ID: realm.clientId,
    KEYCLOAK_CP_CLIENT_SECRET: realm.clientSecret,
    DATABASE_USER_ID: database.user,
    DATABASE_USER_PASSWORD: database.password,
    VAULT_ROLE_NAME: vault?.roleName ?? NONE,
    VAULT_ROLE_ID: vault?.roleId ?? NONE,
    VAULT_SECRET_ID: vault?.secretId ?? NONE,
    CHART_REPO_USERNAME: charts?.user ?? NONE,
    CHART_REPO_PASSWORD: charts?.password ?? NONE,
    // What signed its certificate, where no public authority did, as base64.
    CHART_REPO_CRT: charts && trust ? output(trust).apply((pem) => Buffer.from(pem).toString("base64")) : "",
    JWT_SECRET: generated.jwt,
    SPRING_SECURITY_PASSWORD: generated.commonApi,
    COMMONAPI_AUTHORIZATION_PASSWORD: generated.commonApi,
  };
}
