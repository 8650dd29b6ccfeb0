import type { ServiceArgs } from "../args";

/** Arguments of {@link NfsStorage}. */
export interface NfsStorageArgs extends ServiceArgs {
  /** Address of the NFS server. */
  readonly server: string;
  /** The exported folder; each volume is a folder in it. */
  readonly path: string;
  /** Name of the storage class, made the cluster's default. */
  readonly className: string;
}
