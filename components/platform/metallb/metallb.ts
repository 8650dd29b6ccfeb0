import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { PlatformService } from "../service";
import { METALLB } from "../tokens";
import type { MetalLbArgs } from "./args";
import { metalLbValues, rangeWithout } from "./values";

const API = "metallb.io/v1beta1";

/** The names of the address pools. */
const POOLS = { primary: "primary", ingress: "ingress" } as const;

/** MetalLB in layer 2: gives Services of type LoadBalancer an address of the node network and answers for it. */
export class MetalLb extends PlatformService {
  constructor(name: string, args: MetalLbArgs, opts?: ComponentResourceOptions) {
    super(METALLB, name, args, opts);
    // The speaker answers ARP on the nodes' own interfaces: host network and NET_RAW.
    this.createNamespace("privileged");
    this.allowIngress("allow-webhook", { "app.kubernetes.io/name": "metallb", "app.kubernetes.io/component": "controller" }, [9443]);
    const release = this.release(metalLbValues(args.plan));

    const primary = rangeWithout(args.range, args.ingressAddress);
    const pools = [
      ...(primary.length === 0 ? [] : [{ pool: POOLS.primary, addresses: primary, autoAssign: true }]),
      { pool: POOLS.ingress, addresses: [`${args.ingressAddress}/32`], autoAssign: false },
    ];
    const made = pools.map(
      ({ pool, addresses, autoAssign }) =>
        new CustomResource(
          this.childName(`pool-${pool}`),
          { apiVersion: API, kind: "IPAddressPool", metadata: this.metadata(pool, "metallb"), spec: { addresses, autoAssign } },
          this.inCluster({ dependsOn: [release] }),
        ),
    );
    new CustomResource(
      this.childName("advertisement"),
      {
        apiVersion: API,
        kind: "L2Advertisement",
        metadata: this.metadata("platform", "metallb"),
        spec: { ipAddressPools: pools.map(({ pool }) => pool) },
      },
      this.inCluster({ dependsOn: [release, ...made] }),
    );
    this.registerOutputs({});
  }
}
