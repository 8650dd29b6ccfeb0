import { list } from "../../../model/data";
import type { Graph } from "../../../testing/graph";
import { type Endpoint, type Firewall, numberOf, type ReadRule } from "../reachability";
import { ofType } from "../shapes/shape";

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
  // A part of the group, or resources of their own.
  const rules = [...list(group?.inputs.securityRules), ...ofType(g, ":SecurityRule").map(({ inputs }) => inputs)] as Record<
    string,
    unknown
  >[];
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
