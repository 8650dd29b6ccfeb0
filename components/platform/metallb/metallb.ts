import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type { ComponentResourceOptions, Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { planned } from "../args";
import { PlatformService } from "../service";
import type { MetalLbArgs } from "./args";
import { addressPools, metalLbValues } from "./values";

const API = "metallb.io/v1beta1";

/** MetalLB in layer 2: gives Services of type LoadBalancer an address of the node network and answers for it. */
export class MetalLb extends PlatformService {
  constructor(name: string, given: MetalLbArgs, opts?: ComponentResourceOptions) {
    const args = planned("metallb", given);
    super(serviceType("MetalLb"), name, args, opts);
    // The speaker answers ARP on the nodes' own interfaces: host network and NET_RAW.
    this.createNamespace("privileged");
    this.allowIngress("allow-webhook", { "app.kubernetes.io/name": "metallb", "app.kubernetes.io/component": "controller" }, [9443]);
    const release = this.release(metalLbValues(args.plan, args.taints));

    const pools = addressPools(args);
    const made: Resource[] = [];
    for (const { name: pool, ...spec } of pools) {
      const dependsOn = [release, ...made];
      made.push(
        new CustomResource(
          this.childName(`pool-${pool}`),
          { apiVersion: API, kind: "IPAddressPool", metadata: this.metadata(pool, "metallb"), spec },
          this.inCluster({ dependsOn }),
        ),
      );
    }
    new CustomResource(
      this.childName("advertisement"),
      {
        apiVersion: API,
        kind: "L2Advertisement",
        metadata: this.metadata("platform", "metallb"),
        spec: { ipAddressPools: pools.map((pool) => pool.name) },
      },
      this.inCluster({ dependsOn: [release, ...made] }),
    );
    this.registerOutputs({});
  }
}
