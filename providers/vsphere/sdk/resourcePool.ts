import { CustomResource, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { versioned } from "./utilities";

/** What a resource pool is made from. */
export interface ResourcePoolArgs {
  /** Unique below its parent. */
  readonly name?: Input<string>;
  /** The pool it lies in: a cluster's own, or another. */
  readonly parentResourcePoolId: Input<string>;
  /** Whether the shares of what lies in it grow with its own. vCenter has a value in any case, and one that is not given is taken for changed. */
  readonly scaleDescendantsShares?: Input<"disabled" | "scaleCpuAndMemoryShares">;
  /** Ids of tags. */
  readonly tags?: Input<Input<string>[]>;
}

/** A part of a compute cluster's processors and memory. Only a cluster with DRS has any beside its own. */
export class ResourcePool extends CustomResource {
  declare readonly name: Output<string>;
  declare readonly parentResourcePoolId: Output<string>;
  declare readonly scaleDescendantsShares: Output<string | undefined>;
  declare readonly tags: Output<string[] | undefined>;

  constructor(name: string, args: ResourcePoolArgs, opts?: CustomResourceOptions) {
    const { name: poolName, parentResourcePoolId, scaleDescendantsShares, tags } = args;
    super(
      "vsphere:index/resourcePool:ResourcePool",
      name,
      { name: poolName, parentResourcePoolId, scaleDescendantsShares, tags },
      versioned(opts),
    );
  }
}
