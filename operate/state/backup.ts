import { join } from "node:path";
import { StackMissingError } from "../../engine/errors";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import { makeReady, type Ready, type Request, runJob } from "../ready";
import { type StateBackup, writeStates } from "./folder";

/** The folder of all environments' backups of states, where none is named. */
export const stateBackups = (root: string): string => join(root, ".kpaas", "state-backups");

/** A backup that was made. */
export interface StateBackedUp extends StateBackup {
  readonly environment: string;
}

/**
 * Copies the states of an environment's stacks, all of one moment, into files here. Its file may be one that cannot be planned.
 * @param to the folder of all environments' backups
 * @throws StackMissingError, StackBusyError, InvalidInputError
 */
export async function backupState(request: Request, to: string, operator: Operator, doors = DOORS): Promise<StateBackedUp> {
  const { target, project } = await forState(request, operator, doors);
  const { environment } = target.plan;
  const { readStates } = await doors.states();
  const states = await runJob("state backup", target, operator, readStates);
  if (states.length === 0) throw new StackMissingError(environment);
  return { environment, ...writeStates(to, { environment, project }, states) };
}

/** What is done with a state needs no file that can be planned: its name tells the stacks. */
export async function forState(request: Request, operator: Operator, doors = DOORS): Promise<Ready & { readonly project: string }> {
  const { standIn } = await doors.standIns();
  const ready = await makeReady(request, operator, doors, standIn);
  const { projectOf } = await doors.states();
  return { ...ready, project: projectOf(ready.target) };
}
