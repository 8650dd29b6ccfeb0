import type { PlannedArgs } from "../args";
import { OUTSIDE_LABELS } from "../mesh";
import { placed } from "../objects";
import type { KubeflowArgs } from "./args";
import { USER_HEADER } from "./login";
import { BUCKET, FOLDERS, KEYS, NAMES, PORTS, STORE_USER, TRUST } from "./names";

/** What a program logs in to the database with. The password is secret. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** Whether it knows whom it meets there. */
  readonly verified: boolean;
}

/** Where logs of runs are in the bucket: the UI looks for them by the same words. */
export const LOG_KEYS =
  "private-artifacts/{{workflow.namespace}}/{{workflow.name}}/{{workflow.creationTimestamp.Y}}/{{workflow.creationTimestamp.m}}/{{workflow.creationTimestamp.d}}/{{pod.name}}";

/** The store as its clients in the namespace name it. */
export function storeEndpoint(namespace: string): string {
  return `${NAMES.store}.${namespace}.svc:${PORTS.storeService}`;
}

/**
 * The API server's file of settings. Pipelines of version 1 are refused: what they take besides (a webhook that changes pods, one that signs its
 * certificate, a server that runs anybody's Python) is not there.
 * @param several true: it asks who somebody is, and whether they may
 */
export function apiSettings(namespace: string, login: Login, storeKey: string, several = false): string {
  const { host, port, database, user, password, verified } = login;
  return JSON.stringify({
    DBDriverName: "mysql",
    DBConfig: {
      ConMaxLifeTime: "120s",
      MySQLConfig: {
        ...{ Host: host, Port: String(port), DBName: database, User: user, Password: password, GroupConcatMaxLen: "4194304" },
        ...(verified ? { ExtraParams: { tls: "true" } } : {}),
      },
    },
    ObjectStoreConfig: {
      ...{ Host: `${NAMES.store}.${namespace}.svc`, Port: String(PORTS.storeService), Secure: "false", Region: "minio" },
      ...{ BucketName: BUCKET, PipelinePath: "pipelines", AccessKey: STORE_USER, SecretAccessKey: storeKey },
    },
    InitConnectionTimeout: "6m",
    ARCHIVE_CONFIG_LOG_FILE_NAME: "main.log",
    ARCHIVE_CONFIG_LOG_PATH_PREFIX: "/artifacts",
    POD_NAMESPACE: namespace,
    DEFAULTPIPELINERUNNERSERVICEACCOUNT: NAMES.runner,
    // What it remembers of steps is anybody's to write who has a run.
    CacheEnabled: String(!several),
    ...(several ? { MULTIUSER: "true", KUBEFLOW_USERID_HEADER: USER_HEADER, KUBEFLOW_USERID_PREFIX: "" } : {}),
    CRON_SCHEDULE_TIMEZONE: "UTC",
    BLOCK_V1_PIPELINES: "true",
    METADATA_TLS_ENABLED: "true",
    CABUNDLE_CONFIGMAP_NAME: NAMES.trust,
    // Pod Security holds users' containers to a plain user; Kubeflow makes the home of one without a name writable.
    DEFAULT_SECURITY_CONTEXT_RUN_AS_NON_ROOT: "true",
    DEFAULT_SECURITY_CONTEXT_RUN_AS_USER: "1000",
    DEFAULT_SECURITY_CONTEXT_RUN_AS_GROUP: "1000",
    // It does not start without a name for the server of custom visualizations, which is not there.
    ML_PIPELINE_VISUALIZATIONSERVER_SERVICE_HOST: "ml-pipeline-visualizationserver",
    ML_PIPELINE_VISUALIZATIONSERVER_SERVICE_PORT: "8888",
  });
}

