import { Network } from "@pulumi/openstack/networking/network";
import { Router } from "@pulumi/openstack/networking/router";
import { RouterInterface } from "@pulumi/openstack/networking/routerInterface";
import { SecGroup } from "@pulumi/openstack/networking/secGroup";
import { SecGroupRule } from "@pulumi/openstack/networking/secGroupRule";
import { Subnet } from "@pulumi/openstack/networking/subnet";
import type { Input, Resource } from "@pulumi/pulumi";
import { groupKeys, type PeerGroup } from "../../model/plan/rules";
import { child, cloudName, IN_USE, type Scope, tags } from "./scope";
import { compileRules } from "./security-groups";

/** The node network, made or given. */
export interface NodeNetwork {
  readonly networkId: Input<string>;
  /** Of the nodes, and of what has an address beside the machines. */
  readonly subnetId: Input<string>;
  /** Of a group of machines, where it is in another one. */
  readonly subnetOf: (group: string) => Input<string>;
  /** What the way to the outside world hangs on: everything that needs it depends on these, and goes before them. */
  readonly uplink: readonly Resource[];
}

/** Network, subnet, router and its interface, or the ones the plan names. */
export function createNetwork(scope: Scope): NodeNetwork {
  const { name, plan, openstack } = scope;
  const { existing, dns, subnets } = plan.network;
  const [{ cidr, gateway, cloudRange }] = subnets;
  const { survey } = scope;
  if (existing !== undefined) {
    const { network, subnet: of } = survey.existing;
    return { networkId: network, subnetId: of(), subnetOf: of, uplink: [] };
  }

  const network = new Network(
    `${name}-network`,
    { name: cloudName(scope, "network"), adminStateUp: true, portSecurityEnabled: true, tags: tags(scope) },
    child(scope, IN_USE),
  );
  const subnet = new Subnet(
    `${name}-subnet`,
    {
      name: cloudName(scope, "nodes"),
      networkId: network.id,
      ipVersion: 4,
      cidr,
      gatewayIp: gateway,
      enableDhcp: true,
      dnsNameservers: [...dns],
      // The cloud's own ports (DHCP, balancers) take addresses from here only, never one the plan has given to a machine.
      allocationPools: cloudRange === undefined ? [] : [{ start: cloudRange.first, end: cloudRange.last }],
      tags: tags(scope),
    },
    child(scope, IN_USE),
  );
  const routerId =
    openstack.router === undefined
      ? new Router(
          `${name}-router`,
          { name: cloudName(scope, "router"), adminStateUp: true, externalNetworkId: survey.external.id, tags: tags(scope) },
          child(scope, IN_USE),
        ).id
      : survey.router;
  const uplink = new RouterInterface(`${name}-router-interface`, { routerId, subnetId: subnet.id }, child(scope, IN_USE));
  return { networkId: network.id, subnetId: subnet.id, subnetOf: () => subnet.id, uplink: [uplink] };
}

/** The security groups and their rules. */
export interface SecurityGroups {
  readonly groups: Readonly<Partial<Record<PeerGroup, SecGroup>>>;
  /** The rules that let machines out of their network. */
  readonly waysOut: readonly { readonly group: PeerGroup; readonly rule: SecGroupRule }[];
  /** The other rules, which no machine waits for. */
  readonly others: readonly SecGroupRule[];
}

/** One group per role in use and one for all nodes, with the rules the plan's flows compile to. */
export function createSecurityGroups(scope: Scope): SecurityGroups {
  const { name, plan } = scope;
  const groups: Partial<Record<PeerGroup, SecGroup>> = {};
  for (const key of groupKeys(plan.machines)) {
    groups[key] = new SecGroup(
      `${name}-sg-${key}`,
      {
        name: cloudName(scope, key),
        description: `kpaas ${plan.environment}: ${key}`,
        deleteDefaultRules: true, // neutron's own rules would let everything out; the plan's flows name what may leave
        tags: tags(scope),
      },
      child(scope, IN_USE),
    );
  }
  const rules = compileRules(plan).map(({ key, group, direction, ethertype, protocol, ports, remote, reason }) => {
    const rule = new SecGroupRule(
      `${name}-rule-${key}`,
      {
        securityGroupId: idOf(groups, group),
        direction,
        ethertype,
        protocol,
        portRangeMin: ports?.min,
        portRangeMax: ports?.max,
        ...("group" in remote ? { remoteGroupId: idOf(groups, remote.group) } : { remoteIpPrefix: remote.cidr }),
        description: reason,
      },
      // A rule cannot be changed, only replaced, and neutron refuses the equal one that a replacement for other words would make first.
      // It goes with its group: by themselves they would go one after the other, at five seconds each.
      child(scope, { ignoreChanges: ["description"], deletedWith: groups[group] }),
    );
    return { group, rule, isWayOut: direction === "egress" && "cidr" in remote };
  });
  const others = rules.filter(({ isWayOut }) => !isWayOut).map(({ rule }) => rule);
  return { groups, waysOut: rules.filter(({ isWayOut }) => isWayOut), others };
}

/** The id of a group that the plan uses. */
export function idOf(groups: SecurityGroups["groups"], key: PeerGroup): Input<string> {
  const group = groups[key];
  if (group === undefined) throw new Error(`the security group "${key}" is used but no machine has that role; this is a bug in kpaas`);
  return group.id;
}
