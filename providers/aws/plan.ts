import { contains, formatAddress, parseAddress, parseCidr } from "../../model/ipv4";
import type { SubnetPlan } from "../../model/plan/infrastructure-types";
import type { CloudOptions, CloudPlan, EnvironmentPlan } from "../../model/plan/types";

/** A subnet that was there before. */
export interface ExistingSubnet {
  readonly id: string;
  readonly cidr: string;
}

/** A network that was there before. */
export interface ExistingNetwork {
  readonly vpc: string;
  /** By zone: the machines' subnet, and the one that whatever is met from outside stands in. */
  readonly subnets: Readonly<Record<string, { readonly node: ExistingSubnet; readonly outer?: ExistingSubnet }>>;
}

/** The options of AWS's own, as the plan has them. */
export interface AwsOptions {
  /** The only account that anything is made in; undefined: whichever the credentials are of. */
  readonly account?: string;
  /** How machines without a public address get out. */
  readonly natGateways: "perZone" | "one" | "none";
  /** Size of the boot volume in GiB. */
  readonly bootVolumeGiB: number;
  readonly bootVolumeType: string;
  /** The key that volumes are encrypted with; undefined: the account's own for EBS. */
  readonly kmsKey?: string;
  /** Whether control planes may do what the cloud controller and the driver of EBS do. */
  readonly controllers: boolean;
  readonly existing?: ExistingNetwork;
  /** What names of images stand for, over the table's. */
  readonly images?: Readonly<Record<string, string>>;
  /** What names of sizes stand for, over the table's. */
  readonly sizes?: Readonly<Record<string, string>>;
}

/** The part of a plan for AWS. */
export type AwsPlan = CloudPlan & AwsOptions & { readonly provider: "aws" };

/** A cloud's options, taken as ours: whoever asks knows whose they are. */
export function awsOptions(options: CloudOptions): AwsOptions {
  return options as AwsOptions;
}

/** Whether a plan's cloud is AWS. */
export function isAws(cloud: CloudPlan): cloud is AwsPlan {
  return cloud.provider === "aws";
}

/** What a plan has for AWS. @throws Error for a plan of another cloud */
export function awsOf({ cloud }: Pick<EnvironmentPlan, "cloud">): AwsPlan {
  if (!isAws(cloud)) throw new Error(`the plan is for ${cloud.provider}, not for AWS`);
  return cloud;
}

/** The subnets that machines stand in, or those that lead in and out, each with its zone. */
export function subnetsOf({ network }: Pick<EnvironmentPlan, "network">, outer: boolean): (SubnetPlan & { readonly zone: string })[] {
  return network.subnets.flatMap((each) =>
    each.zone !== undefined && (each.outer ?? false) === outer ? [{ ...each, zone: each.zone }] : [],
  );
}

/** Whether a machine is planned in a subnet that leads in and out. */
export function standsOutside(plan: Pick<EnvironmentPlan, "network">, { address }: { readonly address: string }): boolean {
  return subnetsOf(plan, true).some(({ cidr }) => lies(address, cidr));
}

/** The type of a data volume for which the file names none. */
export const DATA_VOLUME_TYPE = "gp3";

/** A balancer of the environment's. */
export interface BalancerPlan {
  readonly what: "api" | "api-public" | "ingress" | "ingress-public";
  readonly internal: boolean;
  /** The address made beforehand that it is reached at. */
  readonly address?: string;
  /** What it listens at, and where that leads. */
  readonly ports: readonly { readonly name: string; readonly port: number; readonly target: number }[];
  readonly targets: "control-plane" | "worker";
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
  const { nodePorts } = platform.ingress;
  const { api, ingress } = network.floating;
  const toApi = { ports: [{ name: "api", port: apiEndpoint.port, target: apiEndpoint.port }], targets: "control-plane" } as const;
  const web = nodePorts && {
    ports: [
      { name: "http", port: 80, target: nodePorts.http },
      { name: "https", port: 443, target: nodePorts.https },
    ],
    targets: "worker" as const,
  };
  const outside = (address: string | undefined) => ({ internal: false, ...(address === undefined ? {} : { address }) });
  return [
    ...(apiEndpoint.kind === "loadBalancer" ? [{ what: "api", internal: true, ...toApi } as const] : []),
    ...(api ? [{ what: "api-public", ...outside(api.address), ...toApi } as const] : []),
    ...(web ? [{ what: "ingress", internal: true, ...web } as const] : []),
    ...(web && ingress ? [{ what: "ingress-public", ...outside(ingress.address), ...web } as const] : []),
  ];
}

/** Whether an address lies in a network. */
export function lies(address: string, cidr: string): boolean {
  const [value, block] = [parseAddress(address), parseCidr(cidr)];
  return value !== undefined && block !== undefined && contains(block, value);
}

/**
 * One of the addresses of a subnet that no machine is ever given. What AWS would choose for its own things could be that of a machine to come.
 * @param index which of them
 */
export function cloudAddress(range: SubnetPlan["cloudRange"], index: number): string {
  const first = parseAddress(range?.first ?? "");
  if (first === undefined) throw new Error("a subnet on AWS has no addresses left to the cloud; this is a bug in kpaas");
  return formatAddress(first + index);
}
