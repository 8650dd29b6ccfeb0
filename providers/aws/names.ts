import { physicalName } from "../../model/names";
import type { EnvironmentPlan } from "../../model/plan/types";

/**
 * What AWS's services take. One table for the checks, for what is made and for the sandbox, which refuses the same. Lengths and patterns of
 * IAM and of tags are botocore's; those of balancers, target groups and security groups stand in the services' reference only.
 */
export const awsLimits = {
  balancer: { max: 32, charset: "A-Za-z0-9-" },
  role: { max: 64, charset: "A-Za-z0-9+=,.@_-" },
  profile: { max: 128, charset: "A-Za-z0-9+=,.@_-" },
  securityGroup: { max: 255, charset: "A-Za-z0-9 ._:/()#,@+=&;{}!$*-" },
  keyPair: { max: 255, charset: "A-Za-z0-9-" },
  /** Of a rule or a group. */
  description: { max: 255, charset: "A-Za-z0-9 ._:/()#,@+=&;{}!$*-" },
  tag: { key: 128, value: 256, items: 50, charset: "\\p{L}\\p{Z}\\p{N}_.:/=+\\-@" },
  /** Of user data, before it is encoded. */
  userData: 16_384,
  /** Resolvers of a set of DHCP options. */
  resolvers: 4,
  /** Rules of one group in one direction, as long as nobody has the quota raised. */
  rules: 60,
  /** The prefixes that a VPC and a subnet may have. */
  prefix: { shortest: 16, longest: 28 },
} as const;

/** What names of balancers and of security groups must not begin with. */
export const reservedBeginnings: readonly string[] = ["internal-", "sg-"];

/** The keys of the tags that kpaas puts beside the labels. */
export const ownTags: readonly string[] = ["Name", "kpaas-environment", "kpaas-key", "kpaas-roles", "kpaas-volume"];

/** The name the cloud shows: the environment's and what the thing is. */
export function awsName(
  plan: Pick<EnvironmentPlan, "environment">,
  limit: { readonly max: number; readonly charset: string },
  ...parts: string[]
): string {
  return physicalName([plan.environment, ...parts], limit);
}

/** A role's name: an account has each once, whatever the region. */
export function roleName({ environment, cloud }: Pick<EnvironmentPlan, "environment" | "cloud">, what: string): string {
  return physicalName([environment, cloud.region ?? "", what], awsLimits.role);
}

/** A description without what AWS refuses in one. */
export function described(text: string): string {
  return text.replace(new RegExp(`[^${awsLimits.description.charset}]`, "g"), " ").slice(0, awsLimits.description.max);
}

/** By which the cluster's controllers know what is theirs. */
export function clusterTag({ environment }: Pick<EnvironmentPlan, "environment">): string {
  return `kubernetes.io/cluster/${environment}`;
}

/** An image as the cloud is asked for it: by id, or by the account that has it and its name there; undefined for what is neither. */
export function imageQuery(image: string): { readonly id: string } | { readonly owner: string; readonly name: string } | undefined {
  if (/^ami-[0-9a-f]{8,17}$/.test(image)) return { id: image };
  const [, owner, name] = /^(\d{12}|amazon|aws-marketplace|self)\/([^*?]+)$/.exec(image) ?? [];
  return owner === undefined || name === undefined ? undefined : { owner, name };
}
