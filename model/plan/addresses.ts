import { machinePath } from "../environment/machines";
import { type NamedAddress, namedAddresses } from "../environment/named-addresses";
import type { Environment, WantedGroup, WantedMachine } from "../environment/types";
import { contains, formatAddress, formatRange, overlaps, parseAddress, type Span } from "../ipv4";
import { type Lock, lockedCloudRange, lockedIdentity, machineName } from "../lock";
import type { Findings } from "../problems";
import type { AddressRange, NetworkPlan, SubnetPlan } from "./infrastructure-types";
import { clamp, firstFree, highestRun, lastFree, lockedRange, rangeOf, runAround, span, takeSpan, unless } from "./spans";
import type { Pool } from "./subnets";

/** Every address of an environment: from the file, else from the lock, else the first (machines) or last (the rest) free one. */
export interface AddressPlan {
  readonly subnets: NetworkPlan["subnets"];
  readonly loadBalancerRange: AddressRange;
  readonly ingress: string;
  /** Addresses of the load balancers' range that the ingress had before. */
  readonly formerIngress: readonly string[];
  /** Undefined for an endpoint of kind node. */
  readonly apiEndpoint?: string;
  /** By machine key. */
  readonly machines: ReadonlyMap<string, string>;
  /** What machines had before and nothing has now, by machine name. */
  readonly retired: Lock["retired"];
}

/**
 * Chooses the addresses, a machine's in the pool of its zone, what is there once (the API's, the load balancers') in the first pool. An address
 * once in the lock stays, whatever is added, removed or renamed around it.
 * @param pools one for each subnet
 * @param zones by machine key
 */
