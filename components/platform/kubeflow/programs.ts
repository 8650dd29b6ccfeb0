import type { core } from "@pulumi/kubernetes/types/input";
import type { ServicePlan } from "../../../model/plan/types";
import { imageOf } from "../objects";
import { LOGIN_FILE } from "./login";
import { FOLDERS, inside, KEYS, NAMES, PORTS, TRUST } from "./names";
import { LOG_KEYS } from "./settings";

/** What a container finds mounted: by folder the kind of object, and its name. */
export type Mounts = Readonly<Record<string, readonly ["secret" | "configMap", string]>>;

/** How it is asked how it is: a page, a port alone, or a command. */
export type Health =
  | { readonly page: string; readonly port: number; readonly tls?: true }
  | { readonly port: number }
  | { readonly command: string[] };

/** One of Kubeflow's programs: what its container is made of. */
export interface Program {
  /** Name of its container. */
  readonly name: string;
  /** Role of its image in the plan. */
  readonly image: string;
  /** Its program, where the image's own start would not do. */
  readonly command?: readonly string[];
  readonly args: (plan: ServicePlan) => readonly string[];
  readonly env?: (plan: ServicePlan) => readonly core.v1.EnvVar[];
  /** By name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly mounts: Mounts;
  readonly health: Health;
}

/** One of its Deployments, which is called as its Service and its account are. */
export interface Workload {
  readonly name: string;
  readonly programs: readonly Program[];
  /** Ports of its Service, by name: that of the Service and, where it is another one, that of its pods. @default it has none */
  readonly service?: Readonly<Record<string, number | readonly [service: number, pod: number]>>;
  /** Whether it speaks to the Kubernetes API. @default it gets no token */
  readonly token?: true;
  /** The file with a token for the API server of Kubeflow itself. @default none */
  readonly ownToken?: string;
  /** Whether it keeps the artifacts. @default false */
  readonly keepsData?: true;
  /** Whether it is in the mesh, where Kubeflow is for several. @default it is not: it speaks TLS of its own, or to nobody there */
  readonly meshed?: true;
}

/** Whom it trusts. */
export const TRUSTED: Mounts = { [FOLDERS.trust]: ["configMap", NAMES.trust] };
export const SHOWN: Mounts = { [FOLDERS.tls]: ["secret", NAMES.tls] };
/** What it is told. */
export const settings = (kind: "secret" | "configMap", name: string): Mounts => ({ [FOLDERS.settings]: [kind, name] });
/** Variables that are written down. */
export const text = (variables: Readonly<Record<string, string>>): core.v1.EnvVar[] =>
  Object.entries(variables).map(([name, value]) => ({ name, value }));
/** One that a pod is told of itself. */
export const own = (name: string, fieldPath: string): core.v1.EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } });
export const CA = `${FOLDERS.trust}/${TRUST.inside}`;

/** The artifacts, by S3. Its other parts answer to itself alone: they ask nobody who they are. */
const STORE: Workload = {
  name: NAMES.store,
  service: { "http-s3": [PORTS.storeService, PORTS.store] },
  keepsData: true,
  programs: [
    {
      name: "seaweedfs",
      image: "store",
      command: ["/usr/bin/weed", "-logtostderr=true", "server"],
      args: () => [
        ...[`-dir=${FOLDERS.data}`, "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3", "-s3.ip.bind=0.0.0.0"],
        ...[`-s3.port=${PORTS.store}`, `-s3.config=${FOLDERS.settings}/s3.json`, "-s3.iam=false", "-s3.port.iceberg=0"],
        // Files of a gigabyte, as many as there is room for: by the default of 30 a small volume would have room for none.
        ...["-master.volumeSizeLimitMB=1024", "-master.volumePreallocate=false", "-volume.max=0"],
      ],
      ports: { s3: PORTS.store },
      mounts: settings("secret", NAMES.storeSettings),
      health: { page: "/status", port: PORTS.store },
    },
  ],
};

/** What is known of runs' artifacts, in the database. */
const METADATA: Workload = {
  name: NAMES.metadata,
  service: { "grpc-api": PORTS.metadata },
  programs: [
    {
      name: "metadata",
      image: "metadata",
      command: ["/bin/metadata_store_server"],
      args: () => [
        `--grpc_port=${PORTS.metadata}`,
        `--metadata_store_server_config_file=${FOLDERS.settings}/config.proto`,
        "--enable_database_upgrade=true",
        "--grpc_channel_arguments=grpc.max_metadata_size=16384,grpc.max_receive_message_length=104857600,grpc.max_send_message_length=104857600",
      ],
      ports: { grpc: PORTS.metadata },
      mounts: { ...settings("secret", NAMES.metadataSettings), ...TRUSTED },
      health: { port: PORTS.metadata },
    },
  ],
};

const METADATA_WEB: Workload = {
  name: NAMES.metadataWeb,
  service: { https: PORTS.metadataWeb },
  programs: [
    {
      name: "envoy",
      image: "metadataEnvoy",
      command: ["/usr/local/bin/envoy"],
      args: () => ["-c", `${FOLDERS.settings}/envoy.json`],
      ports: { https: PORTS.metadataWeb },
      mounts: { ...settings("configMap", NAMES.metadataWebSettings), ...SHOWN, ...TRUSTED },
      health: { port: PORTS.metadataWeb },
    },
  ],
};

