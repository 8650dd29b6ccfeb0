import { CustomResource, type CustomResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { versioned } from "./utilities";

/** What an anti-affinity rule is made from. */
export interface ComputeClusterVmAntiAffinityRuleArgs {
  /** Id of its compute cluster. Another one replaces the rule. */
  readonly computeClusterId: Input<string>;
  /** @default true */
  readonly enabled?: Input<boolean>;
  /** Whether a machine does not start where the rule cannot be kept. @default false */
  readonly mandatory?: Input<boolean>;
  /** Unique in its cluster. */
  readonly name?: Input<string>;
  /** UUIDs of the machines that are kept on different hosts. */
  readonly virtualMachineIds: Input<Input<string>[]>;
}

/** Keeps virtual machines of a compute cluster on different hosts, where it has DRS. */
export class ComputeClusterVmAntiAffinityRule extends CustomResource {
  declare readonly computeClusterId: Output<string>;
  declare readonly enabled: Output<boolean | undefined>;
  declare readonly mandatory: Output<boolean | undefined>;
  declare readonly name: Output<string>;
  declare readonly virtualMachineIds: Output<string[]>;

  constructor(name: string, args: ComputeClusterVmAntiAffinityRuleArgs, opts?: CustomResourceOptions) {
    const { computeClusterId, enabled, mandatory, name: ruleName, virtualMachineIds } = args;
    super(
      "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule",
      name,
      { computeClusterId, enabled, mandatory, name: ruleName, virtualMachineIds },
      versioned(opts),
    );
  }
}
