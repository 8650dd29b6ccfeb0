import type { PlannedArgs } from "../args";
import { placed } from "../objects";
import type { KubeflowArgs } from "./args";
import { BUCKET, FOLDERS, inside, KEYS, NAMES, PORTS, STORE_USER, TRUST } from "./names";

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
function storeEndpoint(namespace: string): string {
  return `${NAMES.store}.${namespace}.svc:${PORTS.storeService}`;
}

/**
 * The API server's file of settings. Pipelines of version 1 are refused: what they take besides (a webhook that changes pods, one that signs its
 * certificate, a server that runs anybody's Python) is not there.
 */
export function apiSettings(namespace: string, login: Login, storeKey: string): string {
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
    CacheEnabled: "true",
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

/** The store's users: one, who may all. What it is not asked for by their keys it does not answer. */
export function storeSettings(storeKey: string): string {
  const credentials = [{ accessKey: STORE_USER, secretKey: storeKey }];
  return JSON.stringify({ identities: [{ name: STORE_USER, credentials, actions: ["Admin", "Read", "Write", "List", "Tagging"] }] });
}

/** How runs come to their artifacts: the ConfigMap that driver and launcher read. */
export function launcherSettings(namespace: string): Record<string, string> {
  const secretRef = { secretName: NAMES.storeKeys, accessKeyKey: KEYS.user, secretKeyKey: KEYS.secret };
  const store = { endpoint: storeEndpoint(namespace), region: "minio", disableSSL: true, credentials: { fromEnv: false, secretRef } };
  return { defaultPipelineRoot: `minio://${BUCKET}/v2/artifacts`, providers: JSON.stringify({ minio: { default: store } }) };
}

/** What the workflow controller gives all runs. */
export function workflowSettings({ plan }: PlannedArgs<KubeflowArgs>): Record<string, string> {
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
    workflowDefaults: JSON.stringify({
      spec: { ttlStrategy: { secondsAfterCompletion: 86400 }, ...placed(plan) },
    }),
  };
}

/** Envoy between browsers and the metadata store, which speaks gRPC only. It knows whom it meets there, and is administered by nobody. */
export function metadataWebSettings(namespace: string): string {
  const type = (name: string) => ({ "@type": `type.googleapis.com/envoy.${name}` });
  const filter = (name: string, kind: string) => ({
    name: `envoy.filters.http.${name}`,
    typed_config: type(`extensions.filters.http.${name}.v3.${kind}`),
  });
  const file = (folder: string, name: string) => ({ filename: `${folder}/${name}` });
  const at = (address: string, port_value: number) => ({ socket_address: { address, port_value } });
  const host = inside(NAMES.metadata, namespace);
  const certificate = { certificate_chain: file(FOLDERS.tls, "tls.crt"), private_key: file(FOLDERS.tls, "tls.key") };
  return JSON.stringify({
    static_resources: {
      listeners: [
        {
          name: "web",
          address: at("0.0.0.0", PORTS.metadataWeb),
          filter_chains: [
            {
              transport_socket: {
                name: "envoy.transport_sockets.tls",
                typed_config: {
                  ...type("extensions.transport_sockets.tls.v3.DownstreamTlsContext"),
                  common_tls_context: { tls_certificates: [certificate], alpn_protocols: ["h2", "http/1.1"] },
                },
              },
              filters: [
                {
                  name: "envoy.filters.network.http_connection_manager",
                  typed_config: {
                    ...type("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
                    stat_prefix: "web",
                    route_config: {
                      virtual_hosts: [
                        {
                          name: "metadata",
                          domains: ["*"],
                          routes: [
                            {
                              match: { prefix: "/" },
                              route: { cluster: "metadata", max_stream_duration: { grpc_timeout_header_max: "0s" } },
                            },
                          ],
                        },
                      ],
                    },
                    http_filters: [filter("grpc_web", "GrpcWeb"), filter("router", "Router")],
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [
        {
          name: "metadata",
          type: "LOGICAL_DNS",
          connect_timeout: "30s",
          load_assignment: {
            cluster_name: "metadata",
            endpoints: [{ lb_endpoints: [{ endpoint: { address: at(host, PORTS.metadata) } }] }],
          },
          typed_extension_protocol_options: {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
              ...type("extensions.upstreams.http.v3.HttpProtocolOptions"),
              explicit_http_config: { http2_protocol_options: {} },
            },
          },
          transport_socket: {
            name: "envoy.transport_sockets.tls",
            typed_config: {
              ...type("extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
              sni: host,
              common_tls_context: {
                validation_context: {
                  trusted_ca: file(FOLDERS.trust, TRUST.inside),
                  match_typed_subject_alt_names: [{ san_type: "DNS", matcher: { exact: host } }],
                },
              },
            },
          },
        },
      ],
    },
  });
}
