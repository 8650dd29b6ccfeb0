import { isFields } from "../data";

/* What a schema of zod is made of. */

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

/** A schema without what may be left out or is one of several. */
export function unwrap(schema: unknown): unknown {
  const def = definition(schema);
  if (def.innerType !== undefined) return unwrap(def.innerType);
  if (def.options) return unwrap(def.options.find((option) => ["object", "record"].includes(definition(unwrap(option)).type ?? "")));
  return schema;
}

/** The fields of an object. */
export function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  return definition(unwrap(schema)).shape;
}

/** What a map or a list holds. */
export function elementOf(schema: unknown): unknown {
  const def = definition(unwrap(schema));
  return def.valueType ?? def.element;
}

/** Whether it is a list. */
export function isList(schema: unknown): boolean {
  return definition(unwrap(schema)).element !== undefined;
}
