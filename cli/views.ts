import { chartsOf } from "../model/charts/charts-of";
import { objectId } from "../model/extra";
import { formatRange } from "../model/ipv4";
import { reachesBeyond } from "../model/plan/floating";
import type { Flow, LoginPlan, MachinePlan } from "../model/plan/infrastructure-types";
import { askedMemoryGiB } from "../model/plan/memory";
import type { BomEntry, EnvironmentPlan, ExtraPlan, ServicePlan, TenantPlan } from "../model/plan/types";
import { describeVolume } from "../model/plan/volumes";
import type { Colors } from "./context";
import { type Column, table } from "./table";

/** The parts of a plan that can be shown alone. */
export const PLAN_PARTS = [
  "machines",
  "network",
  "flows",
  "inventory",
  "services",
  "images",
  "files",
  "bom",
  "resources",
  "permissions",
  "rotation",
] as const;

/** A part of a plan that can be shown alone. */
export type PlanPart = (typeof PLAN_PARTS)[number];

/** How a view is drawn. */
export interface ViewStyle {
  /** Columns the text may take. */
  readonly width: number;
  readonly colors: Colors;
}

/** A plan, or one part of it, for people. */
export async function viewPlan(plan: EnvironmentPlan, part: PlanPart | undefined, style: ViewStyle): Promise<string[]> {
  switch (part) {
    case undefined:
      return viewOverview(plan, style);
    case "machines":
      return viewMachines(plan, style);
    case "network":
      return table(PAIR_COLUMNS, networkPairs(plan), style.width, style.colors);
    case "flows":
      return table(flowColumns(plan), plan.flows, style.width, style.colors);
    case "inventory": {
      const { stringify } = await import("yaml");
      return [stringify(plan.inventory, { lineWidth: 0 }).trimEnd()];
    }
    case "services":
      return [...table(SERVICE_COLUMNS, plan.services, style.width, style.colors), ...plan.services.flatMap(memoryLine)];
    case "images":
      return [...plan.images];
    case "files":
      return [...plan.files];
    case "bom":
      return table(BOM_COLUMNS, plan.bom, style.width, style.colors);
    case "resources":
      return table(COUNT_COLUMNS, countResources(plan), style.width, style.colors);
    case "permissions": {
      const { permissionsOf } = await import("./permissions.js");
      const { cloud, document } = await permissionsOf(plan);
      if (document === undefined) return [`${cloud} has no document of permissions to be printed`];
      return JSON.stringify(document, undefined, 2).split("\n");
    }
    case "rotation": {
      const { describeRotation, plannedRotation } = await import("./rotation.js");
      return describeRotation(await plannedRotation(plan), style);
    }
  }
}

function viewOverview(plan: EnvironmentPlan, style: ViewStyle): string[] {
  const { colors, width } = style;
  const title = (text: string) => ["", colors.cyan(text)];
  return [
    `${colors.bold(plan.environment)}: K-PaaS ${plan.release}, profile ${plan.profile}, on ${plan.provider}`,
    `Kubernetes ${plan.cluster.kubernetes} by kubespray ${plan.cluster.kubespray}, at ${plan.platform.domain}`,
    ...title("Machines"),
    ...viewMachines(plan, style),
    ...title("Network"),
    ...table(PAIR_COLUMNS, networkPairs(plan), width, colors),
    ...title("Services"),
    ...table(SERVICE_COLUMNS, plan.services, width, colors),
    ...plan.services.flatMap(memoryLine),
    ...(plan.tenants === undefined ? [] : [...title("Tenants"), ...table(PAIR_COLUMNS, plan.tenants.map(tenantPair), width, colors)]),
    ...(plan.extra === undefined ? [] : [...title("Your own"), ...table(PAIR_COLUMNS, extraPairs(plan.extra), width, colors)]),
    "",
    colors.dim(`${plan.flows.length} allowed flows, ${plan.images.length} images: --show ${PLAN_PARTS.join("|")}`),
  ];
}

