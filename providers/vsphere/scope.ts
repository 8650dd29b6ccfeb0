import { physicalName } from "../../model/names";
import type { Survey, Surveyed } from "./survey";

export { child } from "../asking/admitted";

/** What every part of a vSphere infrastructure is registered with: the component is parent of everything, its name the first part of each. */
export interface Scope extends Surveyed {
  /** What vCenter has of what the plan names. */
  readonly survey: Survey;
}

/** The name vCenter shows: the environment's and what the thing is. 60 characters fit host names and everything longer. */
export function cloudName(scope: Pick<Scope, "plan">, ...parts: string[]): string {
  return physicalName([scope.plan.environment, ...parts], { max: 60, charset: "A-Za-z0-9-" });
}
