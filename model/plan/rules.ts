import { alignedCidr } from "../ipv4";
import { podsUnwrapped } from "./flows";
import type { Flow, FlowPeer, MachinePlan, Role } from "./infrastructure-types";
import type { EnvironmentPlan } from "./types";

/** Numbers of the protocols that not everybody knows by name. */
export const PROTOCOL_NUMBERS = { ipip: 4, vrrp: 112 } as const;

/** Machines that rules are made for: those of a role, or `nodes`, every one that is a Kubernetes node. */
export type PeerGroup = Role | "nodes";

/** The other side of a rule. */
export type Remote = { readonly group: PeerGroup } | { readonly cidr: string };

/** One way that is open, in or out of a group of machines, in no cloud's words. */
export interface OpenWay {
  /** Made of the content alone: equal keys are equal rules, and a new rule renames no other. */
  readonly key: string;
  readonly group: PeerGroup;
  readonly direction: "ingress" | "egress";
  readonly family: "IPv4" | "IPv6";
  readonly protocol: Flow["protocol"];
  /** Undefined: all ports, or a protocol without ports. */
  readonly ports?: { readonly min: number; readonly max: number };
  readonly remote: Remote;
  readonly reason: string;
}

/** How a cloud puts rules. */
export interface Dialect<Rule> {
  /** Whether the cloud's balancer hands on the addresses of its clients, which its members then have to let in. */
  readonly balancerKeepsClients: boolean;
  /** Whether the cloud's balancers are in a group of their own, by which rules know them; else by their address and their clients'. */
  readonly balancerHasGroup: boolean;
  /** Whether pods' own addresses, where they travel between nodes as they are, have to be named beside the nodes' group. */
  readonly namesPods: boolean;
  readonly rule: (way: OpenWay) => Rule;
}

/** The part of a plan the rules follow from. */
export type FlowsPlan = Pick<EnvironmentPlan, "machines" | "flows" | "network" | "access" | "apiEndpoint" | "cluster">;

/** The groups a machine is in. */
export function groupsOf(machine: Pick<MachinePlan, "roles">): PeerGroup[] {
  const node = machine.roles.some((role) => role === "control-plane" || role === "worker");
  return [...machine.roles, ...(node ? (["nodes"] as const) : [])];
}

/** The groups in use, in a stable order. */
export function groupKeys(machines: readonly Pick<MachinePlan, "roles">[]): PeerGroup[] {
  return [...new Set(machines.flatMap(groupsOf))].sort();
}

/**
 * Compiles the plan's flows to a cloud's rules. Nothing is open by itself: each flow opens the way out at its source and the way in at its
 * target. Equal rules of several flows are one.
 */
export function expandFlows<Rule>(plan: FlowsPlan, dialect: Dialect<Rule>): Rule[] {
  const groups = new Set(groupKeys(plan.machines));
  if (dialect.balancerHasGroup && plan.flows.some(({ from, to }) => from === "load-balancer" || to === "load-balancer"))
    groups.add("load-balancer");
  const ways = new Map<string, OpenWay>();
  for (const flow of plan.flows) {
    const from = remotes(flow.from, flow, plan, groups, dialect);
    const to = remotes(flow.to, flow, plan, groups, dialect);
    for (const way of [...sideWays(flow, "ingress", flow.to, from, groups), ...sideWays(flow, "egress", flow.from, to, groups)]) {
      if (!ways.has(way.key)) ways.set(way.key, way);
    }
  }
  return [...ways.values()].sort((a, b) => (a.key < b.key ? -1 : 1)).map(dialect.rule);
}

/** What stands for a peer on the other side of a rule. */
function remotes(
  peer: FlowPeer,
  flow: Flow,
  plan: FlowsPlan,
  groups: ReadonlySet<PeerGroup>,
  { balancerHasGroup, balancerKeepsClients, namesPods }: Dialect<unknown>,
): Remote[] {
  if (isCidr(peer)) return [{ cidr: canonicalCidr(peer.slice("cidr:".length)) }];
  const members: Remote[] = groups.has(peer) ? [{ group: peer }] : [];
  if (namesPods && peer === "nodes" && flow.protocol === "any" && podsUnwrapped(plan.cluster.variables)) {
    return [...members, { cidr: canonicalCidr(plan.network.podCidr) }];
  }
  const { kind, address, port } = plan.apiEndpoint;
  if (peer === "load-balancer" && kind === "loadBalancer" && !balancerHasGroup) {
    // The balancer is the cloud's. Towards it, its address counts; it dials from addresses of its own in the node subnet.
    if (flow.to === peer) return [...members, { cidr: `${address}/32` }];
    const clients = balancerKeepsClients ? plan.access.adminCidrs : [];
    return [...members, ...[plan.network.cidr, ...clients].map((cidr) => ({ cidr: canonicalCidr(cidr) }))];
  }
  const toApi = ["tcp", "any"].includes(flow.protocol) && portRanges(flow).some((each) => covers(each, port));
  if (peer === "control-plane" && flow.to === peer && kind === "virtualIp" && toApi) {
    // The virtual address moves between machines, and not every cloud counts it to their group.
    return [...members, { cidr: `${address}/32` }];
  }
  return members;
}

function sideWays(
  flow: Flow,
  direction: OpenWay["direction"],
  own: FlowPeer,
  others: readonly Remote[],
  groups: ReadonlySet<PeerGroup>,
): OpenWay[] {
  if (isCidr(own) || !groups.has(own)) return [];
  return others.flatMap((remote) =>
    portRanges(flow).map((ports) => {
      const family = "cidr" in remote && remote.cidr.includes(":") ? ("IPv6" as const) : ("IPv4" as const);
      const way = { group: own, direction, family, protocol: flow.protocol, ...(ports && { ports }), remote, reason: flow.reason };
      return { ...way, key: keyOf(way) };
    }),
  );
}

/** The port ranges of a flow; one undefined range where it names no port. */
function portRanges(flow: Flow): (OpenWay["ports"] | undefined)[] {
  if (flow.ports.length === 0) return [undefined];
  return flow.ports.map((port) => {
    const [min = 0, max = min] = String(port).split("-").map(Number);
    return { min, max };
  });
}

function covers(ports: OpenWay["ports"] | undefined, port: number): boolean {
  return ports === undefined || (ports.min <= port && port <= ports.max);
}

function keyOf({ group, direction, protocol, ports, remote, family }: Omit<OpenWay, "key">): string {
  const range = ports === undefined ? [] : ports.min === ports.max ? [ports.min] : [ports.min, ports.max];
  const other = "group" in remote ? remote.group : remote.cidr.replaceAll(/[/:]/g, "-");
  const what = family === "IPv4" ? protocol : protocol === "any" ? "any6" : protocol === "icmp" ? "ipv6-icmp" : protocol;
  return [group, direction, what, ...range, direction === "ingress" ? "from" : "to", other].join("-");
}

function isCidr(peer: FlowPeer): peer is `cidr:${string}` {
  return peer.startsWith("cidr:");
}

/** Without host bits, as clouds keep and compare prefixes. */
function canonicalCidr(cidr: string): string {
  return alignedCidr(cidr) ?? cidr.toLowerCase();
}
