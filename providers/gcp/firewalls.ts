import { complement } from "../../model/ipv4";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import {
  type Dialect,
  expandFlows,
  type FlowsPlan,
  groupsOf,
  type OpenWay,
  type PeerGroup,
  PROTOCOL_NUMBERS,
} from "../../model/plan/rules";
import type { EnvironmentPlan } from "../../model/plan/types";
import { balancesServices, PROBES } from "./plan";

/** One firewall rule of a network as Compute Engine takes it. */
export interface Rule {
  /** Made of the content alone. */
  readonly key: string;
  readonly direction: "INGRESS" | "EGRESS";
  /** By its name, or its number where GCP knows none. */
  readonly protocol: "tcp" | "udp" | "icmp" | "ipip" | "58" | "112" | "all";
  /** Undefined: all, or a protocol without ports. */
  readonly ports?: readonly string[];
  /** Whose machines it is for. */
  readonly group: PeerGroup;
  /** Who is on the other side: in, machines by their accounts; out, a prefix in any case, since GCP knows no accounts there. */
  readonly remote: { readonly group: PeerGroup } | { readonly cidr: string };
  readonly description: string;
}

/** Before our allowing rules come none of others; after them, what closes all that they leave open. */
const PRIORITY = { allow: 1000, deny: 65_000 } as const;

/**
 * Where the cloud's controller opens Services by rules of its own, which have a priority of 1000 and let in whom the Service says: ours come before
 * them, and then one that shuts out whoever the file lets nowhere in.
 */
const BESIDE_CONTROLLER = { allow: 800, shut: 900, deny: 65_000 } as const;

/** The priorities of the environment's rules, of which a lower one comes first; at the same one what is denied comes before what is allowed. */
export function prioritiesOf(plan: Pick<EnvironmentPlan, "platform">): {
  readonly allow: number;
  readonly shut?: number;
  readonly deny: number;
} {
  return balancesServices(plan) ? BESIDE_CONTROLLER : PRIORITY;
}

/**
 * Whom no Service may let in, however it asks for it: all but the environment's own network, who may meet the ingress, and Google's health checks.
 * Nobody, where the file lets everybody in.
 */
export function shutOut({ network, access }: Pick<EnvironmentPlan, "network" | "access">): string[] {
  return complement([network.cidr, ...access.ingressCidrs, ...PROBES.inside, ...PROBES.outside]);
}

/** How Compute Engine is told what is open. Balancers hand packets on as they came, and so are nobody's peer. */
export const computeEngine: Dialect<Rule> = {
  balancerHasGroup: false,
  balancerKeepsClients: true,
  namesPods: false,
  rule: ({ key, group, direction, family, protocol, ports, remote, reason }) => ({
    key,
    group,
    direction: direction === "ingress" ? "INGRESS" : "EGRESS",
    protocol: protocolOf(protocol, family),
    ...(ports === undefined ? {} : { ports: [ports.min === ports.max ? `${ports.min}` : `${ports.min}-${ports.max}`] }),
    remote,
    description: reason,
  }),
};

/** The rules the plan's flows compile to. */
export function compileRules(plan: FlowsPlan): Rule[] {
  return expandFlows(plan, computeEngine);
}

/**
 * Rules know machines by their service accounts, and a machine has one. Machines that are declared together have the same tasks, so that the first
 * of them names the account: `control-plane` stands for control planes with or without etcd.
 */
export function accountOf({ roles }: Pick<MachinePlan, "roles">): string {
  const [first] = roles;
  if (first === undefined) throw new Error("a machine without a task was planned; this is a bug in kpaas");
  return first;
}

/** The accounts of an environment, in a stable order. */
export function accountsIn({ machines }: Pick<EnvironmentPlan, "machines">): string[] {
  return [...new Set(machines.map(accountOf))].sort();
}

/** The accounts of the machines of a group. */
export function accountsOf({ machines }: Pick<EnvironmentPlan, "machines">, group: PeerGroup): string[] {
  return accountsIn({ machines: machines.filter((machine) => groupsOf(machine).includes(group)) });
}

function protocolOf(protocol: OpenWay["protocol"], family: OpenWay["family"]): Rule["protocol"] {
  if (protocol === "any") return "all";
  if (protocol === "vrrp") return `${PROTOCOL_NUMBERS.vrrp}`;
  return protocol === "icmp" && family === "IPv6" ? "58" : protocol;
}
