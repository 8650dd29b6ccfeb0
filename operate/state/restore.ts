import { messageOf } from "../../engine/events";
import { describeProblem, RefusedError } from "../../model/problems";
import { DOORS } from "../doors";
import { type Operator, requireAgreement } from "../operator";
import { type Request, runJob } from "../ready";
import { forState, stateBackups } from "./backup";
import { readStates, type StateBackup, writeStates } from "./folder";
import { judgeForgetting, planRestore, refusals, type StateRestorePlan } from "./restore-plan";

/** A state that was restored. */
export interface StateRestored {
  readonly environment: string;
  readonly plan: StateRestorePlan;
  /** What was replaced; undefined where there was nothing. */
  readonly kept?: StateBackup;
}

/**
 * Puts a backup in place of the states that an environment has, or has lost. What they describe is not touched. What is replaced is kept as
 * another backup. Broken off, the same command does it again. A state that knows more than the backup gives way to an approval of just that.
 * @param from a backup's folder, its manifest, or the folder of the environment's backups
 * @throws InvalidInputError, RefusedError, DeclinedError, StackBusyError
 */
export async function restoreState(request: Request, from: string, operator: Operator, doors = DOORS): Promise<StateRestored> {
  const { target, project } = await forState(request, operator, doors);
  const { environment } = target.plan;
  const { states: wanted, ...stored } = readStates(from, environment);
  const ask = operator.asker("state restore");
  const { readStates: read, replaceStates } = await doors.states();
  const present = await runJob("read", target, operator, read);
  const { refused, unused } = judgeForgetting(environment, wanted, present, target.approvals);
  const problems = [...refusals(environment, project, stored, present), ...refused];
  if (problems.length > 0) throw new RefusedError(problems);
  const plan = planRestore(stored, wanted, present);
  operator.tell({ kind: "stateLoss", environment, plan });
  await requireAgreement(ask, { kind: "state restore", environment, plan });
  let kept: StateBackup | undefined;
  await runJob("state restore", target, operator, (given, options) => {
    for (const each of unused) options.onProgress?.(messageOf("warning", describeProblem(each)));
    return replaceStates(
      given,
      wanted,
      present,
      (now) => {
        if (now.length > 0)
          kept = writeStates(stateBackups(target.root), { environment, project, before: `a restore of ${stored.folder}` }, now);
      },
      options,
    );
  });
  return { environment, plan, ...(kept ? { kept } : {}) };
}
