import { appliedState } from "../../../model/guard/applied";
import type { EnvironmentPlan } from "../../../model/plan/types";
import type { Previewed } from "../../../model/preview/report";
import type { PreviewResult, ResourceChange } from "../../../model/preview/types";
import { plannedFile } from "../../support/environment";

const ENVIRONMENT = "urn:pulumi:demo::kpaas::kpaas:index:Environment";

/** The plan of the smallest environment, with what its file says besides. */
export function planOf(over: Record<string, unknown> = {}): EnvironmentPlan {
  return plannedFile({ name: "demo", infrastructure: { provider: "openstack" }, ...over }).plan;
}

/** A changed resource of the platform, the cluster or the infrastructure. */
export function changed(
  op: string,
  type: string,
  name: string,
  over: Partial<ResourceChange> & { readonly service?: string } = {},
): ResourceChange {
  const { service, ...rest } = over;
  const component = service === undefined ? "" : "$kpaas:index:Platform$kpaas:platform:Service";
  const parent = service === undefined ? {} : { parent: `${ENVIRONMENT}${component}::demo-platform-${service}` };
  return { op, type, name, urn: `${ENVIRONMENT}${component}$${type}::${name}`, properties: [], ...parent, ...rest };
}

/** A preview of a plan over what was applied; `over` is laid over what the engine tells. */
export function previewed(applied: EnvironmentPlan | undefined, plan: EnvironmentPlan, over: Partial<PreviewResult> = {}): Previewed {
  const changes = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  const before = applied === undefined ? {} : { applied: appliedState(applied) };
  const result = { environment: "demo", changes, steps: [], resources: [], outputs: {}, approved: [], ...over };
  return { plan, result: { ...result, before: { ...before, ...over.before } } };
}
