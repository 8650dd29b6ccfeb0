import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned, type ServiceArgs } from "../args";
import { PlatformService } from "../service";

/** The Gateway API's definitions of the standard channel. They outlive the release, and with them what is of their kinds. */
export class GatewayApi extends PlatformService {
  constructor(name: string, given: ServiceArgs, opts?: ComponentResourceOptions) {
    const args = planned("gatewayApi", given);
    super(serviceType("GatewayApi"), name, args, opts);
    this.createNamespace("restricted");
    this.release({ traefik: false, gatewayAPI: true, deleteOnUninstall: false });
    this.registerOutputs({});
  }
}
