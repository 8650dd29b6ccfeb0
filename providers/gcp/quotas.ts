import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import { type Demand, type Limit, type QuotaWords, shortagesOf } from "../asking/quotas";
import type { Standing } from "../asking/verdict";
import { bill } from "./bill";
import { compileRules } from "./firewalls";

/** What a project's quota is set on, as far as it is asked for. Processors of a series that is not here are counted among all alone. */
export type Quota =
  | "processors"
  | ("e2" | "n2" | "n2d" | "t2d" | "c2d" | "c3")
  | ("ssd" | "standard" | "hyperdisk")
  | ("addresses" | "networks" | "firewalls");

/** Each with its id among the quotas of Compute Engine. */
export const QUOTA_IDS: Readonly<Record<Quota, string>> = {
  processors: "CPUS-ALL-REGIONS-per-project",
  e2: "CPUS-per-project-region",
  n2: "N2-CPUS-per-project-region",
  n2d: "N2D-CPUS-per-project-region",
  t2d: "T2D-CPUS-per-project-region",
  c2d: "C2D-CPUS-per-project-region",
  c3: "C3-CPUS-per-project-region",
  ssd: "SSD-TOTAL-GB-per-project-region",
  standard: "DISKS-TOTAL-GB-per-project-region",
  hyperdisk: "HDB-TOTAL-GB-per-project-region",
  addresses: "STATIC-ADDRESSES-per-project-region",
  networks: "NETWORKS-per-project",
  firewalls: "FIREWALLS-per-project",
};

const WORDS: QuotaWords<Quota> = {
  processors: ["cluster.pools", "processors in all regions"],
  e2: ["cluster.pools", "processors of E2 and N1"],
  n2: ["cluster.pools", "processors of N2"],
  n2d: ["cluster.pools", "processors of N2D"],
  t2d: ["cluster.pools", "processors of T2D"],
  c2d: ["cluster.pools", "processors of C2D"],
  c3: ["cluster.pools", "processors of C3"],
  ssd: ["infrastructure.gcp.bootVolumeGiB", "GB on pd-balanced and pd-ssd"],
  standard: ["infrastructure.gcp.bootVolumeGiB", "GB on pd-standard"],
  hyperdisk: ["infrastructure.gcp.bootVolumeGiB", "GB on hyperdisk-balanced"],
  addresses: ["infrastructure.network.floating", "addresses outside"],
  networks: ["infrastructure.network.existing", "networks"],
  firewalls: ["infrastructure.access", "firewall rules"],
};

/** By the first part of a machine type's name. */
const SERIES: Readonly<Partial<Record<string, Quota>>> = {
  ...{ e2: "e2", n1: "e2", f1: "e2", g1: "e2" },
  ...{ n2: "n2", n2d: "n2d", t2d: "t2d", c2d: "c2d", c3: "c3" },
};

/** By the type of a disk. */
const DISKS: Readonly<Partial<Record<string, Quota>>> = {
  "pd-balanced": "ssd",
  "pd-ssd": "ssd",
  "pd-standard": "standard",
  "hyperdisk-balanced": "hyperdisk",
};

/** Everything that an environment's resources take of quotas. `processors` by size; machines of an unknown one count for none. */
export function demandOf(plan: EnvironmentPlan, name: string, processors: Readonly<Record<string, number | undefined>>): Demand<Quota>[] {
  const demands: Demand<Quota>[] = [];
  const take = (quota: Quota | undefined, resource: string, amount = 1): void => {
    if (quota !== undefined) demands.push({ quota, resource: `${name}-${resource}`, amount });
  };
  for (const { kind, name: what, resource, sizeGiB } of bill.of(plan)) {
    const amount = kind === "machine" ? processors[what] : undefined;
    if (amount !== undefined) for (const quota of ["processors", SERIES[what.split("-")[0] ?? ""]] as const) take(quota, resource, amount);
    if (kind === "volume") take(DISKS[what], resource, sizeGiB);
    if (kind === "address") take("addresses", resource);
  }
  if (plan.network.existing === undefined) take("networks", "network");
  for (const key of [...compileRules(plan).map((rule) => rule.key), "deny-ingress", "deny-egress"]) take("firewalls", `rule-${key}`);
  return demands;
}

/** What Google tells of a quota, by region and other dimensions. */
export interface QuotaValue {
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly applicableLocations?: readonly string[];
  readonly details?: readonly { readonly value?: string }[];
}

/** The value that counts in a region: the region's own, else the one that is said to be for it. */
export function limitIn(values: readonly QuotaValue[], region: string): number | undefined {
  const own =
    values.find(({ dimensions }) => dimensions?.region === region) ??
    values.find(({ applicableLocations }) => applicableLocations?.some((each) => each === region || each === "global"));
  const limit = Number(own?.details?.[0]?.value);
  return Number.isNaN(limit) ? undefined : limit;
}

/** The quotas that do not suffice. */
export function findShortages(
  demands: readonly Demand<Quota>[],
  limits: Readonly<Partial<Record<Quota, Limit>>>,
  standing: Standing | undefined,
): Promise<Finding[]> {
  const remedy = "have the quota raised under IAM & Admin, Quotas, for the project, take away what is not needed there, or plan less";
  return shortagesOf(demands, limits, standing, WORDS, { whose: "project", remedy });
}
