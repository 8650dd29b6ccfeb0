import type { CloudDefinition } from "../cloud";
import type { Environment, WantedGroup } from "../environment/types";
import { labelValueOf, poolLabel } from "../kubernetes-names";
import { type Lock, type LockedMachine, lockedIdentity, machineName } from "../lock";
import type { MachinePlan, Role } from "./infrastructure-types";

/** The machines with what the lock adds to them. */
export interface MachinesPlan {
  readonly machines: readonly MachinePlan[];
  readonly locked: Readonly<Record<string, LockedMachine>>;
}

/** Puts zone, order and name to every machine. */
export function planMachines(
  environment: Environment,
  lock: Lock | undefined,
  image: string,
  addresses: ReadonlyMap<string, string>,
  zones: ReadonlyMap<string, string>,
  cloud: Pick<CloudDefinition, "inCluster">,
): MachinesPlan {
  const { region, platform } = environment;
  const driver = platform.storage.kind === "cloud" ? cloud.inCluster?.volumes : undefined;
  const orders = planOrders(environment, lock);
  const locked: Record<string, LockedMachine> = {};
  const machines = environment.groups.flatMap((group) => {
    const planned = group.machines.flatMap((machine): MachinePlan[] => {
      const address = addresses.get(machine.key);
      if (address === undefined) return [];
      const zone = zones.get(machine.key);
      const name = machineName(machine.key, machine.generation);
      const order = orders.get(machine.key);
      const etcdMember = group.roles.includes("etcd") ? memberName(machine.key, machine.generation, name, lock) : undefined;
      locked[machine.key] = {
        ...(zone === undefined ? {} : { zone }),
        address,
        generation: machine.generation,
        ...(order === undefined ? {} : { order }),
        ...(etcdMember === undefined ? {} : { etcdMember }),
      };
      return [
        {
          key: machine.key,
          name,
          generation: machine.generation,
          roles: [...(group.roles as readonly Role[]), ...(machine.host?.also ?? [])],
          group: group.name,
          ...(zone === undefined ? {} : { zone }),
          size: machine.size,
          image,
          address,
          volumes:
            machine.host?.volumes ??
            group.volumes.map((volume, index) => ({ ...volume, device: `/dev/vd${String.fromCharCode(98 + index)}` })),
          labels: { ...nodeLabels(group, zone), ...driver?.nodeLabels?.({ zone, size: machine.size }, region) },
          taints: group.taints,
          spread: group.spread,
          ...(group.maintenance === undefined ? {} : { maintenance: group.maintenance }),
          ...(machine.host ? { login: machine.host.login } : {}),
          ...(etcdMember === undefined || etcdMember === name ? {} : { etcdMember }),
        },
      ];
    });
    return planned.sort((a, b) => (orders.get(a.key) ?? 0) - (orders.get(b.key) ?? 0));
  });
  return { machines, locked };
}

/** An etcd member keeps the name it has, as those of a cluster that was taken over do. */
function memberName(key: string, generation: number, name: string, lock: Lock | undefined): string {
  const standing = lock?.machines[key];
  return (standing?.generation === generation ? standing.etcdMember : undefined) ?? name;
}

function nodeLabels(group: WantedGroup, zone: string | undefined): Record<string, string> {
  return {
    ...group.labels,
    ...(group.roles.includes("worker") ? { [poolLabel]: group.name } : {}),
    ...(zone === undefined ? {} : { "topology.kubernetes.io/zone": labelValueOf(zone) }),
  };
}

/**
 * By machine key: the file's zone, else the locked one, else the zone with the fewest machines of the group, then of all. Zones are given once:
 * a machine never moves because others come or go. One that stands stays where it is, also when its zone is named no longer, or when none was named while it was built.
 */
export function planZones(environment: Environment, lock: Lock | undefined): ReadonlyMap<string, string> {
  const zones = new Map<string, string>();
  // A host stands where the file says, or nobody knows where.
  if (environment.hosts) {
    for (const { key, zone } of environment.groups.flatMap(({ machines }) => machines)) if (zone !== undefined) zones.set(key, zone);
    return zones;
  }
  const unzoned = new Set<string>();
  const total = new Map<string, number>();
  const counts = new Map<string, Map<string, number>>();
  const put = (group: string, key: string, zone: string): void => {
    zones.set(key, zone);
    total.set(zone, (total.get(zone) ?? 0) + 1);
    const ofGroup = counts.get(group) ?? new Map<string, number>();
    counts.set(group, ofGroup.set(zone, (ofGroup.get(zone) ?? 0) + 1));
  };
  for (const group of environment.groups) {
    for (const machine of group.machines) {
      const stands = lockedIdentity(lock, machine.key, machine.generation);
      // A machine that is rebuilt stays in its zone while that one is named.
      const former = environment.zones.find((zone) => zone === lock?.machines[machine.key]?.zone);
      const zone = machine.zone ?? (stands ? stands.zone : former);
      if (zone !== undefined) put(group.name, machine.key, zone);
      else if (stands) unzoned.add(machine.key);
    }
  }
  for (const group of environment.groups) {
    for (const machine of group.machines) {
      if (zones.has(machine.key) || unzoned.has(machine.key)) continue;
      const load = (zone: string): number => (counts.get(group.name)?.get(zone) ?? 0) * 100_000 + (total.get(zone) ?? 0);
      const [least] = [...environment.zones].sort((a, b) => load(a) - load(b));
      if (least !== undefined) put(group.name, machine.key, least);
    }
  }
  return zones;
}

/** The place in the control plane and in etcd: as locked, new ones behind all others. */
function planOrders(environment: Environment, lock: Lock | undefined): ReadonlyMap<string, number> {
  const orders = new Map<string, number>();
  for (const group of environment.groups) {
    if (!group.roles.some((role) => role === "control-plane" || role === "etcd")) continue;
    for (const { key } of group.machines) {
      const order = lock?.machines[key]?.order;
      if (order !== undefined) orders.set(key, order);
    }
    let next = Math.max(0, ...group.machines.map(({ key }) => orders.get(key) ?? 0));
    for (const { key } of group.machines) {
      if (orders.has(key)) continue;
      next += 1;
      orders.set(key, next);
    }
  }
  return orders;
}
