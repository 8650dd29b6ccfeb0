import { createHash } from "node:crypto";

/** A value of JSON with the keys of its maps in order, so that equal content has one text. */
export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortedKeys(member)]));
}

/** A digest of content, the order of keys aside: 64 hexadecimal digits. */
export function contentDigest(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(sortedKeys(value)))
    .digest("hex");
}

/** The beginning of a content's digest, short enough to be typed: 12 hexadecimal digits. */
export function fingerprintOf(value: unknown): string {
  return contentDigest(value).slice(0, 12);
}
