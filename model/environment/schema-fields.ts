import { isFields } from "../data";
import type { Registry } from "../registry";
import { environmentFileSchema } from "./schema";
import { elementOf, shapeOf, unwrap } from "./schema-kinds";

/** The fields a map at this path of the content may have; empty where any are allowed. */
export function fieldsAt(path: readonly (string | number)[], registry: Registry, content: unknown): string[] {
  let schema: unknown = environmentFileSchema(registry);
  let value = content;
  for (const step of [...path, undefined]) {
    schema = unwrap(schema, value);
    if (step === undefined) break;
    value = isFields(value) ? value[String(step)] : undefined;
    const shape = shapeOf(schema);
    schema = shape ? shape[String(step)] : elementOf(schema);
  }
  const shape = shapeOf(schema);
  return shape ? Object.keys(shape).sort() : [];
}
