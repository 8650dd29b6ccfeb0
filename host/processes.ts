import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { hostname, uptime } from "node:os";

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

/**
 * When process `pid` of this host started (milliseconds since 1970); 0 when it runs but does not say, undefined when there is none, or only
 * what is left of it until its parent asks how it ended.
 */
export function processStart(pid: number): number | undefined {
  if (!exists(pid)) return undefined;
  try {
    const { started, dead } = process.platform === "linux" ? linuxLook(pid) : psLook(pid);
    if (dead) return undefined;
    if (Number.isFinite(started)) return started;
  } catch {
    // It ended between the two looks, or what it is cannot be read; the line below tells which.
  }
  return exists(pid) ? 0 : undefined;
}

/** Whether a lock's owner still runs. Owners on other hosts count as alive: nothing here can tell. */
export function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  const started = processStart(owner.pid);
  if (started === undefined) return false;
  // Older records say it otherwise or not at all.
  if (started === 0 || !owner.startedAt) return true;
  return Math.abs(started - owner.startedAt) <= TOLERANCE_MS;
}

/** Whether the process that wrote a record at `writtenAt` (milliseconds since 1970) with its number still runs on this host. */
export function wroteAndRuns(pid: number, writtenAt: number): boolean {
  const started = processStart(pid);
  // A process that started after the record was written only has the writer's number.
  return started !== undefined && started <= writtenAt + TOLERANCE_MS;
}

/** When this host started, in milliseconds since 1970. */
export function bootTime(): number {
  return Date.now() - uptime() * 1_000;
}

function exists(pid: number): boolean {
  // Others mean groups of processes.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** What is seen of a process. */
interface Look {
  readonly started: number;
  /** It has ended, and its number stays taken until its parent asks how: for ever, where that one asks nobody. */
  readonly dead: boolean;
}

/** Ends a process and all that it has started at once, itself first: what it has started cannot be started again then. */
export function endTree(pid: number): void {
  const parents = parentsOfAll();
  const tree = [pid];
  for (const each of tree) for (const [child, parent] of parents) if (parent === each) tree.push(child);
  for (const each of tree) {
    try {
      process.kill(each, "SIGKILL");
    } catch (error) {
      // It has ended meanwhile.
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
}

/** The parents of this host's processes. */
function parentsOfAll(): ReadonlyMap<number, number> {
  if (process.platform !== "linux") {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    return new Map(lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]));
  }
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It has ended meanwhile.
    }
  }
  return parents;
}

function linuxLook(pid: number): Look {
  const boot = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
  return { ...readStat(readFileSync(`/proc/${pid}/stat`, "utf8"), Number(boot) * 1_000) };
}

/** Reads `/proc/PID/stat`; `boot` in milliseconds since 1970. */
export function readStat(stat: string, boot: number): Look {
  // The second field is the program's name in parentheses and may hold anything; state, threads and start time are the 3rd, 20th and 22nd.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", threads, ticks] = [fields[0], fields[17], fields[19]];
  // A process whose first thread has ended looks dead while the others go on.
  return { started: boot + Number(ticks) * TICK_MS, dead: /^[ZXx]$/.test(state) && !(Number(threads) > 1) };
}

function psLook(pid: number): Look {
  const args = ["-o", "stat=,lstart=", "-p", String(pid)];
  return readPs(execFileSync("ps", args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } }));
}

/** Reads what `ps -o stat=,lstart=` says of one process. */
export function readPs(line: string): Look {
  const [, state = "", started = ""] = /^\s*(\S+)\s+(.*?)\s*$/.exec(line) ?? [];
  return { started: Date.parse(started), dead: state.startsWith("Z") };
}
