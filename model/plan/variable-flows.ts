import type { OpenedFlow } from "../environment/variable-table";
import { membersOf, serversIn } from "../environment/variable-values";
import { partOf, rowOfVariable } from "../environment/variables";
import { contains, parseAddress, parseCidr } from "../ipv4";
import type { Flow, FlowPeer } from "./infrastructure-types";
import { anywhere, openEverywhere, peerOf, wayTo } from "./servers";

/** What variables passed through are read with. */
export interface VariableContext {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly plugin: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
}

/** The traffic that variables passed through to kubespray make necessary. */
export function variableFlows(context: VariableContext): Flow[] {
  const flows = Object.entries(context.variables).flatMap(([name, value]): Flow[] => {
    const row = rowOfVariable(name);
    switch (row?.kind) {
      case "field":
      case "refused":
      case "closed":
      case "unasked":
        return [];
      case "flows":
        return value === true && [undefined, context.plugin].includes(pluginOf(name))
          ? row.opens.flatMap((each) => openedFlows(each, context))
          : [];
      case "resolvers":
        return resolversIn(value).flatMap((address): Flow[] =>
          (["udp", "tcp"] as const).map((protocol) => egress(`cidr:${address}/32`, protocol, 53, `DNS of ${name}`)),
        );
      default:
        return egressFlows(name, value, context);
    }
  });
  return merged(flows);
}

function pluginOf(name: string): string | undefined {
  const owner = partOf(name);
  return owner?.field === "cluster.network.plugin" ? owner.part : undefined;
}

function openedFlows({ portFrom, to, ...flow }: OpenedFlow, context: VariableContext): Flow[] {
  const moved = portFrom === undefined ? undefined : context.variables[portFrom];
  const ports = moved === undefined ? flow.ports : [Number(moved)];
  const peers = typeof to === "string" ? [to] : peersOf(context.variables[to.serverOf]);
  return peers.map((peer) => ({ ...flow, to: peer, ports }));
}

/** The servers that a text names, else everywhere. */
function peersOf(value: unknown): FlowPeer[] {
  const hosts = typeof value === "string" ? serversIn(value).map(({ host }) => peerOf(host)) : [];
  return hosts.length > 0 ? hosts : [anywhere];
}

function egress(to: FlowPeer, protocol: "tcp" | "udp", port: number, reason: string): Flow {
  return { from: "nodes", to, protocol, ports: [port], reason };
}

function egressFlows(name: string, value: unknown, { podCidr, serviceCidr }: VariableContext): Flow[] {
  const own = [podCidr, serviceCidr].flatMap((cidr) => parseCidr(cidr) ?? []);
  const servers = membersOf(name, value).flatMap((leaf) => (typeof leaf.value === "string" ? serversIn(leaf.value, name) : []));
  return servers
    .filter(({ host }) => !own.some((block) => contains(block, parseAddress(host) ?? -1)))
    .flatMap((server) => wayTo("nodes", server, `${server.host} of ${name}`));
}

/** The ports beyond those open everywhere that a text names a server by: where it is a secret, nothing can have opened them. */
export function unplannedPorts(text: string, flows: readonly Flow[]): number[] {
  const planned = (host: string, port: number): boolean =>
    flows.some(({ from, to, ports }) => from === "nodes" && (to === anywhere || to === peerOf(host)) && ports.includes(port));
  return serversIn(text)
    .filter(({ host, port }) => !openEverywhere.includes(port) && !planned(host, port))
    .map(({ port }) => port);
}

/** The IPv4 addresses under `nameservers` in a list of zones. */
function resolversIn(zones: unknown): string[] {
  const lists = Array.isArray(zones) ? zones.map((zone: { nameservers?: unknown }) => zone?.nameservers) : [];
  return [...new Set(lists.flat().filter((each): each is string => typeof each === "string" && parseAddress(each) !== undefined))];
}

/** One flow for each end, protocol and port, with the reasons of all. */
function merged(flows: readonly Flow[]): Flow[] {
  const found = new Map<string, Flow>();
  for (const flow of flows) {
    const id = [flow.from, flow.to, flow.protocol, flow.ports].join(" ");
    const other = found.get(id);
    const reasons = other?.reason.split("; ") ?? [];
    found.set(id, reasons.includes(flow.reason) ? (other ?? flow) : { ...flow, reason: [...reasons, flow.reason].join("; ") });
  }
  return [...found.values()];
}
