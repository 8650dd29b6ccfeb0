import { statfs } from "node:fs/promises";

/** How often one looks, in milliseconds. */
const EVERY_MS = 3_000;

/** With less than this nothing much can be written, in bytes. */
const LITTLE = 256 * 1_024;

/**
 * Tells when the disk that keeps the states is full. The engine tries for half a minute to write a state, for each resource that is under way,
 * before it fails, and says nothing of it: whoever hears of it in time makes room, and everything goes on.
 * @returns ends it
 */
export function keepTellingOfFullDisk(folder: string | undefined, tell: (text: string) => void, everyMs = EVERY_MS): () => void {
  if (folder === undefined) return () => {};
  let told = false;
  const look = async () => {
    const { bavail, bsize, blocks } = await statfs(folder);
    const full = blocks > 0 && bavail * bsize < LITTLE;
    if (full && !told) tell(`the disk of ${folder}, which keeps the state, is full: free some space now, and this goes on`);
    told = full;
  };
  // What cannot be looked at is the engine's to complain of.
  const timer = setInterval(() => void look().catch(() => undefined), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
