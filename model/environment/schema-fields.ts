import { isFields } from "../data";
import type { Registry } from "../registry";
import { environmentFileSchema } from "./schema";

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

interface Definition {
  readonly type?: string;
  readonly innerType?: unknown;
  readonly shape?: Record<string, unknown>;
  readonly valueType?: unknown;
  readonly element?: unknown;
  readonly options?: readonly unknown[];
}

function definition(schema: unknown): Definition {
  return isFields(schema) && isFields(schema.def) ? (schema.def as Definition) : {};
}

function unwrap(schema: unknown): unknown {
  const def = definition(schema);
  if (def.innerType !== undefined) return unwrap(def.innerType);
  if (def.options) return unwrap(def.options.find((option) => ["object", "record"].includes(definition(unwrap(option)).type ?? "")));
  return schema;
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  return definition(unwrap(schema)).shape;
}

function elementOf(schema: unknown): unknown {
  const def = definition(unwrap(schema));
  return def.valueType ?? def.element;
}
