import { defineService } from "../define-service";
import type { RegistryProjectClaim } from "../grants";
import type { ProjectSpec } from "./args";
import { harborBackup } from "./backup";

/** What K-PaaS's own installation makes. */
const BY_DEFAULT = { "cp-portal-repository": {} };

const projectsOf = ({ projects = BY_DEFAULT }: Readonly<Record<string, unknown>>) => projects as Readonly<Record<string, ProjectSpec>>;

export const harbor = defineService({
  name: "harbor",
  title: "Harbor",
  about: "keeps container images and charts, scans them, and hands them to whoever may have them",
  replicas: "profile",
  host: "harbor",
  keeps: "data",
  backup: harborBackup,
  options: (z) => ({
    projects: z
      .record(
        z
          .string()
          .max(60)
          .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/, "must be lower-case letters and digits, with single . or - between them"),
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
  needs: { ingress: ({ host }) => ({ host }), storage: () => ({}) },
  offers: ["registryProject"],
  holds: {
    field: "projects",
    names: (options, claims) => [
      ...Object.keys(projectsOf(options)),
      ...(claims as readonly RegistryProjectClaim[]).map(({ project }) => project),
    ],
  },
  managedAt: { workload: "harbor", labels: { "app.kubernetes.io/component": "core" }, port: 8443 },
  create: (name, { common, options, granted, claims, environment, tls }, opts) => {
    const { Harbor } = require("./harbor") as typeof import("./harbor");
    return new Harbor(
      name,
      {
        ...common,
        ingress: granted.ingress,
        storage: granted.storage,
        protectData: environment.protectData,
        retainData: environment.retain.includes("volumes"),
        ...(tls ? { trust: tls.trust } : {}),
        projects: projectsOf(options),
        clients: claims.registryProject,
      },
      opts,
    );
  },
  grants: { registryProject: ({ access }, consumer) => access[consumer]! },
});
