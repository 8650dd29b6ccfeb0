import { createHash } from "node:crypto";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import { vsphereLimits } from "./names";

/** How the file on a datastore is laid out. */
export const VOLUME_TYPES = ["thin", "lazy", "eagerZeroedThick"] as const;
export type VolumeType = (typeof VOLUME_TYPES)[number];

/** Whether a text is such a type. */
export function isVolumeType(text: string): text is VolumeType {
  return VOLUME_TYPES.some((each) => each === text);
}

/** Whether a storage class's type is a datastore, by what vSphere calls its URL; else it is the name of a storage policy. */
export function isDatastoreUrl(type: string): boolean {
  return /^ds:\/\/\/vmfs\/volumes\/[^/]+\/$/.test(type);
}

/**
 * The place of each volume on the machine's controller, by its name. A changed place restarts the machine, so it follows from the name and not
 * from a position: only one of two names that fall on one place can be moved by the other's leaving.
 */
export function volumeUnits({ volumes }: Pick<MachinePlan, "volumes">): Readonly<Record<string, number>> {
  const places = vsphereLimits.volumes;
  const units = new Map<string, number>();
  for (const { name } of [...volumes].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    let unit = createHash("sha256").update(name).digest().readUInt32BE() % places;
    while ([...units.values()].includes(unit + 1)) unit = (unit + 1) % places;
    units.set(name, unit + 1);
  }
  return Object.fromEntries(units);
}

/** Where a guest finds a disk whose UUID it sees, as udev names it. */
export function volumeDevice(uuid: string): string {
  return `/dev/disk/by-id/wwn-0x${uuid.replaceAll("-", "").toLowerCase()}`;
}

/**
 * Where it finds one before anybody knows its UUID, by its place on the first controller, whichever slot that has: SCSI's own number 7 is the
 * controller's.
 */
export function volumePath(unit: number): string {
  return `/dev/disk/by-path/pci-*-scsi-0:0:${unit < 7 ? unit : unit + 1}:0`;
}
