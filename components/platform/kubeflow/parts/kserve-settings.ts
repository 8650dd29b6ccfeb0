import type { ServicePlan } from "../../../../model/plan/types";
import { imageOf } from "../../objects";
import type { ClusterObject, StoreReader } from "./part";
import { RESTRICTED } from "./restricted";

/** What a model's program asks for and may take, where its user says nothing. */
const MODEL = { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "1", memory: "2Gi" } };

/** The same, in the settings' words, of what fetches a model. */
const FETCH = { cpuRequest: "100m", cpuLimit: "1", memoryRequest: "100Mi", memoryLimit: "1Gi" };

/** The Secret of a profile that says how models at S3 and elsewhere are reached: the only one there that the controller may read. The name is its default. */
export const STORAGE_SECRET = "storage-config";

/** By this account of a profile a model is fetched from what the profile's runs have made: its Secret is the other one that the controller may read. */
export const STORE_READER: StoreReader = {
  account: "pipelines-models",
  secret: "pipelines-models",
  label: "serving.kserve.io/inferenceservice",
  annotations: (endpoint) =>
    Object.fromEntries(
      Object.entries({ endpoint, usehttps: "0", verifyssl: "0", region: "minio", usevirtualbucket: "false" }).map(([name, value]) => [
        `serving.kserve.io/s3-${name}`,
        value,
      ]),
    ),
  keys: { user: "awsAccessKeyID", key: "awsSecretAccessKey" },
};

/** The controller's settings, which it reads at its start, and again for each model: Deployments in place of Knative's, and no ways in. */
export function kserveSettings(plan: ServicePlan): Record<string, string> {
  const settings: Readonly<Record<string, object>> = {
    deploy: { defaultDeploymentMode: "Standard" },
    ingress: {
      ...{ ingressGateway: "none/none", ingressDomain: "cluster.local", urlScheme: "http" },
      // A model is met by its Service, in its profile. The names are those of that.
      domainTemplate: "{{ .Name }}-predictor.{{ .Namespace }}.svc.{{ .IngressDomain }}",
      ...{ disableIstioVirtualHost: true, disableIngressCreation: true },
    },
    storageInitializer: {
      ...{ image: imageOf(plan, "kserveStorage"), ...FETCH, enableOciImageSource: false },
      // Of what is not there: it reads the quantities all the same.
      ...{ cpuModelcar: "10m", memoryModelcar: "15Mi" },
    },
    inferenceService: {
      resource: { cpuRequest: "500m", cpuLimit: "1", memoryRequest: "1Gi", memoryLimit: "2Gi" },
    },
    // It reads quantities of those at every pod, whether one asks for them or not.
    ...{ agent: { image: "", ...FETCH }, logger: { image: "", ...FETCH }, batcher: { image: "", ...FETCH } },
    metricsAggregator: { enableMetricAggregation: "false", enablePrometheusScraping: "false" },
    localModel: { enabled: false },
    security: { autoMountServiceAccountToken: false },
  };
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, JSON.stringify(value)]));
}

/** The kinds of models that are served without more: by format the role of the image, what is said to its program, and the format's version. */
const FORMATS: Readonly<Record<string, { readonly role: string; readonly version: string; readonly args: readonly string[] }>> = {
  sklearn: { role: "kserveSklearn", version: "1", args: ["--model_dir=/mnt/models", "--http_port=8080"] },
  xgboost: { role: "kserveXgboost", version: "1", args: ["--model_dir=/mnt/models", "--http_port=8080", "--nthread=1"] },
  lightgbm: { role: "kserveLightgbm", version: "3", args: ["--model_dir=/mnt/models", "--http_port=8080", "--nthread=1"] },
  huggingface: { role: "kserveHuggingface", version: "1", args: ["--http_port=8080"] },
};

const KIND = { apiVersion: "serving.kserve.io/v1alpha1" } as const;

/** What serves models of each format, and what fetches them first, as plain users that restricted profiles take. */
export function kserveObjects(plan: ServicePlan): ClusterObject[] {
  const runtimes = Object.entries(FORMATS).map(([format, { role, version, args }]): ClusterObject => {
    const container = {
      ...{ name: "kserve-container", image: imageOf(plan, role), args: ["--model_name={{.Name}}", ...args] },
      // Models of the hub are fetched to where everybody may write.
      env: [{ name: "HOME", value: "/tmp" }],
      ...{ resources: MODEL, securityContext: RESTRICTED },
    };
    return {
      ...{ ...KIND, kind: "ClusterServingRuntime", role: `kserve-${format}`, name: `kserve-${format}server` },
      spec: {
        supportedModelFormats: [{ name: format, version, autoSelect: true, priority: 1 }],
        ...{ protocolVersions: ["v1", "v2"], containers: [container] },
      },
    };
  });
  const container = {
    ...{ name: "storage-initializer", image: imageOf(plan, "kserveStorage") },
    resources: { requests: { cpu: "100m", memory: "100Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    securityContext: RESTRICTED,
  };
  // By the first it names what the Secret says where to find.
  const prefixes = ["<scheme-placeholder>://", "s3://", "gs://", "hdfs://", "webhdfs://", "hf://", "https://", "http://"];
  return [
    ...runtimes,
    {
      ...{ ...KIND, kind: "ClusterStorageContainer", role: "kserve-storage", name: "default" },
      spec: {
        container,
        ...{ supportedUriFormats: prefixes.map((prefix) => ({ prefix })), workloadType: "initContainer", supportsMultiModelDownload: true },
      },
    },
  ];
}
