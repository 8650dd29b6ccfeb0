import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { withMutex } from "../host/mutex";
import { recordPrograms } from "./checksums";
import { InterruptedError } from "./errors";

/** The ways to programs that are not there, in the order they are tried. */
const WAYS = ["download", "build"] as const;
type Way = (typeof WAYS)[number];

/** Programs to be put into the cache. */
export interface Installation {
  /** As messages name it. */
  readonly what: string;
  /** Where they will be: `<root>/bin`. */
  readonly root: string;
  /** The mutex of those who install beside each other. */
  readonly mutex: string;
  /** Whether they are there by now. */
  readonly isThere: () => Promise<boolean>;
  /** Each puts the programs into `<into>/bin`, or says why it cannot. */
  readonly ways: Readonly<Record<Way, (into: string) => Promise<void>>>;
  /** Tries what was put there. */
  readonly probe?: (into: string) => Promise<void>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
}

/**
 * Downloads or builds into a folder of its own beside the final one, then renames: a killed installation leaves nothing half.
 * @returns where the programs came from, or why no way led to them
 * @throws InterruptedError when `signal` is aborted
 */
export async function install(
  wanted: Installation,
): Promise<{ readonly source: Way | "cache" } | { readonly failures: readonly string[] }> {
  const { what, root, mutex, signal, onProgress } = wanted;
  const cache = dirname(root);
  await mkdir(cache, { recursive: true });
  const onWait = (owner: { pid: number; host: string }) =>
    onProgress?.(`waiting for process ${owner.pid} on ${owner.host}, which is installing ${what}`);
  const installed = withMutex(mutex, { ...(signal ? { signal } : {}), onWait }, async (): ReturnType<typeof install> => {
    // Another process may have installed it while this one waited.
    if (await wanted.isThere()) return { source: "cache" };
    await removeLeftovers(cache);
    const failures: string[] = [];
    for (const source of WAYS) {
      const into = await mkdtemp(join(cache, TEMPORARY));
      try {
        await wanted.ways[source](into);
        await wanted.probe?.(into);
        await recordPrograms(into);
        await rm(root, { recursive: true, force: true });
        await rename(into, root);
        return { source };
      } catch (error) {
        if (signal?.aborted) throw new InterruptedError();
        failures.push(`${source}: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        await rm(into, { recursive: true, force: true });
      }
    }
    return { failures };
  });
  return await installed.catch((error: unknown) => {
    throw signal?.aborted ? new InterruptedError() : error;
  });
}

const TEMPORARY = ".installing-";

/** What installations that were killed left: only called while holding the mutex, so nobody is at work there. */
async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (name.startsWith(TEMPORARY)) await rm(join(cache, name), { recursive: true, force: true });
  }
}
