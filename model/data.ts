/** A JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether the value is a JSON object. */
export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object; empty for anything else. */
export function fields(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** The value as a list; empty for anything else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a string, if it is one and not empty. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** What stands at a dotted path, e.g. `spec.template.spec`. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, key) => fields(inner)[key], value);
}

/** `over` laid over `base`: objects merge, everything else is replaced, null takes a key out (Helm's rule for values). */
export function merge(base: unknown, over: unknown): unknown {
  if (!isFields(base) || !isFields(over)) return over;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = key in base ? merge(base[key], value) : value;
  }
  return result;
}

/** The same with null kept, by which a chart's default is taken out. */
export function overlay(base: Fields, over: Fields): Fields {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    if (value !== undefined) result[key] = isFields(below) && isFields(value) ? overlay(below, value) : value;
  }
  return result;
}

/** Whether a value is given: null takes one out. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** `{ [key]: value }`, or nothing where there is no value. */
export function given<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: V });
}

/** What a text holds as JSON; undefined where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
