import { NatGateway } from "@pulumi/azure-native/network/natGateway";
import { Subnet } from "@pulumi/azure-native/network/subnet";
import { VirtualNetwork } from "@pulumi/azure-native/network/virtualNetwork";
import type { Input } from "@pulumi/pulumi";
import type { SubnetPlan } from "../../model/plan/infrastructure-types";
import { createAddress } from "./addresses";
import { azureLimits, azureName } from "./names";
import { gatewaysOf } from "./plan";
import { child, placed, type Scope, tags } from "./scope";
import type { Security } from "./security";

/** The network of the environment, made or given. */
export interface Network {
  /** By the plan's name. */
  readonly subnets: Readonly<Record<string, Input<string>>>;
  /** The security group of the machines' interfaces, where their subnets have none of ours. */
  readonly interfaceGroup?: Input<string>;
}

/** The virtual network with its subnets and ways out, or the one the plan names. */
export function createNetwork(scope: Scope, security: Security): Network {
  const { name, plan, azure } = scope;
  const { existing } = azure;
  if (existing !== undefined) {
    const id = (own: { readonly name: string }): string => `${existing.network}/subnets/${own.name}`;
    const { node, outer } = existing.subnets;
    // What else stands in these subnets is not ours to open or close: the group is on the machines' interfaces.
    return { subnets: { node: id(node), ...(outer ? { outer: id(outer) } : {}) }, interfaceGroup: security.group.id };
  }
  const network = new VirtualNetwork(
    `${name}-network`,
    {
      ...placed(scope),
      virtualNetworkName: azureName(plan, azureLimits.virtualNetwork, "network"),
      addressSpace: { addressPrefixes: [plan.network.cidr] },
      ...(plan.network.dns.length > 0 ? { dhcpOptions: { dnsServers: [...plan.network.dns] } } : {}),
      tags: tags(scope),
    },
    // Its subnets are resources of their own; what others add to it, as peerings, is theirs.
    child(scope, { ignoreChanges: ["subnets", "virtualNetworkPeerings"] }),
  );
  const gateways = createNatGateways(scope);
  const bastionIsMet = plan.network.floating.bastion !== undefined;
  const made: Record<string, Subnet> = {};
  let before: Subnet | undefined;
  for (const each of plan.network.subnets) {
    // Whoever has a public address gets out by it.
    const nat = each.outer && bastionIsMet ? undefined : gatewayFor(gateways, each);
    const subnet: Subnet = new Subnet(
      `${name}-subnet-${each.name}`,
      {
        resourceGroupName: scope.group.name,
        virtualNetworkName: network.name,
        subnetName: azureName(plan, azureLimits.subnet, each.name),
        addressPrefix: each.cidr,
        networkSecurityGroup: { id: security.group.id },
        ...(nat ? { natGateway: { id: nat.id } } : {}),
        // Azure would give machines without a way out one of its own, from an address that nobody knows.
        defaultOutboundAccess: false,
      },
      // Azure changes a network by one call at a time. What controllers put on a subnet, as a table of routes, stays.
      child(scope, { ...(before ? { dependsOn: [before] } : {}), ignoreChanges: ["routeTable", "serviceEndpoints", "delegations"] }),
    );
    made[each.name] = subnet;
    before = subnet;
  }
  return { subnets: Object.fromEntries(Object.entries(made).map(([key, subnet]) => [key, subnet.id])) };
}

/** By zone, the gateways that machines get out by; one under "" serves all. */
function createNatGateways(scope: Scope): Record<string, NatGateway> {
  const planned = gatewaysOf(scope.plan);
  const alone = scope.azure.natGateways === "one";
  return Object.fromEntries(planned.map(({ what, zone }) => [alone ? "" : (zone ?? ""), createNatGateway(scope, zone, what)]));
}

/** A gateway stands in one zone, or wherever Azure puts it; its address must be in the same. */
function createNatGateway(scope: Scope, zone: string | undefined, what: string): NatGateway {
  const { name, plan } = scope;
  const within = zone === undefined ? {} : { zones: [zone] };
  const { id } = createAddress(scope, what, { zones: zone === undefined ? [] : [zone], kept: false });
  return new NatGateway(
    `${name}-${what}`,
    {
      ...placed(scope),
      ...within,
      natGatewayName: azureName(plan, azureLimits.natGateway, what),
      sku: { name: "Standard" },
      publicIpAddresses: [{ id }],
      idleTimeoutInMinutes: 10,
      tags: tags(scope),
    },
    child(scope),
  );
}

function gatewayFor(gateways: Readonly<Record<string, NatGateway>>, { zone = "" }: SubnetPlan): NatGateway | undefined {
  return gateways[zone] ?? gateways[""];
}
