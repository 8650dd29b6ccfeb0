import { randomUUID } from "node:crypto";
import { appendLine, createWhole, PRIVATE, readIfThere, removeIfStill } from "../../host/files";
import { isAlive, type Owner, thisProcess } from "../../host/processes";
import type { ClusterSpec } from "../../model/cluster/types";
import { newerData } from "../../model/formats";
import type { NodeMachine, SshInputs } from "./inputs";

/** Which cluster a journal is of, and the way to it. */
export interface JournalPlace {
  /** The cluster before the change; undefined where none is yet. */
  readonly recorded?: ClusterSpec;
  readonly wanted: ClusterSpec;
  /** By node name, for the nodes of both. */
  readonly machines: Readonly<Record<string, NodeMachine>>;
  readonly ssh: SshInputs;
  /** Nodes that are gone for good. */
  readonly lostNodes: readonly string[];
}

/** One line of the journal. */
export type JournalEntry =
  | {
      readonly event: "run-started";
      readonly run: string;
      readonly owner: Owner;
      readonly at: string;
      readonly steps: readonly string[];
      /** Of its steps; earlier versions wrote none. */
      readonly fingerprints?: readonly string[];
      /** It is none of the cluster's changes, and tells nothing of how far those got. */
      readonly aside?: true;
    }
  | { readonly event: "run-finished"; readonly run: string; readonly at: string; readonly outcome: "done" | "failed" }
  | {
      readonly event: "step-started" | "step-finished" | "step-skipped" | "step-failed";
      readonly run: string;
      readonly at: string;
      readonly step: string;
      /** Tells the step and its inventory from every other. */
      readonly fingerprint: string;
    };

/** Another run may hold the fence by now. */
export class FenceLost extends Error {
  override readonly name = "FenceLost";
}

/** Held while a run works on the cluster, so that no second one does. */
export interface Fence {
  readonly run: string;
  readonly owner: Owner;
  /** Aborted when somebody else may hold the fence by now: whatever the run does must stop. */
  readonly lost: AbortSignal;
  /**
   * Makes sure of the fence before a step, and moves it to where that step's cluster keeps it.
   * @throws FenceLost where another run has it, or may: this one must stop
   */
  renew(inventory: ClusterSpec): Promise<void>;
  /** @param left hosts that the cluster has left: what journal and fence have kept on them goes, and the mark whose they are */
  release(left?: readonly string[]): Promise<void>;
}

/** What was run on a cluster, line by line, and the fence against a second runner. */
export interface Journal {
  /** @throws Error where a run that is still alive holds the fence, or one of a later version left it. */
  acquire(): Promise<Fence>;
  append(entry: JournalEntry): Promise<void>;
  /** How far each step got that was begun since the last run that ended well, by fingerprint. @throws Error where a later version wrote of it */
  begun(): Promise<ReadonlyMap<string, "started" | "finished">>;
  /** Takes the fence away from a run that is known to be over, before its time; false where that run does not hold it. */
  breakFence(run: string): Promise<boolean>;
}

/**
 * How far each step got that was begun since the last run that ended well, by fingerprint. What a run has begun may have taken back what others
 * had done that it had not to do.
 */
export function begunOf(entries: readonly JournalEntry[]): ReadonlyMap<string, "started" | "finished"> {
  const open = new Map<string, "started" | "finished">();
  const plans = new Map<string, ReadonlySet<string>>();
  const aside = new Set(entries.flatMap((entry) => (entry.event === "run-started" && entry.aside ? [entry.run] : [])));
  for (const entry of entries.filter(({ run }) => !aside.has(run))) {
    if (entry.event === "run-started" && entry.fingerprints) plans.set(entry.run, new Set(entry.fingerprints));
    else if (entry.event === "run-finished" && entry.outcome === "done") open.clear();
    else if (entry.event === "step-started") {
      const plan = plans.get(entry.run);
      for (const [fingerprint, state] of open) if (state === "finished" && plan?.has(fingerprint) === false) open.delete(fingerprint);
      open.set(entry.fingerprint, "started");
    } else if (entry.event === "step-finished" || entry.event === "step-skipped") open.set(entry.fingerprint, "finished");
  }
  return open;
}

/**
 * The lines of a journal. A run killed while it wrote leaves half a line; what that line would have said had not been done yet.
 * @param where named in the error
 * @throws Error where a later version wrote of it
 */
export function entriesOf(text: string, where: string): JournalEntry[] {
  const entries = text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as JournalEntry];
    } catch {
      return [];
    }
  });
  for (const entry of entries) requireOurs(entry, where);
  return entries;
}

/** @throws Error where a later version wrote the data */
export function requireOurs(data: unknown, where: string): void {
  const newer = newerData("journal", data);
  if (newer !== undefined) throw new Error(`${where}: ${newer.reason}: ${newer.remedy}`);
}

/** A journal of JSON lines in a file, with the fence in a file beside it. */
export class FileJournal implements Journal {
  private readonly fence: string;

  constructor(private readonly path: string) {
    this.fence = `${path}.fence`;
  }

  async acquire(): Promise<Fence> {
    const owner = thisProcess();
    const run = randomUUID();
    const content = JSON.stringify({ run, owner });
    while (!createWhole(this.fence, content, { mode: PRIVATE })) this.breakStaleFence();
    return {
      run,
      owner,
      lost: new AbortController().signal,
      renew: async () => {
        if (readIfThere(this.fence) !== content) throw new FenceLost(`this run has lost its fence: ${this.fence} is another's or gone`);
      },
      release: async () => removeIfStill(this.fence, content),
    };
  }

  async append(entry: JournalEntry): Promise<void> {
    appendLine(this.path, JSON.stringify(entry));
  }

  async begun(): Promise<ReadonlyMap<string, "started" | "finished">> {
    return begunOf(entriesOf(readIfThere(this.path) ?? "", this.path));
  }

  async breakFence(run: string): Promise<boolean> {
    const content = readIfThere(this.fence);
    if (content === undefined || this.fenceIn(content)?.run !== run) return false;
    removeIfStill(this.fence, content);
    return true;
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
    const fence = this.fenceIn(content);
    requireOurs(fence, this.path);
    return fence?.owner;
  }

  private fenceIn(content: string): { readonly run?: string; readonly owner?: Owner } | undefined {
    try {
      return JSON.parse(content);
    } catch {
      return undefined; // half written, as an earlier version could leave it: it had not begun
    }
  }
}
