import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import { type Demand, type Limit, type QuotaWords, shortagesOf } from "../asking/quotas";
import type { Standing } from "../asking/verdict";
import { bill } from "./bill";
import { awsOf } from "./plan";

/** What an account's quota is set on in a region, as far as it is asked for. */
export type Quota = "processors" | "addresses" | "vpcs" | "balancers";

/** Each with its service and code among Service Quotas. */
export const CODES: Readonly<Record<Quota, readonly [serviceCode: string, quotaCode: string]>> = {
  processors: ["ec2", "L-1216C47A"], // of machines on demand, of the standard families A, C, D, H, I, M, R, T and Z
  addresses: ["ec2", "L-0263D0A3"],
  vpcs: ["vpc", "L-F678F1CE"],
  balancers: ["elasticloadbalancing", "L-69A177A2"],
};

const WORDS: QuotaWords<Quota> = {
  processors: ["cluster.pools", "processors"],
  addresses: ["infrastructure.aws.natGateways", "elastic addresses"],
  vpcs: ["infrastructure.aws.existing", "VPCs"],
  balancers: ["infrastructure.network.floating", "network balancers"],
};

/** Everything that an environment's resources take of quotas. `processors` by size; machines of an unknown one count for none. */
export function demandOf(plan: EnvironmentPlan, name: string, processors: Readonly<Record<string, number | undefined>>): Demand<Quota>[] {
  const demands: Demand<Quota>[] = [];
  const take = (quota: Quota, resource: string, amount = 1) => demands.push({ quota, resource: `${name}-${resource}`, amount });
  for (const { kind, name: what, resource } of bill.of(plan)) {
    const amount = kind === "machine" ? processors[what] : undefined;
    if (amount !== undefined) take("processors", resource, amount);
    // The addresses that AWS gives to balancers are of no quota.
    if (kind === "address" && what === "elastic") take("addresses", resource);
    if (kind === "balancer") take("balancers", resource);
  }
  if (awsOf(plan).existing === undefined) take("vpcs", "vpc");
  return demands;
}

/** The quotas that do not suffice. */
export function findShortages(
  demands: readonly Demand<Quota>[],
  limits: Readonly<Partial<Record<Quota, Limit>>>,
  standing: Standing | undefined,
): Promise<Finding[]> {
  const remedy = "have the quota raised under Service Quotas in that region, take away what is not needed there, or plan less";
  return shortagesOf(demands, limits, standing, WORDS, { whose: "account", remedy });
}
