import type { EnvironmentPlan } from "../../model/plan/types";
import { isAws } from "../../providers/aws/plan";
import type { List } from "./names";

/** The images, types, zones and networks the plan names: they exist in its sandbox, nothing else does. */
export function worldOf(plan: EnvironmentPlan): Readonly<Record<List, readonly string[]>> & { readonly region?: string } {
  const { machines } = plan;
  const aws = isAws(plan.cloud) ? plan.cloud : undefined;
  const { vpc, subnets = {} } = aws?.existing ?? {};
  return {
    images: named(machines.map((machine) => machine.image)),
    instanceTypes: named(machines.map((machine) => machine.size)),
    zones: named([...plan.zones, ...machines.map((machine) => machine.zone)]),
    keyPairs: named([plan.access.ssh.keyPair]),
    vpcs: vpc === undefined ? [] : [`${vpc} ${plan.network.cidr}`],
    subnets: Object.entries(subnets).flatMap(([zone, { node, outer }]) =>
      [node, ...(outer ? [outer] : [])].map(({ id, cidr }) => `${id} ${vpc} ${zone} ${cidr}`),
    ),
    elasticIps: named(Object.values(plan.network.floating).map(({ address }) => address)),
    crowded: [],
    ...(aws?.region === undefined ? {} : { region: aws.region }),
  };
}

function named(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
