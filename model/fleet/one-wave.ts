import { InvalidInputError } from "../problems";
import { narrowed } from "./narrowed";
import { clusterNames, type FleetPlan } from "./plan";

/**
 * A plan with one of its waves alone. Whoever names it approves it, and says by that that the waves before it are up.
 * @throws InvalidInputError where it has none of that name
 */
export function oneWave(plan: FleetPlan, name: string): FleetPlan {
  const wave = plan.waves.find((each) => each.name === name);
  if (wave === undefined) {
    const remedy = `its waves are: ${plan.waves.map((each) => each.name).join(", ")}`;
    const reason = `the fleet has no wave ${name}`;
    throw new InvalidInputError([{ environment: plan.fleet, path: "--wave", reason, remedy, severity: "error" }]);
  }
  const own = narrowed(plan, clusterNames({ waves: [wave] }));
  return { ...own, waves: own.waves.map((each) => ({ ...each, approval: false })) };
}

/** Of what is there for every cluster, what is for those of a plan. */
export function ofItsClusters<T>(plan: FleetPlan, all: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(clusterNames(plan).flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]] as const])));
}
