import { z } from "zod";
import { domain, label, labels, positive, secretReferenceSchema, unique } from "../environment/fields";
import { fieldsIn } from "../environment/schema-kinds";
import { maintenanceSchema } from "./maintenance";
import { viaSchema } from "./via";

const names = unique(z.string().min(1));
/** What a wave selects by. */
export const selectorSchema = z.union([
  z.string().min(1),
  z.strictObject({
    labels: labels.meta({ description: "Clusters that have all of these labels; `provider`, `region` and `profile` are labels of each." }),
  }),
]);

/** A wave, as the file has it. */
export const waveSchema = z.strictObject({
  name: label("a wave's name", 30).meta({ description: "What it is called where it is approved, and in reports." }),
  select: z.array(selectorSchema).min(1).meta({
    description:
      "Names, globs or labels of the clusters in it. `*` alone stands for all that no other wave selects; else each cluster is in one wave.",
  }),
  canary: positive.optional().meta({
    description: "How many of its clusters go first; the others follow when these are up, healthy and baked. One that fails ends the run.",
  }),
  bake: z
    .string()
    .regex(/^\d+[smh]$/, "must be a duration such as 10m")
    .optional()
    .meta({ description: "How long is waited after its canaries, and after the wave, before anything else begins. Default: not at all." }),
  maxConcurrent: positive.optional().meta({
    description: "How many clusters are worked on at once. Default: as many as this machine's cores and memory allow.",
  }),
  maxFailures: z.int().min(0).optional().meta({
    description: "How many clusters may fail before nothing new is begun; those under way are waited for. Default: 0.",
  }),
  approval: z.boolean().optional().meta({ description: "Whether the run stops before the wave until somebody approves it." }),
  maintenance: maintenanceSchema.optional().meta({ description: "When it may be worked on, in place of the fleet's own windows." }),
});

/** The fleet file. */
const fleetFileSchema = z.strictObject({
  name: label("the name", 30).meta({ description: "The fleet's name: its journal's, and what is typed to destroy it." }),
  environments: names.min(1).meta({ description: "Names or globs of environment files." }),
  registered: z
    .record(
      label("a cluster's name", 30),
      z.strictObject({
        kubeconfig: secretReferenceSchema.meta({ description: "Where its kubeconfig is found: `env`, `file` or `vault`." }),
        labels: labels.optional(),
      }),
    )
    .optional()
    .meta({ description: "Clusters made elsewhere. They are looked at; nothing is brought up there." }),
  waves: z.array(waveSchema).min(1).optional().meta({ description: "One after the other. Default: one wave of all clusters." }),
  after: z
    .record(z.string().min(1), names.min(1))
    .optional()
    .meta({ description: "By cluster, the names or globs of the clusters that have to be up before it." }),
  maintenance: maintenanceSchema.optional().meta({ description: "When clusters may be worked on. Default: at any time." }),
  health: z
    .strictObject({
      apiServer: z.boolean().optional().meta({ description: "Whether the API server has to answer that it is ready. Default: true." }),
      nodesReady: z
        .string()
        .regex(/^(100|\d{1,2})%$/, "must be a percentage such as 100%")
        .optional()
        .meta({ description: "How many of its nodes have to be Ready." }),
      deployments: unique(z.string().regex(/^[a-z0-9*.-]+\/[a-z0-9*.-]+$/, "must be NAMESPACE/NAME, such as cp-portal/*"))
        .min(1)
        .optional()
        .meta({ description: "Deployments that have to be available, as NAMESPACE/NAME; `*` stands for any." }),
    })
    .optional()
    .meta({ description: "What a cluster has to be before it counts as brought up." }),
  via: viaSchema.optional().meta({ description: "Who else brings the clusters up, for `fleet export` and `fleet up --via`." }),
  mesh: z
    .strictObject({ kind: z.enum(["istio", "linkerd"]), trustDomain: domain("give a name").optional(), clusters: z.array(z.string()) })
    .optional()
    .meta({ description: "Not supported yet." }),
  federation: z
    .strictObject({ kind: z.literal("karmada"), host: z.string(), members: z.array(z.string()) })
    .optional()
    .meta({ description: "Not supported yet." }),
  managed: z.unknown().optional().meta({ description: "Not supported yet." }),
  edge: z.unknown().optional().meta({ description: "Not supported yet." }),
});

/** What the fleet file says. */
export type FleetFile = z.infer<typeof fleetFileSchema>;
export type WaveField = z.infer<typeof waveSchema>;
export type Selector = z.infer<typeof selectorSchema>;

/** The JSON Schema of fleet files, for editors. */
export function fleetJsonSchema(): object {
  return { title: "kpaas fleet", ...z.toJSONSchema(fleetFileSchema, { io: "input" }) };
}

/** The schema, and the fields that a map at a path of a fleet file may have. */
export const fleetSchema = {
  schema: fleetFileSchema,
  fieldsAt: (path: readonly (string | number)[], content: unknown): string[] => fieldsIn(fleetFileSchema, path, content),
};
