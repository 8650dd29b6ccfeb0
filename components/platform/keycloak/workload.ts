import type { core } from "@pulumi/kubernetes/types/input";
import { output } from "@pulumi/pulumi";
import type { ServicePlan } from "../../../model/plan/types";
import type { DatabaseAccess } from "../grants";
import {
  containerSecurityContext,
  httpProbe,
  imageOf,
  placed,
  podSecurityContext,
  resourceRequirements,
  selectorLabels,
  spreadOverNodes,
} from "../objects";
import { before26 } from "./versions";

export const WORKLOAD = "keycloak";
/** Where it is met in its own pod alone, at the end of a way that the cluster's API leads to it. */
export const HTTP_PORT = 8080;
/** Where the ingress meets it, and where the server is administered by resources; the definition says the same. */
export const HTTPS_PORT = 8443;
/** What the ports with TLS show, and the folder they read it from. */
export const CERTIFICATE = { certificate: "tls.crt", key: "tls.key" } as const;
const CERTIFICATE_FOLDER = "/etc/keycloak-tls";
/** Where what signed its database's certificate is. */
const DATABASE_TRUST_FOLDER = "/etc/keycloak-database";
/** Health and metrics, apart from what the ingress serves. It has TLS as soon as any port has. */
const MANAGEMENT_PORT = 9000;
/** The replicas' cache among themselves: messages and failure detection. */
export const CACHE_PORTS = [7800, 57800] as const;

/** Names of the objects the pods refer to. */
export const NAMES = {
  service: "keycloak",
  headless: "keycloak-headless",
  secret: "keycloak",
  tls: "keycloak-tls",
  authority: "keycloak-ca",
  databaseTrust: "keycloak-database-ca",
} as const;

/** The user of the official image. */
const KEYCLOAK_USER = 1000;
/** Where the server keeps what `kc.sh build` made of its settings. */
const BUILD_FOLDER = "/opt/keycloak/lib/quarkus";

/**
 * The pods. Keycloak is built for its settings first (`kc.sh build` in an init container, on a copy of the image's build
 * folder), then started from that build on a read-only file system.
 */
export function keycloakPod(
  plan: ServicePlan,
  database: DatabaseAccess,
  serviceAccountName: string,
  adminUrl: string | undefined,
): core.v1.PodSpec {
  const image = imageOf(plan, "server");
  const resources = resourceRequirements(plan.resources);
  const securityContext = containerSecurityContext();
  const settings = buildSettings(plan);
  const scratch: core.v1.VolumeMount[] = [
    { name: "tmp", mountPath: "/tmp" },
    { name: "data", mountPath: "/opt/keycloak/data" },
  ];
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    ...placed(plan),
    securityContext: podSecurityContext(KEYCLOAK_USER),
    ...(plan.replicas > 1 ? { topologySpreadConstraints: spreadOverNodes(selectorLabels(WORKLOAD)) } : {}),
    initContainers: [
      {
        name: "copy",
        image,
        command: ["cp", "-r", `${BUILD_FOLDER}/.`, "/build"],
        resources,
        securityContext,
        volumeMounts: [{ name: "build", mountPath: "/build" }],
      },
      {
        name: "build",
        image,
        args: ["build"],
        env: settings,
        resources,
        securityContext,
        volumeMounts: [{ name: "build", mountPath: BUILD_FOLDER }, ...scratch],
      },
    ],
    containers: [
      {
        name: "keycloak",
        image,
        args: ["start", "--optimized"],
        env: [...settings, ...runtimeSettings(plan, database, adminUrl)],
        ports: [
          { name: "http", containerPort: HTTP_PORT },
          { name: "https", containerPort: HTTPS_PORT },
          { name: "management", containerPort: MANAGEMENT_PORT },
          { name: "cache", containerPort: CACHE_PORTS[0] },
        ],
        resources,
        securityContext,
        startupProbe: httpProbe("/health/started", "management", { scheme: "HTTPS", periodSeconds: 5, failureThreshold: 120 }),
        readinessProbe: httpProbe("/health/ready", "management", { scheme: "HTTPS", periodSeconds: 10, failureThreshold: 3 }),
        livenessProbe: httpProbe("/health/live", "management", { scheme: "HTTPS", periodSeconds: 15, failureThreshold: 4 }),
        volumeMounts: [
          { name: "build", mountPath: BUILD_FOLDER, readOnly: true },
          ...scratch,
          { name: "tls", mountPath: CERTIFICATE_FOLDER, readOnly: true },
          ...(database.ca === undefined ? [] : [{ name: "database-ca", mountPath: DATABASE_TRUST_FOLDER, readOnly: true }]),
        ],
      },
    ],
    volumes: [
      { name: "build", emptyDir: {} },
      { name: "tmp", emptyDir: {} },
      { name: "data", emptyDir: {} },
      { name: "tls", secret: { secretName: NAMES.tls } },
      ...(database.ca === undefined ? [] : [{ name: "database-ca", configMap: { name: NAMES.databaseTrust } }]),
    ],
  };
}

