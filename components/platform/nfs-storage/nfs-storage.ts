import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { PlatformService } from "../service";
import type { NfsStorageArgs } from "./args";
import { nfsStorageValues } from "./values";

/** Volumes as folders of an NFS export, under the cluster's default storage class. */
export class NfsStorage extends PlatformService {
  /** Name of the storage class. */
  readonly className: string;

  constructor(name: string, given: NfsStorageArgs, opts?: ComponentResourceOptions) {
    const args = planned("storage", given);
    super(serviceType("NfsStorage"), name, args, opts);
    // baseline and not restricted: the pod mounts the export itself.
    this.createNamespace("baseline");
    this.release(nfsStorageValues(args));
    this.className = args.className;
    this.registerOutputs({});
  }
}
