import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { InterruptedError } from "./errors";
import { isAlive, type Owner, thisProcess } from "./owner";

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
  while (!acquire(path)) {
    const owner = readOwner(path);
    if (owner === undefined) continue;
    if (!isAlive(owner)) {
      removeStale(path, owner);
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

/** The owner named in a lock file; undefined when the file is gone. */
function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function acquire(path: string): boolean {
  // Linking a complete file into place is atomic: nobody ever reads half an owner.
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(thisProcess()));
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Takes a dead owner's lock away, unless another process has done so and taken it in the meantime. */
function removeStale(path: string, dead: Owner): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    throw error;
  }
  try {
    if (readFileSync(aside, "utf8") !== JSON.stringify(dead)) linkSync(aside, path);
  } catch (error) {
    // A third process was quicker. What the lock guards is installed by renames, so two at work at once do no harm.
    if (!isCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
