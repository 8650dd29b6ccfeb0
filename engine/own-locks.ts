import { hostname } from "node:os";
import { ConcurrentUpdateError } from "@pulumi/pulumi/automation/errors";
import { PRIVATE, readIfThere, writeWhole } from "../host/files";
import { withMutex } from "../host/mutex";
import { wroteAndRuns } from "../host/processes";
import type { EngineCommand } from "./command";

/*
 * An engine that is killed leaves its lock in the backend. In a bucket or a database the locks of other hosts lie beside it, and hosts may bear
 * one name: so each engine that may take a lock is written down here when it starts, and what was written down is what proves a lock ours.
 */

/** An engine that was started here. */
interface Started {
  readonly pid: number;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** The stack whose locks they are. */
interface LockedStack {
  readonly stack: string;
  readonly workDir: string;
  readonly engines?: string;
}

/** How many engines are remembered of a stack. */
const REMEMBERED = 20;

/** How long after its start an engine may take its lock, and how much less the lock tells of the time than we do, in milliseconds. */
const BEFORE_LOCK_MS = 600_000;
const TRUNCATED_MS = 1_000;

/** Writes down an engine that was started. @param file the stack's, under `.kpaas/` */
export function noteEngine(file: string, pid: number, at = Date.now()): void {
  const started: Started[] = [...startedIn(file), { pid, at }].slice(-REMEMBERED);
  writeWhole(file, JSON.stringify(started), { mode: PRIVATE, durable: false });
}

/** Whether all locks that an engine's refusal names were taken by engines that were started here and have died. Pure, but for `runs`. */
export function areOwnDead(refusal: string, started: readonly Started[], host = hostname(), runs = wroteAndRuns): boolean {
  const [, count] = /locked by (\d+) lock/.exec(refusal) ?? [];
  const locks = [...refusal.matchAll(/created by \S+@(\S+) \(pid (\d+)\) at (\S+)/g)];
  if (locks.length === 0 || locks.length !== Number(count)) return false;
  return locks.every(([, owner, pid, since = ""]) => {
    const taken = Date.parse(since);
    const own = started.find((one) => one.pid === Number(pid) && taken >= one.at - TRUNCATED_MS && taken <= one.at + BEFORE_LOCK_MS);
    return owner === host && own !== undefined && !runs(own.pid, own.at);
  });
}

/**
 * Does something with a stack, once more where all that keeps it from that are the locks of engines that were started here and have died.
 * @param file where they were written down; undefined where locks are judged otherwise
 * @param cancel removes the stack's locks
 */
export async function pastOwnLocks<T>(file: string | undefined, cancel: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (file === undefined || !(error instanceof ConcurrentUpdateError)) throw error;
    const { message } = error;
    const gone = await withMutex(`${file}.mutex`, {}, async () => {
      // Who comes second finds them forgotten: the lock may be a living one's by then.
      if (!areOwnDead(message, startedIn(file))) return false;
      await cancel();
      writeWhole(file, "[]", { mode: PRIVATE, durable: false });
      return true;
    });
    if (!gone) throw error;
    return await work();
  }
}

/** Removes a stack's locks, all of which are known to be those of engines that have died. */
export async function removeOwnLocks(
  command: Pick<EngineCommand, "run">,
  { stack, workDir }: LockedStack,
  tell: (text: string) => void,
): Promise<void> {
  await command.run(["cancel", "--yes", "--stack", stack], workDir, {});
  tell(`removed the lock of an operation on ${stack} that was killed`);
}

/** The engine's commands on a stack, each past the locks of engines that were started here and have died. */
export function commandPastOwnLocks(
  command: Pick<EngineCommand, "run">,
  setting: LockedStack,
  tell: (text: string) => void,
): Pick<EngineCommand, "run"> {
  const cancel = () => removeOwnLocks(command, setting, tell);
  return { run: (...given) => pastOwnLocks(setting.engines, cancel, () => command.run(...given)) };
}

function startedIn(file: string): Started[] {
  try {
    return JSON.parse(readIfThere(file) ?? "[]");
  } catch {
    // Half of it was lost with its host: nothing is proven.
    return [];
  }
}
