import type { InvokeOptions } from "@pulumi/pulumi";
import { call } from "./utilities";

/** Which virtual machine or template is meant. */
export interface GetVirtualMachineArgs {
  readonly datacenterId?: string;
  /** With `name`, the folder it is in. */
  readonly folder?: string;
  /** Its name or path. */
  readonly name?: string;
  readonly uuid?: string;
}

/** A disk of a template. */
export interface GetVirtualMachineDisk {
  /** In GiB. */
  readonly size: number;
  readonly thinProvisioned: boolean;
}

/** A virtual machine or template. */
export interface GetVirtualMachineResult {
  /** Its UUID. */
  readonly id: string;
  readonly disks: readonly GetVirtualMachineDisk[];
  readonly firmware?: string;
  readonly guestId: string;
  readonly hardwareVersion: number;
  /** Types of its network cards. */
  readonly networkInterfaceTypes: readonly string[];
  readonly scsiType: string;
  /** How its vApp options reach a guest, where it has some: `iso`, `com.vmware.guestInfo`. */
  readonly vappTransports?: readonly string[];
}

/** Looks a virtual machine or template up. */
export function getVirtualMachine(args: GetVirtualMachineArgs = {}, opts?: InvokeOptions): Promise<GetVirtualMachineResult> {
  return call("getVirtualMachine", args, opts);
}
