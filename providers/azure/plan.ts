import { contains, formatAddress, parseAddress, parseCidr } from "../../model/ipv4";
import type { SubnetPlan } from "../../model/plan/infrastructure-types";
import type { CloudOptions, CloudPlan, EnvironmentPlan } from "../../model/plan/types";

/** A subnet that was there before. */
export interface ExistingSubnet {
  readonly name: string;
  readonly cidr: string;
}

/** A network that was there before. */
export interface ExistingNetwork {
  /** The virtual network's resource id. */
  readonly network: string;
  /** The machines' subnet, and the one that the bastion stands in. */
  readonly subnets: { readonly node: ExistingSubnet; readonly outer?: ExistingSubnet };
}

/** The options of Azure's own, as the plan has them. */
export interface AzureOptions {
  /** The subscription that everything is made in; undefined: the one that the credentials are for. */
  readonly subscription?: string;
  /** A resource group that is there already; undefined: one of its own is made. */
  readonly resourceGroup?: string;
  /** How machines without a public address get out. */
  readonly natGateways: "perZone" | "one" | "none";
  /** Size of the boot disk in GiB. */
  readonly bootVolumeGiB: number;
  readonly bootVolumeType: string;
  /** The disk encryption set whose key disks are encrypted with; undefined: the platform's key. */
  readonly diskEncryptionSet?: string;
  readonly acceleratedNetworking: boolean;
  /** Whether control planes may do what the cloud controller and the disk driver do. */
  readonly controllers: boolean;
  readonly existing?: ExistingNetwork;
  /** Resource ids of public addresses that were made beforehand, by address. */
  readonly addresses?: Readonly<Record<string, string>>;
  /** What names of images stand for, over the table's. */
  readonly images?: Readonly<Record<string, string>>;
  /** What names of sizes stand for, over the table's. */
  readonly sizes?: Readonly<Record<string, string>>;
}

/** The part of a plan for Azure. */
export type AzurePlan = CloudPlan & AzureOptions & { readonly provider: "azure" };

/** A cloud's options, taken as ours: whoever asks knows whose they are. */
export function azureOptions(options: CloudOptions): AzureOptions {
  return options as AzureOptions;
}

/** Whether a plan's cloud is Azure. */
export function isAzure(cloud: CloudPlan): cloud is AzurePlan {
  return cloud.provider === "azure";
}

/** What a plan has for Azure. @throws Error for a plan of another cloud */
export function azureOf({ cloud }: Pick<EnvironmentPlan, "cloud">): AzurePlan {
  if (!isAzure(cloud)) throw new Error(`the plan is for ${cloud.provider}, not for Azure`);
  return cloud;
}

/** The subnets that machines stand in, or those that the bastion does. */
export function subnetsOf({ network }: Pick<EnvironmentPlan, "network">, outer: boolean): SubnetPlan[] {
  return network.subnets.filter((each) => (each.outer ?? false) === outer);
}

/** The subnet that a machine of a zone stands in: one that spans all zones serves each of them. */
export function subnetFor(plan: Pick<EnvironmentPlan, "network">, zone: string | undefined, outer: boolean): SubnetPlan {
  const within = (each: SubnetPlan): boolean => each.zone === undefined || each.zone === zone;
  const found = (outer ? subnetsOf(plan, true).find(within) : undefined) ?? subnetsOf(plan, false).find(within);
  if (found === undefined) throw new Error(`no subnet is planned for the zone ${zone ?? "that nobody named"}; this is a bug in kpaas`);
  return found;
}

/** The gateways that machines get out by: one serves all where it has no zone, or is the only one. */
export function gatewaysOf(plan: Pick<EnvironmentPlan, "network" | "cloud">): { readonly what: string; readonly zone?: string }[] {
  const { natGateways, existing } = azureOf(plan);
  if (natGateways === "none" || existing !== undefined) return [];
  const zones = subnetsOf(plan, false).flatMap(({ zone }) => (zone === undefined ? [] : [zone]));
  const [first] = zones;
  if (first === undefined) return [{ what: "nat" }];
  return natGateways === "one" ? [{ what: "nat", zone: first }] : zones.map((zone) => ({ what: `nat-${zone}`, zone }));
}

/** One way in: a balancer's frontend, with what listens there. */
export interface FrontendPlan {
  readonly what: "api" | "ingress";
  readonly internal: boolean;
  /** Inside: its planned address. Outside: the address made beforehand that it is reached at. */
  readonly address?: string;
  /** What it listens at, and where that leads. */
  readonly ports: readonly { readonly name: string; readonly port: number; readonly target: number }[];
  readonly targets: "control-plane" | "worker";
}

/**
 * The ways that lead in by balancers: to the API inside the network where it is reached by one, and from outside where anybody outside may reach
 * it; to the ingress both ways alike. The inner ones are frontends of one balancer, the outer ones of another.
 */
export function frontendsOf({
  apiEndpoint,
  network,
  platform,
}: Pick<EnvironmentPlan, "apiEndpoint" | "network" | "platform">): FrontendPlan[] {
  const { nodePorts, address } = platform.ingress;
  const { api, ingress } = network.floating;
  const toApi = {
    what: "api",
    ports: [{ name: "api", port: apiEndpoint.port, target: apiEndpoint.port }],
    targets: "control-plane",
  } as const;
  const web = nodePorts && {
    what: "ingress" as const,
    ports: [
      { name: "http", port: 80, target: nodePorts.http },
      { name: "https", port: 443, target: nodePorts.https },
    ],
    targets: "worker" as const,
  };
  const outside = (own: string | undefined) => ({ internal: false, ...(own === undefined ? {} : { address: own }) });
  return [
    ...(apiEndpoint.kind === "loadBalancer" ? [{ internal: true, address: apiEndpoint.address, ...toApi }] : []),
    ...(api ? [{ ...outside(api.address), ...toApi }] : []),
    ...(web ? [{ internal: true, address, ...web }] : []),
    ...(web && ingress ? [{ ...outside(ingress.address), ...web }] : []),
  ];
}

/** A balancer, with the ways in that are its frontends. */
export interface BalancerPlan {
  readonly what: string;
  readonly internal: boolean;
  readonly frontends: readonly FrontendPlan[];
}

/** The balancer inside the network and the one that is met from outside, each where it has ways in. */
export function balancersOf(plan: Parameters<typeof frontendsOf>[0]): BalancerPlan[] {
  const frontends = frontendsOf(plan);
  return [true, false].flatMap((internal) => {
    const own = frontends.filter((each) => each.internal === internal);
    return own.length === 0 ? [] : [{ what: internal ? "balancer" : "balancer-public", internal, frontends: own }];
  });
}

/** Whether an address lies in a network. */
export function lies(address: string, cidr: string): boolean {
  const [value, block] = [parseAddress(address), parseCidr(cidr)];
  return value !== undefined && block !== undefined && contains(block, value);
}

/** The addresses of a subnet that Azure keeps beside the first and the last: its router's, and two of its resolver. */
export function keptBy(first: number): number[] {
  return [first + 1, first + 2, first + 3];
}

/** Those that a person sees in a message. */
export function keptText(cidr: string): string {
  const block = parseCidr(cidr);
  return block === undefined ? "" : `${formatAddress(block.first)} to ${formatAddress(block.first + 3)} and the last`;
}
