import { lockProblems } from "../files/lock-problems";
import type { LockChange } from "../model/lock";
import { type Problem, RefusedError } from "../model/problems";
import { DOORS, type Doors } from "./doors";
import type { Operator } from "./operator";
import { makeReady, type Ready, type Request } from "./ready";

/** Raised where an operation would run on a lock that is missing or outdated. */
export class LockRefusedError extends RefusedError {
  /**
   * @param problems the whole of it first, then each change
   * @param changes what the lock would gain, lose and change
   */
  constructor(
    problems: readonly Problem[],
    readonly changes: readonly LockChange[],
  ) {
    super(problems);
  }
}

/** In the sandbox a proposed lock is told of and used. @throws LockRefusedError elsewhere, where the lock is missing or outdated. */
export function requireLock({ loaded, planned, target }: Ready, operator: Operator): void {
  const problems = lockProblems(loaded);
  if (problems.length === 0) return;
  if (!target.sandbox) throw new LockRefusedError(problems, planned.lockChanges);
  operator.tell({ kind: "lockProposed", loaded });
}

/** Writes a missing or outdated lock once the plan is accepted: a refused plan must leave the lock of what is there. */
export async function lockWriter({ loaded, planned }: Ready, operator: Operator, doors: Doors): Promise<() => void> {
  const { writeLock } = await doors.environments();
  return () => {
    if (planned.lockState === "current") return;
    writeLock(loaded);
    operator.tell({ kind: "lockWritten", file: loaded.lockFile });
  };
}

/** Writes the lock that the plan asks for, where it is missing or outdated. @throws InvalidInputError */
export async function lock(request: Request, operator: Operator, doors = DOORS): Promise<Ready> {
  const ready = await makeReady(request, operator, doors);
  if (ready.planned.lockState !== "current") (await doors.environments()).writeLock(ready.loaded);
  return ready;
}
