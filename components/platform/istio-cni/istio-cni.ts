import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned, type ServiceArgs } from "../args";
import { imageOf } from "../objects";
import { PlatformService } from "../service";

/** Istio's network plugin on every node. A pod that starts where it is missing is mended by it, and is not let go on before. */
export class IstioCni extends PlatformService {
  constructor(name: string, given: ServiceArgs, opts?: ComponentResourceOptions) {
    const args = planned("istioCni", given);
    super(serviceType("IstioCni"), name, args, opts);
    // privileged: it writes the node's folders of network plugins, and enters the networks of pods that started without it.
    this.createNamespace("privileged");
    this.release({
      image: imageOf(args.plan, "cni"),
      resources: args.plan.resources ?? {},
      seccompProfile: { type: "RuntimeDefault" },
      repair: { enabled: true, repairPods: true, deletePods: false, labelPods: false },
    });
    this.registerOutputs({});
  }
}