/** What the metadata store is told, in the text form of protocol buffers. It shows a certificate to its clients, and asks for none. */
export function metadataSettings(login: Login, tls: { readonly certificate: string; readonly key: string; readonly ca: string }): string {
  const field = (name: string, value: string): string => `${name}: ${JSON.stringify(value)}`;
  const { host, port, database, user, password, verified } = login;
  return `connection_config {
  mysql {
    ${field("host", host)}
    port: ${port}
    ${field("database", database)}
    ${field("user", user)}
    ${field("password", password)}
    skip_db_creation: true
${verified ? `    ssl_options { ${field("ca", `${FOLDERS.trust}/${TRUST.database}`)} verify_server_cert: true }\n` : ""}  }
}
ssl_config {
  ${field("server_key", tls.key)}
  ${field("server_cert", tls.certificate)}
  ${field("custom_ca", tls.ca)}
  client_verify: false
}
`;
}

/** Where everything of a profile is in the bucket: by this word the UI knows whose something is. */
const privateOf = (profile: string): string => `private-artifacts/${profile}`;

/**
 * The store's users: one who may all, and of each profile one who may what is below its own path. What it is not asked for by their keys it does
 * not answer.
 */
export function storeSettings(storeKey: string, profiles: Readonly<Record<string, string>> = {}): string {
  const identity = (name: string, secretKey: string, actions: readonly string[]) => ({
    ...{ name, credentials: [{ accessKey: name, secretKey }], actions },
  });
  const may = ["Read", "Write", "List", "Tagging"];
  return JSON.stringify({
    identities: [
      identity(STORE_USER, storeKey, ["Admin", ...may]),
      ...Object.entries(profiles).map(([profile, key]) =>
        identity(
          storeUser(profile),
          key,
          may.map((action) => `${action}:${BUCKET}/${privateOf(profile)}/*`),
        ),
      ),
    ],
  });
}

/** By which name the store knows a profile: never the one who may all. */
export function storeUser(profile: string): string {
  return `profile-${profile}`;
}

/** How runs come to their artifacts: the ConfigMap that driver and launcher read. */
export function launcherSettings(namespace: string, profile?: string): Record<string, string> {
  const secretRef = { secretName: NAMES.storeKeys, accessKeyKey: KEYS.user, secretKeyKey: KEYS.secret };
  const store = { endpoint: storeEndpoint(namespace), region: "minio", disableSSL: true, credentials: { fromEnv: false, secretRef } };
  const root = profile === undefined ? "v2/artifacts" : `${privateOf(profile)}/v2/artifacts`;
  return { defaultPipelineRoot: `minio://${BUCKET}/${root}`, providers: JSON.stringify({ minio: { default: store } }) };
}

/** What the workflow controller gives all runs. */
export function workflowSettings({ plan, shared }: Pick<PlannedArgs<KubeflowArgs>, "plan" | "shared">): Record<string, string> {
  const selects = (key: string) => ({ name: NAMES.storeKeys, key });
  return {
    artifactRepository: JSON.stringify({
      archiveLogs: true,
      s3: {
        ...{ endpoint: storeEndpoint(plan.namespace), bucket: BUCKET, keyFormat: LOG_KEYS, insecure: true },
        ...{ accessKeySecret: selects(KEYS.user), secretKeySecret: selects(KEYS.secret) },
      },
    }),
    executor: JSON.stringify({
      imagePullPolicy: "IfNotPresent",
      resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "512Mi" } },
      securityContext: {
        ...{ runAsNonRoot: true, runAsUser: 65532, allowPrivilegeEscalation: false },
        ...{ capabilities: { drop: ["ALL"] }, seccompProfile: { type: "RuntimeDefault" } },
      },
    }),
    // To Prometheus alone. By TLS it would show a certificate that it signs itself.
    metricsConfig: JSON.stringify({ enabled: true, path: "/metrics", port: PORTS.metrics, secure: false }),
    workflowDefaults: JSON.stringify({
      spec: {
        ttlStrategy: { secondsAfterCompletion: 86400 },
        ...placed(plan),
        // A proxy of the mesh would go on when the run is over.
        ...(shared ? { podMetadata: { labels: { ...OUTSIDE_LABELS } } } : {}),
      },
    }),
  };
}
