import { type Bill, billedAddresses, billedMachines, DEFAULT_TYPE } from "../../model/cost/bill";
import { makesIngressBalancer, openstackOf } from "./plan";

/** What OpenStack clouds put on their bills; which of it has a price, each decides. */
export const bill: Bill = {
  names: {
    address: { floating: "a floating address" },
    balancer: { amphora: "the API's balancer, where Octavia makes it of amphorae", ovn: "the same, where OVN does it, and the ingress's" },
    gateway: { router: "the network's router, with its address outside" },
  },
  of: (plan) => {
    const { bootVolumeGiB, bootVolumeType = DEFAULT_TYPE, loadBalancerProvider, router } = openstackOf(plan);
    return [
      ...billedMachines(plan, { type: bootVolumeType, sizeGiB: bootVolumeGiB }, DEFAULT_TYPE),
      ...billedAddresses(plan, "floating"),
      ...(plan.apiEndpoint.kind === "loadBalancer" ? [{ kind: "balancer", name: loadBalancerProvider, resource: "api" } as const] : []),
      ...(makesIngressBalancer(plan) ? [{ kind: "balancer", name: loadBalancerProvider, resource: "ingress" } as const] : []),
      ...(plan.network.existing === undefined && router === undefined
        ? [{ kind: "gateway", name: "router", resource: "router" } as const]
        : []),
    ];
  },
};
