import type { ClusterSpec } from "../cluster/types";
import { contains, formatRange, parseAddress, parseCidr, type Span } from "../ipv4";
import { podsUnwrapped } from "./flows";
import type { MachinePlan, Role } from "./infrastructure-types";
import { expandFlows, type FlowsPlan, groupsOf, type OpenWay, type PeerGroup, PROTOCOL_NUMBERS } from "./rules";

/** The one table that is ours. Whoever replaces it takes away and gives in one transaction. */
const TABLE = "kpaas_firewall";

/** What the rules of a host are called: hosts with the same tasks have the same rules. */
export function firewallName({ roles }: Pick<MachinePlan, "roles">): string {
  return [...roles].sort().join("+");
}

/** The rules of every kind of host that the plan has, by `firewallName`. */
export function planFirewalls(plan: FlowsPlan): Readonly<Record<string, string>> {
  const ways = expandFlows(plan, { balancerHasGroup: false, balancerKeepsClients: false, namesPods: true, rule: (way) => way });
  const kinds = new Map(plan.machines.map((machine) => [firewallName(machine), machine.roles]));
  return Object.fromEntries(
    [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, roles]) => [name, firewallText(plan, ways, roles)]),
  );
}

/** A table as a file that `nft -f` takes at once, whatever stands of it. */
export function replacing(table: string): string {
  return `table inet ${TABLE}\ndelete table inet ${TABLE}\n${table}`;
}

/**
 * The rules of a host, for what is addressed to it, to all hosts at once, or to the addresses that Services are given: before kube-proxy leads it
 * elsewhere, so that it counts whichever way kube-proxy works. What passes through on its way to pods is not looked at, and neither is what the
 * host itself sends, nor what routers and switches say to all (IGMP, ICMP, VRRP).
 */
function firewallText(plan: FlowsPlan, ways: readonly OpenWay[], roles: readonly Role[]): string {
  const own = groupsOf({ roles });
  const rules = rulesOf(
    ways.filter(({ direction, group }) => direction === "ingress" && own.includes(group)),
    plan.machines,
  );
  const groups = [...new Set(rules.flatMap(({ group }) => group ?? []))].sort();
  const { podCidr, loadBalancerRange } = plan.network;
  // Nothing else has pods, or Services that are led on to them.
  const node = own.includes("nodes");
  const links = node ? podLinks(plan.cluster.variables) : [];
  return [
    `table inet ${TABLE} {`,
    ...groups.flatMap((group) => setOf(group, plan.machines)),
    "\tchain arriving {",
    "\t\ttype filter hook prerouting priority mangle; policy accept;",
    "\t\tct state established,related accept",
    '\t\tiifname "lo" accept',
    "\t\tfib daddr type local goto allowed",
    "\t\t# what listens at every address hears these too",
    `\t\tfib daddr type { broadcast, multicast } meta l4proto { ${PROTOCOL_NUMBERS.ipip}, udp } goto allowed`,
    ...(loadBalancerRange === undefined || !node ? [] : [`\t\tip daddr ${formatRange(loadBalancerRange)} goto allowed`]),
    "\t}",
    "",
    "\tchain allowed {",
    ...(links.length === 0 ? [] : ["\t\t# pods: only by what leads to them"]),
    ...links.map((link) => `\t\tiifname "${link}" ip saddr ${podCidr} accept`),
    "\t\t# without these nothing finds its way, or the size of its packets",
    "\t\ticmp type { destination-unreachable, time-exceeded, parameter-problem } accept",
    "\t\ticmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept",
    "\t\tudp sport 67 udp dport 68 accept",
    ...rules.flatMap(({ reasons, text }) => [`\t\t# ${reasons.join("; ")}`, `\t\t${text} accept`]),
    "\t\tcounter drop",
    "\t}",
    "}",
    "",
  ].join("\n");
}

/**
 * The interfaces that nothing but pods' packets comes by: those of the host's own pods, and what the network plugin has between nodes. None where
 * pods' packets travel as they are: a flow says so.
 */
function podLinks(variables: ClusterSpec["variables"]): string[] {
  if (podsUnwrapped(variables)) return [];
  switch (variables.kube_network_plugin) {
    case "cilium":
      return ["lxc*", "cilium_*"];
    case "flannel":
      return ["cni0", "flannel*"];
    default: {
      const between = (variables.calico_ipip_mode ?? "Never") === "Never" ? "vxlan.calico" : "tunl0";
      return ["cali*", between, ...(variables.calico_wireguard_enabled === true ? ["wireguard.cali"] : [])];
    }
  }
}

interface Rule {
  readonly group?: PeerGroup;
  readonly reasons: readonly string[];
  readonly text: string;
}

