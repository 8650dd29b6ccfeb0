import type { Provider } from "@pulumi/openstack/provider";
import type { ComponentResource, CustomResourceOptions } from "@pulumi/pulumi";
import { physicalName } from "../../model/names";
import { openstackMetadata, openstackTags } from "../../model/openstack";
import type { EnvironmentPlan, OpenStackPlan } from "../../model/plan/types";

/** What every part of an OpenStack infrastructure is registered with. */
export interface Scope {
  /** The component, parent of everything. */
  readonly parent: ComponentResource;
  /** The component's logical name, first part of each child's. */
  readonly name: string;
  readonly plan: EnvironmentPlan;
  readonly openstack: OpenStackPlan;
  readonly provider: Provider;
}

/**
 * For what cannot go as long as something is on it: the provider tries again until this is over, by default for ten minutes. What is ours goes
 * within seconds; what somebody else has put there never does.
 */
export const IN_USE: Pick<CustomResourceOptions, "customTimeouts"> = { customTimeouts: { delete: "2m" } };

/** Options of a child: parent and provider, and what it needs beyond them. */
export function child(scope: Scope, options: CustomResourceOptions = {}): CustomResourceOptions {
  return { ...options, parent: scope.parent, provider: scope.provider };
}

/** The name the cloud shows: the environment's and what the thing is. 60 characters fit nova's host names and everything longer. */
export function cloudName(scope: Pick<Scope, "plan">, ...parts: string[]): string {
  return physicalName([scope.plan.environment, ...parts], { max: 60, charset: "A-Za-z0-9-" });
}

/** The environment's labels as neutron and Octavia tags, sorted. */
export function tags({ plan }: Pick<Scope, "plan">): string[] {
  return openstackTags({ ...plan.labels, "kpaas-environment": plan.environment });
}

/** The environment's labels as nova and cinder metadata. */
export function metadata({ plan }: Pick<Scope, "plan">, own: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...openstackMetadata(plan.labels), "kpaas-environment": plan.environment, ...own };
}
