import type { Graph } from "../../../testing/graph";
import { anyOut, type Firewall, numberOf, type ReadRule } from "../reachability";
import { ofType } from "../shapes/shape";

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
