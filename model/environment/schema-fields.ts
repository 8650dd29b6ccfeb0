import type { Registry } from "../registry";
import { environmentFileSchema } from "./schema";
import { elementOf, shapeOf, unwrap } from "./schema-kinds";

/** The fields a map at this path may have; empty where any are allowed. */
export function fieldsAt(path: readonly (string | number)[], registry: Registry): string[] {
  let schema: unknown = environmentFileSchema(registry);
  for (const step of [...path, undefined]) {
    schema = unwrap(schema);
    if (step === undefined) break;
    const shape = shapeOf(schema);
    schema = shape ? shape[String(step)] : elementOf(schema);
  }
  const shape = shapeOf(schema);
  return shape ? Object.keys(shape).sort() : [];
}
