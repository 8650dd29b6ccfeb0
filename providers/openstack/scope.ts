import type { CustomResourceOptions } from "@pulumi/pulumi";
import { physicalName } from "../../model/names";
import { openstackMetadata, openstackTags } from "./names";
import type { Survey, Surveyed } from "./survey";

export { child } from "../asking/admitted";

/** What every part of an OpenStack infrastructure is registered with: the component is parent of everything, its name the first part of each. */
export interface Scope extends Surveyed {
  /** What the cloud has of what the plan names. */
  readonly survey: Survey;
}

/**
 * For what cannot go as long as something is on it: the provider tries again until this is over, by default for ten minutes. What is ours goes
 * within seconds; what somebody else has put there never does.
 */
export const IN_USE: Pick<CustomResourceOptions, "customTimeouts"> = { customTimeouts: { delete: "2m" } };

/** The name the cloud shows: the environment's and what the thing is. 60 characters fit nova's host names and everything longer. */
export function cloudName(scope: Pick<Scope, "plan">, ...parts: string[]): string {
  return physicalName([scope.plan.environment, ...parts], { max: 60, charset: "A-Za-z0-9-" });
}

/** The environment's labels as neutron and Octavia tags, sorted; undefined where the cloud has none. */
export function tags({ plan, dialect }: Pick<Scope, "plan" | "dialect">): string[] | undefined {
  return dialect.tags ? openstackTags({ ...plan.labels, "kpaas-environment": plan.environment }) : undefined;
}

/** The description of a port or floating address; undefined where the cloud keeps none. */
export function described({ dialect }: Pick<Scope, "dialect">, text: string): string | undefined {
  return dialect.describes ? text : undefined;
}

/** The environment's labels as nova and cinder metadata. */
export function metadata({ plan }: Pick<Scope, "plan">, own: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...openstackMetadata(plan.labels), "kpaas-environment": plan.environment, ...own };
}
