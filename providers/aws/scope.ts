import { type CustomResourceOptions, type Resource, runtime } from "@pulumi/pulumi";
import { admitted } from "../asking/admitted";
import { awsName, clusterTag } from "./names";
import type { Survey, Surveyed } from "./survey";

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

/** What a child needs beyond parent and provider. */
export interface ChildOptions extends CustomResourceOptions {
  readonly dependsOn?: Resource[];
}

/** Options of a child. Nothing is made before the cloud is known to have what the plan names; a preview need not wait for that. */
export function child({ parent, provider, survey }: Scope, options: ChildOptions = {}): CustomResourceOptions {
  if (runtime.isDryRun()) return { ...options, parent, provider };
  return { ...options, dependsOn: admitted(survey.passed, options.dependsOn), parent, provider };
}

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