export function planAddresses(
  environment: Environment,
  pools: readonly [Pool, ...Pool[]],
  zones: ReadonlyMap<string, string>,
  lock: Lock | undefined,
  findings: Findings,
): AddressPlan {
  const [{ hosts }] = pools;
  const size = Math.max(0, hosts.last - hosts.first + 1);
  const met = environment.network.floating !== "none";
  const poolOf = ({ name, roles }: WantedGroup, { key, generation }: WantedMachine): Pool => {
    const apart = pools.find(({ groups }) => groups?.includes(name));
    if (apart !== undefined) return apart;
    const own = pools.filter(({ zone, groups }) => groups === undefined && (zone === undefined || zone === zones.get(key)));
    // A bastion stands in the subnet that leads outside, unless it gets out among the machines alone. None moves.
    const outer = roles.includes("bastion") ? own.find((pool) => pool.outer) : undefined;
    const before = lock?.machines[key]?.generation === generation ? kept.get(key) : undefined;
    if (outer && (before === undefined ? met || !outer.publicOnly : contains(outer.hosts, before))) return outer;
    return own.find((pool) => !pool.outer) ?? pools[0];
  };
  const machines = environment.groups.flatMap((group) => group.machines.map((machine) => ({ group, machine })));
  const taken = new Set<number>();
  const take = (value: number | undefined): void => {
    if (value !== undefined) taken.add(value);
  };
  // Machines that were there before have their addresses, in whatever networks, and these networks are not ours.
  const given = environment.hosts !== undefined;
  const valid = (text: string | undefined): number | undefined => {
    const value = text === undefined ? undefined : parseAddress(text);
    return value !== undefined && (given || pools.some((pool) => contains(pool.hosts, value))) ? value : undefined;
  };

  const wantedGateway = valid(environment.network.gateway);
  const gatewayOf = (pool: Pool): number | undefined =>
    given ? undefined : wantedGateway !== undefined && contains(pool.hosts, wantedGateway) ? wantedGateway : pool.hosts.first;
  for (const pool of pools) {
    take(gatewayOf(pool));
    for (const value of pool.reserved) take(value);
  }
  checkReserved(environment, pools, findings);
  for (const { machine } of machines) take(valid(machine.address));
  const kept = keptAddresses(environment, lock, valid, findings);
  for (const value of kept.values()) take(value);
  const leaving = leavingAddresses(environment, lock, valid);
  for (const value of leaving.values()) take(value);
  if (environment.cluster.apiEndpoint.kind !== "node") take(valid(environment.cluster.apiEndpoint.address));
  take(valid(environment.platform.ingressAddress));
  const named = namedAddresses(environment);
  for (const { kind, first } of named) if (kind === "server" && valid(formatAddress(first)) !== undefined) take(first);
  checkStanding(environment, gatewayOf(pools[0]), new Map([...kept, ...leaving].map(([key, value]) => [value, key])), findings);

  const wantedRange =
    environment.platform.loadBalancerRange ?? lockedRange(lock?.network.loadBalancerRange, hosts, taken, lock?.network.ingressAddress);
  const givenRange = wantedRange && span(wantedRange);
  if (givenRange) takeSpan(taken, givenRange);
  const { kind, address: wantedEndpoint } = environment.cluster.apiEndpoint;
  const keptEndpoint = kind === "node" ? undefined : (valid(wantedEndpoint) ?? unless(taken, valid(lock?.network.apiEndpointAddress)));
  take(keptEndpoint);
  // What stands where others' addresses are now stays there: it cannot move. Everything new keeps away.
  const reserved = named.filter((each) => each.kind === "reserved");
  const { loadBalancerRange } = environment.platform;
  warnReserved(reserved, kept, loadBalancerRange ? undefined : wantedRange, wantedEndpoint ? undefined : keptEndpoint, findings);
  for (const { kind: whose, first, last } of named) {
    for (const pool of pools)
      if (whose === "reserved" || first === last)
        takeSpan(taken, { first: Math.max(first, pool.hosts.first), last: Math.min(last, pool.hosts.last) });
  }
  const lockedClouds = new Map(pools.map((pool) => [pool, lockedRange(lockedCloudRange(lock, pool.name), pool.hosts, taken)]));
  for (const range of lockedClouds.values()) if (range) takeSpan(taken, span(range));
  const endpoint = kind === "node" ? undefined : (keptEndpoint ?? lastFree(hosts, taken));
  take(endpoint);
  const ingressWanted = valid(environment.platform.ingressAddress);
  // The cloud's balancer has one address, and gives none to others.
  const balancerSize = environment.platform.loadBalancer === "cloud" ? 1 : clamp(Math.floor(size / 8), 1, 32);
  const balancer =
    givenRange ??
    (ingressWanted === undefined ? highestRun(hosts, taken, balancerSize) : runAround(ingressWanted, hosts, taken, balancerSize));
  takeSpan(taken, balancer);
  const subnetOf = (pool: Pool): SubnetPlan => {
    const { name, cidr, zone, outer, groups } = pool;
    const gateway = gatewayOf(pool);
    if (gateway === undefined) return { name, cidr };
    const place = { ...(zone === undefined ? {} : { zone }), ...(outer ? { outer } : {}), ...(groups === undefined ? {} : { groups }) };
    const common = { name, cidr, gateway: formatAddress(gateway), ...place };
    // Of a subnet that is there, what the cloud takes for itself is not ours to choose.
    if (groups !== undefined || !pool.leavesRange) return common;
    const locked = lockedClouds.get(pool);
    const room = pool.hosts.last - pool.hosts.first + 1;
    const cloud = locked ? span(locked) : highestRun(pool.hosts, taken, clamp(Math.floor(room / 8), 2, 30));
    takeSpan(taken, cloud);
    return { ...common, cloudRange: rangeOf(cloud) };
  };
  const subnets = [subnetOf(pools[0]), ...pools.slice(1).map(subnetOf)] as const;
  const lockedIngress = valid(lock?.network.ingressAddress);
  const ingress = ingressWanted ?? (lockedIngress !== undefined && contains(balancer, lockedIngress) ? lockedIngress : balancer.first);

  const retired = given ? {} : { ...lock?.retired, ...leavingIdentities(lock, leaving) };
  const former = Object.values(retired).map(({ address }) => address);
  const planned = new Map<string, string>();
  for (const { group, machine } of machines) {
    const pool = poolOf(group, machine);
    const wanted = valid(machine.address);
    if (wanted !== undefined && !given && !contains(pool.hosts, wanted)) {
      findings.error(
        machinePath(group, machine, "address"),
        `is outside ${pool.cidr}, the subnet of ${pool.zone === undefined ? group.name : `the zone ${pool.zone}`}`,
        pool.zone === undefined ? "choose an address of the machine's own subnet" : "choose an address of the machine's own zone",
        machine.address,
      );
    }
    const before = kept.get(machine.key);
    const chosen = wanted ?? (before !== undefined && contains(pool.hosts, before) ? before : firstFree(pool.hosts, taken, former));
    if (chosen === undefined) {
      findings.error(
        "infrastructure.network.cidr",
        `${pool.cidr} has no free address left for the machine ${machine.key}`,
        `choose a larger network before the environment is created, fewer machines${reserved.length > 0 ? ", less at infrastructure.network.reserved" : ""}, or a smaller platform.loadBalancer.range`,
        environment.network.cidr,
      );
      break;
    }
    const holder = [...leaving].find(([, value]) => value === chosen);
    if (holder) {
      findings.error(
        machinePath(group, machine, "address"),
        `is held by the machine ${holder[0]} until it is gone`,
        `apply the removal of ${holder[0]} first, or choose another address`,
        machine.address,
      );
    }
    take(chosen);
    planned.set(machine.key, formatAddress(chosen));
  }
  const inUse = new Set(planned.values());
  return {
    subnets,
    loadBalancerRange: rangeOf(balancer),
    ingress: formatAddress(ingress),
    formerIngress: formerIngress(lock, ingress, balancer, findings),
    ...(endpoint === undefined ? {} : { apiEndpoint: formatAddress(endpoint) }),
    machines: planned,
    retired: Object.fromEntries(
      Object.entries(retired)
        .filter(([, { address }]) => !inUse.has(address))
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  };
}

/**
 * What the ingress had before stays out of what other Services are given: MetalLB's pools may never overlap, and their changes come one
 * after the other, so an address can pass from one pool to another only if for a while it is in none.
 */
function formerIngress(lock: Lock | undefined, ingress: number, range: Span, findings: Findings): string[] {
  const locked = lock?.network.ingressAddress;
  const had = [...(lock?.network.formerIngressAddresses ?? []), ...(locked === undefined ? [] : [locked])];
  const former = [...new Set(had)].filter((text) => {
    const value = parseAddress(text);
    return value !== undefined && value !== ingress && contains(range, value);
  });
  const moves = locked !== undefined && locked !== formatAddress(ingress);
  if (moves && former.length > 0 && range.last - range.first === former.length) {
    findings.error(
      "platform.loadBalancer.range",
      `has no address beside the ingress's new one and those it had before (${former.join(", ")})`,
      "give a range with at least one address more, or leave the ingress where it is",
      formatRange(rangeOf(range)),
    );
  }
  return former;
}

/** What the cloud keeps for itself in each subnet, nothing of the file's can have. */
function checkReserved({ cluster, groups, platform }: Environment, pools: readonly Pool[], findings: Findings): void {
  const fixed = [
    ...groups.flatMap((group) => group.machines.map((machine) => [machinePath(group, machine, "address"), machine.address] as const)),
    ["cluster.apiEndpoint.address", cluster.apiEndpoint.address] as const,
    ["platform.ingress.address", platform.ingressAddress] as const,
  ];
  for (const [path, text] of fixed) {
    const value = text === undefined ? undefined : parseAddress(text);
    const pool = pools.find(({ reserved }) => value !== undefined && reserved.includes(value));
    if (pool) findings.error(path, `is one that the cloud keeps for itself in ${pool.cidr}`, "choose another address", text);
  }
}

/** What the file fixes beside the machines must leave alone the addresses that machines have, as the lock file says. */
function checkStanding(
  environment: Environment,
  gateway: number | undefined,
  standing: ReadonlyMap<number, string>,
  findings: Findings,
): void {
  const { cluster, platform } = environment;
  for (const [path, text] of [
    ["infrastructure.network.gateway", gateway === undefined ? undefined : formatAddress(gateway)],
    ["cluster.apiEndpoint.address", cluster.apiEndpoint.kind === "node" ? undefined : cluster.apiEndpoint.address],
    ["platform.ingress.address", platform.ingressAddress],
    ...namedAddresses(environment).flatMap((each) => (each.kind === "server" ? [[each.path, each.text] as const] : [])),
  ] as const) {
    const holder = text === undefined ? undefined : standing.get(parseAddress(text) ?? -1);
    if (holder !== undefined)
      findings.error(path, `is the address of the machine ${holder}, as the lock file has it`, "choose another address", text);
  }
  const range = platform.loadBalancerRange;
  const within = [...standing].filter(([value]) => range && contains(span(range), value)).map(([, key]) => key);
  if (range && within.length > 0) {
    findings.error(
      "platform.loadBalancer.range",
      `contains the addresses of the machines ${within.join(", ")}, as the lock file has them`,
      "choose a range of addresses nothing else has",
      formatRange(range),
    );
  }
}

/** Tells what stands in addresses that were reserved later. */
function warnReserved(
  reserved: readonly NamedAddress[],
  machines: ReadonlyMap<string, number>,
  range: AddressRange | undefined,
  endpoint: number | undefined,
  findings: Findings,
): void {
  for (const each of reserved) {
    const standing = [...machines]
      .filter(([, value]) => contains(each, value))
      .map(([key, value]) => `the machine ${key} (${formatAddress(value)})`);
    const holders = [
      ...standing,
      ...(range && overlaps(span(range), each) ? [`the load-balancer range ${formatRange(range)}`] : []),
      ...(endpoint !== undefined && contains(each, endpoint) ? [`the API endpoint (${formatAddress(endpoint)})`] : []),
    ];
    if (holders.length === 0) continue;
    findings.warn(
      each.path,
      `${holders.join(", ")} ${holders.length > 1 ? "stand" : "stands"} there already and ${holders.length > 1 ? "stay" : "stays"}; only what is new keeps away`,
      standing.length > 0
        ? "see that nothing else has these addresses; a worker whose generation is raised is built anew at another one"
        : "see that nothing else has these addresses",
      each.text,
    );
  }
}

/** The locked addresses of machines that stay as they are; one that the file now gives to another is a problem. */
function keptAddresses(
  environment: Environment,
  lock: Lock | undefined,
  valid: (text?: string) => number | undefined,
  findings: Findings,
): Map<string, number> {
  const kept = new Map<string, number>();
  const machines = environment.groups.flatMap((group) => group.machines.map((machine) => ({ group, machine })));
  const unfixed = machines.map(({ machine }) => machine).filter(({ address }) => address === undefined);
  const standing = unfixed.filter(({ key, generation }) => lock?.machines[key]?.generation === generation);
  const returning = unfixed.filter((machine) => !standing.includes(machine));
  const given = new Set(machines.map(({ machine }) => valid(machine.address)));
  for (const { key, generation } of [...standing, ...returning]) {
    const value = valid(lockedIdentity(lock, key, generation)?.address);
    // What a machine had that was gone may be another's by now.
    const free = standing.some((each) => each.key === key) || (!given.has(value) && ![...kept.values()].includes(value ?? -1));
    if (value !== undefined && free) kept.set(key, value);
  }
  for (const { group, machine } of machines) {
    const wanted = valid(machine.address);
    const holder = [...kept].find(([key, value]) => value === wanted && key !== machine.key)?.[0];
    if (wanted === undefined || holder === undefined) continue;
    findings.error(
      machinePath(group, machine, "address"),
      `is the address of the machine ${holder}, as the lock file has it`,
      "choose another address",
      machine.address,
    );
  }
  return kept;
}

/** Addresses of machines that this plan removes, rebuilds or moves: still in use while it is carried out. */
function leavingAddresses(
  environment: Environment,
  lock: Lock | undefined,
  valid: (text?: string) => number | undefined,
): Map<string, number> {
  const staying = new Map(environment.groups.flatMap((group) => group.machines).map((machine) => [machine.key, machine]));
  const leaving = new Map<string, number>();
  for (const [key, locked] of Object.entries(lock?.machines ?? {})) {
    const machine = staying.get(key);
    const value = valid(locked.address);
    const moves = machine?.address !== undefined && machine.address !== locked.address;
    if (value !== undefined && (!machine || machine.generation !== locked.generation || moves)) leaving.set(key, value);
  }
  return leaving;
}

/** The machines behind leaving addresses, as the lock keeps them. */
function leavingIdentities(lock: Lock | undefined, leaving: ReadonlyMap<string, number>): Lock["retired"] {
  return Object.fromEntries(
    [...leaving].map(([key, value]) => {
      const { generation = 1, zone } = lock?.machines[key] ?? {};
      return [machineName(key, generation), { ...(zone === undefined ? {} : { zone }), address: formatAddress(value) }];
    }),
  );
}
