import { createHash } from "node:crypto";
import { azureLimits } from "./names";

/** The place of a machine's data disk. It follows from the volume's name and from nothing else: no volume that comes or goes moves another. */
export function lunOf(volume: string): number {
  return createHash("sha256").update(volume).digest().readUInt32BE(0) % azureLimits.luns;
}

/** Volumes of one machine that would have the same place. */
export function sharedLun(volumes: readonly string[]): readonly [string, string] | undefined {
  const taken = new Map<number, string>();
  for (const volume of volumes) {
    const other = taken.get(lunOf(volume));
    if (other !== undefined) return [other, volume];
    taken.set(lunOf(volume), volume);
  }
  return undefined;
}

/** Where a guest finds a disk by its place: by the names of Azure's agent, which SCSI disks have; else by those that NVMe disks have too. */
export function volumeDevices(lun: number): [string, ...string[]] {
  return [`/dev/disk/azure/scsi1/lun${lun}`, `/dev/disk/azure/data/by-lun/${lun}`];
}
