import { accessSync, constants, lstatSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCode, namesIn, readIfThere, removeFolder, removeUnfinished } from "./files";
import { wroteAndRuns } from "./processes";

/** A temporary folder of ours; the number of its process is in its name. */
const OURS = /^kpaas-[a-z]+-(\d+)-\w+$/;

/** In such a folder: the number of another process that goes on with it when the one that made it is gone. */
export const HOLDER = "holder";

/**
 * A folder that only this user can look into, gone when `work` has ended or, at the latest, when the process does.
 * @param parent what it is made in. @default the system's folder for temporary files
 */
export async function withTemporaryFolder<T>(what: string, work: (folder: string) => T | Promise<T>, parent = tmpdir()): Promise<T> {
  const folder = mkdtempSync(join(parent, `kpaas-${what}-${process.pid}-`));
  const remove = () => {
    if (!isHeld(folder)) removeFolder(folder);
  };
  process.once("exit", remove);
  try {
    return await work(folder);
  } finally {
    remove();
    process.off("exit", remove);
  }
}

/** Where secrets are put into files: a folder that is kept in memory and never on a disk, where the system has one. */
export function memoryFolder(env: NodeJS.ProcessEnv = process.env): string {
  const found = [env.XDG_RUNTIME_DIR, "/dev/shm"].find((folder) => {
    if (folder === undefined || folder === "") return false;
    try {
      accessSync(folder, constants.W_OK | constants.X_OK);
      return true;
    } catch {
      return false; // not there, or somebody else's: the next one
    }
  });
  return found ?? tmpdir();
}

/** Removes what processes of this user that died left: their temporary folders, and what they were writing in these folders. */
export function clearLeftovers(folders: readonly string[]): void {
  for (const parent of new Set([tmpdir(), memoryFolder()])) clearFoldersIn(parent);
  for (const folder of folders) tolerant(() => removeUnfinished(folder));
}

function clearFoldersIn(parent: string): void {
  for (const name of tolerant(() => namesIn(parent)) ?? []) {
    const owner = OURS.exec(name)?.[1];
    if (owner === undefined) continue;
    const path = join(parent, name);
    tolerant(() => {
      const { uid, birthtimeMs, mtimeMs } = lstatSync(path);
      const isOurs = uid === (process.getuid?.() ?? uid);
      if (isOurs && !wroteAndRuns(Number(owner), birthtimeMs || mtimeMs) && !isHeld(path)) removeFolder(path);
    });
  }
}

/** Whether the process that a folder names as its holder runs. */
function isHeld(folder: string): boolean {
  const file = join(folder, HOLDER);
  const pid = Number(readIfThere(file));
  return pid > 0 && wroteAndRuns(pid, lstatSync(file).mtimeMs);
}

/** Clearing up after others must not fail what a user wants done: what may not be read or removed stays. */
function tolerant<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (hasCode(error, "ENOENT", "EACCES", "EPERM", "EROFS", "ENOTDIR", "EBUSY", "ENOTEMPTY")) return undefined;
    throw error;
  }
}
