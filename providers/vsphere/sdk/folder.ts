import { CustomResource, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { versioned } from "./utilities";

/** What a folder is made from. */
export interface FolderArgs {
  /** Id of its datacenter. Another one replaces the folder. */
  readonly datacenterId?: Input<string>;
  /** Below the datacenter's folder of that type; the folders above it are there. */
  readonly path: Input<string>;
  /** Ids of tags. */
  readonly tags?: Input<Input<string>[]>;
  /** What it holds. Another type replaces the folder. */
  readonly type: Input<"vm" | "host" | "network" | "datastore" | "datacenter">;
}

/** A folder of vCenter's inventory. */
export class Folder extends CustomResource {
  declare readonly datacenterId: Output<string | undefined>;
  /** Below the datacenter's folder of its type. */
  declare readonly path: Output<string>;
  declare readonly tags: Output<string[] | undefined>;
  declare readonly type: Output<string>;

  constructor(name: string, { datacenterId, path, tags, type }: FolderArgs, opts?: CustomResourceOptions) {
    super("vsphere:index/folder:Folder", name, { datacenterId, path, tags, type }, versioned(opts));
  }
}
