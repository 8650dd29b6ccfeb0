import { type Findings, nearest } from "../problems";
import type { Environment, WantedCeph, WantedGroup } from "./types";

/** The fewest machines that agree on what is written when one of them is lost. */
const MACHINES = 3;

/** Ceph takes no smaller disk. */
const LEAST_GIB = 5;

/** What a machine needs for Ceph itself, and for each disk: one processor and 4 GiB for a disk, as much again for whoever watches over them. */
const CORES = 1;
const MEMORY_GIB = 4;

/** What can be wrong with the machines and disks that Ceph is to take. */
export function checkCeph(environment: Environment, findings: Findings): void {
  const { storage } = environment.platform;
  if (storage.kind !== "rookCeph") return;
  checkReplicas(storage, findings);
  const pools = environment.groups.filter(({ roles }) => roles.includes("worker"));
  const group = pools.find(({ name }) => name === storage.pool);
  if (group === undefined) {
    const names = pools.map(({ name }) => name);
    const near = nearest(storage.pool, names);
    findings.error(
      "platform.storage.pool",
      `is none of cluster.pools${near === undefined ? "" : `; did you mean "${near}"?`}`,
      `use one of ${names.join(", ")}, or describe it there`,
      storage.pool,
    );
    return;
  }
  checkMachines(storage, group, findings);
  if (environment.hosts === undefined) checkVolumes(storage, group, findings);
  else checkHostDisks(storage, group, findings);
}

function checkReplicas({ replicas }: WantedCeph, findings: Findings): void {
  const path = "platform.storage.replicas";
  if (replicas === 2)
    findings.error(
      path,
      "of two copies that differ nobody knows which is right, and with one of them away the other would be all there is",
      "use 3, or 1 where what is on it may be lost",
      replicas,
    );
  if (replicas === 1)
    findings.warn(path, "with one copy whatever is on a disk is lost with it", "use 3 on three machines or more, or accept it", replicas);
}

/** Enough machines, and large enough where their size says how large they are. */
function checkMachines({ replicas, volumes }: WantedCeph, { name, path, machines, volumes: all }: WantedGroup, findings: Findings): void {
  const least = replicas === 1 ? 1 : Math.max(MACHINES, replicas);
  if (machines.length < least)
    findings.error(
      `${path}.nodes`,
      `Ceph keeps ${replicas} copies on machines of their own, of which ${least} are needed, and the pool ${name} has ${machines.length}`,
      `give it ${least} or more${replicas > MACHINES ? ", or lower platform.storage.replicas" : "; to try it out on fewer, set platform.storage.replicas to 1: then nothing survives the loss of a disk"}`,
      machines.length,
    );
  const seen = new Set<string>();
  for (const { size, host } of machines) {
    const [, cores, memory] = /^(\d+)x(\d+)$/.exec(size) ?? [];
    if (cores === undefined || memory === undefined || seen.has(size)) continue;
    seen.add(size);
    const disks = host?.volumes.length ?? (volumes ?? all.filter(({ mount }) => mount === undefined)).length;
    const [needsCores, needsMemory] = [CORES * (disks + 1), MEMORY_GIB * (disks + 1)];
    if (Number(cores) >= needsCores && Number(memory) >= needsMemory) continue;
    findings.error(
      `${path}.size`,
      `is too small for Ceph, which takes ${needsCores} processors and ${needsMemory} GiB of memory of a machine with ${disks} of its disks`,
      `use ${needsCores * 2}x${needsMemory * 2} or larger, which leaves something for pods`,
      size,
    );
  }
}

/** Volumes of machines that are made: of the pool. */
function checkVolumes({ volumes: named }: WantedCeph, { name, path, volumes }: WantedGroup, findings: Findings): void {
  if (named !== undefined) checkNames(named, name, volumes, findings);
  const raw = volumes.filter(({ mount }) => mount === undefined);
  if (raw.length === 0)
    findings.error(
      `${path}.volumes`,
      "Ceph takes disks that are mounted nowhere, and the pool has none",
      "give it a volume without a mount, such as `volumes: [{ name: osd, sizeGiB: 100 }]`",
    );
  for (const [index, { name: volume, mount, sizeGiB }] of volumes.entries())
    if (mount === undefined && (named ?? [volume]).includes(volume) && sizeGiB !== undefined && sizeGiB < LEAST_GIB)
      findings.error(`${path}.volumes.${index}.sizeGiB`, `Ceph takes no disk below ${LEAST_GIB} GiB`, "raise it", sizeGiB);
}

/** Disks of hosts that were there before: each host has its own. */
function checkHostDisks({ volumes: named }: WantedCeph, { name, machines }: WantedGroup, findings: Findings): void {
  const all = machines.flatMap(({ host }) => host?.volumes ?? []);
  if (named !== undefined) checkNames(named, name, all, findings);
  for (const { key, host } of machines) {
    if (host === undefined || host.volumes.some((volume) => named?.includes(volume.name) ?? true)) continue;
    findings.error(
      `${host.path}.volumes`,
      `Ceph takes disks of every machine of the pool ${name}, and ${key} names none for it`,
      `name an empty one, such as \`volumes: [{ name: ${named?.[0] ?? "osd"}, device: /dev/disk/by-id/… }]\``,
    );
  }
}

/** Names of volumes must be those of volumes that nobody mounts. */
function checkNames(
  named: readonly string[],
  pool: string,
  volumes: readonly { readonly name: string; readonly mount?: string | undefined }[],
  findings: Findings,
): void {
  for (const [index, name] of named.entries()) {
    const path = `platform.storage.volumes.${index}`;
    const found = volumes.find((volume) => volume.name === name);
    if (found?.mount !== undefined)
      findings.error(path, `is mounted at ${found.mount}, and Ceph takes disks without a file system`, "take it out, or its mount", name);
    if (found !== undefined) continue;
    const near = nearest(
      name,
      volumes.map((volume) => volume.name),
    );
    findings.error(
      path,
      `is no volume of the pool ${pool}${near === undefined ? "" : `; did you mean "${near}"?`}`,
      "use the name of one, or take it out",
      name,
    );
  }
}
