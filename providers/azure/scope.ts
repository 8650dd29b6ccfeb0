import type { Input, Output } from "@pulumi/pulumi";
import type { Survey, Surveyed } from "./survey";

export { child } from "../asking/admitted";

/** What every part of an Azure infrastructure is registered with: the component is parent of everything, its name the first part of each. */
export interface Scope extends Surveyed {
  /** What the cloud has of what the plan names. */
  readonly survey: Survey;
  /** What everything lies in. */
  readonly group: { readonly name: Input<string>; readonly id: Output<string> };
}

/** The environment's labels and whose the thing is, as tags. */
export function tags({ plan }: Pick<Scope, "plan">, own: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...plan.labels, "kpaas-environment": plan.environment, ...own };
}

/** Where a resource lies. */
export function placed({ group, azure }: Pick<Scope, "group" | "azure">): { resourceGroupName: Input<string>; location?: string } {
  return { resourceGroupName: group.name, ...(azure.region === undefined ? {} : { location: azure.region }) };
}

/** The zones of what must outlive the loss of one: all three that a region with zones has, however few the machines are in. */
export function everyZone({ plan }: Pick<Scope, "plan">): { zones?: string[] } {
  return plan.zones.length === 0 ? {} : { zones: ["1", "2", "3"] };
}
