import type { MachinePlan } from "../../model/plan/infrastructure-types";
import type { CloudOptions, CloudPlan, EnvironmentPlan } from "../../model/plan/types";

/** The options of GCP's own, as the plan has them. */
export interface GcpOptions {
  /** The project that everything is made in. */
  readonly project: string;
  /** Whether machines without an address outside get out by a NAT of ours; undefined: as `makesNat` says. */
  readonly nat?: boolean;
  /** Size of the boot disk in GiB. */
  readonly bootVolumeGiB: number;
  readonly bootVolumeType: string;
  /** Whether Google's Identity-Aware Proxy may lead SSH to the machines. */
  readonly iap: boolean;
  /** Whether control planes may do what the driver of persistent disks does; undefined: where it runs. */
  readonly controllers?: boolean;
  /** What names of images stand for, over the table's. */
  readonly images?: Readonly<Record<string, string>>;
  /** What names of sizes stand for, over the table's. */
  readonly sizes?: Readonly<Record<string, string>>;
}

/** The part of a plan for GCP. */
export type GcpPlan = CloudPlan & GcpOptions & { readonly provider: "gcp" };

/** A cloud's options, taken as ours: whoever asks knows whose they are. */
export function gcpOptions(options: CloudOptions): GcpOptions {
  return options as GcpOptions;
}

/** Whether a plan's cloud is GCP. */
export function isGcp(cloud: CloudPlan): cloud is GcpPlan {
  return cloud.provider === "gcp";
}

/** What a plan has for GCP. @throws Error for a plan of another cloud */
export function gcpOf({ cloud }: Pick<EnvironmentPlan, "cloud">): GcpPlan {
  if (!isGcp(cloud)) throw new Error(`the plan is for ${cloud.provider}, not for GCP`);
  return cloud;
}

/**
 * Whether a router and NAT are made for machines without an address outside. Where the file does not say: for a network of our own; one that was
 * there has its own way out, and a subnet can have no second NAT.
 */
export function makesNat({ cloud, network }: { readonly cloud: CloudOptions; readonly network: { readonly existing?: object } }): boolean {
  return gcpOptions(cloud).nat ?? network.existing === undefined;
}

/** Whether the cloud's controller makes balancers for Services: then it is told machines by their nodes' names, and opens the firewall by itself. */
export function balancesServices({ platform: { loadBalancer } }: Pick<EnvironmentPlan, "platform">): boolean {
  return loadBalancer.kind === "cloud" && loadBalancer.controller === true;
}

/** Google's health checks, https://cloud.google.com/load-balancing/docs/health-check-concepts#ip-ranges */
export const PROBES = {
  inside: ["35.191.0.0/16", "130.211.0.0/22"],
  outside: ["35.191.0.0/16", "209.85.152.0/22", "209.85.204.0/22"],
} as const;

/** The machines without an address outside. */
export function insideOf({ machines, network }: Pick<EnvironmentPlan, "machines" | "network">): readonly MachinePlan[] {
  return machines.filter(({ roles }) => !(roles.includes("bastion") && network.floating.bastion !== undefined));
}

/** What is there already, by its name; `PROJECT/NAME` where another project shares it. */
export function placeOf(name: string, project: string): { readonly name: string; readonly project: string } {
  const [owner, own] = name.split("/");
  return own === undefined ? { name, project } : { name: own, project: owner ?? project };
}

/** A balancer of the environment's. */
export interface BalancerPlan {
  readonly what: "api" | "api-public" | "ingress" | "ingress-public";
  readonly internal: boolean;
  /** Inside, the planned address; outside, the one made beforehand; undefined: it is made. */
  readonly address?: string;
  readonly ports: readonly number[];
  readonly members: "control-plane" | "worker";
}

/**
 * The balancers that lead in: to the API inside the network where it is reached by one, and from outside where anybody outside may reach it;
 * to the ingress both ways alike.
 */
export function balancersOf({
  apiEndpoint,
  network,
  platform,
}: Pick<EnvironmentPlan, "apiEndpoint" | "network" | "platform">): BalancerPlan[] {
  const { api, ingress } = network.floating;
  const { nodePorts } = platform.ingress;
  const toApi = { ports: [apiEndpoint.port], members: "control-plane" } as const;
  const web = nodePorts && { ports: [80, 443], members: "worker" as const };
  const outside = (address: string | undefined) => ({ internal: false, ...(address === undefined ? {} : { address }) });
  return [
    ...(apiEndpoint.kind === "loadBalancer" ? [{ what: "api", internal: true, address: apiEndpoint.address, ...toApi } as const] : []),
    ...(api ? [{ what: "api-public", ...outside(api.address), ...toApi } as const] : []),
    ...(web ? [{ what: "ingress", internal: true, address: platform.ingress.address, ...web } as const] : []),
    ...(web && ingress ? [{ what: "ingress-public", ...outside(ingress.address), ...web } as const] : []),
  ];
}

/** The zones that machines of a role are in. */
export function zonesOf({ machines }: Pick<EnvironmentPlan, "machines">, role: BalancerPlan["members"]): string[] {
  return [...new Set(machines.flatMap(({ roles, zone }) => (zone !== undefined && roles.includes(role) ? [zone] : [])))].sort();
}
