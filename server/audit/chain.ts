import { createHash } from "node:crypto";

/** Something that somebody has done, or has tried to. */
export interface Deed {
  /** Who. */
  readonly actor: string;
  /** What, such as `cluster.create`. */
  readonly action: string;
  /** What it was done with. */
  readonly target: string;
  /** More of it, and no secret. */
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

/** An entry of the trail. Each holds the one before: none can be altered, left out or put in without all after it being others. */
export interface Entry {
  readonly number: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  /** JSON. */
  readonly detail: string;
  readonly previous: string;
  readonly hash: string;
}

/** An entry's number and hash, kept where the database's owner cannot alter them. */
export type Head = Pick<Entry, "number" | "hash">;

/** A head as it was committed; after the restoration of a backup, entries from its number on are others than were committed before. */
export interface CommittedHead extends Head {
  readonly restored?: boolean;
}

/** Those of all heads that were ever committed that still count. @param committed newest first */
export function headsThatCount(committed: readonly CommittedHead[]): Head[] {
  const counting: Head[] = [];
  let below = Number.POSITIVE_INFINITY;
  for (const { number, hash, restored } of committed) {
    if (number < below) counting.push({ number, hash });
    if (restored) below = Math.min(below, number);
  }
  return counting;
}

/** What comes before the first entry. */
export const BEGINNING: Head = { number: 0, hash: "" };

/** The entry of a deed after the one before. */
export function entryOf({ actor, action, target, detail }: Deed, before: Head, at: Date): Entry {
  const entry = {
    number: before.number + 1,
    at: at.toISOString(),
    actor,
    action,
    target,
    detail: JSON.stringify(detail),
    previous: before.hash,
  };
  return { ...entry, hash: hashOf(entry) };
}

function hashOf({ number, at, actor, action, target, detail, previous }: Omit<Entry, "hash">): string {
  return createHash("sha256")
    .update(JSON.stringify([number, at, actor, action, target, detail, previous]))
    .digest("hex");
}

/** What is wrong with a trail, one sentence each. */
export class Verifier {
  readonly faults: string[] = [];
  private before: Head = BEGINNING;
  private readonly heads = new Map<number, Set<string>>();
  private highest = 0;

  /** @param heads what was kept of it elsewhere */
  constructor(heads: readonly Head[]) {
    for (const { number, hash } of heads) {
      this.heads.set(number, (this.heads.get(number) ?? new Set()).add(hash));
      this.highest = Math.max(this.highest, number);
    }
  }

  /** Looks at the next entry, in order. */
  take(entry: Entry): void {
    const { number, hash, previous } = entry;
    if (number !== this.before.number + 1)
      this.faults.push(`entry ${this.before.number + 1} is missing: ${number} comes after ${this.before.number}`);
    else if (previous !== this.before.hash) this.faults.push(`entry ${number} does not follow the one before it`);
    if (hashOf(entry) !== hash) this.faults.push(`entry ${number} was altered`);
    const kept = this.heads.get(number);
    if (kept !== undefined && !(kept.size === 1 && kept.has(hash)))
      this.faults.push(`entry ${number} is another one than was committed to git`);
    this.before = entry;
  }

  /** The last entry, once all were looked at. */
  end(): Head {
    if (this.highest > this.before.number)
      this.faults.push(`entries up to ${this.highest} were committed to git, and the last one here is ${this.before.number}`);
    return { number: this.before.number, hash: this.before.hash };
  }
}
