import type { z } from "zod";
import { blockClass, defineService, keptData } from "../define-service";
import { PROXY_SPEAKS } from "../mesh";
import { ASKED_AT, USER_HEADER } from "./login";
import { UNSCRAPED } from "./measured";
import { AUTHORIZER, INGRESS_NEEDS, NAMES, PORTS, RETURN_PATH, ROLE } from "./names";
import {
  imagesOf,
  isPart,
  missingParts,
  NOTEBOOK_KINDS,
  type NotebookKind,
  PARTS,
  plainContainers,
  profileLabels,
  withNotebookImages,
} from "./parts/names";

/** Parts of Kubeflow that are not made here, each with the reason. */
const OTHER_PARTS: Readonly<Record<string, string>> = {
  trainer:
    "its controller watches the Secrets of every namespace, and stops where it may not; training is the Training Operator, with PyTorchJob and TFJob",
  knative: "it takes an ingress of its own, and KServe goes without it here",
};

/** Those that are there with profiles. */
const WITH_PROFILES: readonly string[] = ["dashboard", "profiles"];

const PART_NAMES = ["pipelines", ...Object.keys(PARTS)].join(", ");

const MIGRATES = "two of it would bring the database to their version at once";

const MESHED = "TLS of the mesh: pods are met by its proxies only (mtls: strict)";

/** How proxies of the mesh ask the log-in: with the cookie alone, at a path that is none of its own pages, and told where to lead back to. */
const GATE = {
  name: AUTHORIZER,
  service: `${NAMES.gate}.kubeflow.svc.cluster.local`,
  port: PORTS.login,
  shown: ["cookie", "accept"],
  passedOn: [USER_HEADER],
  answered: ["set-cookie", "content-type"],
  renewed: ["set-cookie"],
  below: ASKED_AT,
  told: { "x-auth-request-redirect": "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%" },
} as const;

/** What notebooks of a kind are, by the file's word. */
const NOTEBOOKS: Readonly<Record<NotebookKind, string>> = { jupyter: "JupyterLab", code: "code-server", r: "RStudio" };

/** As far as the file gives them. */
interface Options {
  readonly parts?: readonly string[];
  readonly profiles?: Readonly<Record<string, object>>;
  readonly notebookImages?: Readonly<Partial<Record<NotebookKind, readonly string[]>>>;
}

/** A user of the realm: names there are in lower case. Kubernetes' own users are none. */
const user = (zod: typeof z) =>
  zod
    .string()
    .regex(/^(?!system:)[a-z0-9][a-z0-9._@+-]*$/, "must be the name of a user of the realm, in lower case, such as kim or kim@example.org");

function wrongPart(part: string): { reason: string; remedy: string } | undefined {
  if (part === "pipelines" || isPart(part)) return undefined;
  if (WITH_PROFILES.includes(part)) return { reason: "is there with profiles", remedy: "take it out, and name tenants at profiles" };
  const reason = OTHER_PARTS[part];
  return reason === undefined
    ? { reason: "is no part of Kubeflow", remedy: `write ${PART_NAMES}` }
    : { reason: `is a part of Kubeflow that is not made here yet: ${reason}`, remedy: "leave it out" };
}

