import type { CloudPartName } from "../../model/cloud-parts";
import type { CloudPlan, EnvironmentPlan } from "../../model/plan/types";

/** The options of OpenStack's own, as the plan has them. */
export interface OpenStackOptions {
  /** The network that floating addresses and the router's way out are in, by name or id. */
  readonly externalNetwork: string;
  /** What Octavia makes balancers of. */
  readonly loadBalancerProvider: "amphora" | "ovn";
  /** Size of the boot volume in GiB. */
  readonly bootVolumeGiB: number;
  /** Its volume type, by name or id; undefined: the cloud's. */
  readonly bootVolumeType?: string;
  /** Addresses and networks, besides the plan's own, that nodes may send from. */
  readonly allowedAddresses?: readonly string[];
  /** What names stand for that every cloud has. */
  readonly images?: Readonly<Record<string, string>>;
  readonly sizes?: Readonly<Record<string, string>>;
  /** Whether volumes are made in the zone of the machine or pod that they are for. @default in one that Cinder takes */
  readonly volumesInZones?: boolean;
  /** A router that is there, by name or id, which the network is joined to instead of one of its own. */
  readonly router?: string;
  /** Ids of server groups that are there, by the group of machines that joins each. */
  readonly serverGroups?: Readonly<Record<string, string>>;
  /** The zone of the cloud's name service that the environment's names are written into; undefined: nobody writes any. */
  readonly dns?: DnsOptions;
  /** What is in the cluster that logs in to the cloud itself, with a login made for that; undefined: nothing is. */
  readonly applicationCredential?: CredentialOptions;
}

/** Where names are written. */
export interface DnsOptions {
  /** The zone by its name, as `example.org`. */
  readonly zone: string;
  /** Seconds that resolvers keep a name. */
  readonly ttl: number;
}

/** What a login that is made for the cluster may do. */
export interface CredentialOptions {
  /** What it is for; none is made for nothing. */
  readonly uses: readonly CredentialUse[];
  /** The roles that it has of its maker's. */
  readonly roles: readonly string[];
  /** Whether it may call what those uses need, and nothing else. */
  readonly accessRules: boolean;
}

/** What parts of a cluster do in the cloud: make balancers for Services, make and attach volumes for claims. */
export type CredentialUse = "loadBalancers" | "volumes";

/** The roles that each part's login has: the project's everyday one, and for balancers Octavia's own besides. */
export const LOGIN_ROLES: Readonly<Record<CloudPartName, readonly string[]>> = {
  controller: ["load-balancer_member", "member"],
  volumes: ["member"],
};

/** How long amphorae keep a connection that nothing is sent on. */
export const HOUR_IN_MS = 3_600_000;

/** The part of a plan for OpenStack, or for a cloud that speaks its API. */
export type OpenStackPlan = CloudPlan & OpenStackOptions;

/** Whether a plan's cloud is OpenStack, or speaks its API. */
export function isOpenStack(cloud: CloudPlan): cloud is OpenStackPlan {
  return "externalNetwork" in cloud && "bootVolumeGiB" in cloud;
}

/** What a plan has for OpenStack. @throws Error for a plan of another cloud */
export function openstackOf({ cloud }: Pick<EnvironmentPlan, "cloud">): OpenStackPlan {
  if (!isOpenStack(cloud)) throw new Error(`the plan is for ${cloud.provider}, not for OpenStack`);
  return cloud;
}

/** The field of one of the cloud's own options. */
export function ownField({ cloud }: Pick<EnvironmentPlan, "cloud">, field: string): string {
  return `infrastructure.${cloud.provider}.${field}`;
}

/** Whether the cloud's controller runs in the cluster. */
export function hasController({ platform: { loadBalancer } }: Pick<EnvironmentPlan, "platform">): boolean {
  return loadBalancer.kind === "cloud" && loadBalancer.controller === true;
}

/** Whether a port without a machine keeps the ingress's address: MetalLB answers for it, or a balancer takes the port over. */
export function keepsIngress(plan: Pick<EnvironmentPlan, "platform">): boolean {
  return plan.platform.loadBalancer.kind === "metallb" || hasController(plan);
}

/**
 * Whether the ingress's balancer is made before its Service, which the controller then puts its listeners on. OVN's balancer is led to by a
 * floating address at a port of its own making alone, and the controller has none made at a planned address that is met from outside.
 */
export function makesIngressBalancer(plan: Pick<EnvironmentPlan, "platform" | "network" | "cloud">): boolean {
  return hasController(plan) && openstackOf(plan).loadBalancerProvider === "ovn" && plan.network.floating.ingress !== undefined;
}

/** The groups of machines that are kept apart by a server group of ours: those that join one that is there have none. */
export function groupsApart(plan: Pick<EnvironmentPlan, "machines" | "cloud">): string[] {
  const given = openstackOf(plan).serverGroups ?? {};
  const groups = plan.machines.filter(({ spread }) => spread).map(({ group }) => group);
  return [...new Set(groups)].filter((group) => given[group] === undefined);
}
