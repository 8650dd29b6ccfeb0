import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { makeFolder, PRIVATE_FOLDER } from "./files";

/** Where the user's cache of this program is. A relative XDG_CACHE_HOME is ignored, as its specification asks. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const xdg = env.XDG_CACHE_HOME;
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(env.HOME ?? homedir(), ".cache"), "kpaas");
}

/**
 * Keeps what is compiled of the modules that this process loads from now on, for the next process. For a program's first lines: it is a switch
 * of the whole process. In the user's own folder, since others can write to Node's own. A Node older than 22.1 cannot, and goes without.
 */
export function keepCompiled(): void {
  const folder = join(cacheFolder(), "compiled");
  try {
    // Node's own way of making it never ends where the system says that what it is in is not there.
    makeFolder(folder, PRIVATE_FOLDER);
  } catch (error) {
    if (error instanceof Error && "code" in error) return; // it only takes longer without
    throw error;
  }
  enableCompileCache?.(folder);
}
