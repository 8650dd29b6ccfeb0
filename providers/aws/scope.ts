import type { CustomResourceOptions } from "@pulumi/pulumi";
import { awsName, clusterTag } from "./names";
import type { Survey, Surveyed } from "./survey";

export { child } from "../asking/admitted";

/** What every part of an AWS infrastructure is registered with: the component is parent of everything, its name the first part of each. */
export interface Scope extends Surveyed {
  /** What the cloud has of what the plan names. */
  readonly survey: Survey;
}

/**
 * For what cannot go as long as something is on it: the provider tries again until this is over, by default for up to twenty minutes. What is
 * ours goes within a minute or two; what somebody else has put there never does.
 */
export const IN_USE: Pick<CustomResourceOptions, "customTimeouts"> = { customTimeouts: { delete: "5m" } };

/**
 * The environment's labels and the name of the thing, as tags.
 * @param what the thing's name behind the environment's
 */
export function tags({ plan }: Pick<Scope, "plan">, what: string, own: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...plan.labels, Name: awsName(plan, { max: 255, charset: "A-Za-z0-9.-" }, what), "kpaas-environment": plan.environment, ...own };
}

/**
 * The tag by which the cluster's controllers take a thing for the cluster's own. Subnets, machines, volumes and one security group have it, and
 * nothing else: the controllers may delete what bears it, and refuse to work where a machine is in two groups that do.
 */
export function ofCluster({ plan }: Pick<Scope, "plan">): Record<string, string> {
  return { [clusterTag(plan)]: "owned" };
}
