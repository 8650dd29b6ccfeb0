/** Helm values. */
export type Values = Readonly<Record<string, unknown>>;

/** Merges the user's values over ours: maps merge, lists and scalars replace. */
export function mergeValues(ours: Values, theirs: Values): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...ours };
  for (const [key, value] of Object.entries(theirs)) {
    const own = merged[key];
    merged[key] = isMap(own) && isMap(value) ? mergeValues(own, value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
