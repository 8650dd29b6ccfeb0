import type { Finding } from "../../model/problems";

/** What one resource takes of a quota. */
export interface Demand<Quota extends string> {
  readonly quota: Quota;
  /** The resource's logical name. */
  readonly resource: string;
  readonly amount: number;
}

/** A quota and what is used of it already, by whomever; undefined where the cloud does not tell that. -1: no limit. */
export interface Limit {
  readonly limit: number;
  readonly used?: number;
}

/** By quota, the field that has a say in how much is wanted, and the words for it. */
export type QuotaWords<Quota extends string> = Readonly<Record<Quota, readonly [path: string, unit: string]>>;

/**
 * The quotas that do not suffice. What is made already is counted as used; `standing` gives the logical names of it and is asked only where
 * that decides; undefined where nobody knows.
 * @param whose whose quota it is
 */
export async function shortagesOf<Quota extends string>(
  demands: readonly Demand<Quota>[],
  limits: Readonly<Partial<Record<Quota, Limit>>>,
  standing: (() => Promise<ReadonlySet<string>>) | undefined,
  words: QuotaWords<Quota>,
  { whose, remedy }: { readonly whose: string; readonly remedy: string },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const quota of Object.keys(words) as Quota[]) {
    const { limit, used }: Limit = limits[quota] ?? { limit: -1 };
    const own = demands.filter((each) => each.quota === quota);
    const total = sum(own);
    if (limit < 0 || total + (used ?? 0) <= limit) continue;
    const [path, unit] = words[quota];
    if (total > limit) {
      findings.push({ path, reason: `${total} ${unit} are needed, and the ${whose}'s quota is ${limit}`, remedy });
      continue;
    }
    if (standing === undefined) continue;
    const there = await standing();
    const more = sum(own.filter(({ resource }) => !there.has(resource)));
    if (more > 0 && used !== undefined && more + used > limit)
      findings.push({
        path,
        reason: `${more} ${unit} are to be made, and of the ${whose}'s ${limit} only ${Math.max(0, limit - used)} are left`,
        remedy,
      });
  }
  return findings;
}

function sum(demands: readonly { readonly amount: number }[]): number {
  return demands.reduce((total, { amount }) => total + amount, 0);
}
