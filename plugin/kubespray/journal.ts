import { randomUUID } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { appendDurably } from "./files";

/** Who holds the fence: a process on a host. */
export interface Owner {
  readonly host: string;
  readonly pid: number;
  /** Tells the process from a later one with the same id, where the system can say. */
  readonly started?: string;
}

/** One line of the journal. */
export type JournalEntry =
  | { readonly event: "run-started"; readonly run: string; readonly owner: Owner; readonly at: string; readonly steps: readonly string[] }
  | { readonly event: "run-finished"; readonly run: string; readonly at: string; readonly outcome: "done" | "failed" }
  | {
      readonly event: "step-started" | "step-finished" | "step-skipped" | "step-failed";
      readonly run: string;
      readonly at: string;
      readonly step: string;
      /** Tells the step and its inventory from every other. */
      readonly fingerprint: string;
    };

/** Held while a run works on the cluster, so that no second one does. */
export interface Fence {
  readonly run: string;
  readonly owner: Owner;
  release(): void;
}

/** What was run on a cluster, line by line, and the fence against a second runner. */
export interface Journal {
  /** @throws Error where a run that is still alive holds the fence. */
  acquire(): Fence;
  append(entry: JournalEntry): void;
  /** How far each step got that was begun since the last run that ended well, by fingerprint. */
  begun(): ReadonlyMap<string, "started" | "finished">;
}

/** A journal of JSON lines in a file, with the fence in a file beside it. */
export class FileJournal implements Journal {
  private readonly fence: string;

  constructor(private readonly path: string) {
    this.fence = `${path}.fence`;
  }

  acquire(): Fence {
    mkdirSync(dirname(this.path), { recursive: true });
    const owner = thisProcess();
    const run = randomUUID();
    const content = JSON.stringify({ run, owner });
    for (;;) {
      try {
        writeFileSync(this.fence, content, { flag: "wx", mode: 0o600 });
        return { run, owner, release: () => rmSync(this.fence, { force: true }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        this.breakStaleFence();
      }
    }
  }

  append(entry: JournalEntry): void {
    appendDurably(this.path, JSON.stringify(entry));
  }

  begun(): ReadonlyMap<string, "started" | "finished"> {
    const open = new Map<string, "started" | "finished">();
    for (const entry of this.entries()) {
      if (entry.event === "run-finished" && entry.outcome === "done") open.clear();
      else if (entry.event === "step-started") open.set(entry.fingerprint, "started");
      else if (entry.event === "step-finished" || entry.event === "step-skipped") open.set(entry.fingerprint, "finished");
    }
    return open;
  }

  private entries(): JournalEntry[] {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
    // A run killed while it wrote leaves half a line; what that line would have said had not been done yet.
    return text.split("\n").flatMap((line) => {
      try {
        return line === "" ? [] : [JSON.parse(line) as JournalEntry];
      } catch {
        return [];
      }
    });
  }

  /** Takes away the fence of a process that is gone. */
  private breakStaleFence(): void {
    let content: string;
    try {
      content = readFileSync(this.fence, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    const owner = ownerOf(content);
    if (owner && isAlive(owner)) {
      throw new Error(
        `another run is working on this cluster (process ${owner.pid} on ${owner.host}). Wait for it to end; ` +
          `if that host is gone for good, remove ${this.fence} and try again.`,
      );
    }
    // Renamed before it is removed: of two processes that find it stale, one gets it, and neither takes a new one for the old.
    const aside = `${this.fence}.${randomUUID()}`;
    try {
      renameSync(this.fence, aside);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      throw error;
    }
    if (readFileSync(aside, "utf8") !== content) linkSync(aside, this.fence);
    rmSync(aside);
  }
}

function ownerOf(content: string): Owner | undefined {
  try {
    return (JSON.parse(content) as { owner?: Owner }).owner;
  } catch {
    return undefined; // killed while it wrote the fence: it had not begun
  }
}

function thisProcess(): Owner {
  const started = startOf(process.pid);
  return { host: hostname(), pid: process.pid, ...(started === undefined ? {} : { started }) };
}

/** Whether the owner still runs. One on another host is taken for alive, since nothing here can tell. */
function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  return owner.started === undefined || owner.started === startOf(owner.pid);
}

/** When the process started, in the system's own count; undefined where it does not say. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
