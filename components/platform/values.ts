/** Helm values. */
export type Values = Readonly<Record<string, unknown>>;

/** Keys of one map of which Kubernetes takes one only. */
const EXCLUSIVE = [
  ["minAvailable", "maxUnavailable"],
  // An image's digest outweighs its tag.
  ["tag", "digest"],
] as const;

/**
 * Merges the user's values over ours: maps merge, lists and scalars replace, and a key of ours that does not go with one of theirs
 * gives way.
 */
export function mergeValues(ours: Values, theirs: Values): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...ours };
  for (const pair of EXCLUSIVE)
    for (const [given, other] of [pair, [...pair].reverse()] as const)
      if (given !== undefined && other !== undefined && isSet(theirs[given]) && !(other in theirs)) delete merged[other];
  for (const [key, value] of Object.entries(theirs)) {
    const own = merged[key];
    merged[key] = isMap(own) && isMap(value) ? mergeValues(own, value) : value;
  }
  return merged;
}

/** Whether the user gives a value: null takes one out. */
function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
