import type { Environment } from "../environment/types";
import { type Block, formatAddress, formatRange, overlaps, parseCidr, type Span } from "../ipv4";
import type { Lock } from "../lock";
import type { Findings } from "../problems";
import type { NetworkPlan } from "./infrastructure-types";
import { NO_RANGE } from "./spans";
import type { CloudOptions, EnvironmentPlan } from "./types";

/** The addresses of a subnet, to be given out. */
export interface Pool {
  /** The subnet's name. */
  readonly name: string;
  readonly cidr: string;
  readonly zone?: string;
  /** For machines that are met from outside alone. */
  readonly outer?: true;
  /** Nothing gets out of it without an address outside. */
  readonly publicOnly?: true;
  /** The groups of machines that have theirs here; undefined: all that have none elsewhere. */
  readonly groups?: readonly string[];
  /** From the first to the last that a host can have. */
  readonly hosts: Span;
  /** Those of them that the cloud keeps for itself. */
  readonly reserved: readonly number[];
  /** Whether a range of it is left to the cloud's own ports. */
  readonly leavesRange: boolean;
}

/** How a cloud has its subnets. */
export interface SubnetRules {
  /** Whether a subnet spans all zones, or lies in one; or the network is there, and nothing of it is ours to give away. */
  readonly subnets: "one" | "perZone" | "given";
  /** Whether what is met from outside stands in subnets of its own: of each zone's part the upper half. @default in the machines' */
  readonly outerSubnets?: boolean;
  /** True: nothing gets out of those without an address outside. @default everything does */
  readonly outerPublicOnly?: true;
  /** Subnets that are there already and are used instead of being planned. @default none */
  given?(options: CloudOptions): readonly GivenSubnet[] | undefined;
  /** The addresses of a subnet that the cloud keeps for itself, beside the first, which names the subnet, and the last, the broadcast's. */
  readonly reserved: (subnet: Block) => readonly number[];
  /** Whether the cloud has ports of its own in it (DHCP, balancers), to which a range is left. @default true */
  readonly leavesRange?: boolean;
}

/** A subnet that was there before. */
export interface GivenSubnet {
  /** The zone it lies in; undefined where it spans them all. */
  readonly zone?: string;
  readonly cidr: string;
  readonly outer?: true;
}

/** The part of the network that each zone's subnet is, so that zones can be added: an eighth. */
const BITS_PER_ZONE = 3;
const SMALLEST_SUBNET = 28;

/**
 * The pools machines take their addresses from: the whole network, or an eighth of it for each zone. A zone's subnet once in the lock stays
 * what it is.
 * @param zones all that machines are in, or new ones may come to
 */
export function planPools(
  environment: Environment,
  { subnets, outerSubnets, outerPublicOnly, reserved, given, leavesRange = true }: SubnetRules,
  zones: readonly string[],
  lock: Lock | undefined,
  findings: Findings,
): readonly [Pool, ...Pool[]] {
  const { cidr, existing } = environment.network;
  const network = parseCidr(cidr);
  if (!network) throw new Error(`${cidr} was not checked before planning`);
  const pool = (name: string, block: Block, zone?: string, outer?: true): Pool => ({
    name,
    cidr: `${formatAddress(block.first)}/${block.prefix}`,
    ...(zone === undefined ? {} : { zone }),
    ...(outer ? { outer, ...(outerPublicOnly && { publicOnly: outerPublicOnly }) } : {}),
    hosts: { first: block.first + 1, last: block.last - 1 },
    reserved: reserved(block),
    leavesRange,
  });
  const there = given?.(environment.cloud)?.flatMap(({ zone, cidr: text, outer }) => {
    const block = parseCidr(text);
    const side = outer ? "outer" : "node";
    return block ? [pool(zone === undefined ? side : `${side}-${zone}`, block, zone, outer)] : [];
  });
  if (there !== undefined) {
    const [first = pool("node", network), ...rest] = [...there].sort((a, b) => Number(a.outer ?? false) - Number(b.outer ?? false));
    return [first, ...rest];
  }
  if (subnets !== "perZone" || zones.length === 0)
    return [
      pool("node", parseCidr(existing?.cidr ?? cidr) ?? network),
      ...otherSubnets(existing?.groups).map(({ cidr: own, groups }) => ({
        ...pool(`node-${groups[0]}`, parseCidr(own) ?? network),
        groups,
      })),
    ];
  const locked = Object.entries(lock?.network.subnets ?? {}).flatMap(([name, { cidr: text, zone, outer }]) => {
    const block = parseCidr(text);
    return block && overlaps(network, block) ? [pool(name, block, zone, outer)] : [];
  });
  const pools = [...locked];
  for (const zone of [...new Set(zones)].filter((each) => !locked.some((one) => one.zone === each))) {
    const block = eighths(network, outerSubnets === true).find((each) => !pools.some(({ hosts }) => overlaps(each, hosts)));
    if (block === undefined) {
      findings.error(
        "infrastructure.zones",
        `the network ${cidr} has no subnet left for the zone ${zone}: each zone's is an eighth of it`,
        `name ${2 ** BITS_PER_ZONE} zones at most, in a network of a prefix up to ${SMALLEST_SUBNET - BITS_PER_ZONE - Number(outerSubnets === true)}`,
        zone,
      );
      break;
    }
    if (outerSubnets !== true) pools.push(pool(`node-${zone}`, block, zone));
    else {
      const [inner, outer] = halves(block);
      pools.push(pool(`node-${zone}`, inner, zone), pool(`outer-${zone}`, outer, zone, true));
    }
  }
  const [first = pool("node", network), ...rest] = pools;
  return [first, ...rest];
}

