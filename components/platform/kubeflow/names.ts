/**
 * What Kubeflow's objects are called. The names of Services, of the artifacts' Secret and of the launcher's ConfigMap are compiled into its
 * programs.
 */
export const NAMES = {
  api: "ml-pipeline",
  ui: "ml-pipeline-ui",
  persistence: "ml-pipeline-persistenceagent",
  schedules: "ml-pipeline-scheduledworkflow",
  workflows: "workflow-controller",
  metadata: "metadata-grpc-service",
  metadataWeb: "metadata-envoy-service",
  store: "seaweedfs",
  /** The account of runs. */
  runner: "pipeline-runner",
  launcher: "kfp-launcher",
  workflowSettings: "workflow-controller-configmap",
  storeKeys: "mlpipeline-minio-artifact",
  settings: "ml-pipeline-config",
  metadataSettings: "metadata-grpc-config",
  metadataWebSettings: "metadata-envoy-config",
  storeSettings: "seaweedfs-s3",
  login: "ml-pipeline-login",
  trust: "kubeflow-trust",
  tls: "kubeflow-tls",
  authority: "kubeflow-ca",
  // Where it is for several: the gate is the log-in by itself.
  gate: "kubeflow-login",
  dashboard: "centraldashboard",
  members: "profiles-kfam",
  links: "centraldashboard-config",
  /** Through it programs of profiles, and the UI, meet the API server. */
  door: "ml-pipeline-door",
  doorSettings: "ml-pipeline-door-config",
  /** In the namespace of each profile: it shows the UI what is in that one's part of the store. */
  artifacts: "ml-pipeline-ui-artifact",
} as const;

/** Where its pods listen. The store's is the one of the pod: by its Service it is met at `storeService`. */
export const PORTS = {
  api: 8888,
  apiRpc: 8887,
  login: 8443,
  ui: 3000,
  metadata: 8080,
  metadataWeb: 9090,
  /** Where those that count something say it. */
  metrics: 9090,
  store: 8333,
  storeService: 9000,
  dashboard: 8082,
  members: 8081,
  /** For whoever shows a token; who somebody is by the gate's word is dropped there. */
  door: 8888,
  /** For the UI alone, which hands on the gate's word. */
  doorOfUi: 8889,
} as const;

/** The fields of the Secret with the store's keys. */
export const KEYS = { user: "accesskey", secret: "secretkey" } as const;

/** The files of the ConfigMap with whom its programs trust. */
export const TRUST = { inside: "ca.crt", database: "database.crt", platform: "platform.crt" } as const;

/** The bucket that artifacts and logs are in. */
export const BUCKET = "mlpipeline";

/** The name by which the store knows whoever may all in it; users of profiles have the names of those. */
export const STORE_USER = "kubeflow";

/** Where the programs find what is mounted. */
export const FOLDERS = {
  settings: "/etc/kubeflow",
  trust: "/etc/kubeflow-trust",
  tls: "/etc/kubeflow-tls",
  data: "/data",
  webhook: "/tmp/k8s-webhook-server/serving-certs",
  notebooksWeb: "/src/apps/common/yaml",
  account: "/var/run/secrets/kubernetes.io/serviceaccount",
  token: "/var/run/secrets/kubeflow/tokens",
} as const;

/** The realm's role that lets somebody in who is no administrator. */
export const ROLE = "kubeflow-user";

/** Where users are taken back after the log-in. */
export const RETURN_PATH = "/oauth2/callback";

/** How the cluster's own names end, as the platform's certificates have it. */
const CLUSTER_DOMAIN = "cluster.local";

/** The name of a Service by which everybody in the cluster reaches it. */
export function inside(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.${CLUSTER_DOMAIN}`;
}

/** What the platform's ingress is told of its host, with ingress-nginx. */
export const INGRESS_NEEDS = {
  // Pipelines are uploaded as files; logs come for as long as a run goes on.
  "nginx.ingress.kubernetes.io/proxy-body-size": "32m",
  "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
  // The log-in's cookie holds what the realm says of its user.
  "nginx.ingress.kubernetes.io/proxy-buffer-size": "16k",
} as const;

/** By which the mesh's proxies know the gate. */
export const AUTHORIZER = NAMES.gate;