/** What the plan will be made of, counted by kind, where there is any. */
export function countResources(plan: EnvironmentPlan): { readonly kind: string; readonly count: number }[] {
  const created = plan.network.existing === undefined && givesAddresses(plan.network) ? 1 : 0;
  const made = plan.machines.some(({ login }) => login !== undefined) ? 0 : 1;
  return [
    { kind: "network", count: created * made },
    { kind: "subnet", count: created * made * plan.network.subnets.length },
    { kind: "machine", count: plan.machines.length * made },
    { kind: "private address", count: plan.machines.length },
    { kind: "data volume", count: plan.machines.reduce((sum, machine) => sum + machine.volumes.length, 0) },
    { kind: "allowed flow", count: plan.flows.length },
    { kind: "cluster node", count: Object.keys(plan.cluster.nodes).length },
    { kind: "platform service", count: plan.services.length },
    { kind: "tenant", count: plan.tenants?.length ?? 0 },
    { kind: "Helm chart", count: [...plan.services, ...(plan.extra?.releases ?? [])].flatMap((each) => chartsOf(each)).length },
    { kind: "object of your own", count: plan.extra?.objects.length ?? 0 },
  ].filter((line) => line.count > 0);
}

/** What a service asks for whose parts have amounts of their own, the largest of them by name. */
function memoryLine(service: ServicePlan): string[] {
  const asked = askedMemoryGiB(service);
  if (asked === undefined) return [];
  const parts = Object.entries(service.parts ?? {}).flatMap(([name, { requests }]) =>
    requests?.memory ? [`${name} ${requests.memory}`] : [],
  );
  return [`${service.name} asks for ${asked.toFixed(1)} GiB of memory, with one of each: ${parts.join(", ")}`];
}

function viewMachines({ machines }: EnvironmentPlan, { width, colors }: ViewStyle): string[] {
  const renamed = machines.some((machine) => machine.name !== machine.key);
  const columns = machines.some(({ login }) => login !== undefined) ? HOST_COLUMNS : MACHINE_COLUMNS;
  return table(renamed ? [MACHINE_KEY, MACHINE_NAME, ...columns] : [MACHINE_KEY, ...columns], machines, width, colors);
}

interface Pair {
  readonly name: string;
  readonly value: string;
}

function tenantPair({ name, quota, limits, isolate }: TenantPlan): Pair {
  return { name, value: `${quota.name}, ${limits.name}, ${isolate ? "isolated" : "open"}` };
}

function extraPairs({ releases, objects }: ExtraPlan): Pair[] {
  return [
    ...releases.map(({ name, chart, namespace }) => ({ name, value: `chart ${chart.name} ${chart.version} in ${namespace}` })),
    ...objects.map((each) => ({ name: objectId(each), value: String(each.kind) })),
  ];
}

function networkPairs(plan: EnvironmentPlan): Pair[] {
  const { network, apiEndpoint, access, platform } = plan;
  const { loadBalancerRange: ranges, subnets } = network;
  const { kind, beside } = platform.ingress;
  const controllers = beside === undefined ? kind : `${kind}, ${beside} beside it`;
  const inZone = (name: string, zone: string | undefined): string => (zone === undefined ? name : `${name} in ${zone}`);
  return [
    ...subnets.map(({ cidr, zone, outer, groups, gateway }) => ({
      name: groups === undefined ? inZone(outer ? "ways in and out" : "nodes", zone) : groups.join(", "),
      value: gateway === undefined ? cidr : `${cidr}, gateway ${gateway}`,
    })),
    { name: "pods", value: network.podCidr },
    { name: "services", value: network.serviceCidr },
    { name: "DNS", value: network.dns.join(", ") || resolversOf(plan) },
    ...(network.reserved === undefined ? [] : [{ name: "reserved", value: network.reserved.join(", ") }]),
    ...subnets.flatMap(({ zone, outer, cloudRange }) =>
      cloudRange === undefined || outer ? [] : [{ name: inZone("left to the cloud", zone), value: formatRange(cloudRange) }],
    ),
    ...(ranges === undefined ? [] : [{ name: "load balancers", value: `${ranges.first}-${ranges.last}` }]),
    ...(network.existing === undefined
      ? []
      : [
          {
            name: "existing",
            value: [
              ...[`network ${network.existing.network}`, `subnet ${network.existing.subnet}`],
              ...new Set(Object.values(network.existing.groups ?? {})),
            ].join(", "),
          },
        ]),
    ...(network.names === undefined ? [] : [{ name: "names written", value: network.names.join(", ") }]),
    { name: "API endpoint", value: `${apiEndpoint.domain ?? apiEndpoint.address}:${apiEndpoint.port} (${apiEndpoint.kind})` },
    { name: "ingress", value: `${platform.ingress.address} (${controllers}), *.${platform.domain}` },
    ...Object.entries(network.floating).map(([what, { address }]) => ({
      name: `${what} from outside`,
      value: address ?? "a floating address, made at up",
    })),
    { name: "administrators", value: access.adminCidrs.join(", ") || "nobody outside the network" },
    { name: "visitors", value: access.ingressCidrs.join(", ") || "nobody" },
  ];
}

