import type { CloudDefinition } from "../cloud";
import { volumesOf } from "../instances";
import type { EnvironmentPlan } from "../plan/types";
import type { Billed, BilledKind, Capacity } from "./bill";
import { HOURS, type PriceList, SECTIONS } from "./price-list";

/** One line of what an environment costs. */
export interface CostLine {
  readonly kind: BilledKind;
  /** Of machines, what they were declared under; of volumes, `boot` or `data`. */
  readonly group?: string;
  /** What the price list calls it. */
  readonly name: string;
  readonly count: number;
  /** Of volumes, together. */
  readonly sizeGiB?: number;
  /** What the price is for: `machine`, `GiB` … */
  readonly unit: string;
  readonly per: "hour" | "month";
  /** In the list's currency; undefined where the list has none. */
  readonly price?: number;
  /** Undefined where there is no price. */
  readonly perMonth?: number;
  /** Where the list has the price, or would have it. */
  readonly field: string;
}

/** What is not counted, although it may cost something. */
export interface NotCounted {
  readonly what: string;
  readonly detail: string;
}

/** What an environment costs in a month. */
export interface Cost {
  readonly currency: string;
  readonly lines: readonly CostLine[];
  /** Of all lines that have a price. */
  readonly total: number;
  /** True: some lines have no price, so the total is more. */
  readonly lowerBound: boolean;
}

/** What things cost by a price list. What has no price stays in a line of its own, without one. */
export function costOf(billed: readonly Billed[], list: PriceList): Cost {
  const alike = new Map<string, [Billed, ...Billed[]]>();
  for (const each of billed) {
    const line = JSON.stringify([each.kind, each.group, each.name, each.capacity]);
    const before = alike.get(line);
    if (before === undefined) alike.set(line, [each]);
    else before.push(each);
  }
  const lines = [...alike.values()].map((all) => lineOf(all, list));
  return {
    currency: list.currency,
    lines: lines.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)),
    total: lines.reduce((sum, { perMonth = 0 }) => sum + perMonth, 0),
    lowerBound: lines.some(({ perMonth }) => perMonth === undefined),
  };
}

const ORDER = Object.keys(SECTIONS) as BilledKind[];

function lineOf(all: readonly [Billed, ...Billed[]], list: PriceList): CostLine {
  const [{ kind, group, name, capacity }] = all;
  const count = all.reduce((sum, each) => sum + (each.count ?? 1), 0);
  const sizeGiB = kind === "volume" ? all.reduce((sum, each) => sum + (each.sizeGiB ?? 0), 0) : undefined;
  const price = priceOf(kind, name, capacity, list);
  const per = kind === "volume" ? "month" : list.unit;
  return {
    kind,
    ...(group === undefined ? {} : { group }),
    name,
    count,
    ...(sizeGiB === undefined ? {} : { sizeGiB }),
    unit: kind === "volume" ? "GiB" : kind,
    per,
    ...(price === undefined ? {} : { price, perMonth: (sizeGiB ?? count) * price * (per === "hour" ? HOURS : 1) }),
    field: `${SECTIONS[kind]}.${name}`,
  };
}

/** The price of a machine goes by the list's own for its size; by what it has, where the list or the size's name says that. */
function priceOf(kind: BilledKind, name: string, known: Capacity | undefined, list: PriceList): number | undefined {
  const section = list[SECTIONS[kind]] ?? {};
  const given = Object.hasOwn(section, name) ? section[name] : undefined;
  if (typeof given === "number") return given;
  const has = given ?? known;
  return has && list.capacity && has.processors * list.capacity.processor + has.memoryGiB * list.capacity.memoryGiB;
}

/** What an environment may cost besides: everything that no plan tells, and what it uses that was there before. */
export function notCounted(
  plan: EnvironmentPlan,
  { can, given, leavesRange }: Pick<CloudDefinition, "can" | "given" | "leavesRange">,
): NotCounted[] {
  const { network, platform, machines, services } = plan;
  const beforehand = Object.entries(network.floating).flatMap(([what, { address }]) =>
    address === undefined ? [] : [`${what} ${address}`],
  );
  const networkWasThere = can.machines && (network.existing !== undefined || leavesRange === false || given?.(plan.cloud) !== undefined);
  const claims = services.flatMap((service) => {
    const count = volumesOf(service);
    return service.sizeGiB === undefined ? [] : [`${service.name} ${count > 1 ? `${count} × ` : ""}${service.sizeGiB} GiB`];
  });
  const { storage, loadBalancer } = platform;
  return [
    { what: "traffic", detail: "what goes out, between zones, and through balancers and gateways" },
    {
      what: "what is made in the cluster",
      detail: "Services of type LoadBalancer and volumes that workloads claim of the cloud, backups outside the machines",
    },
    ...(loadBalancer.kind === "cloud" && loadBalancer.controller
      ? [{ what: "the ingress's balancer", detail: "that the cloud's controller makes in the cluster" }]
      : []),
    ...(storage.kind !== "nfs" && storage.kind !== "rookCeph" && claims.length > 0
      ? [{ what: "claims of services", detail: `of the storage class ${platform.storageClass}: ${claims.join(", ")}` }]
      : []),
    ...(storage.kind === "nfs" && !machines.some(({ roles }) => roles.includes("nfs"))
      ? [{ what: "the NFS share", detail: `that was there, at ${storage.server}` }]
      : []),
    ...(networkWasThere ? [{ what: "the network", detail: "that was there, with its router or gateways" }] : []),
    ...(beforehand.length > 0 ? [{ what: "addresses made beforehand", detail: beforehand.join(", ") }] : []),
  ];
}
