import type { Thing } from "../cloud/cloud";

/** What a template is like. */
export interface Template {
  readonly guestId: string;
  readonly firmware: string;
  readonly scsiType: string;
  readonly adapterType: string;
  readonly hardwareVersion: number;
  /** In GiB. */
  readonly disks: readonly number[];
  /** How its vApp options reach a guest. */
  readonly vappTransports: readonly string[];
}

/** A template of world.json: as its name says, else as that of Ubuntu. `old-hw13`, `large-80g`, `two-disks`, `its-vapp`. */
export function templateOf({ name }: Thing): Template {
  const [, version = "19"] = /-hw(\d+)\b/.exec(name) ?? [];
  const [, size = "10"] = /-(\d+)g\b/.exec(name) ?? [];
  const disks = /-two-disks\b/.test(name) ? [Number(size), 10] : [Number(size)];
  return {
    ...{ guestId: "ubuntu64Guest", firmware: "efi", scsiType: "pvscsi", adapterType: "vmxnet3" },
    ...{ hardwareVersion: Number(version), disks, vappTransports: /-vapp\b/.test(name) ? ["com.vmware.guestInfo"] : [] },
  };
}
