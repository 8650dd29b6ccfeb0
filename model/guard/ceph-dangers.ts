import { groupPath } from "../plan/input-field";
import type { Applied, AppliedMachine } from "./applied";
import { type Danger, never } from "./danger";

/**
 * What a change would cost where Ceph keeps the volumes: copies that are missing, or laid anew.
 * @param counted pools of which the environment's own file says which machines, or how many
 */
export function cephDangers(applied: Applied, wanted: Applied, counted: readonly string[]): Danger[] {
  const [was, becomes] = [applied.ceph, wanted.ceph];
  if (was === undefined || becomes === undefined || applied.storage !== wanted.storage) return [];
  const dangers: Danger[] = [];
  if (was.failureDomain !== becomes.failureDomain)
    dangers.push(
      never(
        "platform.storage.failureDomain",
        `the copies of all blocks are kept apart by ${was.failureDomain}, and would all be laid anew (${was.failureDomain} → ${becomes.failureDomain})`,
        `set it to ${was.failureDomain}`,
        becomes.failureDomain,
      ),
    );
  if (was.objects && !becomes.objects)
    dangers.push(never("platform.storage.objects", "buckets are in use that would be reached no more", "set it back to true", false));
  if (becomes.replicas < was.replicas) dangers.push(fewerCopies(was.replicas, becomes.replicas));
  for (const [key, names] of Object.entries(was.disks)) {
    const gone = names.filter((name) => becomes.disks[key] !== undefined && !becomes.disks[key].includes(name));
    // A volume that leaves its pool is told of as such.
    const kept = gone.filter((name) => wanted.machines[key]?.volumes.some((volume) => volume.name === name));
    if (kept.length > 0)
      dangers.push(
        never(
          "platform.storage.volumes",
          `the disk ${kept.join(", ")} of ${key} is Ceph's, which does not give it back by itself`,
          `leave ${kept.join(", ")} in it; a machine under another key can take over`,
          undefined,
          key,
        ),
      );
  }
  return [...dangers, ...machinesAtOnce(applied, wanted), ...leavingHosts(applied, wanted, counted)];
}

function fewerCopies(was: number, becomes: number): Danger {
  const [path, reason] = ["platform.storage.replicas", `each block would be kept ${becomes} times and not ${was} times`];
  const back = `set it back to ${was}`;
  if (becomes === 1) return never(path, `${reason}: whatever is on a disk is lost with it`, back, becomes);
  return { key: "environment", action: "unprotect", path, reason, remedy: back, value: becomes };
}

/** The machines whose disks would be away at once, for a while or for good: as many domains as there are copies to spare may. */
function machinesAtOnce(applied: Applied, wanted: Applied): Danger[] {
  const { replicas = 1, failureDomain = "host", disks = {} } = applied.ceph ?? {};
  const hit = Object.keys(disks).filter((key) => {
    const [was, becomes] = [applied.machines[key], wanted.machines[key]];
    if (was === undefined) return false;
    const lost = disks[key]?.some((name) => !becomes?.volumes.some((volume) => volume.name === name));
    return becomes === undefined || becomes.generation > was.generation || wanted.ceph?.disks[key] === undefined || lost;
  });
  const domains = new Set(hit.map((key) => (failureDomain === "zone" ? (applied.machines[key]?.zone ?? key) : key)));
  // With more than half of the copies a block is still written.
  const spare = Math.max(1, Math.floor(replicas / 2));
  if (domains.size <= spare) return [];
  const [first] = hit;
  const machine = applied.machines[first ?? ""];
  const what = failureDomain === "zone" ? "zones" : "machines";
  const kept = replicas === 1 ? "is kept once" : `is kept ${replicas} times`;
  return [
    never(
      machine === undefined ? "platform.storage.pool" : groupPath(machine.group),
      `the disks of ${hit.join(", ")} would be away from Ceph at once, in ${domains.size} ${what}: a block ${kept}, so more than ${spare} of the ${what} away stop it, or lose it`,
      `take ${spare === 1 ? "one" : `at most ${spare}`} of the ${what} at a time, and the next once \`ceph status\` says HEALTH_OK again`,
    ),
  ];
}

/** Hosts that were there before keep their disks when they leave, and what is on them is of no use to anybody then. */
function leavingHosts(applied: Applied, wanted: Applied, counted: readonly string[]): Danger[] {
  const disks = applied.ceph?.disks ?? {};
  const leaving = Object.entries(disks).flatMap(([key, names]) => {
    const was: AppliedMachine | undefined = applied.machines[key];
    // Of pools that the file does not count it is asked anyway.
    return was?.login !== undefined && wanted.machines[key] === undefined && counted.includes(was.group) ? [{ key, names, was }] : [];
  });
  return leaving.map(({ key, names, was }) => ({
    ...{ key, action: "remove" as const, path: groupPath(was.group) },
    reason: `${key} would leave the cluster with disks of Ceph's (${names.join(", ")}): the copies on them are made anew on other machines only once it is gone`,
    remedy: `put ${key} back, or see first that Ceph has room for its copies elsewhere`,
  }));
}