/** One rule for each remote and protocol, with the ports of all ways. A way that lies within another one is not named again. */
function rulesOf(ways: readonly OpenWay[], machines: readonly MachinePlan[]): Rule[] {
  const wider = widest(ways, machines);
  const together = new Map<string, OpenWay[]>();
  const reasons = new Map<string, Set<string>>();
  for (const way of ways) {
    const named = wider.get(way) ?? way;
    const id = JSON.stringify([named.remote, named.protocol, named.ports === undefined]);
    if (named === way) together.set(id, [...(together.get(id) ?? []), way]);
    reasons.set(id, (reasons.get(id) ?? new Set()).add(way.reason));
  }
  return [...together].flatMap(([id, same]) => {
    const [first] = same;
    if (first === undefined) return [];
    const ports = same.flatMap((way) => way.ports ?? []);
    const group = "group" in first.remote ? { group: first.remote.group } : {};
    const text = [sourceOf(first), protocolOf(first, ports)].filter((part) => part !== "").join(" ");
    return [{ ...group, reasons: [...(reasons.get(id) ?? [])], text }];
  });
}

/** For each way the first of the widest that it lies within: etcd's members are the control planes too, and all pods' traffic is any. */
function widest(ways: readonly OpenWay[], machines: readonly MachinePlan[]): Map<OpenWay, OpenWay> {
  const spans = new Map<string, readonly Span[] | undefined>();
  const spansOf = ({ remote }: OpenWay): readonly Span[] | undefined => {
    const id = JSON.stringify(remote);
    if (!spans.has(id)) spans.set(id, spansOfRemote(remote, machines));
    return spans.get(id);
  };
  const within = (narrow: OpenWay, wide: OpenWay): boolean => {
    if (wide.protocol !== "any" && wide.protocol !== narrow.protocol) return false;
    const { ports } = narrow;
    if (wide.ports !== undefined && (ports === undefined || ports.min < wide.ports.min || wide.ports.max < ports.max)) return false;
    const outer = spansOf(wide);
    if (outer === undefined || outer === spansOf(narrow)) return outer !== undefined;
    return spansOf(narrow)?.every(({ first, last }) => outer.some((span) => contains(span, first) && contains(span, last))) ?? false;
  };
  const kept = ways.filter(
    (way, index) => !ways.some((other, at) => at !== index && within(way, other) && (at < index || !within(other, way))),
  );
  return new Map(
    ways.flatMap((way) =>
      kept
        .filter((other) => within(way, other))
        .slice(0, 1)
        .map((other) => [way, other] as const),
    ),
  );
}

/** The addresses of a rule's other side; undefined where they are none of IPv4. */
function spansOfRemote(remote: OpenWay["remote"], machines: readonly MachinePlan[]): readonly Span[] | undefined {
  const named = "cidr" in remote ? parseCidr(remote.cidr) : undefined;
  if ("cidr" in remote) return named && [named];
  return addressesOf(remote.group, machines).flatMap((address) => {
    const first = parseAddress(address);
    return first === undefined ? [] : [{ first, last: first }];
  });
}

function sourceOf({ remote, family }: OpenWay): string {
  if ("group" in remote) return `ip saddr @${nameOf(remote.group)}`;
  const [any, header] = family === "IPv6" ? ["::/0", "ip6"] : ["0.0.0.0/0", "ip"];
  return remote.cidr === any ? `meta nfproto ${family.toLowerCase()}` : `${header} saddr ${remote.cidr}`;
}

function protocolOf({ protocol, family }: OpenWay, ports: readonly NonNullable<OpenWay["ports"]>[]): string {
  if (protocol === "any") return "";
  if (protocol === "icmp") return `meta l4proto ${family === "IPv6" ? "ipv6-icmp" : "icmp"}`;
  if (protocol === "ipip" || protocol === "vrrp") return `meta l4proto ${PROTOCOL_NUMBERS[protocol]}`;
  return ports.length === 0 ? `meta l4proto ${protocol}` : `${protocol} dport { ${merged(ports).join(", ")} }`;
}

/** Ranges of ports without overlaps, which a set does not take. */
function merged(ports: readonly NonNullable<OpenWay["ports"]>[]): string[] {
  const ranges: { min: number; max: number }[] = [];
  for (const { min, max } of [...ports].sort((a, b) => a.min - b.min)) {
    const last = ranges.at(-1);
    if (last !== undefined && min <= last.max + 1) last.max = Math.max(last.max, max);
    else ranges.push({ min, max });
  }
  return ranges.map(({ min, max }) => (min === max ? `${min}` : `${min}-${max}`));
}

function setOf(group: PeerGroup, machines: readonly MachinePlan[]): string[] {
  return [`\tset ${nameOf(group)} {`, "\t\ttype ipv4_addr", `\t\telements = { ${addressesOf(group, machines).join(", ")} }`, "\t}", ""];
}

function addressesOf(group: PeerGroup, machines: readonly MachinePlan[]): string[] {
  return [...new Set(machines.filter((machine) => groupsOf(machine).includes(group)).map(({ address }) => address))];
}

function nameOf(group: PeerGroup): string {
  return group.replaceAll("-", "_");
}