/** Settings that are part of the build. */
function buildSettings(plan: ServicePlan): core.v1.EnvVar[] {
  return [
    { name: "KC_DB", value: "mariadb" },
    // The replicas find each other through the database they share anyway: Keycloak's default stack, jdbc-ping; before 26 by their Service's names.
    { name: "KC_CACHE", value: "ispn" },
    ...(before26(plan) ? [{ name: "KC_CACHE_STACK", value: "kubernetes" }] : []),
    { name: "KC_HEALTH_ENABLED", value: "true" },
    { name: "KC_METRICS_ENABLED", value: "true" },
  ];
}

function runtimeSettings(
  plan: ServicePlan,
  { host, port, database, user, ca }: DatabaseAccess,
  adminUrl: string | undefined,
): core.v1.EnvVar[] {
  return [
    { name: "KC_DB_URL_HOST", value: host },
    { name: "KC_DB_URL_PORT", value: output(port).apply(String) },
    { name: "KC_DB_URL_DATABASE", value: database },
    ...(ca === undefined
      ? []
      : [{ name: "KC_DB_URL_PROPERTIES", value: `?sslMode=verify-full&serverSslCert=${DATABASE_TRUST_FOLDER}/ca.crt` }]),
    { name: "KC_DB_USERNAME", value: user },
    fromSecret("KC_DB_PASSWORD", "db-password"),
    ...(before26(plan)
      ? [
          fromSecret("KEYCLOAK_ADMIN", "admin-username"),
          fromSecret("KEYCLOAK_ADMIN_PASSWORD", "admin-password"),
          { name: "JAVA_OPTS_APPEND", value: `-Djgroups.dns.query=${NAMES.headless}.${plan.namespace}.svc` },
        ]
      : [
          fromSecret("KC_BOOTSTRAP_ADMIN_USERNAME", "admin-username"),
          fromSecret("KC_BOOTSTRAP_ADMIN_PASSWORD", "admin-password"),
          fromSecret("KC_BOOTSTRAP_ADMIN_CLIENT_ID", "provider-client"),
          fromSecret("KC_BOOTSTRAP_ADMIN_CLIENT_SECRET", "provider-secret"),
        ]),
    { name: "KC_HTTPS_PORT", value: String(HTTPS_PORT) },
    { name: "KC_HTTPS_CERTIFICATE_FILE", value: `${CERTIFICATE_FOLDER}/${CERTIFICATE.certificate}` },
    { name: "KC_HTTPS_CERTIFICATE_KEY_FILE", value: `${CERTIFICATE_FOLDER}/${CERTIFICATE.key}` },
    { name: "KC_HOSTNAME", value: `https://${plan.host}` },
    ...(adminUrl === undefined ? [] : [{ name: "KC_HOSTNAME_ADMIN", value: adminUrl }]),
    { name: "KC_HTTP_ENABLED", value: "true" },
    { name: "KC_PROXY_HEADERS", value: "xforwarded" },
  ];
}

function fromSecret(name: string, key: string): core.v1.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: NAMES.secret, key } } };
}
