import { alignedCidr } from "../../model/ipv4";
import { sendsPodAddresses } from "../../model/plan/address-pairs";
import type { EnvironmentPlan, Flow, FlowPeer, MachinePlan, Role } from "../../model/plan/types";

/** A security group: one per role in use, and `nodes` for every cluster node. */
export type GroupKey = Role | "nodes";

/** The other side of a rule. */
export type Remote = { readonly group: GroupKey } | { readonly cidr: string };

/** One security group rule as neutron takes it. */
export interface Rule {
  /** Made of the content alone: equal keys are equal rules, and a new rule renames no other. */
  readonly key: string;
  readonly group: GroupKey;
  readonly direction: "ingress" | "egress";
  readonly ethertype: "IPv4" | "IPv6";
  /** A name or number neutron and the provider both take; undefined: any. */
  readonly protocol?: "tcp" | "udp" | "icmp" | "ipv6-icmp" | "4";
  /** Undefined: all ports, or a protocol without ports. */
  readonly ports?: { readonly min: number; readonly max: number };
  readonly remote: Remote;
  readonly reason: string;
}

/** The part of a plan the rules follow from. */
export type FlowsPlan = Pick<EnvironmentPlan, "machines" | "flows" | "network" | "access" | "apiEndpoint" | "cluster" | "openstack">;

/** The groups a machine's port is in. */
export function groupsOf(machine: Pick<MachinePlan, "roles">): GroupKey[] {
  const node = machine.roles.some((role) => role === "control-plane" || role === "etcd" || role === "worker");
  return [...machine.roles, ...(node ? (["nodes"] as const) : [])];
}

/** The groups in use, in a stable order. */
export function groupKeys(machines: readonly Pick<MachinePlan, "roles">[]): GroupKey[] {
  return [...new Set(machines.flatMap(groupsOf))].sort();
}

/**
 * Compiles the plan's flows to rules. Groups are made without neutron's default rules, so each flow opens the way out at its source and the
 * way in at its target; nothing else is open. Equal rules of several flows are one, because neutron refuses duplicates.
 */
export function compileRules(plan: FlowsPlan): Rule[] {
  const groups = new Set(groupKeys(plan.machines));
  const rules = new Map<string, Rule>();
  for (const flow of plan.flows) {
    const from = remotes(flow.from, flow, plan, groups);
    const to = remotes(flow.to, flow, plan, groups);
    for (const rule of [...sideRules(flow, "ingress", flow.to, from, groups), ...sideRules(flow, "egress", flow.from, to, groups)]) {
      if (!rules.has(rule.key)) rules.set(rule.key, rule);
    }
  }
  return [...rules.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** What stands for a peer on the other side of a rule. */
function remotes(peer: FlowPeer, flow: Flow, plan: FlowsPlan, groups: ReadonlySet<GroupKey>): Remote[] {
  if (isCidr(peer)) return [{ cidr: canonicalCidr(peer.slice("cidr:".length)) }];
  const members: Remote[] = groups.has(peer) ? [{ group: peer }] : [];
  // Pods' packets that travel as they are carry addresses that OVN does not count to the nodes' group, allowed pairs or not.
  if (peer === "nodes" && flow.protocol === "any" && sendsPodAddresses(plan.cluster.variables)) {
    return [...members, { cidr: canonicalCidr(plan.network.podCidr) }];
  }
  const { kind, address, port } = plan.apiEndpoint;
  if (peer === "load-balancer" && kind === "loadBalancer") {
    // The balancer is the cloud's. Towards it, its address counts. From it, amphorae dial from addresses of their own in the node subnet,
    // while OVN's balancer keeps the client's address, so that whoever may reach the API must be let in at the members too.
    if (flow.to === peer) return [...members, { cidr: `${address}/32` }];
    const clients = plan.openstack?.loadBalancerProvider === "ovn" ? plan.access.adminCidrs : [];
    return [...members, ...[plan.network.cidr, ...clients].map((cidr) => ({ cidr: canonicalCidr(cidr) }))];
  }
  if (peer === "control-plane" && flow.to === peer && kind === "virtualIp" && portRanges(flow).some((each) => covers(each, port))) {
    // The virtual address floats over ports as an allowed pair, which not every neutron driver counts to the remote group.
    return [...members, { cidr: `${address}/32` }];
  }
  return members;
}

function sideRules(
  flow: Flow,
  direction: Rule["direction"],
  own: FlowPeer,
  others: readonly Remote[],
  groups: ReadonlySet<GroupKey>,
): Rule[] {
  if (isCidr(own) || !groups.has(own)) return [];
  return others.flatMap((remote) =>
    portRanges(flow).map((ports) => {
      const ethertype = "cidr" in remote && remote.cidr.includes(":") ? ("IPv6" as const) : ("IPv4" as const);
      const protocol = protocolOf(flow.protocol, ethertype);
      const rule = {
        group: own,
        direction,
        ethertype,
        ...(protocol && { protocol }),
        ...(ports && { ports }),
        remote,
        reason: flow.reason,
      };
      return { ...rule, key: keyOf(rule) };
    }),
  );
}

function protocolOf(protocol: Flow["protocol"], ethertype: Rule["ethertype"]): Rule["protocol"] {
  if (protocol === "any") return undefined;
  if (protocol === "ipip") return "4"; // the number, which every release of neutron and of the provider takes; the name came later
  return protocol === "icmp" && ethertype === "IPv6" ? "ipv6-icmp" : protocol;
}

/** The port ranges of a flow; one undefined range where it names no port. */
function portRanges(flow: Flow): (Rule["ports"] | undefined)[] {
  if (flow.ports.length === 0) return [undefined];
  return flow.ports.map((port) => {
    const [min = 0, max = min] = String(port).split("-").map(Number);
    return { min, max };
  });
}

function covers(ports: Rule["ports"] | undefined, port: number): boolean {
  return ports === undefined || (ports.min <= port && port <= ports.max);
}

function keyOf({ group, direction, protocol, ports, remote, ethertype }: Omit<Rule, "key">): string {
  const range = ports === undefined ? [] : ports.min === ports.max ? [ports.min] : [ports.min, ports.max];
  const other = "group" in remote ? remote.group : remote.cidr.replaceAll(/[/:]/g, "-");
  const what = protocol === undefined ? (ethertype === "IPv6" ? "any6" : "any") : protocol === "4" ? "ipip" : protocol;
  return [group, direction, what, ...range, direction === "ingress" ? "from" : "to", other].join("-");
}

function isCidr(peer: FlowPeer): peer is `cidr:${string}` {
  return peer.startsWith("cidr:");
}

/** Neutron keeps a prefix without its host bits and compares it so. */
function canonicalCidr(cidr: string): string {
  return alignedCidr(cidr) ?? cidr.toLowerCase();
}