/** The subnets beside the nodes' own, each once, with the groups of machines that are in them. */
export function otherSubnets(
  groups: NonNullable<Environment["network"]["existing"]>["groups"] = {},
): { readonly subnet: string; readonly cidr: string; readonly groups: readonly string[] }[] {
  const names = [...new Set(Object.values(groups).map(({ subnet }) => subnet))];
  return names.map((subnet) => {
    const within = Object.entries(groups).filter(([, each]) => each.subnet === subnet);
    return { subnet, cidr: within[0]?.[1].cidr ?? "", groups: within.map(([group]) => group) };
  });
}

function halves({ first, last, prefix }: Block): [Block, Block] {
  const middle = first + (last - first + 1) / 2;
  return [
    { first, last: middle - 1, prefix: prefix + 1 },
    { first: middle, last, prefix: prefix + 1 },
  ];
}

function eighths({ first, prefix }: Block, halved: boolean): Block[] {
  if (prefix + BITS_PER_ZONE + Number(halved) > SMALLEST_SUBNET) return [];
  const size = 2 ** (32 - prefix - BITS_PER_ZONE);
  return Array.from({ length: 2 ** BITS_PER_ZONE }, (_, index) => {
    const start = first + index * size;
    return { first: start, last: start + size - 1, prefix: prefix + BITS_PER_ZONE };
  });
}

/** The subnets as the lock keeps them. */
export function lockedSubnets(subnets: NetworkPlan["subnets"]): Pick<Lock["network"], "cloudRange" | "subnets"> {
  const [{ zone, gateway, cloudRange }] = subnets;
  if (cloudRange === undefined) return gateway === undefined ? {} : { cloudRange: NO_RANGE };
  if (zone === undefined) return { cloudRange: formatRange(cloudRange) };
  return {
    subnets: Object.fromEntries(
      subnets.flatMap(({ name, cidr, zone: own, outer, cloudRange: range }) =>
        range === undefined
          ? []
          : [[name, { cidr, ...(own === undefined ? {} : { zone: own }), ...(outer ? { outer } : {}), cloudRange: formatRange(range) }]],
      ),
    ),
  };
}

/** The subnet that every node lies in; undefined where they were there before, in whatever networks. */
export function nodeSubnet({ machines, network }: Pick<EnvironmentPlan, "machines" | "network">): string | undefined {
  return machines.some(({ login }) => login !== undefined) ? undefined : network.cidr;
}

/** The network as `kpaas plan --json` prints it: of one subnet the gateway and range beside everything else, of several each. */
export function printedNetwork({ cidr, subnets, dns, reserved, ...rest }: NetworkPlan): Readonly<Record<string, unknown>> {
  const [{ gateway, cloudRange }, ...others] = subnets;
  const common = { dns, ...(reserved === undefined ? {} : { reserved }) };
  return others.length > 0 ? { cidr, subnets, ...common, ...rest } : { cidr, gateway, ...common, cloudRange, ...rest };
}
