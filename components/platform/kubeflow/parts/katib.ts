import { output } from "@pulumi/pulumi";
import { contentHash, fromNamespace, secretHash, selectorLabels } from "../../objects";
import { FOLDERS } from "../names";
import { own, settings, TRUSTED, text, type Workload } from "../programs";
import { LOOK, rule } from "../rule";
import { TOLD_WHO } from "../who";
import { katibConfig, trialTemplates } from "./katib-settings";
import type { Part } from "./part";

/** What its objects are called; those of Services and of the settings are compiled into its programs. */
const NAMES = {
  controller: "katib-controller",
  database: "katib-db-manager",
  ui: "katib-ui",
  settings: "katib-config",
  templates: "trial-templates",
  login: "katib-database",
} as const;

const PORTS = { webhook: 8443, health: 18080, database: 6789, suggestion: 6789, ui: 8083 } as const;

/** How the metrics' program knows the database: fields of its Secret, which are variables to it. */
const LOGIN = ["DB_USER", "DB_PASSWORD", "KATIB_MYSQL_DB_HOST", "KATIB_MYSQL_DB_PORT", "KATIB_MYSQL_DB_DATABASE"] as const;

/** Follows experiments: has values suggested, makes a Job of each trial, and has what collects its metrics put into that Job's pods. */
const CONTROLLER: Workload = {
  name: NAMES.controller,
  service: { webhook: [443, PORTS.webhook] },
  token: true,
  programs: [
    {
      name: "katib-controller",
      image: "katibController",
      args: () => [`--katib-config=${FOLDERS.settings}/katib-config.yaml`],
      env: () => [own("KATIB_CORE_NAMESPACE", "metadata.namespace")],
      ports: { webhook: PORTS.webhook, health: PORTS.health },
      mounts: { ...settings("configMap", NAMES.settings), "/tmp/cert": ["secret", `${NAMES.controller}-tls`] },
      health: { page: "/readyz", port: PORTS.health },
    },
  ],
};

/** Keeps the metrics of trials. */
const DATABASE: Workload = {
  name: NAMES.database,
  service: { api: PORTS.database },
  programs: [
    {
      name: "katib-db-manager",
      image: "katibDatabase",
      args: () => [],
      env: () => [
        ...text({ DB_NAME: "mysql", SSL_CERT_DIR: FOLDERS.trust }),
        ...LOGIN.map((name) => ({ name, valueFrom: { secretKeyRef: { name: NAMES.login, key: name } } })),
      ],
      ports: { api: PORTS.database },
      mounts: TRUSTED,
      health: { port: PORTS.database },
    },
  ],
};

const UI: Workload = {
  name: NAMES.ui,
  service: { http: PORTS.ui },
  token: true,
  meshed: true,
  programs: [
    {
      name: "katib-ui",
      image: "katibUi",
      args: () => [`--port=${PORTS.ui}`],
      env: () => [own("KATIB_CORE_NAMESPACE", "metadata.namespace"), ...TOLD_WHO, ...text({ APP_DISABLE_AUTH: "false" })],
      ports: { http: PORTS.ui },
      mounts: {},
      health: { page: "/katib/", port: PORTS.ui },
    },
  ],
};

const KINDS = ["Experiment", "Trial", "Suggestion"];
const ALL = "experiments trials suggestions";

