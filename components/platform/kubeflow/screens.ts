import type { core } from "@pulumi/kubernetes/types/input";
import type { ServicePlan } from "../../../model/plan/types";
import { imageOf } from "../objects";
import type { KubeflowArgs, Shared } from "./args";
import { USER_HEADER } from "./login";
import { inside, NAMES, PORTS } from "./names";

/** A program that is met through the gate. */
export interface Screen {
  /** Its Deployment, Service and account. */
  readonly name: string;
  readonly port: number;
  /** What paths of the host begin with that are its. */
  readonly path: string;
  /** Whether it is asked for the rest of the path alone, and told the beginning. @default false */
  readonly rest?: true;
  /** The part that it is of. @default it is always there */
  readonly part?: Shared["parts"][number];
}

/** The dashboard comes last: what is nobody else's is its. */
const SCREENS: readonly Screen[] = [
  { name: NAMES.ui, port: PORTS.ui, path: "/pipeline" },
  { name: NAMES.notebooksWeb, port: PORTS.notebooksWeb, path: "/jupyter/", rest: true, part: "notebooks" },
  { name: NAMES.dashboard, port: PORTS.dashboard, path: "/" },
];

/** The programs that are met through the gate. */
export function screensOf({ parts }: Pick<Shared, "parts">): Screen[] {
  return SCREENS.filter(({ part }) => part === undefined || parts.includes(part));
}

/** Where requests for the host go. What the proxies of the mesh make of the log-in's own paths is the log-in's. */
export function routesOf(shared: Shared, host: string, namespace: string): Record<string, unknown> {
  const to = (name: string, number: number) => [{ destination: { host: inside(name, namespace), port: { number } } }];
  const http = screensOf(shared).map(({ name, port, path, rest }) => ({
    match: [{ uri: { prefix: path } }],
    ...(rest ? { rewrite: { uri: "/" }, headers: { request: { set: { "x-forwarded-prefix": path.slice(0, -1) } } } } : {}),
    route: to(name, port),
  }));
  return {
    hosts: [host],
    gateways: [shared.gateway.gateway],
    http: [{ match: [{ uri: { prefix: "/oauth2/" } }], route: to(NAMES.gate, PORTS.login) }, ...http],
  };
}

const PIPELINES = ["pipelines", "experiments", "runs", "recurringruns", "artifacts", "executions"].map((page) => ({
  type: "item",
  link: `/pipeline/#/${page}`,
  text: page === "recurringruns" ? "Recurring Runs" : `${page[0]?.toUpperCase()}${page.slice(1)}`,
}));

/** The key of an empty text: the API server leaves one out that is written down with a variable, and programs take their own default for that. */
const NOTHING = "nothing";

/** What a program that asks who somebody is is told: the whole header is the name. */
export const TOLD_WHO: readonly core.v1.EnvVar[] = [
  { name: "USERID_HEADER", value: USER_HEADER },
  { name: "USERID_PREFIX", valueFrom: { configMapKeyRef: { name: NAMES.links, key: NOTHING } } },
];

/** What the dashboard shows: the parts that are there. */
export function linksOf({ parts }: Pick<Shared, "parts">): Record<string, string> {
  const notebooks = parts.includes("notebooks") ? [{ type: "item", icon: "book", link: "/jupyter/", text: "Notebooks" }] : [];
  const section = { type: "section", icon: "kubeflow:pipeline-centered", text: "Pipelines", items: PIPELINES };
  const quick = [
    ...notebooks.map(() => ({ link: "/jupyter/new", desc: "Kubeflow Notebooks", text: "Create a new Notebook" })),
    { link: "/pipeline/#/pipelines", desc: "Kubeflow Pipelines", text: "Upload a Pipeline" },
  ];
  const documentation = [
    { link: "https://www.kubeflow.org/docs/components/pipelines/", desc: "Documentation of Pipelines", text: "Kubeflow Pipelines" },
  ];
  return {
    [NOTHING]: "",
    settings: JSON.stringify({ DASHBOARD_FORCE_IFRAME: true }),
    links: JSON.stringify({
      ...{ menuLinks: [...notebooks, section], externalLinks: [], quickLinks: quick, documentationItems: documentation },
    }),
  };
}

/**
 * The part of a notebook that its users do not choose: what Pod Security asks of all pods there, as the images' own user. The program puts names
 * between braces, and takes every other brace for an error.
 */
const NOTEBOOK = `apiVersion: kubeflow.org/v1beta1
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
          volumeMounts: []
          env: []
          resources:
            requests:
              cpu: "0.1"
              memory: "0.1Gi"
          securityContext:
            allowPrivilegeEscalation: false
            capabilities:
              drop: [ALL]
      volumes: []
      tolerations: []
`;

/** What may be chosen of a notebook, and what it is else. */
function choicesOf(plan: ServicePlan, storageClassName: string): object {
  const [jupyter, code, r] = ["notebookJupyter", "notebookCode", "notebookR"].map((role) => imageOf(plan, role));
  const image = (value: string | undefined) => ({ value, options: [value] });
  const free = (value: unknown) => ({ readOnly: false, value });
  const none = { readOnly: false, value: "", options: [] };
  const newPvc = {
    metadata: { name: "{notebook-name}-workspace" },
    spec: { storageClassName, resources: { requests: { storage: "5Gi" } }, accessModes: ["ReadWriteOnce"] },
  };
  return {
    ...{ allowCustomImage: true, hideRegistry: true, hideTag: false, imagePullPolicy: free("IfNotPresent") },
    ...{ image: image(jupyter), imageGroupOne: image(code), imageGroupTwo: image(r) },
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

/** The files from which the web app for notebooks makes them. */
export function notebooksWebSettings({
  plan,
  storageClass,
}: { readonly plan: ServicePlan } & Pick<KubeflowArgs, "storageClass">): Record<string, string> {
  return {
    "spawner_ui_config.yaml": JSON.stringify({ spawnerFormDefaults: choicesOf(plan, storageClass) }),
    "notebook_template.yaml": NOTEBOOK,
  };
}
