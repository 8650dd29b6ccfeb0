import type { Input } from "@pulumi/pulumi";
import type { CephPlan } from "../../../model/plan/types";
import type { ServiceArgs } from "../args";
import type { CertificatePair } from "../certificates";

/** Arguments of {@link RookCeph}. */
export interface RookCephArgs extends ServiceArgs {
  /** Which disks of which machines it takes, and how copies are laid. */
  readonly ceph: Omit<CephPlan, "kind">;
  /** Where each of these disks is, by the machine's name and the volume's: a path that stays. */
  readonly devices: Devices;
  /** Name of the storage class that is made the cluster's default: of volumes that pods on several nodes can have at once. */
  readonly className: string;
  /** Whether it is protected against deletion. @default false */
  readonly protectData?: boolean;
  /** Whether it is left where it is when it is deleted. @default false */
  readonly retainData?: boolean;
  /** What signs the certificate of the buckets' gateway. @default an authority of its own */
  readonly authority?: CertificatePair;
}

/** Paths of disks in the guest, by the machine's name and the volume's. */
export type Devices = Readonly<Record<string, Readonly<Record<string, Input<string>>>>>;
