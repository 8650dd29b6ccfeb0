import { holdsAnything } from "../../engine/state/move";
import { InvalidInputError, RefusedError } from "../../model/problems";
import { DOORS } from "../doors";
import { requireLock } from "../lock";
import { type Operator, requireAgreement } from "../operator";
import { makeReady, type Request, runJob } from "../ready";
import { notLost, obstacles, planRecovery, type StateRecoveryPlan, wrongIds } from "./recover-plan";
import { type RecoverySources, readRecoverySources } from "./recovery-sources";

/** A recovery. */
export interface StateRecovered {
  readonly environment: string;
  readonly plan: StateRecoveryPlan;
  /** Whether the states are in place now. */
  readonly done: boolean;
}

/**
 * Puts the lost states of an environment together again, by asking its cloud and its cluster. Nothing is made, changed or deleted there. Of
 * layers in stacks of their own those that are lost are looked for, and those that stand stay as they are.
 * @param dryRun only tells what was found
 * @throws InvalidInputError with all that is wrong with what was told; DeclinedError, StackBusyError; RefusedError where a state stands, or what was found is not enough
 */
export async function recoverState(
  request: Request,
  sources: RecoverySources,
  dryRun: boolean,
  operator: Operator,
  doors = DOORS,
): Promise<StateRecovered> {
  const ready = await makeReady(request, operator, doors);
  const { target } = ready;
  const { environment } = target.plan;
  // Keys of machines and names of the platform's parts are fixed there.
  requireLock(ready, operator);
  const { readStates, recover, importRecovered, wasRecovering, forgetHalfRecovered, projectOf } = await doors.states();
  const hints = readRecoverySources(target.plan, projectOf(target), sources);
  const ask = dryRun ? undefined : operator.asker("state recover");
  const present = await runJob("read", target, operator, readStates);
  const standing = present.filter((one) => holdsAnything(one.state.deployment.resources ?? []) && !wasRecovering(target, one));
  const problems = notLost(target.plan, standing);
  if (problems.length > 0) {
    // Whoever has put it in place: a recovery that was broken off here has nothing to go on with.
    forgetHalfRecovered(target);
    throw new RefusedError(problems);
  }
  const recovered = await runJob("state recover", target, operator, (given, options) => recover(given, hints, standing, options));
  const plan = planRecovery(recovered);
  operator.tell({ kind: "stateFound", environment, plan });
  const wrong = wrongIds(environment, plan);
  if (wrong.length > 0) throw new InvalidInputError(wrong);
  if (dryRun) return { environment, plan, done: false };
  const inTheWay = obstacles(environment, plan);
  if (inTheWay.length > 0) throw new RefusedError(inTheWay);
  await requireAgreement(ask, { kind: "state recover", environment, plan });
  await runJob("state recover", target, operator, (given, options) => importRecovered(given, recovered.states, present, options));
  return { environment, plan, done: true };
}