export const WORKFLOWS: Workload = {
  name: NAMES.workflows,
  token: true,
  programs: [
    {
      name: "workflow-controller",
      image: "workflowController",
      args: (plan) => ["--namespaced", "--configmap", NAMES.workflowSettings, "--executor-image", imageOf(plan, "executor")],
      env: () => [own("LEADER_ELECTION_IDENTITY", "metadata.name")],
      ports: { health: 6060, metrics: PORTS.metrics },
      mounts: {},
      health: { page: "/healthz", port: 6060 },
    },
  ],
};

const API: Workload = {
  name: NAMES.api,
  service: { https: PORTS.api, grpc: PORTS.apiRpc },
  token: true,
  programs: [
    {
      name: "ml-pipeline",
      image: "apiServer",
      command: ["/bin/apiserver"],
      args: () => [
        ...[`--config=${FOLDERS.settings}`, "--logtostderr=true", "--logLevel=info"],
        ...[`--tlsCertPath=${FOLDERS.tls}/tls.crt`, `--tlsCertKeyPath=${FOLDERS.tls}/tls.key`],
      ],
      env: (plan) =>
        text({
          V2_DRIVER_IMAGE: imageOf(plan, "driver"),
          V2_LAUNCHER_IMAGE: imageOf(plan, "launcher"),
          PUBLISH_LOGS: "true",
          // Beside the public authorities: itself, which it calls by TLS, and the database.
          SSL_CERT_DIR: FOLDERS.trust,
        }),
      ports: { https: PORTS.api, grpc: PORTS.apiRpc },
      mounts: { ...settings("secret", NAMES.settings), ...SHOWN, ...TRUSTED },
      health: { page: "/apis/v2beta1/healthz", port: PORTS.api, tls: true },
    },
  ],
};

/** Where the two that follow runs and recurring runs meet the API server, which they verify. */
const toApi = ({ namespace }: ServicePlan): string[] => [
  ...["--logtostderr=true", `--namespace=${namespace}`, `--mlPipelineAPIServerName=${inside(NAMES.api, namespace)}`],
  ...["--mlPipelineServiceTLSEnabled=true", `--caCertPath=${CA}`],
];

export const PERSISTENCE: Workload = {
  name: NAMES.persistence,
  token: true,
  ownToken: "persistenceagent-sa-token",
  programs: [
    {
      name: "persistence-agent",
      image: "persistenceAgent",
      command: ["/bin/persistence_agent"],
      args: (plan) => [...toApi(plan), "--ttlSecondsAfterWorkflowFinish=86400"],
      ports: {},
      mounts: TRUSTED,
      health: { command: ["pidof", "persistence_agent"] },
    },
  ],
};

export const SCHEDULES: Workload = {
  name: NAMES.schedules,
  token: true,
  programs: [
    {
      name: "scheduled-workflow",
      image: "scheduledWorkflow",
      command: ["/bin/controller"],
      args: (plan) => [...toApi(plan), `--metricsPort=${PORTS.metrics}`],
      env: () => text({ CRON_SCHEDULE_TIMEZONE: "UTC" }),
      ports: { metrics: PORTS.metrics },
      mounts: TRUSTED,
      health: { page: "/metrics", port: PORTS.metrics },
    },
  ],
};

/** The log-in, in front of a program in its pod: it shows a certificate. */
export const IN_FRONT: Program = {
  name: "login",
  image: "login",
  args: () => [`--config=${FOLDERS.settings}/${LOGIN_FILE}`],
  ports: { https: PORTS.login },
  mounts: { ...settings("secret", NAMES.login), ...SHOWN, ...TRUSTED },
  health: { page: "/ping", port: PORTS.login, tls: true },
};

/** The UI, with the log-in in front of it: it asks nobody who they are itself. */
export const UI: Workload = {
  name: NAMES.ui,
  service: { https: PORTS.login },
  token: true,
  programs: [
    IN_FRONT,
    {
      name: "ui",
      image: "ui",
      args: () => [],
      env: ({ namespace }) => [
        ...text({
          ML_PIPELINE_SERVICE_SCHEME: "https",
          ML_PIPELINE_SERVICE_HOST: inside(NAMES.api, namespace),
          ML_PIPELINE_SERVICE_PORT: String(PORTS.api),
          METADATA_ENVOY_SERVICE_SERVICE_SCHEME: "https",
          METADATA_ENVOY_SERVICE_SERVICE_HOST: inside(NAMES.metadataWeb, namespace),
          METADATA_ENVOY_SERVICE_SERVICE_PORT: String(PORTS.metadataWeb),
          NODE_EXTRA_CA_CERTS: CA,
          FRONTEND_SERVER_NAMESPACE: namespace,
          MINIO_NAMESPACE: namespace,
          MINIO_HOST: NAMES.store,
          MINIO_PORT: String(PORTS.storeService),
          MINIO_SSL: "false",
          ARGO_ARCHIVE_LOGS: "true",
          ARGO_KEYFORMAT: LOG_KEYS,
          ALLOW_CUSTOM_VISUALIZATIONS: "false",
          DISABLE_GKE_METADATA: "true",
        }),
        ...Object.entries({ MINIO_ACCESS_KEY: KEYS.user, MINIO_SECRET_KEY: KEYS.secret }).map(([name, key]) => ({
          name,
          valueFrom: { secretKeyRef: { name: NAMES.storeKeys, key } },
        })),
      ],
      ports: { http: PORTS.ui },
      mounts: TRUSTED,
      health: { port: PORTS.ui },
    },
  ],
};

/** Its Deployments, in the order in which they are made: each waits until those before it are ready. */
export const WORKLOADS: readonly (readonly Workload[])[] = [
  [STORE, METADATA, WORKFLOWS],
  [METADATA_WEB, API],
  [PERSISTENCE, SCHEDULES, UI],
];
