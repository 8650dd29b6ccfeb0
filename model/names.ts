import { createHash } from "node:crypto";

/** What a cloud allows in a name. */
export interface NameLimit {
  /** Longest length in characters; at least 12. */
  readonly max: number;
  /** A character class of what is allowed, e.g. `a-z0-9-`; everything else becomes `-`. */
  readonly charset: string;
}

const HASH_LENGTH = 8;

/**
 * A name for the cloud from its parts, joined by `-`. A name that has to be shortened or changed ends in a hash of the parts, so that two
 * different things never share a name.
 */
export function physicalName(parts: readonly string[], { max, charset }: NameLimit): string {
  const full = parts.join("-");
  const allowed = full.replace(new RegExp(`[^${charset}]`, "g"), "-");
  if (allowed === full && full.length <= max) return full;
  return `${allowed.slice(0, max - HASH_LENGTH - 1).replace(/-+$/, "")}-${shortHash(parts)}`;
}

/** Eight characters that tell different parts apart. */
export function shortHash(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, HASH_LENGTH);
}
