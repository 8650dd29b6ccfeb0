import { type Bill, billedAddresses, billedMachines } from "../../model/cost/bill";
import { DATA_DISK } from "./names";
import { azureOf, balancersOf, gatewaysOf } from "./plan";

/** What Azure puts on its bill; its networks, security groups, interfaces, identities and roles cost nothing. */
export const bill: Bill = {
  names: {
    address: { public: "a public address, of the bastion, a balancer or a NAT gateway" },
    balancer: { standard: "a Standard balancer, without what goes through it; Azure bills by its rules, the first five as one" },
    gateway: { nat: "a NAT gateway, without its address and what goes through it" },
  },
  of: (plan) => {
    const { bootVolumeGiB, bootVolumeType } = azureOf(plan);
    return [
      ...billedMachines(plan, { type: bootVolumeType, sizeGiB: bootVolumeGiB }, DATA_DISK),
      ...billedAddresses(plan, "public"),
      ...gatewaysOf(plan).flatMap(
        ({ what }) =>
          [
            { kind: "gateway", name: "nat", resource: what },
            { kind: "address", name: "public", resource: `floating-ip-${what}` },
          ] as const,
      ),
      ...balancersOf(plan).map(({ what }) => ({ kind: "balancer", name: "standard", resource: what }) as const),
    ];
  },
};
