import { type Bill, billedAddresses, billedMachines } from "../../model/cost/bill";
import { DATA_DISK } from "./names";
import { balancersOf, gcpOf, insideOf, makesNat } from "./plan";

/** What Google puts on its bill; networks, firewall rules, health checks, accounts and roles cost nothing, and an image's copy next to nothing. */
export const bill: Bill = {
  names: {
    address: { external: "an address outside" },
    balancer: { forwardingRule: "a balancer's forwarding rule, without what goes through it; Google bills the first five as one" },
    gateway: { nat: "Cloud NAT, for each machine that gets out by it, without its addresses and what goes through it" },
  },
  of: (plan) => {
    const { bootVolumeGiB, bootVolumeType } = gcpOf(plan);
    return [
      ...billedMachines(plan, { type: bootVolumeType, sizeGiB: bootVolumeGiB }, DATA_DISK),
      ...billedAddresses(plan, "external"),
      ...balancersOf(plan).map(({ what }) => ({ kind: "balancer", name: "forwardingRule", resource: what }) as const),
      ...(makesNat(plan) ? [{ kind: "gateway", name: "nat", resource: "nat", count: insideOf(plan).length } as const] : []),
    ];
  },
};
