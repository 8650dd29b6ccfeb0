import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { PlatformService } from "../service";
import type { CloudNativePgArgs } from "./args";
import { cloudNativePgValues, OPERATOR_LABELS } from "./values";

/** CloudNativePG, the operator that runs PostgreSQL on several members and has one of them lead. One of its pods works at a time. */
export class CloudNativePg extends PlatformService {
  /** Where it is. */
  readonly namespace: string;

  constructor(name: string, given: CloudNativePgArgs, opts?: ComponentResourceOptions) {
    const args = planned("cloudnativePg", given);
    super(serviceType("CloudNativePg"), name, args, opts);
    this.namespace = args.plan.namespace;
    this.createNamespace("restricted");
    this.allowIngress("allow-webhook", OPERATOR_LABELS, [9443]);
    this.disruptionBudget("budget", "cloudnative-pg", args.plan.replicas, OPERATOR_LABELS);
    this.release(cloudNativePgValues(args.plan));
    this.registerOutputs({});
  }
}
