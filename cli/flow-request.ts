import { formatRange } from "../model/ipv4";
import type { Flow, FlowPeer } from "../model/plan/infrastructure-types";
import { groupsOf, PROTOCOL_NUMBERS } from "../model/plan/rules";
import type { EnvironmentPlan } from "../model/plan/types";
import { wayOf } from "./views";

/** What somebody who keeps a network's firewall is asked to let through. */
export interface RequestedFlow {
  readonly way: "in" | "out" | "within";
  readonly from: FlowPeer;
  /** Addresses, ranges and networks. */
  readonly sources: readonly string[];
  readonly to: FlowPeer;
  readonly destinations: readonly string[];
  /** `tcp`, `udp`, `icmp`, a number, or `any`. */
  readonly protocol: string;
  readonly ports: Flow["ports"];
  readonly reason: string;
}

/** The flows by addresses in place of roles, what crosses the network's border first: all that a firewall between networks has to know. */
export function requestFlows(plan: EnvironmentPlan): RequestedFlow[] {
  const order = ["in", "out", "within"];
  return plan.flows
    .map((flow): RequestedFlow => {
      const { from, to, ports, reason } = flow;
      return {
        way: wayOf(flow, plan.network.cidr),
        ...{ from, sources: addressesOf(from, flow, plan), to, destinations: addressesOf(to, flow, plan) },
        protocol: flow.protocol === "ipip" || flow.protocol === "vrrp" ? String(PROTOCOL_NUMBERS[flow.protocol]) : flow.protocol,
        ...{ ports, reason },
      };
    })
    .filter(({ sources, destinations }) => sources.length > 0 && destinations.length > 0)
    .sort((a, b) => order.indexOf(a.way) - order.indexOf(b.way));
}

/** What stands for one end of a flow: the machines, with the addresses that they answer for beside their own. */
function addressesOf(peer: FlowPeer, flow: Flow, { machines, apiEndpoint, network, platform }: EnvironmentPlan): string[] {
  if (peer.startsWith("cidr:")) return [peer.slice("cidr:".length)];
  const own = machines.filter((machine) => groupsOf(machine).some((group) => group === peer)).map(({ address }) => address);
  if (peer !== flow.to) return own;
  const toApi = flow.ports.includes(apiEndpoint.port);
  if (peer === "load-balancer") return [toApi ? apiEndpoint.address : platform.ingress.address];
  const virtual = peer === "control-plane" && apiEndpoint.kind === "virtualIp" && toApi;
  // Whoever comes from outside comes to what MetalLB gives out, and no machine has that for its own.
  const served = peer === "worker" && wayOf(flow, network.cidr) === "in" && platform.loadBalancer.kind === "metallb";
  return [
    ...(served && network.loadBalancerRange ? [formatRange(network.loadBalancerRange)] : []),
    ...(virtual && !own.includes(apiEndpoint.address) ? [apiEndpoint.address] : []),
    ...own,
  ];
}

const COLUMNS = ["way", "from", "sources", "to", "destinations", "protocol", "ports", "reason"] as const;

/** The same as comma-separated values, for spreadsheets and forms. */
export function viewRequest(flows: readonly RequestedFlow[]): string[] {
  const line = (values: readonly string[]): string => values.map(quoted).join(",");
  return [
    line(COLUMNS),
    ...flows.map((flow) => line(COLUMNS.map((column) => (typeof flow[column] === "string" ? flow[column] : flow[column].join(" "))))),
  ];
}

function quoted(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
