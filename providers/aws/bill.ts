import { type Bill, type Billed, billedMachines } from "../../model/cost/bill";
import { awsOf, balancersOf, DATA_VOLUME_TYPE, subnetsOf } from "./plan";

/** What AWS puts on its bill; its networks, routes, groups and roles cost nothing. */
export const bill: Bill = {
  names: {
    address: {
      elastic: "an elastic address, of the bastion or a NAT gateway",
      balancer: "a public address that AWS gives to a balancer, one in each zone",
    },
    balancer: { network: "a network balancer, without what goes through it" },
    gateway: { nat: "a NAT gateway, without what goes through it" },
  },
  of: (plan) => {
    const { bootVolumeGiB, bootVolumeType, existing, natGateways } = awsOf(plan);
    const outer = subnetsOf(plan, true);
    const withGateway = existing !== undefined || natGateways === "none" ? [] : natGateways === "one" ? outer.slice(0, 1) : outer;
    const { bastion } = plan.network.floating;
    const elastic = (what: string): Billed => ({ kind: "address", name: "elastic", resource: `floating-ip-${what}` });
    return [
      ...billedMachines(plan, { type: bootVolumeType, sizeGiB: bootVolumeGiB }, DATA_VOLUME_TYPE),
      ...(bastion && bastion.address === undefined ? [elastic("bastion")] : []),
      ...withGateway.flatMap(({ zone }): Billed[] => [elastic(`nat-${zone}`), { kind: "gateway", name: "nat", resource: `nat-${zone}` }]),
      ...balancersOf(plan).flatMap(({ what, internal, address }): Billed[] => [
        { kind: "balancer", name: "network", resource: what },
        ...(internal || address !== undefined ? [] : [{ kind: "address", name: "balancer", resource: what, count: outer.length } as const]),
      ]),
    ];
  },
};
