import { list } from "../../../model/data";
import type { Graph } from "../../../testing/graph";
import { anyOut, type Endpoint, type Firewall, numberOf, type ReadRule } from "../reachability";
import { ofType } from "../shapes/shape";

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
