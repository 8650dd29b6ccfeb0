import type { Environment } from "./shapes";

/** What a fleet is narrowed to; each word of `text` has to be met. */
export interface Filter {
  readonly text?: string;
  readonly provider?: string;
  readonly state?: string;
  readonly kubernetes?: string;
  readonly release?: string;
  /** `drifted`, or `expiring`. */
  readonly attention?: string;
}

export type SortKey = "name" | "provider" | "state" | "kubernetes" | "machines" | "certificatesUntil";

/** Certificates that expire within so many days are told of. */
export const SOON_DAYS = 30;
const DAY_MS = 86_400_000;

/** The part of a cluster that is looked at, in words: what it lacks is empty. */
export const FACETS = ["provider", "state", "kubernetes", "release"] as const;
export type Facet = (typeof FACETS)[number];

/** Those that a filter lets through, in the order of what they were. */
export function filtered(all: readonly Environment[], filter: Filter, now: number): readonly Environment[] {
  const words = (filter.text ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((each) => {
    for (const facet of FACETS) if (filter[facet] !== undefined && facetOf(each, facet) !== filter[facet]) return false;
    if (filter.attention === "drifted" && each.drift?.drifted !== true) return false;
    if (filter.attention === "expiring" && !isExpiring(each, now)) return false;
    return words.length === 0 || words.every((word) => textOf(each).includes(word));
  });
}

/** Sorted without touching what was given; by name where they are equal. */
export function sorted(all: readonly Environment[], key: SortKey, descending: boolean): readonly Environment[] {
  const sign = descending ? -1 : 1;
  return [...all].sort((one, other) => sign * compare(one[key], other[key]) || compare(one.name, other.name));
}

/** How many have each value of a facet, most first. */
export function counted(all: readonly Environment[], facet: Facet): readonly { readonly value: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const each of all) counts.set(facetOf(each, facet), (counts.get(facetOf(each, facet)) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || compare(a.value, b.value));
}

export function facetOf(environment: Environment, facet: Facet): string {
  return environment[facet] ?? "";
}

/** Whole days until its first certificate expires; negative where one has; undefined where it is not known. */
export function daysLeft({ certificatesUntil: until }: Pick<Environment, "certificatesUntil">, now: number): number | undefined {
  return until === undefined ? undefined : Math.floor((Date.parse(until) - now) / DAY_MS);
}

export function isExpiring(environment: Environment, now: number): boolean {
  const days = daysLeft(environment, now);
  return days !== undefined && days <= SOON_DAYS;
}

const texts = new WeakMap<Environment, string>();

/** What a search looks through; made once for each. */
function textOf(environment: Environment): string {
  let text = texts.get(environment);
  if (text === undefined) {
    const { name, provider, release, kubernetes, labels } = environment;
    const ofLabels = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
    text = [name, provider, release, kubernetes, ...ofLabels].join(" ").toLowerCase();
    texts.set(environment, text);
  }
  return text;
}

const order = new Intl.Collator("en", { numeric: true });

function compare(one: string | number | undefined, other: string | number | undefined): number {
  if (one === other) return 0;
  if (one === undefined) return 1;
  if (other === undefined) return -1;
  return typeof one === "number" && typeof other === "number" ? one - other : order.compare(String(one), String(other));
}
