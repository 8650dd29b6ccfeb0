import { at, type Fields, fields, isFields, list, text } from "../../model/data";
import { SECRET_SIGNATURE, SIGNATURE_KEY, secret, UNKNOWN } from "../../plugin/rpc/provider";

export { at, type Fields, fields, isFields, list, text };

/** A Kubernetes object as the API server keeps it. */
export interface KubeObject extends Fields {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Fields;
}

/** A copy with the value at a dotted path set, or taken out where it is undefined. */
export function withAt(value: unknown, path: string, wanted: unknown): Fields {
  const [key, ...rest] = path.split(".") as [string, ...string[]];
  const base = fields(value);
  const inner = rest.length === 0 ? wanted : withAt(base[key], rest.join("."), wanted);
  if (inner !== undefined) return { ...base, [key]: inner };
  const { [key]: _dropped, ...others } = base;
  return others;
}

function isSecret(value: unknown): value is { readonly value: unknown } {
  return isFields(value) && value[SIGNATURE_KEY] === SECRET_SIGNATURE;
}

/** A copy without nulls and with every secret's envelope taken off. */
export function reveal(value: unknown): unknown {
  if (isSecret(value)) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null && inner !== undefined)
      .map(([key, inner]) => [key, reveal(inner)]),
  );
}

/** Marks as secret in `value` what is secret in `model`, path by path. */
export function markLike(value: unknown, model: unknown): unknown {
  if (value === undefined) return value;
  if (isSecret(model)) return isSecret(value) ? value : secret(value);
  if (Array.isArray(value) && Array.isArray(model)) return value.map((inner, index) => markLike(inner, model[index]));
  if (!isFields(value) || !isFields(model) || isSecret(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, markLike(inner, model[key])]));
}

export function containsSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  if (Array.isArray(value)) return value.some(containsSecret);
  return isFields(value) && Object.values(value).some(containsSecret);
}

export function containsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isFields(value) && Object.values(value).some(containsUnknown);
}

/** Whether two JSON values are the same, whatever the order of their keys. */
export function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((inner, index) => same(inner, b[index]));
  if (!isFields(a)) return a === b;
  return isFields(b) && Object.keys({ ...a, ...b }).every((key) => same(a[key], b[key]));
}

export const nameOf = (object: Fields): string => text(at(object, "metadata.name")) ?? "";
export const namespaceOf = (object: Fields): string => text(at(object, "metadata.namespace")) ?? "";
export const annotationsOf = (object: Fields): Fields => fields(at(object, "metadata.annotations"));

/** Whether a label selector's `matchLabels` all stand in `labels`. */
export function selects(matchLabels: Fields, labels: Fields): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}
