import { writeFileSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";

/*
 * Linux shares processors between sessions first, and by the niceness of processes only within each of them (sched(7), "The autogroup feature").
 * A process that begins a session of its own, as all do that outlive or end apart from whoever has started them, gets as much as any other session,
 * however nice it is, until its session is told so too.
 */

/** Only so often, in milliseconds, does the kernel let a plain user change any session's: a tenth of a second. */
const AGAIN_MS = 150;
const TRIES = 20;

/** Has a process that begins a session of its own, and all that it starts from then on, wait for others. */
export function giveWay(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch (error) {
    // It has ended already.
    if (!(error instanceof Error && "code" in error && error.code === "ERR_SYSTEM_ERROR")) throw error;
  }
  setSession(pid, constants.priority.PRIORITY_BELOW_NORMAL);
}

/** Has a process that begins a session of its own wait for others where this one does. */
export function waitAlike(pid: number | undefined): void {
  const own = getPriority();
  if (pid !== undefined && own > 0) setSession(pid, own);
}

function setSession(pid: number, niceness: number, left = TRIES): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, `${niceness}`);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    // Neither a process that has ended nor a kernel that shares in another way has any; nor is it worth a failure where it may not be written.
    if (error.code === "EAGAIN" && left > 1) setTimeout(setSession, AGAIN_MS * (1 + Math.random()), pid, niceness, left - 1).unref();
  }
}
