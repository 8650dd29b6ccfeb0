import { dirname } from "node:path";
import { fromFolder } from "../../files/from-folder";
import type { LoadedEnvironment } from "../../files/load";
import { type AirGapEntry, airGapEntries, conflictsOf } from "../../model/airgap/entries";
import { given } from "../../model/data";
import type { EnvironmentPlan } from "../../model/plan/types";
import { InvalidInputError, type Problem } from "../../model/problems";
import type { Doors } from "../doors";
import type { Operator } from "../operator";
import { workstationOf } from "./workstation";

/** Which environments a bundle is for. */
export interface AirGapRequest {
  readonly references: readonly string[];
  /** The project's root folder. */
  readonly root: string;
  /** What the machine that runs kpaas takes itself. @default what is installed here asks for */
  readonly workstation?: typeof workstationOf;
}

/** An environment, and all that it pulls. */
export interface Pulled {
  readonly plan: EnvironmentPlan;
  readonly entries: readonly AirGapEntry[];
}

/** All that an environment pulls. */
export function pulledBy(plan: EnvironmentPlan, root: string, workstation = workstationOf): AirGapEntry[] {
  return airGapEntries(plan, workstation(plan, root));
}

/** Loads environments and lists what they pull. @throws InvalidInputError with all problems of all of them */
export async function listPulled({ references, root, workstation }: AirGapRequest, operator: Operator, doors: Doors): Promise<Pulled[]> {
  const { loadEnvironment } = await doors.environments();
  const problems: Problem[] = [];
  const loaded: LoadedEnvironment[] = [];
  for (const reference of references) {
    try {
      const each = loadEnvironment(reference, root);
      loaded.push(each);
      if (each.planned === undefined) problems.push(...each.problems);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new InvalidInputError(problems);
  for (const each of loaded) operator.tell({ kind: "loaded", root, loaded: each, approvals: [] });
  const pulled = loaded.flatMap(({ planned, file }) => {
    if (planned === undefined) return [];
    const { kubesprayFrom } = planned.plan;
    const plan = { ...planned.plan, ...given("kubesprayFrom", kubesprayFrom && fromFolder(dirname(file), kubesprayFrom)) };
    return [{ plan, entries: pulledBy(plan, root, workstation) }];
  });
  const clashes = conflictsOf(pulled.flatMap(({ entries }) => entries));
  if (clashes.length === 0) return pulled;
  throw new InvalidInputError(
    clashes.map(({ place, sources }) => ({
      ...{ environment: pulled.map(({ plan }) => plan.environment).join(", "), path: "cluster.airGap" },
      reason: `${sources.join(" and ")} would have one place in the ${place.startsWith("registry") ? "registry" : "folder of files"}: ${place.replace(/^\S+ /, "")}`,
      remedy: "mirror one of them under a path of its own and name that in the file, or give the environments a mirror each",
      severity: "error",
    })),
  );
}
