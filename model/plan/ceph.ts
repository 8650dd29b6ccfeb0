import type { Environment, WantedCeph } from "../environment/types";
import type { Findings } from "../problems";
import type { MachinePlan } from "./infrastructure-types";
import type { CephMachine, CephPlan, PlatformPlan, ServicePlan } from "./types";

/** The fewest zones over which copies are laid: of two, one holds most of what is needed to go on. */
const ZONES = 3;

/** How much of the disks Ceph fills before it warns. */
const FILLED = 0.85;

/** Which disks of which machines are Ceph's, and what its copies are kept apart by. */
export function planCeph(
  { pool, volumes: named, replicas, failureDomain, reclaim, objects, daemons }: WantedCeph,
  { groups }: Pick<Environment, "groups">,
  machines: readonly MachinePlan[],
): CephPlan {
  const own = machines.filter(({ group, roles }) => group === pool && roles.includes("worker"));
  const taken = own.map(({ key, name, zone, volumes }): CephMachine => {
    const disks = volumes.filter((volume) => volume.mount === undefined && (named === undefined || named.includes(volume.name)));
    return {
      ...{ key, name },
      ...(zone === undefined ? {} : { zone }),
      volumes: disks.map(({ name, sizeGiB, device }) => ({ name, device, ...(sizeGiB === undefined ? {} : { sizeGiB }) })),
    };
  });
  return {
    kind: "rookCeph",
    pool,
    taints: groups.find(({ name }) => name === pool)?.taints ?? [],
    machines: taken,
    replicas,
    failureDomain: failureDomain ?? (zonesOf(taken) >= Math.max(ZONES, replicas) ? "zone" : "host"),
    reclaim,
    objects,
    ...(daemons === undefined ? {} : { daemons }),
  };
}

/** The zones that its machines are known to stand in; none where any of them stands in no known one. */
function zonesOf(machines: readonly CephMachine[]): number {
  return machines.every(({ zone }) => zone !== undefined) ? new Set(machines.map(({ zone }) => zone)).size : 0;
}

/** What of Ceph only the plan knows: zones, and how much the disks hold. */
export function checkCephPlan(
  storage: PlatformPlan["storage"],
  { platform }: Pick<Environment, "platform">,
  services: readonly ServicePlan[],
  findings: Findings,
): void {
  if (storage.kind !== "rookCeph" || platform.storage.kind !== "rookCeph") return;
  const { machines, replicas, failureDomain } = storage;
  const [zones, least] = [zonesOf(machines), Math.max(ZONES, replicas)];
  if (failureDomain === "zone" && zones < least)
    findings.error(
      "platform.storage.failureDomain",
      `${replicas} copies are kept apart by zones where the machines of the pool ${storage.pool} are in ${least} of them, and they are in ${zones}`,
      "spread them over more zones, or set it to host",
      "zone",
    );
  const disks = machines.flatMap(({ volumes }) => volumes);
  const known = disks.flatMap(({ sizeGiB }) => sizeGiB ?? []);
  // Nobody knows how large the disks of hosts are that were there before.
  if (disks.length === 0 || known.length < disks.length) return;
  const holds = Math.floor((known.reduce((sum, each) => sum + each, 0) / replicas) * FILLED);
  const wanted = services.reduce((sum, { sizeGiB = 0 }) => sum + sizeGiB, 0);
  if (wanted <= holds) return;
  findings.error(
    "platform.storage",
    `the services ask for ${wanted} GiB of storage, and the disks hold ${holds} GiB ${replicas} times`,
    `give the volumes of cluster.pools.${storage.pool} more GiB, or the pool more machines`,
  );
}
