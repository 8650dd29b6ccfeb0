import { lstatSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCode, namesIn, removeUnfinished } from "./files";
import { wroteAndRuns } from "./processes";

/** A temporary folder of ours; the number of its process is in its name. */
const OURS = /^kpaas-[a-z]+-(\d+)-\w+$/;

/** A folder that only this user can look into, gone when `work` has ended or, at the latest, when the process does. */
export async function withTemporaryFolder<T>(what: string, work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `kpaas-${what}-${process.pid}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    return await work(folder);
  } finally {
    remove();
    process.off("exit", remove);
  }
}

/** Removes what processes of this user that died left: their temporary folders, and what they were writing in these folders. */
export function clearLeftovers(folders: readonly string[]): void {
  const temporary = tmpdir();
  for (const name of tolerant(() => namesIn(temporary)) ?? []) {
    const owner = OURS.exec(name)?.[1];
    if (owner === undefined) continue;
    const path = join(temporary, name);
    tolerant(() => {
      const { uid, birthtimeMs, mtimeMs } = lstatSync(path);
      const isOurs = uid === (process.getuid?.() ?? uid);
      if (isOurs && !wroteAndRuns(Number(owner), birthtimeMs || mtimeMs)) rmSync(path, { recursive: true, force: true });
    });
  }
  for (const folder of folders) tolerant(() => removeUnfinished(folder));
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
