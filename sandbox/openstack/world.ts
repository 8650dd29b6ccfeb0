import type { EnvironmentPlan } from "../../model/plan/types";
import { zoneName } from "../../providers/openstack/names";
import { isOpenStack } from "../../providers/openstack/plan";
import type { List } from "./names";

/** The images, sizes, zones and networks the plan names: they exist in its sandbox, nothing else does. */
export function worldOf(plan: EnvironmentPlan): Readonly<Record<List, readonly string[]>> & { readonly region?: string } {
  const { machines } = plan;
  const openstack = isOpenStack(plan.cloud) ? plan.cloud : undefined;
  const existing = plan.network.existing;
  return {
    images: named(machines.map((machine) => machine.image)),
    flavors: named(machines.map((machine) => machine.size)),
    zones: named(machines.map((machine) => machine.zone)),
    externalNetworks: named([openstack?.externalNetwork]),
    volumeTypes: named([
      ...classTypes(plan),
      openstack?.bootVolumeType,
      ...machines.flatMap((machine) => machine.volumes.map((volume) => volume.type)),
    ]),
    networks: named([existing?.network]),
    subnets: named([existing?.subnet, ...Object.values(existing?.groups ?? {})]),
    routers: named([existing?.router, openstack?.router]),
    keyPairs: named([plan.access.ssh.keyPair]),
    crowded: [],
    floatingIps: named(Object.values(plan.network.floating).map(({ address }) => address)),
    serverGroups: named(Object.values(openstack?.serverGroups ?? {})),
    dnsZones: named([openstack?.dns && zoneName(openstack.dns.zone)]),
    roles: named(["member", "reader", "load-balancer_member", ...(openstack?.applicationCredential?.roles ?? [])]),
    loadBalancerProviders: named([openstack?.loadBalancerProvider]),
    ...(openstack?.region === undefined ? {} : { region: openstack.region }),
  };
}

/** The types of the storage classes. */
function classTypes({ platform: { storage } }: EnvironmentPlan): (string | undefined)[] {
  return storage.kind === "cloud" ? storage.classes.map(({ type }) => type) : [];
}

function named(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
