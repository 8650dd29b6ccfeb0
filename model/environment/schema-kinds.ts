import { isFields } from "../data";

/* What a schema of zod is made of. */

interface Definition {
  readonly type?: string;
  readonly innerType?: unknown;
  readonly shape?: Record<string, unknown>;
  readonly valueType?: unknown;
  readonly element?: unknown;
  readonly options?: readonly unknown[];
  readonly values?: readonly unknown[];
}

function definition(schema: unknown): Definition {
  return isFields(schema) && isFields(schema.def) ? (schema.def as Definition) : {};
}

/**
 * A schema without what may be left out or is one of several.
 * @param value what stands there, whose `kind` says which one is meant; without it the first is taken
 */
export function unwrap(schema: unknown, value?: unknown): unknown {
  const def = definition(schema);
  if (def.innerType !== undefined) return unwrap(def.innerType, value);
  if (def.options) {
    const maps = def.options.filter((option) => ["object", "record"].includes(definition(unwrap(option)).type ?? ""));
    return unwrap(maps.find((option) => isFields(value) && kindsOf(option).includes(value.kind)) ?? maps[0]);
  }
  return schema;
}

/** The kinds of which an object of a union is, by its field `kind`. */
function kindsOf(option: unknown): readonly unknown[] {
  return definition(shapeOf(option)?.kind).values ?? [];
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

/** The fields that a map at this path of the content may have; empty where any are allowed. */
export function fieldsIn(root: unknown, path: readonly (string | number)[], content: unknown): string[] {
  let schema = root;
  let value = content;
  for (const step of [...path, undefined]) {
    schema = unwrap(schema, value);
    if (step === undefined) break;
    value = isFields(value) || Array.isArray(value) ? (value as Readonly<Record<string, unknown>>)[String(step)] : undefined;
    const shape = shapeOf(schema);
    schema = shape ? shape[String(step)] : elementOf(schema);
  }
  return Object.keys(shapeOf(schema) ?? {}).sort();
}
