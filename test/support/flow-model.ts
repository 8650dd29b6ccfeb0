import assert from "node:assert/strict";
import fc from "fast-check";
import type { Flow, FlowPeer, MachinePlan } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";
import { within } from "./reachability";

/*
 * What the flows of a plan say of packets, word by word, and nothing else: written apart from the compilers, and knowing nothing of rules.
 */

/** Where packets come from and go to. */
export interface Place {
  readonly name: string;
  readonly address: string;
  /** The machine that has the address. */
  readonly machine?: MachinePlan;
  /** Whether it is a Service's, which TCP and UDP alone are led on from. */
  readonly service?: boolean;
  /** The machine that it is a pod of. */
  readonly host?: MachinePlan;
}

export interface Tuple {
  readonly from: Place;
  readonly to: Place;
  readonly protocol: Exclude<Flow["protocol"], "any"> | "gre";
  /** Of TCP and UDP. */
  readonly port?: number;
}

type FlowsOf = Pick<EnvironmentPlan, "flows" | "network">;

/** What is tried. */
const PROTOCOLS: readonly Tuple["protocol"][] = ["tcp", "udp", "icmp", "ipip", "vrrp", "gre"];

const hasPorts = (protocol: string): boolean => protocol === "tcp" || protocol === "udp";

export function textOf({ from, to, protocol, port }: Tuple): string {
  return `${from.name} (${from.address}) → ${to.name} (${to.address}) ${protocol}${port === undefined ? "" : ` ${port}`}`;
}

/** Whether what a machine begins to be sent is let in. */
export function allows({ flows, network }: FlowsOf, { from, to, protocol, port }: Tuple): boolean {
  const { machine } = to;
  if (machine === undefined || machine === from.machine || machine === from.host) return true;
  return flows.some(
    (flow) =>
      isIn(machine, flow.to) &&
      (flow.protocol === "any" || flow.protocol === protocol) &&
      (flow.ports.length === 0 || flow.ports.some((each) => port !== undefined && covers(each, port))) &&
      comesFrom(flow, from, network.podCidr),
  );
}

/** For every flow, between every pair of its ends: each port of small ranges; both ends of large ones, and one between. */
export function required({ flows, network }: FlowsOf, places: readonly Place[]): Tuple[] {
  const found = new Map<string, Tuple>();
  for (const flow of flows) {
    const sources = places.filter((place) => comesFrom(flow, place, network.podCidr));
    const targets = places.filter(({ machine, host, address }) => {
      if (!flow.to.startsWith("cidr:")) return machine !== undefined && isIn(machine, flow.to);
      return machine === undefined && host === undefined && within(address, flow.to.slice("cidr:".length));
    });
    for (const from of sources)
      for (const to of targets)
        for (const packet of packetsOf(flow)) {
          const tuple = { from, to, ...packet };
          const own = from.machine ?? from.host;
          if (own !== to.machine && makesSense(tuple)) found.set(textOf(tuple), tuple);
        }
  }
  return [...found.values()];
}

/** Random packets that no flow allows, at least a thousand: at the ports that flows name, beside them, and anywhere. */
export function forbidden(plan: FlowsOf, sources: readonly Place[], targets: readonly Place[], seed: number): Tuple[] {
  const named = plan.flows.flatMap(({ ports }) => ports.flatMap((each) => String(each).split("-").map(Number)));
  const near = [...new Set(named.flatMap((port) => [port - 1, port, port + 1]))];
  const port = fc.oneof(fc.constantFrom(...near), fc.integer({ min: 1, max: 65_535 }));
  const packet = fc.oneof(
    { weight: 6, arbitrary: fc.record({ protocol: fc.constantFrom("tcp" as const, "udp" as const), port }) },
    { weight: 1, arbitrary: fc.record({ protocol: fc.constantFrom(...PROTOCOLS.filter((each) => !hasPorts(each))) }) },
  );
  const tuples = fc.record({ from: fc.constantFrom(...sources), to: fc.constantFrom(...targets), packet });
  const found = new Map<string, Tuple>();
  for (const { from, to, packet: each } of fc.sample(tuples, { numRuns: 3000, seed })) {
    const tuple = { from, to, ...each };
    if (!allows(plan, tuple) && makesSense(tuple)) found.set(textOf(tuple), tuple);
  }
  assert.ok(found.size >= 1000, `${found.size} are not a thousand`);
  return [...found.values()];
}

function makesSense({ to, protocol }: Tuple): boolean {
  return !to.service || hasPorts(protocol);
}

function packetsOf({ protocol, ports }: Flow): Pick<Tuple, "protocol" | "port">[] {
  const kinds = protocol === "any" ? PROTOCOLS : [protocol];
  return kinds.flatMap((kind) =>
    hasPorts(kind)
      ? (ports.length === 0 ? [1, 4711, 65_535] : ports.flatMap(portsOf)).map((port) => ({ protocol: kind, port }))
      : [{ protocol: kind }],
  );
}

function portsOf(range: Flow["ports"][number]): number[] {
  const [first = 0, last = first] = String(range).split("-").map(Number);
  if (last - first < 16) return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return [first, Math.floor((first + last) / 2), last];
}

function covers(range: Flow["ports"][number], port: number): boolean {
  const [first = 0, last = first] = String(range).split("-").map(Number);
  return first <= port && port <= last;
}

function comesFrom({ from, protocol }: Flow, place: Place, podCidr: string): boolean {
  if (from.startsWith("cidr:")) return within(place.address, from.slice("cidr:".length));
  // Whatever passes between nodes, pods' own packets do too.
  if (from === "nodes" && protocol === "any" && within(place.address, podCidr)) return true;
  return place.machine !== undefined && isIn(place.machine, from);
}

function isIn({ roles }: MachinePlan, group: FlowPeer): boolean {
  return roles.some((role) => role === group || (group === "nodes" && (role === "control-plane" || role === "worker")));
}
