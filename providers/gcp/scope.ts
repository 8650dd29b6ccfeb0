import { gcpLabels, gcpName } from "./names";
import type { Survey, Surveyed } from "./survey";

export { child } from "../asking/admitted";

/** What every part of a GCP infrastructure is registered with: the component is parent of everything, its name the first part of each. */
export interface Scope extends Surveyed {
  /** What the cloud has of what the plan names. */
  readonly survey: Survey;
}

/** The environment's labels and ours, as GCP takes them. */
export function labels({ plan }: Pick<Scope, "plan">, own: Readonly<Record<string, string>> = {}): Record<string, string> {
  return gcpLabels({ ...plan.labels, "kpaas-environment": plan.environment, ...own });
}

/** The cloud's name of a thing, and the project that it is made in. */
export function named({ plan, gcp }: Pick<Scope, "plan" | "gcp">, ...what: string[]): { readonly name: string; readonly project: string } {
  return { name: gcpName(plan, ...what), project: gcp.project };
}

/** What kind of things bear no labels: their description says whose they are. */
export function described({ plan }: Pick<Scope, "plan">, what: string): string {
  return `kpaas ${plan.environment}: ${what}`;
}
