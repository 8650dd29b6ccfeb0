import { z } from "zod";
import { TENANT_SIZES } from "../tenant";
import { amount, labels, positive, text } from "./fields";

/* The kinds of values that tenants are described by. */

const size = z.enum(TENANT_SIZES);
const subjects = z.array(z.union([z.strictObject({ user: text }), z.strictObject({ group: text })]));

/** A namespace for other people's work, and who may do what in it. */
export const tenant = z.strictObject({
  quota: z
    .union([
      size,
      z.strictObject({
        cpu: amount("cpu"),
        memory: amount("memory"),
        storage: amount("memory").optional(),
        pods: positive.optional(),
      }),
    ])
    .optional(),
  limits: z.union([size, z.strictObject({ cpu: amount("cpu"), memory: amount("memory") })]).optional(),
  administrators: subjects.optional(),
  users: subjects.optional(),
  labels: labels.optional(),
  isolate: z.boolean().optional(),
  podSecurity: z.enum(["privileged", "baseline", "restricted"]).optional(),
  chaos: z.boolean().optional(),
  mesh: z.enum(["permissive", "strict"]).optional(),
});

/** A tenant as the file writes it. */
export type TenantField = z.infer<typeof tenant>;
