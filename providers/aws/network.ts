import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup";
import { Eip } from "@pulumi/aws/ec2/eip";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway";
import { NatGateway } from "@pulumi/aws/ec2/natGateway";
import { Route } from "@pulumi/aws/ec2/route";
import { RouteTable } from "@pulumi/aws/ec2/routeTable";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { Vpc } from "@pulumi/aws/ec2/vpc";
import { VpcDhcpOptions } from "@pulumi/aws/ec2/vpcDhcpOptions";
import { VpcDhcpOptionsAssociation } from "@pulumi/aws/ec2/vpcDhcpOptionsAssociation";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule";
import type { Input, Resource } from "@pulumi/pulumi";
import type { PeerGroup } from "../../model/plan/rules";
import { cloudAddress, subnetsOf } from "./plan";
import { child, IN_USE, ofCluster, type Scope, tags } from "./scope";
import { compileRules, securityGroups } from "./security-groups";

/** The network of the environment, made or given. */
export interface Network {
  readonly vpcId: Input<string>;
  /** By zone, the machines' subnets. */
  readonly inner: Readonly<Record<string, Input<string>>>;
  /** By zone, those with a way in and out. */
  readonly outer: Readonly<Record<string, Input<string>>>;
  /** By zone, what the way out of its machines hangs on: whoever needs it depends on these, and goes before them. */
  readonly uplinks: Readonly<Record<string, readonly Resource[]>>;
  /** The same of what stands in an outer subnet. */
  readonly gateway: Readonly<Record<string, readonly Resource[]>>;
}

/** The VPC with its subnets and ways out, or the one the plan names. */
export function createNetwork(scope: Scope): Network {
  const { name, plan, aws } = scope;
  const { existing } = aws;
  if (existing !== undefined) {
    const subnets = Object.entries(existing.subnets);
    return {
      vpcId: existing.vpc,
      inner: Object.fromEntries(subnets.map(([zone, { node }]) => [zone, node.id])),
      outer: Object.fromEntries(subnets.flatMap(([zone, { outer }]) => (outer ? [[zone, outer.id]] : []))),
      uplinks: {},
      gateway: {},
    };
  }
  const vpc = new Vpc(
    `${name}-vpc`,
    // The names that AWS gives machines resolve, those of balancers among them.
    { cidrBlock: plan.network.cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: tags(scope, "vpc") },
    child(scope, IN_USE),
  );
  // Nothing of ours is in it; what is put into the VPC without a group gets it, and it lets nothing in or out.
  new DefaultSecurityGroup(`${name}-sg-default`, { vpcId: vpc.id, tags: tags(scope, "default") }, child(scope, { deletedWith: vpc }));
  createResolvers(scope, vpc);
  const internet = new InternetGateway(`${name}-gateway`, { vpcId: vpc.id, tags: tags(scope, "gateway") }, child(scope, IN_USE));
  const outerTable = createTable(scope, "outer", vpc, { gatewayId: internet.id });
  const outer = subnetsOf(plan, true).map(({ zone, cidr, cloudRange }) => {
    const own = cloudAddress(cloudRange, 0);
    const subnet = createSubnet(scope, `outer-${zone}`, zone, cidr, vpc, "kubernetes.io/role/elb");
    return { zone, subnet, own, joined: associate(scope, `outer-${zone}`, subnet, outerTable.table) };
  });
  const gateway = Object.fromEntries(outer.map(({ zone, joined }) => [zone, [outerTable.route, joined]]));

  const withGateway = aws.natGateways === "none" ? [] : aws.natGateways === "one" ? outer.slice(0, 1) : outer;
  const gateways = Object.fromEntries(
    withGateway.map((each) => [each.zone, createNatGateway(scope, each.zone, each, gateway[each.zone] ?? [])]),
  );
  const [shared] = aws.natGateways === "one" ? Object.values(gateways) : [];
  const inner = subnetsOf(plan, false).map(({ zone, cidr }) => {
    const subnet = createSubnet(scope, `node-${zone}`, zone, cidr, vpc, "kubernetes.io/role/internal-elb");
    const nat = gateways[zone] ?? shared;
    const { table, route } = createTable(scope, `node-${zone}`, vpc, nat && { natGatewayId: nat.id });
    return { zone, subnet, uplink: [...(route ? [route] : []), associate(scope, `node-${zone}`, subnet, table)] };
  });
  return {
    vpcId: vpc.id,
    inner: Object.fromEntries(inner.map(({ zone, subnet }) => [zone, subnet.id])),
    outer: Object.fromEntries(outer.map(({ zone, subnet }) => [zone, subnet.id])),
    uplinks: Object.fromEntries(inner.map(({ zone, uplink }) => [zone, uplink])),
    gateway,
  };
}

/** DHCP hands out the file's resolvers; AWS's own where it names none. */
function createResolvers(scope: Scope, vpc: Vpc): void {
  const { name, plan } = scope;
  if (plan.network.dns.length === 0) return;
  const options = new VpcDhcpOptions(`${name}-dhcp`, { domainNameServers: [...plan.network.dns], tags: tags(scope, "dhcp") }, child(scope));
  new VpcDhcpOptionsAssociation(`${name}-dhcp-association`, { vpcId: vpc.id, dhcpOptionsId: options.id }, child(scope));
}

