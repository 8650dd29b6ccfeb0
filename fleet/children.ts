import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { hasRoom, lastLine, openLog, PRIVATE, readFrom, readIfThere, writeWhole } from "../host/files";
import { giveWay } from "../host/priority";
import { endTree, isAlive, type Owner, processStart, thisProcess } from "../host/processes";
import { parsedJson } from "../model/data";
import type { Operation } from "../model/fleet/decide";
import type { FleetPlan } from "../model/fleet/plan";
import type { Approvals, Ended } from "../model/fleet/records";
import { endedOf } from "../model/fleet/verdict";
import { type Work, wordsOf } from "../model/fleet/work";
import type { Ending } from "./runner";
import type { Steps } from "./steps";

/** How steps are run. */
export interface ChildSettings {
  /** The compiled command line. */
  readonly main: string;
  readonly root: string;
  /** Where their results lie. */
  readonly results: string;
  readonly sandbox: boolean;
  readonly health: FleetPlan["health"];
  readonly work: Work;
  /** Given to the commands that take them. */
  readonly approvals: Approvals;
  /** Whether steps give way to whatever else wants the processors, as to a service that answers meanwhile. @default false */
  readonly yields?: boolean;
  /** How long a step on another host may say nothing. @default three minutes */
  readonly silenceMs?: number;
  /** The environment of the processes. @default this process' own */
  readonly env?: NodeJS.ProcessEnv;
  /** What each process is given besides, looked at when it begins. */
  readonly variables?: () => Readonly<Record<string, string>>;
}

/** What somebody has said since they were listened to last. */
export interface Said {
  /** Whole lines, each with its end. */
  readonly lines: string;
  /** Where these end, in bytes from the beginning of all. */
  readonly to: number;
  /** The last line, where it is not at its end yet. */
  readonly rest: string;
}

/** Tells lines that are at their end from the one that is not. @param from where it begins, in bytes */
export function saidIn(bytes: Buffer, from: number): Said {
  const whole = bytes.lastIndexOf("\n") + 1;
  return { lines: bytes.toString("utf8", 0, whole), to: from + whole, rest: bytes.toString("utf8", whole) };
}

/** A step on another host that says nothing for so long has ended without a result; where it has not, its stack is still its own. */
const SILENCE_MS = 180_000;

/** How often a process that an earlier runner began is looked at. */
const LOOK_MS = 500;

/** Runs each step in a process of its own, which outlives its runner and leaves its result in a file. */
export class Children implements Steps {
  private readonly processes = new Map<string, ChildProcess>();
  /** By step, how much it has said, and when that was found first by a clock that only goes forward. */
  private readonly heard = new Map<string, { readonly size: number; readonly since: number }>();

  constructor(private readonly settings: ChildSettings) {}

