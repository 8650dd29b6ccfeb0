import { z } from "zod";
import { domain, label, labels, positive, secretReferenceSchema } from "../environment/fields";

/** The fleet file. */
const fleetFileSchema = z.strictObject({
  name: label("the name", 30),
  environments: z.array(z.string().min(1)),
  registered: z
    .record(label("a cluster's name", 30), z.strictObject({ kubeconfig: secretReferenceSchema, labels: labels.optional() }))
    .optional(),
  waves: z
    .array(
      z.strictObject({
        name: label("a wave's name", 30),
        select: z.array(z.string().min(1)),
        bake: z
          .string()
          .regex(/^\d+[smh]$/, "must be a duration such as 10m")
          .optional(),
        maxConcurrent: positive.optional(),
        maxFailures: z.int().min(0).optional(),
        approval: z.boolean().optional(),
      }),
    )
    .optional(),
  health: z
    .strictObject({
      apiServer: z.boolean().optional(),
      nodesReady: z
        .string()
        .regex(/^\d{1,3}%$/, "must be a percentage such as 100%")
        .optional(),
      deployments: z.array(z.string()).optional(),
    })
    .optional(),
  mesh: z
    .strictObject({ kind: z.enum(["istio", "linkerd"]), trustDomain: domain("give a name").optional(), clusters: z.array(z.string()) })
    .optional(),
  federation: z.strictObject({ kind: z.literal("karmada"), host: z.string(), members: z.array(z.string()) }).optional(),
});

/** The JSON Schema of fleet files, for editors. */
export function fleetJsonSchema(): object {
  return { title: "kpaas fleet", ...z.toJSONSchema(fleetFileSchema, { io: "input" }) };
}
