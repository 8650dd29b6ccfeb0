import { type CustomResourceOptions, type Resource, runtime } from "@pulumi/pulumi";
import { physicalName } from "../../model/names";
import { admitted } from "../asking/admitted";
import type { Survey, Surveyed } from "./survey";

/** What every part of a vSphere infrastructure is registered with: the component is parent of everything, its name the first part of each. */
export interface Scope extends Surveyed {
  /** What vCenter has of what the plan names. */
  readonly survey: Survey;
}

/** What a child needs beyond parent and provider. */
export interface ChildOptions extends CustomResourceOptions {
  readonly dependsOn?: Resource[];
}

/** Options of a child. Nothing is made before vCenter is known to have what the plan names; a preview need not wait for that. */
export function child({ parent, provider, survey }: Scope, options: ChildOptions = {}): CustomResourceOptions {
  if (runtime.isDryRun()) return { ...options, parent, provider };
  return { ...options, dependsOn: admitted(survey.passed, options.dependsOn), parent, provider };
}

/** The name vCenter shows: the environment's and what the thing is. 60 characters fit host names and everything longer. */
export function cloudName(scope: Pick<Scope, "plan">, ...parts: string[]): string {
  return physicalName([scope.plan.environment, ...parts], { max: 60, charset: "A-Za-z0-9-" });
}
