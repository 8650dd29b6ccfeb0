import { MEASURED_OPENLY } from "../../../model/service";
import { defineService, keptData, WHOLE_PROFILES } from "../define-service";
import type { RegistryProjectClaim } from "../grants";
import type { ProjectSpec } from "./args";
import { harborBackup } from "./backup";
import { PROJECT_NAME, refusedClaims } from "./claims";
import { FINDABLE } from "./findable";

/** What K-PaaS's own installation makes. */
const BY_DEFAULT = { "cp-portal-repository": {} };

/** Labels of all its pods. */
const PODS = { app: "harbor", release: "harbor" };

const projectsOf = ({ projects = BY_DEFAULT }: Readonly<Record<string, unknown>>) => projects as Readonly<Record<string, ProjectSpec>>;

export const harbor = defineService({
  name: "harbor",
  title: "Harbor",
  about: "keeps container images and charts, scans them, and hands them to whoever may have them",
  profiles: WHOLE_PROFILES,
  replicas: "profile",
  single: {
    "harbor-database": "the chart has one server, on a volume of one pod",
    "harbor-redis": "the chart has one server, on a volume of one pod",
    "harbor-trivy": "it looks for known faults, and has its list on a volume of one pod",
  },
  autoscaling: () => ({
    by: "nobody",
    reason: "its chart writes the number of each part at every change, and would take away what the load had added",
  }),
  host: "harbor",
  findable: FINDABLE,
  keeps: "data",
  backup: harborBackup,
  rotates: [
    { secret: "what its parts know each other by", how: "one", restarts: ["itself"], seconds: 60 },
    { secret: "the passwords of its robot accounts", how: "one", restarts: ["takers"], seconds: 60 },
    {
      secret: "its administrator's password",
      how: "never",
      reason: "Harbor reads it at its first start, and keeps it itself from then on",
      remedy: "change it in Harbor; `kpaas outputs` goes on showing the first one",
    },
    {
      secret: "the key that it stores others' credentials by",
      how: "never",
      reason: "they are lost without it, and Harbor writes them anew by no other",
      remedy: "keep the Secret harbor/harbor-keys, and exchange the credentials that it stores",
    },
    {
      secret: "its database's password",
      how: "never",
      reason: "the database reads it at its first start only",
      remedy: "guard the Secret harbor/harbor-database-login; none but Harbor's own pods reaches the database",
    },
    {
      secret: "the key that signs its clients' tokens",
      how: "never",
      reason: "it is no password, and a token ends after half an hour",
      remedy: "keep the Secret harbor/harbor-keys",
    },
  ],
  away: () => 60,
  options: (z) => ({
    projects: z
      .record(
        z.string().max(60).regex(PROJECT_NAME, "must be lower-case letters and digits, with single . or - between them"),
        z.strictObject({
          public: z.boolean().optional().describe("Whether everybody may pull from it. Default: false."),
          quota: z
            .string()
            .regex(/^[1-9]\d*(Gi|Ti)$/, "must be a quantity such as 20Gi")
            .optional()
            .describe("What it may hold, as 20Gi. Default: as much as there is."),
          robots: z
            .record(
              z
                .string()
                .max(60)
                .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "must be lower-case letters and digits, with single - between them"),
              z.enum(["pull", "push"]),
            )
            .optional()
            .describe("Accounts of programs at it, by name, and what they may: pull, or push, which holds pull. Default: none."),
        }),
      )
      .optional()
      .describe(
        "Projects of images and charts, by name, beside those that services claim. Default: cp-portal-repository, as K-PaaS makes it.",
      ),
  }),
  needs: { ingress: ({ host }) => ({ host }), storage: () => ({}), trust: ({ host }) => ({ pulledFrom: host }) },
  // The first two name the port alone at which they are met.
  wants: {
    scrape: () => ({
      targets: {
        core: { pods: { ...PODS, component: "core" }, port: 8001, named: 8443 },
        jobservice: { pods: { ...PODS, component: "jobservice" }, port: 8001, named: 8443 },
        registry: { pods: { ...PODS, component: "registry" }, port: 8001 },
      },
    }),
  },
  programsWith: { scrape: ["exporter"] },
  speaks: {
    8001: MEASURED_OPENLY,
    8443: "TLS",
    5443: "TLS",
    5432: "openly, between Harbor's own pods: its chart starts its database without a certificate, and its programs with sslmode=disable",
    6379: "openly, between Harbor's own pods: its chart starts Redis without TLS, and speaks it to one outside only",
  },
  unscraped: {
    "harbor-portal": "it hands out files of the web page, and counts nothing",
    "harbor-database":
      "it has no page of numbers, and an exporter would need an account in what the chart has with every right; how full its volume is kubelets say",
    "harbor-redis":
      "it has no page of numbers without an exporter, whose way in would be Redis' one password; what waits in it the job service counts",
    "harbor-trivy": "it says what it counts at the port of its API alone, which asks nobody who they are and scans what it is told",
    "harbor-exporter": "it would log in as Harbor's administrator, and to its database with every right: none of it runs",
  },
  calls: [],
  offers: ["registryProject"],
  holds: {
    field: "projects",
    names: (options, claims) => [
      ...Object.keys(projectsOf(options)),
      ...(claims as readonly RegistryProjectClaim[]).map(({ project }) => project),
    ],
  },
  refuses: (options, claims) => refusedClaims(projectsOf(options), claims),
  managedAt: { workload: "harbor", labels: { "app.kubernetes.io/component": "core" }, port: 8443 },
  create: (name, { common, options, granted, claims, environment }, opts) => {
    const { Harbor } = require("./harbor") as typeof import("./harbor");
    return new Harbor(
      name,
      {
        ...common,
        ingress: granted.ingress,
        storage: granted.storage,
        ...keptData(environment),
        ...(granted.trust.certificates ? { trust: granted.trust.certificates } : {}),
        projects: projectsOf(options),
        clients: claims.registryProject,
      },
      opts,
    );
  },
  grants: { registryProject: ({ access }, consumer) => access[consumer]! },
});
