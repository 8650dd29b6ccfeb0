import type { ServicePlan } from "../../../../model/plan/types";
import { FOLDERS, inside, NAMES as KUBEFLOW, PORTS } from "../names";
import { text, type Workload } from "../programs";
import { LOOK, rule } from "../rule";
import { type NotebookKind, notebookImages } from "./names";
import type { Part } from "./part";
import { ASKS_FIRST, screenOf, type WebApp, webApp } from "./web-app";

/** What its objects are called. */
const NAMES = { controller: "notebook-controller", web: "jupyter-web-app", choices: "jupyter-web-app-config" } as const;

/** Makes a StatefulSet, a Service and a VirtualService of each notebook. */
const controller: (gateway: string) => Workload = (gateway) => ({
  name: NAMES.controller,
  token: true,
  programs: [
    {
      name: "manager",
      image: "notebooks",
      command: ["/manager"],
      args: () => [],
      env: ({ host = "" }) =>
        text({
          ...{ USE_ISTIO: "true", ISTIO_GATEWAY: gateway, ISTIO_HOST: host },
          ...{ CLUSTER_DOMAIN: "cluster.local", ENABLE_CULLING: "false" },
        }),
      ports: { health: 8081 },
      mounts: {},
      health: { page: "/healthz", port: 8081 },
    },
  ],
});

const WEB: WebApp = {
  ...{ name: NAMES.web, image: "notebooksWeb", path: "/jupyter", variables: { UI: "default" } },
  mounts: { [FOLDERS.notebooksWeb]: ["configMap", NAMES.choices] },
};

/** Where a notebook finds what it meets Pipelines with. */
const TOLD = "/var/run/secrets/kubeflow/pipelines";

/**
 * The part of a notebook that its users do not choose: what Pod Security asks of all pods there, as the images' own user. The program puts names
 * between braces, and takes every other brace for an error.
 * @param door where programs meet Pipelines: its SDK finds that, and a token by which they are their profile's editors, in what it is told here
 */
const notebookOf = (door: string): string => `apiVersion: kubeflow.org/v1beta1
kind: Notebook
metadata:
  name: {name}
  namespace: "{namespace}"
  labels:
    app: {name}
  annotations:
    notebooks.kubeflow.org/server-type: ""
    notebooks.kubeflow.org/creator: "{creator}"
spec:
  template:
    spec:
      serviceAccountName: {serviceAccount}
      enableServiceLinks: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        fsGroup: 100
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: {name}
          image: ""
          volumeMounts:
            - name: pipelines
              mountPath: ${TOLD}
              readOnly: true
          env:
            - name: KF_PIPELINES_ENDPOINT
              value: ${door}
            - name: KF_PIPELINES_SA_TOKEN_PATH
              value: ${TOLD}/token
            - name: KF_PIPELINES_CA
              value: ${TOLD}/ca.crt
          resources:
            requests:
              cpu: "0.1"
              memory: "0.1Gi"
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop: [ALL]
      volumes:
        - name: pipelines
          projected:
            sources:
              - serviceAccountToken:
                  path: token
                  audience: pipelines.kubeflow.org
                  expirationSeconds: 7200
              - configMap:
                  name: ${KUBEFLOW.trust}
      tolerations: []
`;

/** What may be chosen of a notebook, and what it is else. */
function choicesOf(plan: ServicePlan, storageClassName: string): object {
  const images = (kind: NotebookKind) => {
    const options = notebookImages(plan.images, kind);
    return { value: options[0] ?? "", options };
  };
  const free = (value: unknown) => ({ readOnly: false, value });
  const none = { readOnly: false, value: "", options: [] };
  const newPvc = {
    metadata: { name: "{notebook-name}-workspace" },
    spec: { storageClassName, resources: { requests: { storage: "5Gi" } }, accessModes: ["ReadWriteOnce"] },
  };
  return {
    ...{ allowCustomImage: true, hideRegistry: true, hideTag: false, imagePullPolicy: free("IfNotPresent") },
    ...{ image: images("jupyter"), imageGroupOne: images("code"), imageGroupTwo: images("r") },
    cpu: { ...free("0.5"), limitFactor: "1.2" },
    memory: { ...free("1.0Gi"), limitFactor: "1.2" },
    gpus: free({ vendor: "", vendors: [{ limitsKey: "nvidia.com/gpu", uiName: "NVIDIA" }], num: "none" }),
    workspaceVolume: free({ mount: "/home/jovyan", newPvc }),
    dataVolumes: free([]),
    ...{ affinityConfig: none, tolerationGroup: none },
    shm: free(true),
    configurations: free([]),
    environment: free({}),
  };
}

/** JupyterLab, code-server and RStudio in pods of a profile, by a controller and a web app. */
export const notebooks: Part = {
  definitions: [
    { group: "kubeflow.org", version: "v1beta1", kind: "Notebook", singular: "notebook", plural: "notebooks", reported: true },
    { group: "kubeflow.org", version: "v1alpha1", kind: "PodDefault", singular: "poddefault", plural: "poddefaults" },
  ],
  workloads: ({ gateway }) => [controller(gateway.gateway), webApp(WEB)],
  screen: screenOf(WEB),
  links: {
    menu: { type: "item", icon: "book", link: "/jupyter/", text: "Notebooks" },
    quick: { link: "/jupyter/new", desc: "Kubeflow Notebooks", text: "Create a new Notebook" },
  },
  rights: {
    everywhere: {
      [NAMES.controller]: [
        rule("kubeflow.org", "notebooks", LOOK),
        rule("apps", "statefulsets", LOOK),
        rule("", "services pods events", LOOK),
        rule("networking.istio.io", "virtualservices", LOOK),
      ],
      [NAMES.web]: [ASKS_FIRST, rule("storage.k8s.io", "storageclasses", "get list"), rule("", "nodes", "list")],
    },
    profiles: {
      [NAMES.controller]: [
        rule("kubeflow.org", "notebooks/status notebooks/finalizers", "get update patch"),
        rule("apps", "statefulsets", "create update patch delete"),
        rule("", "services", "create update patch delete"),
        rule("", "events", "create patch"),
        rule("networking.istio.io", "virtualservices", "create update patch delete"),
      ],
      [NAMES.web]: [
        rule("kubeflow.org", "notebooks", "get list create update patch delete"),
        rule("kubeflow.org", "poddefaults", "get list"),
        rule("", "persistentvolumeclaims", "get list create"),
        rule("", "pods", "get list"),
        rule("", "pods/log", "get"),
        rule("", "events", "list"),
      ],
    },
  },
  users: {
    sees: [rule("kubeflow.org", "notebooks poddefaults", LOOK)],
    works: [rule("kubeflow.org", "notebooks", "create update patch delete"), rule("", "persistentvolumeclaims", "create delete")],
  },
  told: ({ plan, storageClass }) => ({
    secrets: [],
    // The web app reads them anew whenever it is asked for them.
    open: [
      {
        role: "notebook-choices",
        name: NAMES.choices,
        data: {
          "spawner_ui_config.yaml": JSON.stringify({ spawnerFormDefaults: choicesOf(plan, storageClass) }),
          "notebook_template.yaml": notebookOf(`https://${inside(KUBEFLOW.door, plan.namespace)}:${PORTS.door}`),
        },
      },
    ],
    read: {},
  }),
};
