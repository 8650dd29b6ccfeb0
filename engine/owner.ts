import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** A process that holds a lock: alive as long as a process of that number and start time runs on that host. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in milliseconds since 1970. */
  readonly startedAt: number;
}

/** Start times are read to a hundredth of a second on Linux, to a second elsewhere, and the boot time is rounded. */
const TOLERANCE_MS = 2_000;

/** Linux reports process times in hundredths of a second (USER_HZ) on every architecture Node runs on. */
const TICK_MS = 10;

/** This process as an owner. */
export function thisProcess(): Owner {
  return { pid: process.pid, host: hostname(), startedAt: processStart(process.pid) ?? 0 };
}

/** When process `pid` of this host started (milliseconds since 1970); 0 when it runs but does not say, undefined when there is none. */
export function processStart(pid: number): number | undefined {
  if (!runs(pid)) return undefined;
  try {
    const started = process.platform === "linux" ? linuxStart(pid) : psStart(pid);
    if (Number.isFinite(started)) return started;
  } catch {
    // It ended between the two looks, or its start time cannot be read; the line below tells which.
  }
  return runs(pid) ? 0 : undefined;
}

/** Whether a lock's owner still runs. Owners on other hosts count as alive: nothing here can tell. */
export function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  const started = processStart(owner.pid);
  if (started === undefined) return false;
  return started === 0 || owner.startedAt === 0 || Math.abs(started - owner.startedAt) <= TOLERANCE_MS;
}

/** Whether the process that wrote a record at `writtenAt` (milliseconds since 1970) with its number still runs on this host. */
export function wroteAndRuns(pid: number, writtenAt: number): boolean {
  const started = processStart(pid);
  // A process that started after the record was written only has the writer's number.
  return started !== undefined && started <= writtenAt + TOLERANCE_MS;
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function linuxStart(pid: number): number {
  const boot = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the program's name in parentheses and may hold anything; the start time is the 22nd field.
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return Number(boot) * 1_000 + Number(ticks) * TICK_MS;
}

function psStart(pid: number): number {
  return Date.parse(execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } }));
}
