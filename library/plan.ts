/* `kpaas/plan`: what an environment will be, before anything is registered. */
export type { Lock } from "../model/lock";
export type { EnvironmentPlan, Flow, MachinePlan, NetworkPlan, ServicePlan } from "../model/plan/types";
export { type EnvironmentSpec, InvalidEnvironmentError, type PlannedSpec, planSpec } from "../stacks/spec";
