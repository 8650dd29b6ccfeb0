import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned, type ServiceArgs } from "../args";
import { PlatformService } from "../service";

/** Istio's definitions. They outlive the release, and with them what is of their kinds. */
export class IstioBase extends PlatformService {
  constructor(name: string, given: ServiceArgs, opts?: ComponentResourceOptions) {
    const args = planned("istioBase", given);
    super(serviceType("IstioBase"), name, args, opts);
    this.createNamespace("restricted");
    // Who judges the objects is Istio itself, in its own namespace, which comes after these; so is the account for other clusters.
    this.release({ defaultRevision: "", global: { istioNamespace: args.plan.namespace } });
    this.registerOutputs({});
  }
}
