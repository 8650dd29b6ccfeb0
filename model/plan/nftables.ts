import { formatRange } from "../ipv4";
import { expandFlows, type FlowsPlan, groupsOf, type OpenWay, type PeerGroup, PROTOCOL_NUMBERS } from "./rules";
import type { MachinePlan, Role } from "./types";

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
 * The rules of a host, for what is addressed to it or to the addresses that Services are given: before kube-proxy leads it elsewhere, so that
 * it counts whichever way kube-proxy works. What passes through on its way to pods is not looked at, and neither is what the host itself sends.
 */
function firewallText(plan: FlowsPlan, ways: readonly OpenWay[], roles: readonly Role[]): string {
  const own = groupsOf({ roles });
  const rules = rulesOf(ways.filter(({ direction, group }) => direction === "ingress" && own.includes(group)));
  const groups = [...new Set(rules.flatMap(({ group }) => group ?? []))].sort();
  const { podCidr, loadBalancerRange } = plan.network;
  return [
    `table inet ${TABLE} {`,
    ...groups.flatMap((group) => setOf(group, plan.machines)),
    "\tchain arriving {",
    "\t\ttype filter hook prerouting priority mangle; policy accept;",
    "\t\tct state established,related accept",
    '\t\tiifname "lo" accept',
    "\t\tfib daddr type local goto allowed",
    ...(loadBalancerRange === undefined ? [] : [`\t\tip daddr ${formatRange(loadBalancerRange)} goto allowed`]),
    "\t}",
    "",
    "\tchain allowed {",
    "\t\t# pods: only by the way that leads back to them",
    `\t\tip saddr ${podCidr} fib saddr . iif oif exists accept`,
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

interface Rule {
  readonly group?: PeerGroup;
  readonly reasons: readonly string[];
  readonly text: string;
}

/** One rule for each remote and protocol, with the ports of all ways. */
function rulesOf(ways: readonly OpenWay[]): Rule[] {
  const together = new Map<string, OpenWay[]>();
  for (const way of ways) {
    const id = JSON.stringify([way.remote, way.protocol, way.ports === undefined]);
    together.set(id, [...(together.get(id) ?? []), way]);
  }
  return [...together.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const ports = same.flatMap((way) => way.ports ?? []);
    const group = "group" in first.remote ? { group: first.remote.group } : {};
    const text = [sourceOf(first), protocolOf(first, ports)].filter((part) => part !== "").join(" ");
    return [{ ...group, reasons: [...new Set(same.map(({ reason }) => reason))], text }];
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
  const addresses = machines.filter((machine) => groupsOf(machine).includes(group)).map(({ address }) => address);
  return [`\tset ${nameOf(group)} {`, "\t\ttype ipv4_addr", `\t\telements = { ${[...new Set(addresses)].join(", ")} }`, "\t}", ""];
}

function nameOf(group: PeerGroup): string {
  return group.replaceAll("-", "_");
}