export const kubeflow = defineService({
  name: "kubeflow",
  title: "Kubeflow Pipelines",
  about: "runs machine learning pipelines in the cluster, and keeps what they make",
  options: (z, { label, pinned, unique }) => ({
    parts: z
      .array(
        z.string().superRefine((part, context) => {
          const wrong = wrongPart(part);
          if (wrong) context.addIssue({ code: "custom", message: wrong.reason, params: { remedy: wrong.remedy } });
        }),
      )
      .refine((parts) => parts.includes("pipelines"), { error: "must name pipelines, which the others stand beside" })
      .optional()
      .describe(`Its parts: ${PART_NAMES}, of which all but the first take profiles. Default: [pipelines].`),
    notebookImages: z
      .strictObject(
        Object.fromEntries(
          NOTEBOOK_KINDS.map((kind) => [kind, unique(pinned).optional().describe(`Of ${NOTEBOOKS[kind]}. Default: the release's one.`)]),
        ) as Record<NotebookKind, z.ZodOptional<z.ZodArray<z.ZodString>>>,
      )
      .optional()
      .describe(
        "Images that notebooks may be made of in place of the release's, by kind, the first one by default. Default: the release's.",
      ),
    profiles: z
      .record(
        label("the tenant", 63),
        z.strictObject({
          owner: user(z).describe("Whose it is."),
          editors: unique(user(z)).optional().describe("Whoever else works in it. Default: nobody."),
          viewers: unique(user(z)).optional().describe("Whoever sees what is in it, and uses none of it. Default: nobody."),
        }),
      )
      .refine((profiles) => Object.keys(profiles).length > 0, { error: "must name a tenant" })
      .optional()
      .describe(
        "Whose the namespaces are that users work in, by tenants with mesh: strict; users of the realm, by their names there. With it there are Kubeflow's dashboard and one log-in for all of its programs, in the mesh. Default: there is one place for all, of pipelines alone.",
      ),
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
    [NAMES.gate]: "nobody is let in for the seconds in which it restarts, and all stay logged in",
    [NAMES.dashboard]: "it is away for seconds, and what it leads to goes on",
    [NAMES.members]: "the dashboard alone asks it, at its start page",
    [NAMES.door]: "what it stands before is one too",
    "notebook-controller": "two of it would make every notebook twice",
    "jupyter-web-app": "notebooks go on without it",
    "pvcviewer-controller": "two of it would make every viewer twice",
    "volumes-web-app": "volumes go on without it",
    "katib-controller": "two of it would make every trial twice; Jobs of profiles begin no pods meanwhile",
    "katib-db-manager": "trials go on, and tell their metrics again",
    "katib-ui": "experiments go on without it",
    "kserve-controller-manager": "two of it would make every model twice; models that are there go on, and get no new pods meanwhile",
    "kserve-models-web-app": "models go on without it",
    "training-operator": "two of it would make every pod of a job twice; jobs that are under way go on",
    "tensorboard-controller": "two of it would make every TensorBoard twice",
    "tensorboards-web-app": "each TensorBoard goes on without it",
  },
  host: "kubeflow",
  keeps: "data",
  // With their definitions all notebooks and experiments go, and their pods.
  holds: { field: "parts", names: ({ parts }) => ((parts ?? []) as string[]).filter((part) => part !== "pipelines") },
  backup: {
    kind: "none",
    reason: "its store writes several files for each artifact, and nothing holds it still meanwhile",
    remedy:
      "copy the bucket mlpipeline by S3 with the keys of the Secret kubeflow/mlpipeline-minio-artifact; pipelines and runs are in MariaDB's backup",
  },
  rotates: [
    {
      secret: "the keys of its artifacts' store: the one for all of it, and with profiles each one's own",
      how: "one",
      restarts: ["itself"],
      seconds: 120,
    },
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
  wants: {
    scrape: () => ({
      targets: Object.fromEntries(
        [NAMES.workflows, NAMES.schedules].map((name) => [name, { pods: { "app.kubernetes.io/name": name }, port: PORTS.metrics }]),
      ),
    }),
    mesh: ({ options: { profiles, parts = [] } }) =>
      profiles === undefined ? undefined : { mtls: "strict", authorizers: [GATE], plain: plainContainers(parts as readonly string[]) },
    meshHost: ({ host, options: { profiles } }) =>
      profiles === undefined ? undefined : { host, besides: Object.keys(profiles as object), annotations: INGRESS_NEEDS },
  },
  imagesBy: (options, known) => {
    const { parts = [], profiles = {}, notebookImages = {} } = options as Options;
    return withNotebookImages(imagesOf(known, { parts, profiles: Object.keys(profiles).length > 0 }), notebookImages);
  },
  labelsTenants: (options) => {
    const { parts = [], profiles = {} } = options as Options;
    const labels = profileLabels(parts);
    return Object.keys(labels).length === 0 ? {} : Object.fromEntries(Object.keys(profiles).map((tenant) => [tenant, labels]));
  },
  needsWith: { profiles: ["mesh", "meshHost"] },
  programs: { profiles: ["dashboard", "members"] },
  hindered: ({ platform: { services, tenants } }) => {
    const { parts = [], profiles = {}, notebookImages } = (services.find(({ name }) => name === "kubeflow")?.options ?? {}) as Options;
    const field = "platform.services.kubeflow";
    const alone = Object.keys(profiles).length === 0 ? parts.flatMap((part, index) => (part === "pipelines" ? [] : [index])) : [];
    return [
      ...alone.map((index) => ({
        path: `${field}.parts.${index}`,
        reason: "is each user's own, and there are no profiles",
        remedy: `name tenants at ${field}.profiles, or take it out`,
      })),
      ...(notebookImages === undefined || parts.includes("notebooks")
        ? []
        : [
            {
              path: `${field}.notebookImages`,
              reason: "is of notebooks, which are not among its parts",
              remedy: "add them, or take it out",
            },
          ]),
      ...parts.flatMap((part, index) =>
        missingParts(part, parts).map((missing) => ({
          path: `${field}.parts.${index}`,
          reason: `does not work without ${missing}`,
          remedy: `add ${missing}, or take it out`,
        })),
      ),
      ...Object.keys(profiles).flatMap((name) => {
        const tenant = tenants.find((each) => each.name === name);
        if (tenant?.mesh === "strict" && tenant.isolate) return [];
        const reason =
          tenant === undefined ? "names no tenant" : "names a tenant whose pods are met past the mesh, where nobody asks who somebody is";
        const remedy = `give platform.tenants.${name} mesh: strict${tenant?.isolate === false ? ", and take isolate: false out" : ""}`;
        return [{ path: `${field}.profiles.${name}`, reason, remedy }];
      }),
    ];
  },
  speaks: {
    ...PROXY_SPEAKS,
    3000: MESHED,
    5000: MESHED,
    8081: MESHED,
    8083: MESHED,
    8082: MESHED,
    8443: "TLS",
    8888: "TLS",
    8889: "TLS",
    8887: "TLS",
    8080: "TLS",
    9090: "TLS; openly, to Prometheus alone, of those that count something: how much of what there is, and nothing of what it holds",
    9443: "TLS",
    6789: "openly, to what collects metrics beside trials, and to those of Katib who read them: it knows no TLS, and asks nobody who they are",
    8333: "openly, to Kubeflow's programs and its users' runs: they send no key but a signature; a run's launcher trusts an authority of ours only once it has asked for its first artifact, by its source",
  },
  unscraped: UNSCRAPED,
  // Its programs and every run's report what they do by it.
  calls: ["kubernetes"],
  create: (name, { common, granted, options, environment }, opts) => {
    const { Kubeflow } = require("./kubeflow") as typeof import("./kubeflow");
    const { ingress, storage, trust, mysql, identity, mesh, meshHost } = granted;
    const { profiles, parts = [] } = options;
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
        ...(profiles && mesh && meshHost
          ? {
              shared: {
                profiles,
                parts: parts.filter(isPart),
                mesh,
                gateway: meshHost,
              },
            }
          : {}),
      },
      opts,
    );
  },
});
