import type { Graph } from "../../testing/graph";

/*
 * Reads back what a cloud was told is open, from the resources themselves, and says who reaches whom. Written apart from the compilers: it knows
 * nothing of flows, groups of the plan or keys of rules. A cloud brings a reader of its resources; everything else is the same for all.
 */

/** Something that sends or is sent to: an interface with its groups and addresses. */
export interface Endpoint {
  /** The machine's name, or `load-balancer`. */
  readonly name: string;
  readonly groups: readonly string[];
  /** Addresses that rules by prefix know it by. */
  readonly addresses: readonly string[];
}

/** One rule that lets something through. */
export interface ReadRule {
  readonly group: string;
  readonly direction: "in" | "out";
  /** The protocol's number; undefined: any. */
  readonly protocol: number | undefined;
  /** Undefined: all. */
  readonly ports: readonly [first: number, last: number] | undefined;
  readonly peer: { readonly group: string } | { readonly prefix: string };
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
  return rules.some(
    (rule) =>
      rule.direction === direction &&
      own.groups.includes(rule.group) &&
      (rule.protocol === undefined || rule.protocol === protocol) &&
      (rule.ports === undefined || (port !== undefined && rule.ports[0] <= port && port <= rule.ports[1])) &&
      isPeer(rule.peer, other),
  );
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

function numberOf(protocol: unknown): number | undefined {
  if (protocol === undefined || protocol === "-1" || protocol === "") return undefined;
  return NUMBERS[String(protocol)] ?? Number(protocol);
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const ofType = (g: Graph, end: string) => g.resources.filter(({ type }) => type.endsWith(end));

/** Reads security groups of neutron's. The balancer is the cloud's own, in no group: what dials for it has some address of the subnet. */
export function openstackFirewall(
  g: Graph,
  { balancer, dialsFrom }: { readonly balancer?: string; readonly dialsFrom?: string } = {},
): Firewall {
  const ports = new Map(ofType(g, ":Port").map(({ name, inputs }) => [`${name}-id`, inputs]));
  const machines = ofType(g, ":Instance").map(({ name, inputs }): Endpoint => {
    const port = ports.get(String((list(inputs.networks)[0] as Record<string, unknown>).port)) ?? {};
    return {
      name: name.replace(/^.*-machine-/, ""),
      groups: list(port.securityGroupIds).map(String),
      addresses: list(port.fixedIps).map((each) => String((each as Record<string, unknown>).ipAddress)),
    };
  });
  const own =
    balancer === undefined
      ? []
      : [{ name: "load-balancer", groups: ["the cloud's own"], addresses: [balancer, ...(dialsFrom ? [dialsFrom] : [])] }];
  const rules = ofType(g, ":SecGroupRule").map(({ inputs }): ReadRule => {
    const { direction, protocol, portRangeMin: min, portRangeMax: max, remoteGroupId, remoteIpPrefix, securityGroupId } = inputs;
    return {
      group: String(securityGroupId),
      direction: direction === "ingress" ? "in" : "out",
      protocol: numberOf(protocol),
      ports: typeof min === "number" && typeof max === "number" ? [min, max] : undefined,
      peer: remoteGroupId === undefined ? { prefix: String(remoteIpPrefix) } : { group: String(remoteGroupId) },
    };
  });
  const free = (["in", "out"] as const).map(
    (direction): ReadRule => ({
      group: "the cloud's own",
      direction,
      protocol: undefined,
      ports: undefined,
      peer: { prefix: "0.0.0.0/0" },
    }),
  );
  return { endpoints: [...machines, ...own], rules: [...rules, ...(balancer === undefined ? [] : free)] };
}

/** Reads security groups of EC2's. A balancer is an end of its own, with the groups and addresses that it was made with. */
export function awsFirewall(g: Graph): Firewall {
  const machines = ofType(g, "instance:Instance").map(
    ({ name, inputs }): Endpoint => ({
      name: name.replace(/^.*-machine-/, ""),
      groups: list(inputs.vpcSecurityGroupIds).map(String),
      addresses: [String(inputs.privateIp)],
    }),
  );
  const balancers = ofType(g, ":LoadBalancer");
  const groups = [...new Set(balancers.flatMap(({ inputs }) => list(inputs.securityGroups).map(String)))];
  const addresses = balancers.flatMap(({ inputs }) =>
    list(inputs.subnetMappings).flatMap((each) => {
      const { privateIpv4Address: address } = each as Record<string, unknown>;
      return typeof address === "string" ? [address] : [];
    }),
  );
  const rules = [...ofType(g, ":SecurityGroupIngressRule"), ...ofType(g, ":SecurityGroupEgressRule")].map(({ type, inputs }): ReadRule => {
    const { ipProtocol, fromPort, toPort, referencedSecurityGroupId, cidrIpv4, cidrIpv6, securityGroupId } = inputs;
    const protocol = numberOf(ipProtocol);
    const ported = protocol === 6 || protocol === 17;
    return {
      group: String(securityGroupId),
      direction: type.includes("Ingress") ? "in" : "out",
      protocol,
      ports: ported && typeof fromPort === "number" && typeof toPort === "number" ? [fromPort, toPort] : undefined,
      peer:
        referencedSecurityGroupId === undefined ? { prefix: String(cidrIpv4 ?? cidrIpv6) } : { group: String(referencedSecurityGroupId) },
    };
  });
  const own = groups.length === 0 ? [] : [{ name: "load-balancer", groups, addresses }];
  return { endpoints: [...machines, ...own], rules };
}

/** What comes in to every host whatever the flows: answers, itself, its pods, what nothing finds its way without. The e2e of packets tries each. */
const BASICS: readonly RegExp[] = [
  /^ct state established,related$/,
  /^iifname "/,
  /^icmp(v6)? type \{ [a-z, -]+ \}$/,
  /^udp sport 67 udp dport 68$/,
];

/**
 * Reads tables of nftables, one for each kind of host. What a host sends is not looked at.
 * @param hosts the kind and address of each, by name
 */
export function nftablesFirewall(
  texts: Readonly<Record<string, string>>,
  hosts: Readonly<Record<string, { readonly kind: string; readonly address: string }>>,
): Firewall {
  const inwards = Object.entries(texts).flatMap(([group, text]) => {
    const sets = new Map(
      [...text.matchAll(/set (\w+) \{[^}]*elements = \{ ([^}]*) \}/g)].map(([, name, all = ""]) => [name, all.split(", ")]),
    );
    const accepted = [...text.matchAll(/^\t\t([^#].*) accept$/gm)].map(([, rule = ""]) => rule);
    return accepted
      .filter((rule) => !BASICS.some((basic) => basic.test(rule)))
      .flatMap((rule): ReadRule[] => {
        const [, source = "", set, prefix, word, number, ports] =
          /^(ip saddr @(\w+)|ip saddr ([\d./]+)|meta nfproto ipv4)(?: (?:(tcp|udp) dport|meta l4proto (\w+)))?(?: \{ ([\d, -]+) \})?$/.exec(
            rule,
          ) ?? [];
        if (source === "") throw new Error(`a rule that nobody can read: ${rule}`);
        const peers = set === undefined ? [prefix ?? "0.0.0.0/0"] : (sets.get(set) ?? []);
        const ranges = ports?.split(", ").map((each) => each.split("-").map(Number)) ?? [undefined];
        return peers.flatMap((peer) =>
          ranges.map((range) => ({
            group,
            direction: "in" as const,
            protocol: numberOf(word ?? number),
            ports: range && ([range[0] ?? 0, range[1] ?? range[0] ?? 0] as const),
            peer: { prefix: peer },
          })),
        );
      });
  });
  const endpoints = Object.entries(hosts).map(([name, { kind, address }]) => ({ name, groups: [kind], addresses: [address] }));
  return { endpoints, rules: [...inwards, ...Object.keys(texts).map(anyOut)] };
}

/**
 * Reads the firewall of a network on GCP, which knows machines by their accounts. A rule that allows comes before one that denies; what no rule is
 * for is shut inwards and open outwards. Balancers hand packets on as they came, and so are no ends.
 */
export function gcpFirewall(g: Graph): Firewall {
  const endpoints = ofType(g, "instance:Instance").map(({ name, inputs }): Endpoint => {
    const [nic] = list(inputs.networkInterfaces) as Record<string, unknown>[];
    return {
      name: name.replace(/^.*-machine-/, ""),
      groups: [String((inputs.serviceAccount as Record<string, unknown>).email)],
      addresses: [String(nic?.networkIp)],
    };
  });
  const firewalls = ofType(g, "firewall:Firewall").map(({ inputs }) => inputs);
  const rules = firewalls.flatMap(
    ({ allows, direction, priority, destinationRanges, sourceRanges, sourceServiceAccounts, targetServiceAccounts }) => {
      const peers: ReadRule["peer"][] = [
        ...[...list(destinationRanges), ...list(sourceRanges)].map((prefix) => ({ prefix: String(prefix) })),
        ...list(sourceServiceAccounts).map((group) => ({ group: String(group) })),
      ];
      const denied = firewalls
        .filter((each) => each.denies !== undefined && each.direction === direction)
        .map((each) => Number(each.priority));
      // What is denied first is not read: nothing of ours is.
      if (denied.some((other) => other <= Number(priority)) && allows !== undefined)
        throw new Error("a rule is outdone by one that denies");
      return list(allows).flatMap((each) => {
        const { protocol, ports } = each as Record<string, unknown>;
        const ranges = ports === undefined ? [undefined] : list(ports).map((range) => String(range).split("-").map(Number));
        return ranges.flatMap((range) =>
          list(targetServiceAccounts).flatMap((group) =>
            peers.map(
              (peer): ReadRule => ({
                group: String(group),
                direction: direction === "EGRESS" ? "out" : "in",
                protocol: protocol === "all" ? undefined : numberOf(protocol),
                ports: range && [range[0] ?? 0, range[1] ?? range[0] ?? 0],
                peer,
              }),
            ),
          ),
        );
      });
    },
  );
  const shut = firewalls.flatMap(({ denies, direction, targetServiceAccounts, destinationRanges }) =>
    JSON.stringify(denies) === '[{"protocol":"all"}]' && direction === "EGRESS" && list(destinationRanges).includes("0.0.0.0/0")
      ? list(targetServiceAccounts).map(String)
      : [],
  );
  const open = endpoints.flatMap(({ groups }) => groups.filter((group) => !shut.includes(group)));
  return { endpoints, rules: [...rules, ...[...new Set(open)].map(anyOut)] };
}

/**
 * Reads Azure's security group. Its balancers are no ends: they hand packets on with their senders' addresses, and what comes from themselves are
 * probes. Every rule but the last of each direction lets something through; the last closes what Azure's own would.
 */
export function azureFirewall(g: Graph): Firewall {
  const ids = (value: unknown): string[] => list(value).map((each) => String((each as Record<string, unknown>).id));
  const [group] = ofType(g, ":NetworkSecurityGroup");
  const guarded = new Set(ofType(g, ":Subnet").flatMap(({ name, inputs }) => (inputs.networkSecurityGroup ? [`${name}-id`] : [])));
  const machines = ofType(g, ":NetworkInterface").map(({ name, inputs }): Endpoint => {
    const [main = {}] = list(inputs.ipConfigurations) as Record<string, unknown>[];
    const { id: subnet } = (main.subnet ?? {}) as Record<string, unknown>;
    if (!guarded.has(String(subnet)) && !inputs.networkSecurityGroup) throw new Error(`nothing guards ${name}`);
    return {
      name: name.replace(/^.*-nic-/, ""),
      groups: ids(main.applicationSecurityGroups),
      addresses: [String(main.privateIPAddress)],
    };
  });
  const rules = list(group?.inputs.securityRules) as Record<string, unknown>[];
  for (const direction of ["Inbound", "Outbound"]) {
    const own = rules.filter((rule) => rule.direction === direction).sort((a, b) => Number(a.priority) - Number(b.priority));
    const closing = own.pop() ?? {};
    if (
      closing.access !== "Deny" ||
      closing.protocol !== "*" ||
      closing.sourceAddressPrefix !== "*" ||
      closing.destinationAddressPrefix !== "*"
    )
      throw new Error(`${direction} is not closed at the end`);
    if (own.some((rule) => rule.access !== "Allow")) throw new Error(`${direction} has more than one end`);
  }
  const allowing = rules.filter((rule) => rule.access === "Allow");
  return {
    endpoints: machines,
    rules: allowing.flatMap((rule): ReadRule[] => {
      const inbound = rule.direction === "Inbound";
      const [own, other] = inbound ? ["destination", "source"] : ["source", "destination"];
      const peers = [
        ...ids(rule[`${other}ApplicationSecurityGroups`]).map((each) => ({ group: each })),
        ...[rule[`${other}AddressPrefix`], ...list(rule[`${other}AddressPrefixes`])]
          .filter((each) => each !== undefined)
          .map((each) => ({ prefix: each === "AzureLoadBalancer" ? "168.63.129.16/32" : String(each) })),
      ];
      const ports = [rule.destinationPortRange, ...list(rule.destinationPortRanges)].filter((each) => each !== undefined).map(String);
      return ids(rule[`${own}ApplicationSecurityGroups`]).flatMap((mine) =>
        peers.flatMap((peer) =>
          ports.map((port): ReadRule => {
            const [first = 0, last = first] = port.split("-").map(Number);
            return {
              group: mine,
              direction: inbound ? "in" : "out",
              protocol: rule.protocol === "*" ? undefined : numberOf(String(rule.protocol).toLowerCase()),
              ports: port === "*" ? undefined : [first, last],
              peer,
            };
          }),
        ),
      );
    }),
  };
}

/**
 * Reads the tables that hosts guard themselves by, and the addresses that their guests are told. What a host sends, nobody looks at.
 * @param variables those of the cluster, which the tables travel with
 */
export function hostsFirewall(g: Graph, variables: Readonly<Record<string, unknown>>): Firewall {
  const texts = variables.kpaas_firewalls as Readonly<Record<string, string>>;
  const textOf = variables.kpaas_firewall_of as Readonly<Record<string, string>>;
  const found = ofType(g, ":VirtualMachine").map(({ name, inputs }) => {
    const config = inputs.extraConfig as Record<string, unknown>;
    // The bastion's is a secret.
    const told = String(({ ...config, ...(config.value as object | undefined) } as Record<string, unknown>)["guestinfo.metadata"]);
    const [, address = ""] = /"addresses":\["([\d.]+)\//.exec(Buffer.from(told, "base64").toString()) ?? [];
    const machine = name.replace(/^.*-machine-/, "");
    return [machine, { kind: textOf[machine] ?? "no table", address }] as const;
  });
  return nftablesFirewall(texts, Object.fromEntries(found));
}

/** A firewall that is asked only about what enters, as one of hosts is. */
export function enteringOnly({ endpoints, rules }: Firewall): Firewall {
  const groups = new Set(endpoints.flatMap((each) => each.groups));
  return { endpoints, rules: [...rules.filter(({ direction }) => direction === "in"), ...[...groups].map(anyOut)] };
}

const anyOut = (group: string): ReadRule => ({
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
