import { FOLDERS } from "../names";
import { own, type Workload } from "../programs";
import { LOOK, rule } from "../rule";
import { kserveObjects, kserveSettings, STORAGE_SECRET, STORE_READER } from "./kserve-settings";
import type { Part } from "./part";
import { ASKS_FIRST, screenOf, type WebApp, webApp } from "./web-app";

/** What its objects are called; that of the settings is compiled into its program. */
const NAMES = { controller: "kserve-controller-manager", web: "kserve-models-web-app", settings: "inferenceservice-config" } as const;

const PORTS = { webhook: 9443, health: 8081 } as const;

/** Makes a Deployment, a Service and an autoscaler of each model, and has what fetches it put into its pods. */
const CONTROLLER: Workload = {
  name: NAMES.controller,
  service: { webhook: [443, PORTS.webhook] },
  token: true,
  programs: [
    {
      name: "manager",
      image: "kserveController",
      args: () => ["--metrics-addr=0"],
      env: () => [own("POD_NAMESPACE", "metadata.namespace")],
      ports: { webhook: PORTS.webhook, health: PORTS.health },
      mounts: { [FOLDERS.webhook]: ["secret", `${NAMES.controller}-tls`] },
      health: { page: "/readyz", port: PORTS.health },
    },
  ],
};

const WEB: WebApp = {
  ...{ name: NAMES.web, program: "models-web-app", image: "kserveWeb", path: "/kserve-endpoints" },
  variables: { APP_DISABLE_AUTH: "False" },
};

const GROUP = "serving.kserve.io";
const HOOK = { apiGroup: GROUP, operations: ["CREATE", "UPDATE"] } as const;
const MODELS = { ...HOOK, apiVersion: "v1beta1", resource: "inferenceservices" } as const;

/** Of kinds that are not offered its program follows some all the same, and waits for their definitions. */
const KINDS = ["ServingRuntime", "ClusterServingRuntime", "ClusterStorageContainer", "TrainedModel", "InferenceGraph"];

/** Models of a profile, met in it by their Services: Deployments, without Knative and without ways in. */
export const kserve: Part = {
  definitions: [
    {
      group: GROUP,
      version: "v1beta1",
      kind: "InferenceService",
      singular: "inferenceservice",
      plural: "inferenceservices",
      reported: true,
    },
    ...KINDS.map((kind) => ({
      ...{ group: GROUP, version: "v1alpha1", kind, singular: kind.toLowerCase(), plural: `${kind.toLowerCase()}s` },
      ...(kind.startsWith("Cluster") ? { scope: "Cluster" as const } : { reported: true as const }),
    })),
  ],
  objects: kserveObjects,
  readsStore: STORE_READER,
  workloads: () => [CONTROLLER, webApp(WEB)],
  screen: screenOf(WEB),
  links: { menu: { type: "item", icon: "kubeflow:models", link: "/kserve-endpoints/", text: "KServe Endpoints" } },
  rights: {
    own: { [NAMES.controller]: [rule("", "configmaps", "get", NAMES.settings)] },
    everywhere: {
      [NAMES.controller]: [
        rule(GROUP, ["inferenceservices", ...KINDS.map((kind) => `${kind.toLowerCase()}s`)].join(" "), LOOK),
        rule("apps", "deployments", LOOK),
        rule("autoscaling", "horizontalpodautoscalers", LOOK),
        rule("networking.k8s.io", "ingresses", LOOK),
        rule("", "services pods", LOOK),
      ],
      [NAMES.web]: [ASKS_FIRST],
    },
    profiles: {
      [NAMES.controller]: [
        rule(GROUP, "inferenceservices", "update patch"),
        rule(GROUP, "inferenceservices/status inferenceservices/finalizers", "get update patch"),
        rule("apps", "deployments", "create update patch delete"),
        rule("autoscaling", "horizontalpodautoscalers", "create update delete"),
        rule("", "services", "create update delete"),
        rule("", "events", "create patch"),
        // By these it finds where a model is fetched from.
        rule("", "serviceaccounts", "get"),
        rule("", "secrets", "get", `${STORAGE_SECRET} ${STORE_READER.secret}`),
      ],
      [NAMES.web]: [
        rule(GROUP, "inferenceservices", `${LOOK} create update delete`),
        rule(GROUP, "inferencegraphs", "get list watch"),
        rule("apps", "deployments", "get"),
        rule("autoscaling", "horizontalpodautoscalers", "get"),
        rule("", "services", "get"),
        rule("", "pods", "list"),
        rule("", "pods/log", "get"),
        rule("", "events", "list watch"),
      ],
    },
  },
  users: {
    sees: [
      rule(GROUP, "inferenceservices servingruntimes", LOOK),
      // What its screen shows of a model.
      rule("apps", "deployments", "get"),
      rule("autoscaling", "horizontalpodautoscalers", "get"),
      rule("", "services", "get"),
    ],
    works: [rule(GROUP, "inferenceservices servingruntimes", "create update patch delete")],
  },
  told: ({ plan }) => ({
    secrets: [],
    // It reads them anew for each model.
    open: [{ role: "kserve-settings", name: NAMES.settings, data: kserveSettings(plan) }],
    read: {},
  }),
  webhooks: {
    workload: NAMES.controller,
    port: PORTS.webhook,
    hooks: [
      {
        ...MODELS,
        kind: "mutating",
        name: "defaulter.inferenceservice.kserve.io",
        path: "/mutate-serving-kserve-io-v1beta1-inferenceservice",
      },
      {
        ...MODELS,
        kind: "validating",
        name: "validator.inferenceservice.kserve.io",
        path: "/validate-serving-kserve-io-v1beta1-inferenceservice",
      },
      {
        ...{ ...HOOK, kind: "validating", name: "validator.servingruntime.kserve.io", apiVersion: "v1alpha1" },
        ...{ path: "/validate-serving-kserve-io-v1alpha1-servingruntime", resource: "servingruntimes" },
      },
      {
        ...{ kind: "mutating", name: "mutator.pod.kserve.io", path: "/mutate-pods" },
        ...{ apiGroup: "", apiVersion: "v1", resource: "pods", operations: ["CREATE"] },
        // Pods of models alone: all others come up without it.
        label: "serving.kserve.io/inferenceservice",
      },
    ],
  },
};
