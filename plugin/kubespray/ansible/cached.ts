import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, writeWhole } from "../../../host/files";
import { withMutex } from "../../../host/mutex";

/** What is told while something is made ready, and what ends it. */
export interface Making {
  readonly tell: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** In a folder that was made to its end. */
const WHOLE = ".whole";

/** Whether a folder of the cache is there and whole. */
export function isWhole(folder: string): boolean {
  return existsSync(join(folder, WHOLE));
}

/**
 * A folder of the cache, made where there is none: to its end or not at all, by one process while others wait. What a killed one left is
 * taken away first. It is made in its place, because a Python environment knows where it lies.
 * @param what as a person calls it
 * @throws whatever `make` does
 */
export async function cached(folder: string, what: string, making: Making, make: () => Promise<void>): Promise<string> {
  if (isWhole(folder)) return folder;
  const onWait = ({ pid }: { pid: number }) => making.tell(`waiting for process ${pid}, which is getting ${what}`);
  await withMutex(`${folder}.mutex`, { onWait, ...(making.signal ? { signal: making.signal } : {}) }, async () => {
    if (isWhole(folder)) return;
    rmSync(folder, { recursive: true, force: true });
    makeFolder(folder);
    try {
      await make();
      writeWhole(join(folder, WHOLE), "");
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  });
  return folder;
}