/** What it keeps in the database is a table of its own beside those of pipelines. */
export const katib: Part = {
  definitions: KINDS.map((kind) => ({
    ...{ group: "kubeflow.org", version: "v1beta1", kind, singular: kind.toLowerCase(), plural: `${kind.toLowerCase()}s` },
    reported: true as const,
  })),
  workloads: () => [CONTROLLER, DATABASE, UI],
  screen: { name: NAMES.ui, port: PORTS.ui, path: "/katib/" },
  links: { menu: { type: "item", icon: "kubeflow:katib", link: "/katib/", text: "Experiments (AutoML)" } },
  rights: {
    own: { [NAMES.ui]: [rule("", "configmaps", "get list")] },
    everywhere: {
      [NAMES.controller]: [
        rule("kubeflow.org", ALL, LOOK),
        rule("apps", "deployments", LOOK),
        rule("batch", "jobs", LOOK),
        // It looks at its one ConfigMap, and at labels of a namespace, by a cache of all of them.
        rule("", "services persistentvolumeclaims namespaces configmaps", LOOK),
      ],
      [NAMES.ui]: [rule("authorization.k8s.io", "subjectaccessreviews", "create")],
    },
    profiles: {
      [NAMES.controller]: [
        rule("kubeflow.org", ALL, "create update patch delete"),
        rule("kubeflow.org", "experiments/status trials/status suggestions/status", "get update patch"),
        rule("kubeflow.org", "experiments/finalizers trials/finalizers suggestions/finalizers", "update"),
        rule("apps", "deployments", "create delete"),
        rule("batch", "jobs", "create delete"),
        rule("", "services", "create delete"),
        rule("", "events", "create patch update"),
      ],
      [NAMES.ui]: [
        rule("kubeflow.org", "experiments", "get list create delete"),
        rule("kubeflow.org", "trials suggestions", "get list"),
        rule("", "pods", "list"),
        rule("", "pods/log", "get"),
      ],
    },
  },
  users: {
    sees: [rule("kubeflow.org", ALL, LOOK)],
    works: [rule("kubeflow.org", "experiments", "create update patch delete")],
  },
  told: ({ plan, login }) => {
    const config = katibConfig(plan, PORTS);
    const data = login.apply(
      ({ host, port, user, password, database, verified }): Record<(typeof LOGIN)[number], string> => ({
        ...{ DB_USER: user, DB_PASSWORD: password, KATIB_MYSQL_DB_HOST: host, KATIB_MYSQL_DB_PORT: String(port) },
        // It writes "?timeout=5s" behind the name, whatever that holds; of several character sets the driver takes the first that the server knows.
        KATIB_MYSQL_DB_DATABASE: verified ? `${database}?tls=true&charset=utf8mb4,utf8` : database,
      }),
    );
    return {
      secrets: [
        {
          ...{ role: "katib-login", name: NAMES.login, workload: NAMES.database },
          data: Object.fromEntries(LOGIN.map((name) => [name, data.apply((known) => known[name])])),
        },
      ],
      open: [
        { role: "katib-settings", name: NAMES.settings, data: { "katib-config.yaml": config } },
        {
          ...{ role: "katib-templates", name: NAMES.templates, data: trialTemplates(plan) },
          labels: { "katib.kubeflow.org/component": NAMES.templates },
        },
      ],
      read: { [NAMES.controller]: output(contentHash(config)), [NAMES.database]: secretHash(data.apply(JSON.stringify)) },
    };
  },
  ways: ({ profiles }) => [
    {
      ...{ role: "allow-katib-database", workload: NAMES.database, ports: [PORTS.database] },
      from: [
        ...[NAMES.controller, NAMES.ui].map((name) => ({ podSelector: { matchLabels: { ...selectorLabels(name) } } })),
        ...Object.keys(profiles).map(fromNamespace),
      ],
    },
  ],
  reaches: { [NAMES.controller]: [PORTS.suggestion] },
  opens: (namespace) => {
    const pods = (name: string) => ({ ...fromNamespace(namespace), podSelector: { matchLabels: { ...selectorLabels(name) } } });
    const at = (port: number) => [{ protocol: "TCP", port }];
    return {
      "kubeflow-katib-metrics": {
        ...{ podSelector: {}, policyTypes: ["Egress"] },
        egress: [{ to: [pods(NAMES.database)], ports: at(PORTS.database) }],
      },
      "kubeflow-katib-suggestions": {
        podSelector: { matchExpressions: [{ key: "katib.kubeflow.org/suggestion", operator: "Exists" }] },
        policyTypes: ["Ingress"],
        ingress: [{ from: [pods(NAMES.controller)], ports: at(PORTS.suggestion) }],
      },
    };
  },
  webhooks: {
    workload: NAMES.controller,
    port: PORTS.webhook,
    hooks: [
      ...(["validating", "mutating"] as const).map((kind) => ({
        ...{ kind, name: `${kind === "mutating" ? "defaulter" : "validator"}.experiment.katib.kubeflow.org` },
        ...{ path: kind === "mutating" ? "/mutate-experiment" : "/validate-experiment" },
        ...{ apiGroup: "kubeflow.org", apiVersion: "v1beta1", resource: "experiments", operations: ["CREATE", "UPDATE"] as const },
      })),
      {
        ...{ kind: "mutating", name: "mutator.pod.katib.kubeflow.org", path: "/mutate-pod" },
        ...{ apiGroup: "", apiVersion: "v1", resource: "pods", operations: ["CREATE"] },
        // Pods of Jobs alone, which trials are: all others come up without it.
        label: "batch.kubernetes.io/job-name",
      },
    ],
  },
};
