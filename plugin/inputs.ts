import type { z } from "zod";
import { reveal, valueAt } from "./kubespray/values";
import { type CheckFailure, type Properties, UNKNOWN } from "./rpc/provider";

/** A resource's inputs with secrets revealed, or what is wrong with them; neither where something must be known first. */
export function parseInputs<Schema extends z.ZodType>(
  schema: Schema,
  properties: Properties,
): { readonly inputs?: z.infer<Schema>; readonly failures: readonly CheckFailure[] } {
  const plain = reveal(properties);
  const parsed = schema.safeParse(plain);
  if (parsed.success) return { inputs: parsed.data, failures: [] };
  const known = parsed.error.issues.filter((issue) => valueAt(plain, issue.path) !== UNKNOWN);
  return { failures: known.map(({ path, message }) => ({ property: path.map(String).join("."), reason: message })) };
}

/** The same where they have been checked. @throws Error where they are wrong all the same */
export function readInputs<Schema extends z.ZodType>(schema: Schema, properties: Properties): z.infer<Schema> {
  const { inputs, failures } = parseInputs(schema, properties);
  if (inputs === undefined) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
  return inputs;
}