function createSubnet(scope: Scope, what: string, zone: string, cidrBlock: string, vpc: Vpc, role: string): Subnet {
  return new Subnet(
    `${scope.name}-subnet-${what}`,
    {
      vpcId: vpc.id,
      cidrBlock,
      availabilityZone: zone,
      mapPublicIpOnLaunch: false, // what is met from outside has an address of its own, which stays
      tags: tags(scope, what, { ...ofCluster(scope), [role]: "1" }),
    },
    child(scope, IN_USE),
  );
}

/** A route table with its way out. Routes are resources of their own: those that somebody adds, to a peer or a VPN, stay. */
function createTable<Way extends { readonly gatewayId: Input<string> } | { readonly natGatewayId: Input<string> } | undefined>(
  scope: Scope,
  what: string,
  vpc: Vpc,
  way: Way,
): { readonly table: RouteTable; readonly route: Way extends undefined ? Route | undefined : Route } {
  const table = new RouteTable(`${scope.name}-routes-${what}`, { vpcId: vpc.id, tags: tags(scope, what) }, child(scope, IN_USE));
  const route =
    way &&
    new Route(
      `${scope.name}-route-${what}`,
      { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", ...way },
      // A destination stands in a table once: where it is to lead elsewhere by a new route, the old one goes first.
      child(scope, { deleteBeforeReplace: true }),
    );
  return { table, route } as { readonly table: RouteTable; readonly route: Way extends undefined ? Route | undefined : Route };
}

function associate(scope: Scope, what: string, subnet: Subnet, table: RouteTable): RouteTableAssociation {
  return new RouteTableAssociation(
    `${scope.name}-routes-association-${what}`,
    { subnetId: subnet.id, routeTableId: table.id },
    child(scope),
  );
}

function createNatGateway(
  scope: Scope,
  zone: string,
  { subnet, own }: { readonly subnet: Subnet; readonly own: string },
  way: readonly Resource[],
): NatGateway {
  const { name } = scope;
  // AWS wants a gateway to the internet there before an address, and after it.
  const address = new Eip(
    `${name}-floating-ip-nat-${zone}`,
    { domain: "vpc", tags: tags(scope, `nat-${zone}`) },
    child(scope, { dependsOn: [...way] }),
  );
  return new NatGateway(
    `${name}-nat-${zone}`,
    { subnetId: subnet.id, allocationId: address.id, privateIp: own, connectivityType: "public", tags: tags(scope, `nat-${zone}`) },
    child(scope, { dependsOn: [...way] }),
  );
}

/** The security groups and their rules. */
export interface SecurityGroups {
  readonly groups: Readonly<Partial<Record<PeerGroup, SecurityGroup>>>;
  /** The rules that let machines out of their network. */
  readonly waysOut: readonly { readonly group: PeerGroup; readonly rule: Resource }[];
  /** The other rules, which no machine waits for. */
  readonly others: readonly Resource[];
}

/** One group per role in use, one for all nodes and one for the balancers, with the rules the plan's flows compile to. */
export function createSecurityGroups(scope: Scope, vpcId: Input<string>): SecurityGroups {
  const { name, plan } = scope;
  const groups: Partial<Record<PeerGroup, SecurityGroup>> = {};
  for (const key of securityGroups(plan)) {
    groups[key] = new SecurityGroup(
      `${name}-sg-${key}`,
      {
        // No name: a VPC has each once, and one that has to be made anew beside what a lost answer left could not have it.
        description: `kpaas ${plan.environment}: ${key}`,
        vpcId,
        // The controllers want one group of a machine to bear the cluster's tag, and no second.
        tags: tags(scope, key, key === "nodes" ? ofCluster(scope) : {}),
      },
      child(scope, IN_USE),
    );
  }
  const rules = compileRules(plan).map(({ key, group, direction, ipProtocol, ports, remote, description }) => {
    const args = {
      securityGroupId: idOf(groups, group),
      ipProtocol,
      ...ports,
      ...("group" in remote
        ? { referencedSecurityGroupId: idOf(groups, remote.group) }
        : remote.cidr.includes(":")
          ? { cidrIpv6: remote.cidr }
          : { cidrIpv4: remote.cidr }),
      description,
      // Unique among all rules: by this one is found whose creation broke off.
      tags: tags(scope, key),
    };
    // Two groups that name each other keep each other from going: their rules go first, by calls of their own.
    const rule =
      direction === "ingress"
        ? new SecurityGroupIngressRule(`${name}-rule-${key}`, args, child(scope))
        : new SecurityGroupEgressRule(`${name}-rule-${key}`, args, child(scope));
    return { group, rule, isWayOut: direction === "egress" && "cidr" in remote };
  });
  const others = rules.filter(({ isWayOut }) => !isWayOut).map(({ rule }) => rule);
  return { groups, waysOut: rules.filter(({ isWayOut }) => isWayOut), others };
}

/** The id of a group that the plan uses. */
export function idOf(groups: SecurityGroups["groups"], key: PeerGroup): Input<string> {
  const group = groups[key];
  if (group === undefined) throw new Error(`the security group "${key}" is used but nothing has that role; this is a bug in kpaas`);
  return group.id;
}
