import { createHash } from "node:crypto";
import { contains, parseCidr } from "../../model/ipv4";
import type { Flow, FlowPeer } from "../../model/plan/infrastructure-types";
import { expandFlows, type FlowsPlan, groupKeys, type OpenWay, type PeerGroup } from "../../model/plan/rules";
import type { EnvironmentPlan } from "../../model/plan/types";
import { partsOf } from "./controllers-role";
import { described } from "./names";
import { frontendsOf } from "./plan";

/** Whence Azure's balancer looks whether its members live; rules know it by the service tag. */
const PROBES = "168.63.129.16/32";

/** The other side of a rule. */
export type RulePeer =
  | { readonly group: PeerGroup }
  | { readonly tag: "AzureLoadBalancer" }
  | { readonly prefixes: readonly [string, ...string[]] };

/** One rule of the security group. */
export interface SecurityRulePlan {
  /** Made of the content alone; the rule's name. */
  readonly name: string;
  readonly priority: number;
  readonly direction: "Inbound" | "Outbound";
  readonly protocol: "Tcp" | "Udp" | "Icmp" | "*";
  /** The machines it is for. */
  readonly group: PeerGroup;
  readonly peer: RulePeer;
  /** As Azure takes them; empty: all. */
  readonly ports: readonly string[];
  readonly description: string;
}

/** Whether a rule of the security group is one of ours, by its name. */
export function isOurs(name: string): boolean {
  return /^(in|out)-/.test(name);
}

/**
 * Whether rules are resources of their own: where the cloud controller writes others into the same group. Elsewhere they are a part of the group,
 * which Azure takes over at once.
 */
export function standApart(plan: Pick<EnvironmentPlan, "platform">): boolean {
  return partsOf(plan).includes("controller");
}

/** What the rules follow from. */
export type RulesPlan = FlowsPlan & Pick<EnvironmentPlan, "platform">;

/**
 * The rules the plan's flows compile to. What is open to one group for another is one rule with all its ports, what is open at a port for ranges
 * is one rule with all ranges: so few are told apart by their priorities.
 */
export function compileRules(plan: RulesPlan): SecurityRulePlan[] {
  const merged = new Map<string, OpenWay[]>();
  for (const way of waysOf(plan)) {
    const name = nameOf(way);
    merged.set(name, [...(merged.get(name) ?? []), way]);
  }
  const rules = [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, ways]) => ruleOf(name, ways));
  return withPriorities(rules);
}

/** The groups of interfaces in use. */
export function applicationGroups({ machines }: Pick<EnvironmentPlan, "machines">): PeerGroup[] {
  return groupKeys(machines);
}

/**
 * Azure's balancer is no end of its own: packets go on to its members with the addresses of those who sent them, at the member's port. So what the
 * flows allow towards a balancer is let in at its members; machines are let out to the balancer's own address; and what comes from the balancer
 * itself are its probes.
 */
function waysOf(plan: RulesPlan): OpenWay[] {
  const dialect = { balancerHasGroup: false, balancerKeepsClients: false, namesPods: true, rule: (way: OpenWay) => way };
  const [inside, outside] = [[] as Flow[], [] as Flow[]];
  for (const flow of plan.flows) {
    if (flow.from === "load-balancer") outside.push({ ...flow, from: `cidr:${PROBES}`, reason: "health checks of the load balancer" });
    else if (flow.to !== "load-balancer") outside.push(flow);
    else
      for (const { port, target, targets, addresses } of entrances(plan).filter((each) => flow.ports.includes(each.port))) {
        inside.push({ ...flow, to: targets, ports: [target] });
        if (!flow.from.startsWith("cidr:"))
          for (const address of addresses) outside.push({ ...flow, to: `cidr:${address}/32` satisfies FlowPeer, ports: [port] });
      }
  }
  return [
    ...expandFlows({ ...plan, flows: outside }, dialect),
    ...expandFlows({ ...plan, flows: inside }, dialect).filter(({ direction }) => direction === "ingress"),
  ];
}

/** What balancers listen at, with the addresses that machines know them by. */
function entrances(plan: RulesPlan) {
  const frontends = frontendsOf(plan);
  const ports = new Map(frontends.flatMap(({ ports: each, targets }) => each.map((one) => [one.port, { ...one, targets }] as const)));
  return [...ports.values()].map((each) => ({
    ...each,
    addresses: frontends.flatMap(({ internal, address, ports: own }) =>
      internal && address !== undefined && own.some(({ port }) => port === each.port) ? [address] : [],
    ),
  }));
}

/** The protocols that rules have words for; what needs another is refused by the checks. */
const PROTOCOLS: Readonly<Record<string, SecurityRulePlan["protocol"]>> = { tcp: "Tcp", udp: "Udp", icmp: "Icmp", any: "*" };

const isProbe = ({ remote }: OpenWay): boolean => "cidr" in remote && remote.cidr === PROBES;
const portsText = ({ ports }: OpenWay): string =>
  ports === undefined ? "" : ports.min === ports.max ? `${ports.min}` : `${ports.min}-${ports.max}`;

