import { isSet } from "../../model/data";

/** Helm values. */
export type Values = Readonly<Record<string, unknown>>;

/** Keys of one map that do not go with another one: the key given, and the one of ours that gives way. */
const EXCLUSIVE = [
  ["minAvailable", "maxUnavailable"],
  ["maxUnavailable", "minAvailable"],
  // An image's digest outweighs its tag.
  ["tag", "digest"],
  ["digest", "tag"],
] as const;

/**
 * Merges the user's values over ours: maps merge, lists and scalars replace, and a key of ours that does not go with one of theirs
 * gives way.
 */
export function mergeValues(ours: Values, theirs: Values): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...ours };
  for (const [given, other] of EXCLUSIVE) if (isSet(theirs[given]) && !(other in theirs)) delete merged[other];
  for (const [key, value] of Object.entries(theirs)) {
    const own = merged[key];
    merged[key] = isMap(own) && isMap(value) ? mergeValues(own, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
