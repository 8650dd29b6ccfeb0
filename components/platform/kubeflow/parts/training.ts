import { output } from "@pulumi/pulumi";
import type { ServicePlan } from "../../../../model/plan/types";
import { contentHash, imageOf } from "../../objects";
import { FOLDERS } from "../names";
import { settings, text, type Workload } from "../programs";
import { LOOK, rule } from "../rule";
import type { Part } from "./part";
import { RESTRICTED } from "./restricted";

/** What its objects are called. */
const NAMES = {
  operator: "training-operator",
  wait: "training-operator-wait",
  apart: "kubeflow-training",
  secret: "training-operator-apart",
} as const;

const PORTS = { webhook: 9443, health: 8081 } as const;

/** The kinds of jobs that it makes pods of. MPIJob and PaddleJob are not among them: by the first it would read every Secret and give rights. */
const KINDS = ["PyTorchJob", "TFJob", "XGBoostJob", "JAXJob"];
const PLURALS = KINDS.map((kind) => `${kind.toLowerCase()}s`);

/** Makes the pods and Services of a job, and tells each pod of the others. */
const OPERATOR: Workload = {
  name: NAMES.operator,
  service: { webhook: [443, PORTS.webhook] },
  token: true,
  programs: [
    {
      name: "training-operator",
      image: "trainingOperator",
      command: ["/manager"],
      args: () => [
        ...KINDS.map((kind) => `--enable-scheme=${kind.toLowerCase()}`),
        ...["--metrics-bind-address=0", `--webhook-server-port=${PORTS.webhook}`, `--webhook-secret-name=${NAMES.secret}`],
        `--pytorch-init-container-template-file=${FOLDERS.settings}/initContainer.yaml`,
      ],
      // Where it looks after a certificate of its own making, and watches all Secrets: it shows ours, from the folder.
      env: () => text({ MY_POD_NAMESPACE: NAMES.apart }),
      ports: { webhook: PORTS.webhook, health: PORTS.health },
      mounts: { ...settings("configMap", NAMES.wait), [FOLDERS.webhook]: ["secret", `${NAMES.operator}-tls`] },
      health: { page: "/readyz", port: PORTS.health },
    },
  ],
};

/** By which a worker waits until its master has a name: as restricted profiles take it. */
const waits = (plan: ServicePlan): string => `- name: init-pytorch
  image: "${imageOf(plan, "trainingWait")}"
  imagePullPolicy: IfNotPresent
  command: [sh, -c, "for i in $(seq {{.MaxTries}}); do getent hosts {{.MasterAddr}} && exit 0; echo waiting for master; sleep 2; done; exit 1"]
  resources: { requests: { cpu: 10m, memory: 16Mi }, limits: { cpu: 100m, memory: 64Mi } }
  securityContext: ${JSON.stringify(RESTRICTED)}
`;

/** Jobs that train on several pods at once. */
export const training: Part = {
  definitions: KINDS.map((kind, index) => ({
    ...{ group: "kubeflow.org", version: "v1", kind, singular: kind.toLowerCase(), plural: PLURALS[index] ?? "" },
    reported: true as const,
  })),
  workloads: () => [OPERATOR],
  rights: {
    everywhere: {
      [NAMES.operator]: [
        rule("kubeflow.org", PLURALS.join(" "), LOOK),
        rule("", "pods services", LOOK),
        rule("autoscaling", "horizontalpodautoscalers", LOOK),
        // It looks for one of its own to write its certificate into, and finds none.
        rule("admissionregistration.k8s.io", "validatingwebhookconfigurations", LOOK),
      ],
    },
    profiles: {
      [NAMES.operator]: [
        rule("kubeflow.org", PLURALS.join(" "), "update patch delete"),
        rule("kubeflow.org", PLURALS.flatMap((each) => [`${each}/status`, `${each}/finalizers`]).join(" "), "get update patch"),
        rule("", "pods services", "create update patch delete"),
        rule("autoscaling", "horizontalpodautoscalers", "create update patch delete"),
        rule("", "events", "create patch"),
      ],
    },
  },
  users: {
    sees: [rule("kubeflow.org", PLURALS.join(" "), LOOK)],
    works: [rule("kubeflow.org", PLURALS.join(" "), "create update patch delete")],
  },
  told: ({ plan }) => {
    const template = waits(plan);
    return {
      secrets: [],
      open: [{ role: "training-wait", name: NAMES.wait, data: { "initContainer.yaml": template } }],
      read: { [NAMES.operator]: output(contentHash(template)) },
    };
  },
  apart: { namespace: NAMES.apart, secret: NAMES.secret, workload: NAMES.operator },
  webhooks: {
    workload: NAMES.operator,
    port: PORTS.webhook,
    hooks: KINDS.map((kind, index) => ({
      ...{ kind: "validating" as const, name: `validator.${kind.toLowerCase()}.training-operator.kubeflow.org` },
      ...{ path: `/validate-kubeflow-org-v1-${kind.toLowerCase()}`, apiGroup: "kubeflow.org", apiVersion: "v1" },
      ...{ resource: PLURALS[index] ?? "", operations: ["CREATE", "UPDATE"] as const },
    })),
  },
};
