import { Firewall } from "@pulumi/gcp/compute/firewall";
import { Network as ComputeNetwork } from "@pulumi/gcp/compute/network";
import { Router } from "@pulumi/gcp/compute/router";
import { RouterNat } from "@pulumi/gcp/compute/routerNat";
import { Subnetwork } from "@pulumi/gcp/compute/subnetwork";
import { Policy } from "@pulumi/gcp/dns/policy";
import type { Input, Resource } from "@pulumi/pulumi";
import type { PeerGroup } from "../../model/plan/rules";
import { accountsIn, accountsOf, compileRules, prioritiesOf, shutOut } from "./firewalls";
import type { Accounts } from "./iam";
import { makesNat, placeOf } from "./plan";
import { child, described, named, type Scope } from "./scope";

/** The network of the environment, made or given. */
export interface Network {
  /** The project that it is in, and so its rules and ways out: another one, where that shares it. */
  readonly project: string;
  readonly networkId: Input<string>;
  readonly subnetId: Input<string>;
  /** What the way out of its machines hangs on: whoever needs it depends on these, and goes before them. */
  readonly uplink: readonly Resource[];
}

/** Network, subnet, router and NAT, or the ones the plan names. */
export function createNetwork(scope: Scope): Network {
  const { name, plan, gcp, survey } = scope;
  const { existing, subnets, dns } = plan.network;
  const region = gcp.region ?? "";
  const withUplink = (made: Omit<Network, "uplink">): Network => ({ ...made, uplink: makesNat(plan) ? [createNat(scope, made)] : [] });
  if (existing !== undefined) {
    const { project } = placeOf(existing.network, gcp.project);
    return withUplink({ project, networkId: survey.existing.network, subnetId: survey.existing.subnet });
  }
  const network = new ComputeNetwork(
    `${name}-network`,
    { ...named(scope, "network"), description: described(scope, "network"), autoCreateSubnetworks: false, routingMode: "REGIONAL" },
    child(scope),
  );
  const subnet = new Subnetwork(
    `${name}-subnet`,
    {
      ...named(scope, "nodes"),
      description: described(scope, "machines and balancers"),
      region,
      network: network.id,
      ipCidrRange: subnets[0].cidr,
      privateIpGoogleAccess: true, // Google's own APIs are reached without a way out
    },
    child(scope),
  );
  // The resolver that DHCP hands out is Google's, which asks these.
  if (dns.length > 0)
    new Policy(
      `${name}-dns`,
      {
        ...named(scope, "dns"),
        description: described(scope, "resolvers"),
        networks: [{ networkUrl: network.id }],
        alternativeNameServerConfig: { targetNameServers: dns.map((ipv4Address) => ({ ipv4Address })) },
      },
      child(scope),
    );
  return withUplink({ project: gcp.project, networkId: network.id, subnetId: subnet.id });
}

/** The way out of machines without an address outside, for our subnet alone. */
function createNat(scope: Scope, { project, networkId: network, subnetId: subnet }: Omit<Network, "uplink">): RouterNat {
  const { name, gcp } = scope;
  const region = gcp.region ?? "";
  const router = new Router(
    `${name}-router`,
    { ...named(scope, "router"), project, description: described(scope, "NAT"), region, network },
    child(scope),
  );
  return new RouterNat(
    `${name}-nat`,
    {
      ...named(scope, "nat"),
      project,
      region,
      router: router.name,
      natIpAllocateOption: "AUTO_ONLY",
      sourceSubnetworkIpRangesToNat: "LIST_OF_SUBNETWORKS",
      subnetworks: [{ name: subnet, sourceIpRangesToNats: ["PRIMARY_IP_RANGE"] }],
      // Machines that fetch images at once use more than the 64 ports that each has by default.
      enableDynamicPortAllocation: true,
      enableEndpointIndependentMapping: false,
      minPortsPerVm: 64,
      maxPortsPerVm: 4096,
      logConfig: { enable: true, filter: "ERRORS_ONLY" },
    },
    child(scope),
  );
}

/** The firewall's rules. */
export interface Firewalls {
  /** Those that let machines out of their network. */
  readonly waysOut: readonly { readonly group: PeerGroup; readonly rule: Resource }[];
  /** The other rules, which no machine waits for. */
  readonly others: readonly Resource[];
}

/**
 * The rules that the plan's flows compile to, and what closes everything else to our machines both ways, whatever else the network's own rules let
 * through: GCP lets everything out that no rule stops.
 */
export function createFirewalls(scope: Scope, { project, networkId: network }: Network, accounts: Accounts): Firewalls {
  const { name, plan } = scope;
  const priority = prioritiesOf(plan);
  const emails = (roles: readonly string[]): Input<string>[] => roles.map((role) => accounts.email(role));
  const rules = compileRules(plan).map(({ key, group, direction, protocol, ports, remote, description }) => {
    const targetServiceAccounts = emails(accountsOf(plan, group));
    const peer =
      direction === "EGRESS"
        ? { destinationRanges: ["group" in remote ? plan.network.cidr : remote.cidr] }
        : "group" in remote
          ? { sourceServiceAccounts: emails(accountsOf(plan, remote.group)) }
          : { sourceRanges: [remote.cidr] };
    const rule = new Firewall(
      `${name}-rule-${key}`,
      {
        ...named(scope, key),
        project,
        description: described(scope, description),
        network,
        direction,
        priority: priority.allow,
        allows: [{ protocol, ...(ports === undefined ? {} : { ports: [...ports] }) }],
        targetServiceAccounts,
        ...peer,
      },
      child(scope),
    );
    return { group, rule, isWayOut: direction === "EGRESS" && "cidr" in remote };
  });
  const all = emails(accountsIn(plan));
  const deny = (what: string, why: string, priority: number, direction: "INGRESS" | "EGRESS", ranges: string[]): Firewall =>
    new Firewall(
      `${name}-rule-${what}`,
      {
        ...named(scope, what),
        project,
        description: described(scope, why),
        network,
        direction,
        priority,
        denies: [{ protocol: "all" }],
        targetServiceAccounts: all,
        ...(direction === "INGRESS" ? { sourceRanges: ranges } : { destinationRanges: ranges }),
      },
      child(scope),
    );
  const closing = (["INGRESS", "EGRESS"] as const).map((direction) =>
    deny(`deny-${direction.toLowerCase()}`, "everything that no other rule allows", priority.deny, direction, ["0.0.0.0/0"]),
  );
  const shut = priority.shut === undefined ? [] : shutOut(plan);
  if (priority.shut !== undefined && shut.length > 0)
    closing.push(deny("deny-outside", "whom no Service may let in", priority.shut, "INGRESS", shut));
  return {
    waysOut: rules.filter(({ isWayOut }) => isWayOut),
    others: [...rules.filter(({ isWayOut }) => !isWayOut).map(({ rule }) => rule), ...closing],
  };
}
