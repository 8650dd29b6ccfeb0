import { SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWN } from "../rpc/provider";

/** The value with every secret's envelope taken off, at any depth. What it returns must reach neither outputs nor logs. */
export function reveal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reveal);
  if (typeof value !== "object" || value === null) return value;
  const members = value as Readonly<Record<string, unknown>>;
  if (members[SIGNATURE_KEY] === SECRET_SIGNATURE) return reveal(members.value);
  return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, reveal(member)]));
}

/** True where the value, or anything in it, is a secret. */
export function hasSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return (value as Readonly<Record<string, unknown>>)[SIGNATURE_KEY] === SECRET_SIGNATURE || Object.values(value).some(hasSecret);
}

/** Every text that is a secret, or part of one, at any depth; each once. What it returns must reach neither outputs nor logs. */
export function secretTexts(value: unknown, within = false): string[] {
  if (typeof value === "string") return within ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  const isSecret = within || (value as Readonly<Record<string, unknown>>)[SIGNATURE_KEY] === SECRET_SIGNATURE;
  const members = Object.entries(value).filter(([key]) => key !== SIGNATURE_KEY);
  return [...new Set(members.flatMap(([, member]) => secretTexts(member, isSecret)))];
}

/** True where the value, or anything in it, is not known yet. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}

/** The value with what is not known yet taken from `known` at the same place, where that has it. */
export function assumeKnown<T>(value: T, known: unknown): T {
  return filled(value, known) as T;
}

function filled(value: unknown, known: unknown): unknown {
  if (value === UNKNOWN) return known ?? value;
  if (typeof value !== "object" || value === null) return value;
  const counterpart = (key: string) =>
    typeof known === "object" && known !== null ? (known as Readonly<Record<string, unknown>>)[key] : undefined;
  if (Array.isArray(value)) return value.map((item, index) => filled(item, counterpart(String(index))));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member, counterpart(key))]));
}

/** The value at a path of property names, `undefined` where there is none, {@link UNKNOWN} where an ancestor is unknown. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (current === UNKNOWN) return UNKNOWN;
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return current;
}