/** By which ways are one rule. */
function nameOf(way: OpenWay): string {
  const { group, direction, family, remote } = way;
  const start = [direction === "ingress" ? "in" : "out", group, way.protocol];
  const towards = direction === "ingress" ? "from" : "to";
  if ("group" in remote) return [...start, towards, remote.group].join("-");
  if (isProbe(way)) return [...start, towards, "balancer"].join("-");
  const ports = portsText(way);
  return [...start, ...(ports === "" ? [] : [ports]), towards, family === "IPv6" ? "ranges6" : "ranges"].join("-");
}

function ruleOf(name: string, ways: readonly OpenWay[]): Omit<SecurityRulePlan, "priority">[] {
  const [first] = ways;
  const protocol = first && PROTOCOLS[first.protocol];
  if (first === undefined || protocol === undefined) return [];
  const ports = ways.some((way) => way.ports === undefined) ? [] : [...new Set(ways.map(portsText))].sort(byNumber);
  const prefixes = widest(ways.flatMap(({ remote }) => ("cidr" in remote ? [remote.cidr] : [])));
  const [prefix, ...more] = prefixes;
  const peer: RulePeer =
    "group" in first.remote
      ? { group: first.remote.group }
      : isProbe(first) || prefix === undefined
        ? { tag: "AzureLoadBalancer" }
        : { prefixes: [prefix, ...more] };
  return [
    {
      name,
      direction: first.direction === "ingress" ? "Inbound" : "Outbound",
      protocol,
      group: first.group,
      peer,
      ports,
      description: described([...new Set(ways.map(({ reason }) => reason))].join("; ")),
    },
  ];
}

function byNumber(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10);
}

/** Ranges without those that lie in another of them: Azure refuses lists whose prefixes overlap. */
function widest(prefixes: readonly string[]): string[] {
  const blocks = [...new Set(prefixes)].sort().map((text) => ({ text, block: parseCidr(text) }));
  return blocks
    .filter(({ text, block }) => !blocks.some((other) => other.text !== text && block && other.block && covers(other.block, block)))
    .map(({ text }) => text);
}

function covers(wide: { first: number; last: number; prefix: number }, narrow: { first: number; last: number; prefix: number }): boolean {
  return wide.prefix < narrow.prefix && contains(wide, narrow.first) && contains(wide, narrow.last);
}

/** What rules between groups are numbered by, in an order that never changes: new words come at the end. */
const GROUPS: readonly (PeerGroup | "balancer")[] = [
  "control-plane",
  "etcd",
  "worker",
  "bastion",
  "nfs",
  "nodes",
  "load-balancer",
  "balancer",
];
const KINDS: readonly SecurityRulePlan["protocol"][] = ["*", "Icmp", "Tcp", "Udp"];
const BETWEEN = { first: 200, size: GROUPS.length * KINDS.length * GROUPS.length };
// The cloud controller takes the first free number from 500 on, and the last before 4096.
const RANGES = { first: 1000, size: 3000 };

/**
 * Each rule with a number that is its own in its direction. All of them allow, so their order means nothing, and no number may depend on what other
 * rules there are: between groups it stands for the groups and the protocol; with ranges, for the name.
 */
function withPriorities(rules: readonly Omit<SecurityRulePlan, "priority">[]): SecurityRulePlan[] {
  const numbers = new Map(
    (["Inbound", "Outbound"] as const).map((direction) => {
      const ranged = rules.filter((rule) => rule.direction === direction && "prefixes" in rule.peer);
      return [direction, numbersOf(ranged.map(({ name }) => name))];
    }),
  );
  return rules.map((rule) => {
    const { name, direction, group, protocol, peer } = rule;
    const other = GROUPS.indexOf("group" in peer ? peer.group : "balancer");
    const between = BETWEEN.first + (GROUPS.indexOf(group) * KINDS.length + KINDS.indexOf(protocol)) * GROUPS.length + other;
    return { ...rule, priority: ("prefixes" in peer ? numbers.get(direction)?.get(name) : undefined) ?? between };
  });
}

/**
 * The number that each name stands for. Where several would have one, none has it, and each goes on to its next: so a rule that moves because
 * another one came or went never takes a number that the other one has, which Azure refuses where rules are written one by one.
 */
export function numbersOf(names: readonly string[]): ReadonlyMap<string, number> {
  const tries = new Map(names.map((name) => [name, 0]));
  for (;;) {
    const numbers = new Map([...tries].map(([name, tried]) => [name, numberOf(name, tried)]));
    const holders = new Map<number, string[]>();
    for (const [name, number] of numbers) holders.set(number, [...(holders.get(number) ?? []), name]);
    const crowded = [...holders.values()].filter(({ length }) => length > 1).flat();
    if (crowded.length === 0) return numbers;
    for (const name of crowded) tries.set(name, (tries.get(name) ?? 0) + 1);
  }
}

function numberOf(name: string, tried: number): number {
  const text = tried === 0 ? name : `${name} ${tried}`;
  return RANGES.first + (createHash("sha256").update(text).digest().readUInt32BE(0) % RANGES.size);
}
