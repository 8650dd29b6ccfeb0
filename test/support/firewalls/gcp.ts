import { list } from "../../../model/data";
import type { Graph } from "../../../testing/graph";
import { anyOut, type Endpoint, type Firewall, numberOf, type ReadRule } from "../reachability";
import { ofType } from "../shapes/shape";

/** By what rules know machines of a network tag. */
export const tagged = (tag: string): string => `tag ${tag}`;

/**
 * Reads the firewall of a network on GCP, which knows machines by their accounts and tags. The rule of the lowest number counts, at the same one that
 * which denies; what no rule is for is shut inwards and open outwards. Balancers hand packets on as they came, and so are no ends.
 */
export function gcpFirewall(g: Graph): Firewall {
  const endpoints = ofType(g, "instance:Instance").map(({ name, inputs }): Endpoint => {
    const [nic] = list(inputs.networkInterfaces) as Record<string, unknown>[];
    return {
      name: name.replace(/^.*-machine-/, ""),
      groups: [String((inputs.serviceAccount as Record<string, unknown>).email), ...list(inputs.tags).map((tag) => tagged(String(tag)))],
      addresses: [String(nic?.networkIp)],
    };
  });
  const rules = ofType(g, "firewall:Firewall").flatMap(({ inputs }) => readRule(inputs));
  const groups = new Set(endpoints.flatMap((each) => each.groups));
  return { endpoints, rules: [...rules, ...[...groups].map((group) => ({ ...anyOut(group), priority: 65_535 }))] };
}

/** One rule of the cloud's as those that it says in one. */
function readRule(inputs: Readonly<Record<string, unknown>>): ReadRule[] {
  const { allows, denies, direction, priority, destinationRanges, sourceRanges, sourceServiceAccounts, targetServiceAccounts, targetTags } =
    inputs;
  const peers: ReadRule["peer"][] = [
    ...[...list(destinationRanges), ...list(sourceRanges)].map((prefix) => ({ prefix: String(prefix) })),
    ...list(sourceServiceAccounts).map((group) => ({ group: String(group) })),
  ];
  const targets = [...list(targetServiceAccounts).map(String), ...list(targetTags).map((tag) => tagged(String(tag)))];
  return [...list(allows), ...list(denies)].flatMap((each) => {
    const { protocol, ports } = each as Record<string, unknown>;
    const ranges = ports === undefined ? [undefined] : list(ports).map((range) => String(range).split("-").map(Number));
    return ranges.flatMap((range) =>
      targets.flatMap((group) =>
        peers.map(
          (peer): ReadRule => ({
            group,
            direction: direction === "EGRESS" ? "out" : "in",
            protocol: protocol === "all" ? undefined : numberOf(protocol),
            ports: range && [range[0] ?? 0, range[1] ?? range[0] ?? 0],
            peer,
            priority: Number(priority),
            ...(denies === undefined ? {} : { denies: true }),
          }),
        ),
      ),
    );
  });
}
