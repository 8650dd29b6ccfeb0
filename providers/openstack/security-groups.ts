import {
  type Dialect,
  expandFlows,
  type FlowsPlan,
  type OpenWay,
  type PeerGroup,
  PROTOCOL_NUMBERS,
  type Remote,
} from "../../model/plan/rules";
import type { EnvironmentPlan } from "../../model/plan/types";
import { type OpenStackPlan, openstackOf } from "./plan";

/** One security group rule as neutron takes it. */
export interface Rule {
  /** Made of the content alone. */
  readonly key: string;
  readonly group: PeerGroup;
  readonly direction: "ingress" | "egress";
  readonly ethertype: "IPv4" | "IPv6";
  /** A name or number neutron and the provider both take; undefined: any. */
  readonly protocol?: "tcp" | "udp" | "icmp" | "ipv6-icmp" | "4" | "112";
  readonly ports?: { readonly min: number; readonly max: number };
  readonly remote: Remote;
  readonly reason: string;
}

/** How neutron is told what is open. Its groups are made without its default rules, and it refuses duplicates. */
export function neutron({ loadBalancerProvider }: Pick<OpenStackPlan, "loadBalancerProvider">): Dialect<Rule> {
  return {
    // An amphora dials from an address of its own.
    balancerHasGroup: false,
    balancerKeepsClients: loadBalancerProvider === "ovn",
    // OVN does not count the addresses of pods to the nodes' group, allowed pairs or not.
    namesPods: true,
    rule: ({ family, protocol, ...way }) => {
      const named = protocolOf(protocol, family);
      return { ...way, ethertype: family, ...(named && { protocol: named }) };
    },
  };
}

/** The rules the plan's flows compile to. */
export function compileRules(plan: FlowsPlan & Pick<EnvironmentPlan, "cloud">): Rule[] {
  return expandFlows(plan, neutron(openstackOf(plan)));
}

function protocolOf(protocol: OpenWay["protocol"], family: OpenWay["family"]): Rule["protocol"] {
  if (protocol === "any") return undefined;
  // The numbers, which every release of neutron and of the provider takes; the names came later.
  if (protocol === "ipip" || protocol === "vrrp") return `${PROTOCOL_NUMBERS[protocol]}`;
  return protocol === "icmp" && family === "IPv6" ? "ipv6-icmp" : protocol;
}
