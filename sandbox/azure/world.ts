import type { EnvironmentPlan } from "../../model/plan/types";
import { isAzure } from "../../providers/azure/plan";
import type { List } from "./names";

/** The images, sizes, zones, networks and addresses the plan names: they exist in its sandbox, nothing else does. */
export function worldOf(plan: EnvironmentPlan): Readonly<Record<List, readonly string[]>> & { readonly region?: string } {
  const { machines } = plan;
  const azure = isAzure(plan.cloud) ? plan.cloud : undefined;
  const { network, subnets } = azure?.existing ?? {};
  return {
    images: named(machines.map((machine) => machine.image)),
    sizes: named(machines.map((machine) => machine.size)),
    zones: named([...plan.zones, ...machines.map((machine) => machine.zone)]),
    resourceGroups: named([azure?.resourceGroup]),
    networks: network === undefined ? [] : [`${network} ${plan.network.cidr}`],
    subnets: [subnets?.node, subnets?.outer].flatMap((each) =>
      each === undefined ? [] : [`${network}/subnets/${each.name} ${each.cidr}`],
    ),
    addresses: Object.values(plan.network.floating).flatMap(({ address }) =>
      address === undefined ? [] : [`${azure?.addresses?.[address] ?? ""} ${address}`],
    ),
    crowded: [],
    subscriptions: named([azure?.subscription]),
    ...(azure?.region === undefined ? {} : { region: azure.region }),
  };
}

function named(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
