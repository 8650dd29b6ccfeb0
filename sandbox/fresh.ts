import { type BigIntStats, statSync } from "node:fs";
import { readIfThere } from "../host/files";

/** File systems stamp changes with a clock that ticks: what was changed this short ago, in milliseconds, may be changed again under the same stamp. */
const TICK = 50;

/** What tells one content of a file, or of a folder, from the next. */
export interface Stamp {
  readonly mark: string;
  /** A change from now on gets another mark. */
  readonly isSettled: boolean;
}

/** The stamp of a file or folder as it is now; undefined where there is none. */
export function stampOf(path: string): Stamp | undefined {
  const stat: BigIntStats | undefined = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  return { mark: `${stat.ino} ${stat.size} ${stat.mtimeNs}`, isSettled: Date.now() - Number(stat.mtimeNs / 1_000_000n) > TICK };
}

/** Values read from files, read again only when the file has changed: a person may edit one at any time, and other processes write them. */
export class FreshFiles<T> {
  private readonly known = new Map<string, { readonly stamp: Stamp; readonly value: T }>();

  constructor(private readonly parse: (path: string, content: string) => T) {}

  /** What the file holds now; undefined where there is none. Not to be changed: the next reader gets the same. */
  read(path: string): T | undefined {
    const stamp = stampOf(path);
    const known = this.known.get(path);
    if (known?.stamp.isSettled && known.stamp.mark === stamp?.mark) return known.value;
    this.known.delete(path);
    const content = stamp && readIfThere(path);
    if (stamp === undefined || content === undefined) return undefined;
    const value = this.parse(path, content);
    this.known.set(path, { stamp, value });
    return value;
  }
}
