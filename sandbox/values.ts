import { isDeepStrictEqual } from "node:util";
import { type DiffKind, type Properties, SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWN } from "../plugin/rpc/provider";

/** Whether the value is a map: neither null nor a list. */
export function isMap(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value without the envelopes of secrets in it. */
export function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (!isMap(value)) return value;
  if (value[SIGNATURE_KEY] === SECRET_SIGNATURE) return reveal(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, reveal(field)]));
}

/** {@link reveal} of a property bag. */
export function revealAll(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, reveal(value)]));
}

/** Whether the value holds anything not known in a preview. */
export function hasUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (isMap(value)) return Object.values(value).some(hasUnknown);
  return value === UNKNOWN;
}

/** A field as text; empty where it is missing or no text. */
export function text(properties: Properties, key: string): string {
  const value = properties[key];
  return typeof value === "string" ? value : "";
}

/** A field as a number, or undefined. */
export function number(properties: Properties, key: string): number | undefined {
  const value = properties[key];
  return typeof value === "number" ? value : undefined;
}

/** A field as a list of texts; what is no text is left out. */
export function texts(properties: Properties, key: string): string[] {
  const value = properties[key];
  return Array.isArray(value) ? value.filter((element) => typeof element === "string") : [];
}

/** A field as a list of maps; what is no map is left out. */
export function maps(properties: Properties, key: string): Properties[] {
  const value = properties[key];
  return Array.isArray(value) ? value.filter(isMap) : [];
}

/** What differs between two values, by property path below `path`. An empty list, an empty map and nothing are the same, as in the real providers. */
export function differences(path: string, old: unknown, wanted: unknown): Record<string, "add" | "delete" | "update"> {
  if (isDeepStrictEqual(old, wanted) || (isEmpty(old) && isEmpty(wanted))) return {};
  if (isEmpty(old)) return { [path]: "add" };
  if (isEmpty(wanted)) return { [path]: "delete" };
  if (Array.isArray(old) && Array.isArray(wanted)) {
    const length = Math.max(old.length, wanted.length);
    return merged(Array.from({ length }, (_, index) => differences(`${path}[${index}]`, old[index], wanted[index])));
  }
  if (isMap(old) && isMap(wanted)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(wanted)])];
    return merged(keys.map((key) => differences(`${path}${segment(key)}`, old[key], wanted[key])));
  }
  return { [path]: "update" };
}

/** The kind of a change that cannot be made in place. */
export function replacing(kind: "add" | "delete" | "update"): DiffKind {
  return `${kind}-replace`;
}

/** Whether `ignoreChanges` names the path, or something it lies in. */
export function isIgnored(path: string, ignoreChanges: readonly string[]): boolean {
  return ignoreChanges.some(
    (ignored) => ignored === "*" || path === ignored || path.startsWith(`${ignored}.`) || path.startsWith(`${ignored}[`),
  );
}

/** Whether a value is nothing: none, an empty list or an empty map. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

function segment(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `["${key}"]`;
}

function merged<T>(parts: readonly Record<string, T>[]): Record<string, T> {
  return Object.assign({}, ...parts);
}
