import { rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { createWhole, readIfThere, removeIfStill } from "../host/files";
import { isAlive, type Owner, thisProcess } from "../host/processes";
import { InterruptedError } from "./errors";

/** How often a waiting process looks again. */
const POLL_MS = 1_000;

export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Called once for every owner waited for. */
  readonly onWait?: (owner: Owner) => void;
}

/**
 * Runs `work` while holding the lock file `path`, waiting for a living owner and taking over from a dead one.
 * @throws InterruptedError when `signal` is aborted while waiting.
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  let waitedFor: string | undefined;
  while (!createWhole(path, JSON.stringify(thisProcess()))) {
    const content = readIfThere(path);
    if (content === undefined) continue;
    const owner = ownerIn(content);
    if (owner === undefined || !isAlive(owner)) {
      removeIfStill(path, content);
      continue;
    }
    const key = JSON.stringify(owner);
    if (key !== waitedFor) options.onWait?.(owner);
    waitedFor = key;
    await wait(POLL_MS, undefined, { signal: options.signal }).catch(() => {
      throw new InterruptedError();
    });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** The owner named in a lock file; undefined for one that a host left half on its disk when it lost its power. */
function ownerIn(content: string): Owner | undefined {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
