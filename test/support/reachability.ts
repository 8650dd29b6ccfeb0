/*
 * Reads back what a cloud was told is open, from the resources themselves, and says who reaches whom. Written apart from the compilers: it knows
 * nothing of flows, groups of the plan or keys of rules. A cloud brings a reader of its resources (firewalls/); everything else is the same for all.
 */

/** Something that sends or is sent to: an interface with its groups and addresses. */
export interface Endpoint {
  /** The machine's name, or `load-balancer`. */
  readonly name: string;
  readonly groups: readonly string[];
  /** Addresses that rules by prefix know it by. */
  readonly addresses: readonly string[];
}

/** One rule, that lets something through or keeps it out. */
export interface ReadRule {
  readonly group: string;
  readonly direction: "in" | "out";
  /** The protocol's number; undefined: any. */
  readonly protocol: number | undefined;
  /** Undefined: all. */
  readonly ports: readonly [first: number, last: number] | undefined;
  readonly peer: { readonly group: string } | { readonly prefix: string };
  /** Where clouds have an order: the lowest that says something of a packet counts. @default 0 */
  readonly priority?: number;
  /** Keeps out, before what lets through at the same priority. @default it lets through */
  readonly denies?: true;
}

/** What a cloud's resources say. */
export interface Firewall {
  readonly endpoints: readonly Endpoint[];
  readonly rules: readonly ReadRule[];
}

/** A packet's kind. */
export interface Probe {
  readonly protocol: number;
  readonly port?: number;
}

/** Whether a packet passes from one end to the other. An end that is a text is an address outside, which nothing of ours guards. */
export function passes({ rules }: Firewall, from: Endpoint | string, to: Endpoint | string, probe: Probe): boolean {
  const leaves = typeof from === "string" || open(rules, from, "out", to, probe);
  const enters = typeof to === "string" || open(rules, to, "in", from, probe);
  return leaves && enters;
}

function open(
  rules: readonly ReadRule[],
  own: Endpoint,
  direction: ReadRule["direction"],
  other: Endpoint | string,
  { protocol, port }: Probe,
): boolean {
  const said = rules.filter(
    (rule) =>
      rule.direction === direction &&
      own.groups.includes(rule.group) &&
      (rule.protocol === undefined || rule.protocol === protocol) &&
      (rule.ports === undefined || (port !== undefined && rule.ports[0] <= port && port <= rule.ports[1])) &&
      isPeer(rule.peer, other),
  );
  const first = Math.min(...said.map(({ priority = 0 }) => priority));
  return said.length > 0 && !said.some(({ priority = 0, denies }) => priority === first && denies);
}

function isPeer(peer: ReadRule["peer"], other: Endpoint | string): boolean {
  if ("group" in peer) return typeof other !== "string" && other.groups.includes(peer.group);
  return (typeof other === "string" ? [other] : other.addresses).some((address) => within(address, peer.prefix));
}

/** Whether an IPv4 address lies in a prefix, bit by bit. */
export function within(address: string, prefix: string): boolean {
  const [network = "", length = "32"] = prefix.split("/");
  if (network.includes(":")) return false;
  const bits = (text: string): string =>
    text
      .split(".")
      .map((part) => Number(part).toString(2).padStart(8, "0"))
      .join("");
  return bits(address).slice(0, Number(length)) === bits(network).slice(0, Number(length));
}

const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, ipip: 4, vrrp: 112, tcp: 6, udp: 17, "ipv6-icmp": 58, icmpv6: 58 };

/** The number of a protocol that a cloud calls by its name; undefined: any. */
export function numberOf(protocol: unknown): number | undefined {
  if (protocol === undefined || protocol === "-1" || protocol === "") return undefined;
  return NUMBERS[String(protocol)] ?? Number(protocol);
}

/** A firewall that is asked only about what enters, as one of hosts is. */
export function enteringOnly({ endpoints, rules }: Firewall): Firewall {
  const groups = new Set(endpoints.flatMap((each) => each.groups));
  return { endpoints, rules: [...rules.filter(({ direction }) => direction === "in"), ...[...groups].map(anyOut)] };
}

/** What lets a group send anything anywhere. */
export const anyOut = (group: string): ReadRule => ({
  group,
  direction: "out",
  protocol: undefined,
  ports: undefined,
  peer: { prefix: "0.0.0.0/0" },
});

/**
 * Who reaches whom of those that both clouds have, as `FROM TO PROTOCOL/PORT`, for every end and everything asked for.
 * @param outside addresses of the world, by what they are called
 */
export function reaches(firewall: Firewall, outside: Readonly<Record<string, string>>, probes: readonly Probe[]): Set<string> {
  const ends: (readonly [string, Endpoint | string])[] = [
    ...firewall.endpoints.map((each) => [each.name, each] as const),
    ...Object.entries(outside),
  ];
  const open = new Set<string>();
  for (const [from, source] of ends)
    for (const [to, target] of ends)
      if (from !== to && !(typeof source === "string" && typeof target === "string"))
        for (const probe of probes)
          if (passes(firewall, source, target, probe))
            open.add(`${from} ${to} ${probe.protocol}${probe.port === undefined ? "" : `/${probe.port}`}`);
  return open;
}

/** What one side alone lets through, and why that is so: of OpenStack, which the others are held against, or of the other's own. */
export interface Extra {
  readonly of: "openstack" | "own";
  readonly what: RegExp;
  readonly why: string;
}

/** What differs between OpenStack and another beyond the table of its extras: nothing may. */
export function differences(openstack: ReadonlySet<string>, own: ReadonlySet<string>, extras: readonly Extra[]): string[] {
  const more = (of: Extra["of"], one: ReadonlySet<string>, other: ReadonlySet<string>): string[] =>
    [...one]
      .filter((line) => !other.has(line) && !extras.some((each) => each.of === of && each.what.test(line)))
      .map((line) => `${of}: ${line}`);
  return [...more("openstack", openstack, own), ...more("own", own, openstack)];
}
