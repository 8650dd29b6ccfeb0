import type { EnvironmentPlan } from "../../model/plan/types";
import { isGcp, makesNat, placeOf } from "../../providers/gcp/plan";
import type { List } from "./names";

/** The images, types, zones, networks and addresses the plan names: they exist in its sandbox, nothing else does. */
export function worldOf(plan: EnvironmentPlan): Readonly<Record<List, readonly string[]>> & { readonly region?: string } {
  const { machines } = plan;
  const gcp = isGcp(plan.cloud) ? plan.cloud : undefined;
  const { existing } = plan.network;
  const at = (name: string, kind: string): string => {
    const place = placeOf(name, gcp?.project ?? "");
    return `projects/${place.project}/${kind}/${place.name}`;
  };
  const network = existing && at(existing.network, "global/networks");
  return {
    images: named(machines.map((machine) => machine.image)),
    machineTypes: named(machines.map((machine) => machine.size)),
    zones: named([...plan.zones, ...machines.map((machine) => machine.zone)]),
    networks: named([network]),
    subnetworks: existing ? [`${at(existing.subnet, `regions/${gcp?.region}/subnetworks`)} ${network} ${plan.network.cidr}`] : [],
    nats: named([existing && !makesNat(plan) ? network : undefined]),
    addresses: named(Object.values(plan.network.floating).map(({ address }) => address)),
    crowded: [],
    ...(gcp?.region === undefined ? {} : { region: gcp.region }),
  };
}

function named(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
