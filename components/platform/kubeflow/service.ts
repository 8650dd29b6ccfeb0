import { blockClass, defineService, keptData } from "../define-service";
import { NAMES, RETURN_PATH, ROLE } from "./names";

/** Kubeflow's other parts: what is made of it is Pipelines. */
const OTHER_PARTS: readonly string[] = [
  "dashboard",
  "profiles",
  "notebooks",
  "katib",
  "kserve",
  "knative",
  "trainer",
  "volumes",
  "tensorboard",
];

const MIGRATES = "two of it would bring the database to their version at once";

export const kubeflow = defineService({
  name: "kubeflow",
  title: "Kubeflow Pipelines",
  about: "runs machine learning pipelines in the cluster, and keeps what they make",
  options: (z) => ({
    parts: z
      .array(
        z
          .string()
          .refine((part) => !OTHER_PARTS.includes(part), {
            error: "is a part of Kubeflow that is not made here yet: it takes Istio, or Kubeflow's own users",
            params: { remedy: "leave it out" },
          })
          .refine((part) => part === "pipelines" || OTHER_PARTS.includes(part), {
            error: "is no part of Kubeflow",
            params: { remedy: "write pipelines" },
          }),
      )
      .min(1, "must name a part")
      .optional()
      .describe("Its parts: pipelines, and none other yet. Default: [pipelines]."),
  }),
  replicas: 1,
  single: {
    [NAMES.store]: "its volume is of one pod",
    [NAMES.metadata]: MIGRATES,
    [NAMES.metadataWeb]: "it stands before a store of which there is one",
    [NAMES.workflows]: "runs go on without it, and wait for their next step until it is there again",
    [NAMES.api]: MIGRATES,
    [NAMES.persistence]: "two of it would report every run twice",
    [NAMES.schedules]: "two of it would begin every recurring run twice",
    [NAMES.ui]: "what it stands before is one too",
  },
  host: "kubeflow",
  keeps: "data",
  backup: {
    kind: "none",
    reason: "its store writes several files for each artifact, and nothing holds it still meanwhile",
    remedy:
      "copy the bucket mlpipeline by S3 with the keys of the Secret kubeflow/mlpipeline-minio-artifact; pipelines and runs are in MariaDB's backup",
  },
  rotates: [
    { secret: "the key of its artifacts' store", how: "one", restarts: ["itself"], seconds: 120 },
    { secret: "the key that its users' log-ins are sealed with", how: "one", restarts: ["itself"], seconds: 60 },
  ],
  away: () => 120,
  needs: {
    ingress: ({ host }) => ({ host }),
    storage: () => ({}),
    trust: () => ({}),
    mysql: () => ({ schema: "kubeflow" }),
    identity: ({ host }) => ({ url: `https://${host}`, client: { id: "kubeflow", returnPath: RETURN_PATH, roles: [ROLE] } }),
  },
  speaks: {
    8443: "TLS",
    8888: "TLS",
    8887: "TLS",
    8080: "TLS",
    9090: "TLS",
    8333: "openly, to Kubeflow's programs and its users' runs: they send no key but a signature; a run's launcher trusts an authority of ours only once it has asked for its first artifact, by its source",
  },
  // Its programs and every run's report what they do by it.
  calls: ["kubernetes"],
  create: (name, { common, granted, environment }, opts) => {
    const { Kubeflow } = require("./kubeflow") as typeof import("./kubeflow");
    const { ingress, storage, trust, mysql, identity } = granted;
    return new Kubeflow(
      name,
      {
        ...common,
        ingress,
        database: mysql,
        realm: identity,
        storageClass: blockClass(storage),
        ...keptData(environment),
        ...(trust.certificates ? { trust: trust.certificates } : {}),
      },
      opts,
    );
  },
});
