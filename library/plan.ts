/* `kpaas/plan`: what an environment will be, before anything is registered. */
export type { Lock } from "../model/lock";
export type { Flow, MachinePlan, NetworkPlan } from "../model/plan/infrastructure-types";
export type { EnvironmentPlan, ServicePlan } from "../model/plan/types";
export { type EnvironmentSpec, InvalidEnvironmentError, type PlannedSpec, planSpec } from "../stacks/spec";
