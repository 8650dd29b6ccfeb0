import { CustomResource, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { versioned } from "./utilities";

/** What a disk is made from. Another value of any of these but `size` replaces it. */
export interface VirtualDiskArgs {
  /** Whether the folders of `vmdkPath` are made. They stay when the disk goes. */
  readonly createDirectories?: Input<boolean>;
  /** Name of its datacenter. @default the only one there is */
  readonly datacenter?: Input<string | undefined>;
  /** Name of its datastore. */
  readonly datastore: Input<string>;
  /** In GiB. It can grow, never shrink. */
  readonly size: Input<number>;
  /** @default `eagerZeroedThick` */
  readonly type?: Input<"eagerZeroedThick" | "lazy" | "thin">;
  /** Its file on the datastore, which ends in `.vmdk`. */
  readonly vmdkPath: Input<string>;
}

/** A virtual disk that is no machine's own. Its id is its path. */
export class VirtualDisk extends CustomResource {
  declare readonly createDirectories: Output<boolean | undefined>;
  declare readonly datacenter: Output<string | undefined>;
  declare readonly datastore: Output<string>;
  declare readonly size: Output<number>;
  declare readonly type: Output<string | undefined>;
  declare readonly vmdkPath: Output<string>;

  constructor(name: string, args: VirtualDiskArgs, opts?: CustomResourceOptions) {
    const { createDirectories, datacenter, datastore, size, type, vmdkPath } = args;
    super(
      "vsphere:index/virtualDisk:VirtualDisk",
      name,
      { createDirectories, datacenter, datastore, size, type, vmdkPath },
      versioned(opts),
    );
  }
}
