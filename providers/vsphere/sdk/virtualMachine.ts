import { CustomResource, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { versioned } from "./utilities";

/** The template a virtual machine is cloned from. Another one replaces the machine. */
export interface VirtualMachineClone {
  readonly templateUuid: Input<string>;
}

/** A disk of a virtual machine: one of its own, or one that is there and is attached. */
export interface VirtualMachineDisk {
  /** Whether it is there already, at `path`: it is taken off before the machine goes. */
  readonly attach?: Input<boolean>;
  /** With `attach`: the id of its datastore. */
  readonly datastoreId?: Input<string>;
  /** Unique in the machine: what the disk is known by. */
  readonly label: Input<string>;
  /** With `attach`: its file on the datastore. */
  readonly path?: Input<string>;
  /** Without `attach`: in GiB. */
  readonly size?: Input<number>;
  /** @default true */
  readonly thinProvisioned?: Input<boolean>;
  /** Its place on the controller; 0 is the disk that the machine boots from. Another one restarts the machine. */
  readonly unitNumber?: Input<number>;
}

/** A disk as the machine has it. */
export interface VirtualMachineDiskOutput {
  readonly label: string;
  /** What the guest knows it by, where `enableDiskUuid` is set. */
  readonly uuid: string;
}

/** A card in a network. */
export interface VirtualMachineNetworkInterface {
  /** @default `vmxnet3` */
  readonly adapterType?: Input<string>;
  readonly networkId: Input<string>;
}

/** What a virtual machine is made from. */
export interface VirtualMachineArgs {
  /** What people read beside it. */
  readonly annotation?: Input<string>;
  readonly clone?: Input<VirtualMachineClone>;
  readonly datastoreId?: Input<string>;
  readonly disks?: Input<Input<VirtualMachineDisk>[]>;
  /** Whether the guest sees the disks' UUIDs. @default false */
  readonly enableDiskUuid?: Input<boolean>;
  /** What the guest finds under `guestinfo.…`. A change of it restarts the machine. */
  readonly extraConfig?: Input<Record<string, Input<string>>>;
  /** `bios` or `efi`. */
  readonly firmware?: Input<string>;
  /** Path of its folder below the datacenter's folder of machines. */
  readonly folder?: Input<string>;
  /** The template's, where it is cloned from one. */
  readonly guestId?: Input<string>;
  /** In MiB. A change of it restarts the machine. */
  readonly memory?: Input<number>;
  /** Unique in its folder. */
  readonly name?: Input<string>;
  readonly networkInterfaces?: Input<Input<VirtualMachineNetworkInterface>[]>;
  /** A change of it restarts the machine. */
  readonly numCpus?: Input<number>;
  readonly resourcePoolId: Input<string>;
  /** The type of its disks' controllers. */
  readonly scsiType?: Input<string>;
  /** Ids of tags. */
  readonly tags?: Input<Input<string>[]>;
  /** How many minutes are waited for the guest to tell an address. @default 5 */
  readonly waitForGuestNetTimeout?: Input<number>;
}

/** A virtual machine. Its id is its UUID. */
export class VirtualMachine extends CustomResource {
  /** The address that its guest tells. */
  declare readonly defaultIpAddress: Output<string>;
  declare readonly disks: Output<VirtualMachineDiskOutput[]>;
  declare readonly extraConfig: Output<Record<string, string> | undefined>;
  declare readonly moid: Output<string>;
  declare readonly name: Output<string>;
  declare readonly powerState: Output<string>;
  declare readonly uuid: Output<string>;

  constructor(name: string, args: VirtualMachineArgs, opts?: CustomResourceOptions) {
    const computed = { defaultIpAddress: undefined, moid: undefined, powerState: undefined, uuid: undefined };
    super("vsphere:index/virtualMachine:VirtualMachine", name, { ...args, ...computed }, versioned(opts));
  }
}