/** Who resolves names where the file names nobody. */
function resolversOf({ provider, network }: EnvironmentPlan): string {
  if (provider === "existing") return "the hosts' own";
  return givesAddresses(network) ? "the cloud's own" : "nobody";
}

/** Whether the cloud has ports of its own in the network, as where it makes one. */
function givesAddresses({ subnets }: EnvironmentPlan["network"]): boolean {
  return subnets.some(({ cloudRange }) => cloudRange !== undefined);
}

const PAIR_COLUMNS: readonly Column<Pair>[] = [
  { title: "WHAT", value: (pair) => pair.name },
  { title: "VALUE", value: (pair) => pair.value },
];

const MACHINE_KEY: Column<MachinePlan> = { title: "KEY", value: (machine) => machine.key };
const MACHINE_NAME: Column<MachinePlan> = { title: "NAME", value: (machine) => machine.name };
const MACHINE_COLUMNS: readonly Column<MachinePlan>[] = [
  { title: "ROLES", value: (machine) => machine.roles.join(", ") },
  { title: "ZONE", value: (machine) => machine.zone ?? "-" },
  { title: "SIZE", value: (machine) => machine.size },
  { title: "IMAGE", value: (machine) => machine.image },
  { title: "ADDRESS", value: (machine) => machine.address },
  { title: "VOLUMES", value: (machine) => machine.volumes.map(describeVolume).join(", ") || "-" },
];
/** Of machines that were there before: nobody chose their size and image, but how they are reached. */
const HOST_COLUMNS: readonly Column<MachinePlan>[] = [
  ...MACHINE_COLUMNS.filter(({ title }) => title !== "SIZE" && title !== "IMAGE"),
  { title: "SSH", value: ({ login }) => describeLogin(login) },
];

function describeLogin({ address, user, port }: LoginPlan = {}): string {
  const where = [address, port].filter((each) => each !== undefined).join(":");
  return [user, where].filter((each) => each !== undefined && each !== "").join("@") || "-";
}

function flowColumns({ network }: EnvironmentPlan): readonly Column<Flow>[] {
  return [
    { title: "WAY", value: (flow) => wayOf(flow, network.cidr) },
    { title: "FROM", value: (flow) => flow.from },
    { title: "TO", value: (flow) => flow.to },
    { title: "PROTOCOL", value: (flow) => flow.protocol },
    { title: "PORTS", value: (flow) => flow.ports.join(", ") || "-" },
    { title: "REASON", value: (flow) => flow.reason },
  ];
}

/** Whether traffic comes in from outside the machines' network, goes out of it, or stays within. */
export function wayOf({ from, to }: Flow, network: string): "in" | "out" | "within" {
  const outside = (peer: string): boolean => peer.startsWith("cidr:") && reachesBeyond([peer.slice("cidr:".length)], network);
  if (outside(from)) return "in";
  return outside(to) ? "out" : "within";
}

const SERVICE_COLUMNS: readonly Column<ServicePlan>[] = [
  { title: "SERVICE", value: (service) => service.name },
  { title: "NAMESPACE", value: (service) => service.namespace },
  { title: "VERSION", value: (service) => service.version },
  { title: "REPLICAS", value: (service) => String(service.replicas) },
  { title: "NEEDS", value: (service) => service.dependsOn.join(", ") || "-" },
  { title: "HOST", value: (service) => service.host ?? "-" },
];

const BOM_COLUMNS: readonly Column<BomEntry>[] = [
  { title: "NAME", value: (entry) => entry.name },
  { title: "VERSION", value: (entry) => entry.version },
  { title: "KIND", value: (entry) => entry.kind },
  { title: "LICENCE", value: (entry) => entry.licence ?? "-" },
  { title: "MENDED UNTIL", value: (entry) => entry.endOfLife ?? "-" },
  { title: "SOURCE", value: (entry) => entry.source ?? entry.digest ?? "-" },
];

const COUNT_COLUMNS: readonly Column<{ readonly kind: string; readonly count: number }>[] = [
  { title: "KIND", value: (line) => line.kind },
  { title: "COUNT", value: (line) => String(line.count) },
];
