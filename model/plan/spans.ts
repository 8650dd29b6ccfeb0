import { contains, formatAddress, formatRange, parseAddress, parseRange, type Span } from "../ipv4";
import type { AddressRange } from "./infrastructure-types";

/* Choosing free addresses and runs of them. */

/** What the lock file has in place of a range, where nothing is left to the cloud. */
export const NO_RANGE = "none";

/** A range of the lock file that still lies in the network and that nothing fixed by the file has come to lie in. */
export function lockedRange(
  text: string | undefined,
  hosts: Span,
  taken: ReadonlySet<number>,
  inhabitant?: string,
): AddressRange | undefined {
  const locked = text === undefined ? undefined : parseRange(text);
  if (!locked || !contains(hosts, locked.first) || !contains(hosts, locked.last)) return undefined;
  const guest = inhabitant === undefined ? undefined : parseAddress(inhabitant);
  for (let value = locked.first; value <= locked.last; value += 1) if (taken.has(value) && value !== guest) return undefined;
  return rangeOf(locked);
}

/** The highest run of so many free addresses, or the longest one there is. */
export function highestRun(hosts: Span, taken: ReadonlySet<number>, wanted: number): Span {
  let best: Span | undefined;
  let end = hosts.last;
  for (let value = hosts.last; value >= hosts.first; value -= 1) {
    if (taken.has(value)) end = value - 1;
    else if (!best || end - value > best.last - best.first) best = { first: value, last: end };
    if (best && best.last - best.first + 1 >= wanted) break;
  }
  return best ?? { first: hosts.first, last: hosts.first };
}

/** A run of free addresses with the given one in it: upwards first, then downwards. */
export function runAround(address: number, hosts: Span, taken: ReadonlySet<number>, wanted: number): Span {
  let [first, last] = [address, address];
  while (last - first + 1 < wanted && last < hosts.last && !taken.has(last + 1)) last += 1;
  while (last - first + 1 < wanted && first > hosts.first && !taken.has(first - 1)) first -= 1;
  return { first, last };
}

/** The first free address; one that a machine had before only when no other is left. */
export function firstFree(hosts: Span, taken: ReadonlySet<number>, retired: readonly string[]): number | undefined {
  const used = new Set(retired.map((text) => parseAddress(text)));
  for (let value = hosts.first; value <= hosts.last; value += 1) if (!taken.has(value) && !used.has(value)) return value;
  return retired.map((text) => parseAddress(text)).find((value) => value !== undefined && contains(hosts, value) && !taken.has(value));
}

/** The last free address. */
export function lastFree(hosts: Span, taken: ReadonlySet<number>): number | undefined {
  for (let value = hosts.last; value >= hosts.first; value -= 1) if (!taken.has(value)) return value;
  return undefined;
}

/** The address, unless something has it. */
export function unless(taken: ReadonlySet<number>, value: number | undefined): number | undefined {
  return value !== undefined && taken.has(value) ? undefined : value;
}

/** The number, held between two others. */
export function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** A range as numbers. */
export function span(range: AddressRange): Span {
  return parseRange(formatRange(range)) ?? { first: 0, last: -1 };
}

/** Takes every address of a span. */
export function takeSpan(taken: Set<number>, each: Span): void {
  for (let value = each.first; value <= each.last; value += 1) taken.add(value);
}

/** Numbers as a range. */
export function rangeOf(each: Span): AddressRange {
  return { first: formatAddress(each.first), last: formatAddress(each.last) };
}