  async launch(operation: Operation): Promise<Ended> {
    const { main, root, sandbox, work, approvals, health, env = process.env } = this.settings;
    const files = this.filesOf(operation);
    const words = wordsOf(operation.step, operation.cluster, work, { approvals: approvals[operation.cluster], health });
    const [out, err] = [openLog(files.result, true), openLog(files.log, true)];
    // A group of its own: what a terminal sends to the runner is the runner's to pass on.
    const child = spawn(process.execPath, [main, ...words, "--json", ...(sandbox ? ["--sandbox"] : [])], {
      ...{ cwd: root, env: { ...env, ...this.settings.variables?.() }, detached: true, stdio: ["ignore", out, err] },
    });
    for (const file of [out, err]) closeSync(file);
    const key = keyOf(operation);
    this.processes.set(key, child);
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", resolve);
    });
    if (child.pid !== undefined) {
      if (this.settings.yields) giveWay(child.pid);
      const owner: Owner = { ...thisProcess(), pid: child.pid, startedAt: processStart(child.pid) ?? 0 };
      writeWhole(files.process, JSON.stringify(owner), { mode: PRIVATE });
    }
    try {
      return this.read(operation, await ended);
    } finally {
      this.processes.delete(key);
      this.heard.delete(key);
    }
  }

  async look(operation: Operation): Promise<Ended> {
    const owner = this.ownerOf(operation);
    // Its process was not begun, or ended by itself since its stack is another's: what it has done, its engine finds out.
    if (owner === undefined) return { outcome: "unknown" };
    const speaks = this.pulseOf(operation);
    // Of a process on another host nobody here can tell, so it goes by what that one says.
    while (owner.host === hostname() ? isAlive(owner) : parsedJson(this.printed(operation)) === undefined && speaks()) await pause(LOOK_MS);
    return this.read(operation, undefined);
  }

  /** Tells whether a step has said something lately, by the clock of who watches: it says every few seconds how far it is. */
  private pulseOf(operation: Operation): () => boolean {
    const { log } = this.filesOf(operation);
    let [seen, since] = [readIfThere(log), performance.now()];
    return () => {
      const said = readIfThere(log);
      if (said !== seen) [seen, since] = [said, performance.now()];
      return performance.now() - since < (this.settings.silenceMs ?? SILENCE_MS);
    };
  }

  silence(operation: Operation): number | undefined {
    const size = statSync(this.filesOf(operation).log, { throwIfNoEntry: false })?.size;
    if (size === undefined) return undefined;
    const before = this.heard.get(keyOf(operation));
    const heard = before?.size === size ? before : { size, since: performance.now() };
    this.heard.set(keyOf(operation), heard);
    return performance.now() - heard.since;
  }

  /** To a command a second signal means: end now. One that answers none is ended with all that it has started. */
  end(operation: Operation, how: Ending): void {
    const owner = this.ownerOf(operation);
    if (owner === undefined || owner.host !== hostname() || !isAlive(owner)) return;
    if (how === "end") endTree(owner.pid);
    else process.kill(owner.pid, "SIGTERM");
  }

  /** Asks all to end in order. */
  endAll(): void {
    for (const child of this.processes.values()) child.kill("SIGTERM");
  }

  /** What a step has printed. */
  printed(operation: Operation): string {
    return readIfThere(this.filesOf(operation).result) ?? "";
  }

  /** What a step has said of how far it is, up to now, beyond what was read of it before. @param from where that ended, in bytes */
  said(operation: Operation, from = 0): Said {
    return saidIn(readFrom(this.filesOf(operation).log, from), from);
  }

  /** What a step has said last of how far it is. */
  latest(operation: Operation): string | undefined {
    const line = lastLine(this.filesOf(operation).log);
    // What it warns of at its beginning is told by its preview.
    return line?.startsWith("[") ? line : undefined;
  }

  private ownerOf(operation: Operation): Owner | undefined {
    const content = readIfThere(this.filesOf(operation).process);
    return content === undefined ? undefined : JSON.parse(content);
  }

  private read(operation: Operation, code: number | null | undefined): Ended {
    const printed = this.printed(operation);
    const ended = endedOf(operation.step, printed, code, this.settings.health);
    if (ended.outcome !== "failed" || printed !== "") return ended;
    // It could not even say why.
    const { results } = this.settings;
    const why = hasRoom(results)
      ? lastLine(this.filesOf(operation).log)
      : `the disk that holds ${results} is full: free some space, then go on`;
    return why === undefined ? ended : { ...ended, reason: `${ended.reason}: ${why}` };
  }

  private filesOf(operation: Operation): { readonly result: string; readonly log: string; readonly process: string } {
    const path = join(this.settings.results, keyOf(operation));
    return { result: `${path}.json`, log: `${path}.log`, process: `${path}.process` };
  }
}

/** Works with children that are all asked to end where one of the signals says so. */
export async function endedBy<T>(
  children: Pick<Steps, "endAll">,
  signals: readonly (AbortSignal | undefined)[],
  work: () => Promise<T>,
): Promise<T> {
  const end = () => children.endAll();
  for (const signal of signals) signal?.addEventListener("abort", end, { once: true });
  try {
    return await work();
  } finally {
    for (const signal of signals) signal?.removeEventListener("abort", end);
  }
}

function keyOf({ cluster, step, attempt }: Operation): string {
  return `${cluster}.${attempt}.${step}`;
}
