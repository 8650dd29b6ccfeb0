import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { appendLine, createWhole, PRIVATE, readIfThere, removeIfStill } from "../../host/files";
import { isAlive, type Owner, thisProcess } from "../../host/processes";
import { newerData } from "../../model/formats";

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
  /** @throws Error where a run that is still alive holds the fence, or one of a later version left it. */
  acquire(): Fence;
  append(entry: JournalEntry): void;
  /** How far each step got that was begun since the last run that ended well, by fingerprint. @throws Error where a later version wrote of it */
  begun(): ReadonlyMap<string, "started" | "finished">;
}

/** A journal of JSON lines in a file, with the fence in a file beside it. */
export class FileJournal implements Journal {
  private readonly fence: string;

  constructor(private readonly path: string) {
    this.fence = `${path}.fence`;
  }

  acquire(): Fence {
    const owner = thisProcess();
    const run = randomUUID();
    const content = JSON.stringify({ run, owner });
    while (!createWhole(this.fence, content, { mode: PRIVATE })) this.breakStaleFence();
    return { run, owner, release: () => rmSync(this.fence, { force: true }) };
  }

  append(entry: JournalEntry): void {
    appendLine(this.path, JSON.stringify(entry));
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
    // A run killed while it wrote leaves half a line; what that line would have said had not been done yet.
    const entries = (readIfThere(this.path) ?? "").split("\n").flatMap((line) => {
      try {
        return line === "" ? [] : [JSON.parse(line) as JournalEntry];
      } catch {
        return [];
      }
    });
    for (const entry of entries) this.requireOurs(entry);
    return entries;
  }

  /** Takes away the fence of a process that is gone. */
  private breakStaleFence(): void {
    const content = readIfThere(this.fence);
    if (content === undefined) return;
    const owner = this.ownerOf(content);
    if (owner && isAlive(owner)) {
      throw new Error(
        `another run is working on this cluster (process ${owner.pid} on ${owner.host}). Wait for it to end; ` +
          `if that host is gone for good, remove ${this.fence} and try again.`,
      );
    }
    removeIfStill(this.fence, content);
  }

  private ownerOf(content: string): Owner | undefined {
    let fence: { readonly owner?: Owner };
    try {
      fence = JSON.parse(content);
    } catch {
      return undefined; // half written, as an earlier version could leave it: it had not begun
    }
    this.requireOurs(fence);
    return fence.owner;
  }

  private requireOurs(data: unknown): void {
    const newer = newerData("journal", data);
    if (newer !== undefined) throw new Error(`${this.path}: ${newer.reason}: ${newer.remedy}`);
  }
}
