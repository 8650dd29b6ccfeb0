import type { EnvironmentPlan } from "../../model/plan/types";

/** Where hosts that are there before the environment are reached from outside their network. Nothing else of them is simulated: they answer. */
export function worldOf({ machines }: EnvironmentPlan): { readonly outside: readonly string[] } {
  return { outside: machines.flatMap(({ login }) => login?.address ?? []) };
}
