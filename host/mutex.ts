import { rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { createWhole, readIfThere, removeIfStill, type WriteOptions } from "./files";
import { isAlive, type Owner, thisProcess } from "./processes";

/*
 * A mutex keeps processes of this host apart: a file that names its owner and is gone with it. (A lock, in this project, fixes the identities
 * of an environment.)
 */

/** How often a waiting process looks again. */
const POLL_MS = 1_000;

export interface MutexOptions {
  readonly signal?: AbortSignal;
  /** Called once for every owner waited for. */
  readonly onWait?: (owner: Owner) => void;
}

/**
 * Runs `work` while holding the mutex `path`, waiting for a living owner and taking over from a dead one.
 * @throws the reason of `signal` where that is aborted while waiting
 */
export async function withMutex<T>(path: string, options: MutexOptions, work: () => Promise<T>): Promise<T> {
  let waitedFor: string | undefined;
  for (;;) {
    const owner = take(path, thisProcess(), isAlive);
    if (owner === undefined) break;
    const key = JSON.stringify(owner);
    if (key !== waitedFor) options.onWait?.(owner);
    waitedFor = key;
    await wait(POLL_MS, undefined, { signal: options.signal }).catch((error: unknown) => {
      throw options.signal?.reason ?? error;
    });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Takes a mutex for `own`; undefined where it is taken now, else whoever holds it: an owner of whom `holds` is true. */
export function take<O extends Owner>(path: string, own: O, holds: (owner: O) => boolean, options?: WriteOptions): O | undefined {
  while (!createWhole(path, JSON.stringify(own), options)) {
    const content = readIfThere(path);
    if (content === undefined) continue;
    const owner = ownerIn<O>(content);
    if (owner !== undefined && holds(owner)) return owner;
    removeIfStill(path, content);
  }
  return undefined;
}

/** The owner named in a mutex; undefined for one that a host left half on its disk when it lost its power. */
function ownerIn<O extends Owner>(content: string): O | undefined {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
