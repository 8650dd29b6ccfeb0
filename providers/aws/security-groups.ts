import {
  type Dialect,
  expandFlows,
  type FlowsPlan,
  groupKeys,
  type OpenWay,
  type PeerGroup,
  PROTOCOL_NUMBERS,
  type Remote,
} from "../../model/plan/rules";
import { described } from "./names";

/** One rule of a security group as EC2 takes it. */
export interface Rule {
  /** Made of the content alone. */
  readonly key: string;
  readonly group: PeerGroup;
  readonly direction: "ingress" | "egress";
  readonly ipProtocol: "tcp" | "udp" | "icmp" | "icmpv6" | "4" | "112" | "-1";
  /** Ports; types of ICMP, of which -1 is any. */
  readonly ports?: { readonly fromPort: number; readonly toPort: number };
  readonly remote: Remote;
  readonly description: string;
}

/** How EC2 is told what is open. A group lets nothing out that no rule names, since its provider takes the rule away that AWS begins with. */
export const ec2: Dialect<Rule> = {
  balancerHasGroup: true,
  // A rule that names the balancer's group lets in whatever comes through it, whosever address it bears.
  balancerKeepsClients: false,
  // Rules by group know machines by the addresses of their interfaces, which pods have none of.
  namesPods: true,
  rule: ({ key, group, direction, family, protocol, ports, remote, reason }) => ({
    ...{ key, group, direction, remote },
    ipProtocol: protocolOf(protocol, family),
    ...portsOf(protocol, ports),
    description: described(reason),
  }),
};

/** The rules the plan's flows compile to. */
export function compileRules(plan: FlowsPlan): Rule[] {
  return expandFlows(plan, ec2);
}

/** The security groups in use: of the machines' roles, and of the balancers where there are any. */
export function securityGroups(plan: FlowsPlan): PeerGroup[] {
  return [...new Set([...groupKeys(plan.machines), ...compileRules(plan).map(({ group }) => group)])].sort();
}

function protocolOf(protocol: OpenWay["protocol"], family: OpenWay["family"]): Rule["ipProtocol"] {
  if (protocol === "any") return "-1";
  if (protocol === "ipip" || protocol === "vrrp") return `${PROTOCOL_NUMBERS[protocol]}`;
  return protocol === "icmp" && family === "IPv6" ? "icmpv6" : protocol;
}

function portsOf(protocol: OpenWay["protocol"], ports: OpenWay["ports"]): Pick<Rule, "ports"> {
  if (protocol === "icmp") return { ports: { fromPort: -1, toPort: -1 } };
  if (protocol !== "tcp" && protocol !== "udp") return {};
  return { ports: { fromPort: ports?.min ?? 0, toPort: ports?.max ?? 65_535 } };
}
