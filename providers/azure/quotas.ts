import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import { type Demand, type Limit, shortagesOf } from "../asking/quotas";
import type { Standing } from "../asking/verdict";
import { bill } from "./bill";

/** What a subscription's quota is set on in a region, as far as it is asked for; beside these, each family of sizes has a quota of its own. */
export const QUOTAS = { processors: "cores", addresses: "StandardSkuPublicIpAddresses" } as const;

/** What a machine of a size takes. */
export interface SizeDemand {
  readonly processors: number;
  /** As its quota is called, such as `standardDSv5Family`. */
  readonly family: string;
}

/** Everything that an environment's resources take of quotas. `sizes` by size; machines of an unknown one count for none. */
export function demandOf(plan: EnvironmentPlan, name: string, sizes: Readonly<Record<string, SizeDemand | undefined>>): Demand<string>[] {
  const demands: Demand<string>[] = [];
  const take = (quota: string, resource: string, amount = 1) => demands.push({ quota, resource: `${name}-${resource}`, amount });
  for (const { kind, name: what, resource } of bill.of(plan)) {
    const size = kind === "machine" ? sizes[what] : undefined;
    if (size !== undefined) for (const quota of [QUOTAS.processors, size.family]) take(quota, resource, size.processors);
    if (kind === "address") take(QUOTAS.addresses, resource);
  }
  return demands;
}

/** The quotas that do not suffice. */
export function findShortages(
  demands: readonly Demand<string>[],
  limits: Readonly<Record<string, Limit>>,
  standing: Standing | undefined,
): Promise<Finding[]> {
  const families = new Set(demands.map(({ quota }) => quota));
  const words = Object.fromEntries(
    [...families].map((quota) => [
      quota,
      quota === QUOTAS.addresses
        ? (["infrastructure.azure.natGateways", "public addresses"] as const)
        : (["cluster.pools", quota === QUOTAS.processors ? "processors" : `processors of ${quota}`] as const),
    ]),
  );
  const remedy = "have the quota raised under Quotas in that region, take away what is not needed there, or plan less";
  return shortagesOf(demands, limits, standing, words, { whose: "subscription", remedy });
}
