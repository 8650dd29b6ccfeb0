import { existsSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { isKept, readRecord, serversFolder, usePath } from "./record";

/** How long, in milliseconds, servers that are being started are waited for, and how long nobody may be keeping them. */
const READY_MS = 120_000;
const KEEPER_MS = 1_000;
const EVERY_MS = 50;

/** How old, in milliseconds, the mark of the last use may be. */
const USE_MS = 60_000;

/**
 * Waits until the servers that are kept for a world answer, and hold what is in this cluster, where one is named. A server of somebody
 * else's, which `api.json` names alone, is taken as it is.
 * @throws Error where nobody keeps them, or they do not become ready
 */
export async function whenReady(world: string, cluster?: string): Promise<void> {
  if (!existsSync(serversFolder(world))) return;
  const started = Date.now();
  for (;;) {
    const record = readRecord(world);
    if (isKept(record)) {
      if (record.ready && (cluster === undefined || record.cluster === cluster)) return;
    } else if (Date.now() - started > KEEPER_MS) {
      throw new Error(`the sandbox's API server does not run (${join(serversFolder(world), "keeper.log")}); the next operation starts it`);
    }
    if (Date.now() - started > READY_MS)
      throw new Error(`the sandbox's API server did not become ready in ${READY_MS / 1_000} s; its logs are in ${serversFolder(world)}`);
    await pause(EVERY_MS);
  }
}

/** Marks that the servers of a world are being used. */
export function markUse(world: string): void {
  const path = usePath(world);
  const last = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  const now = Date.now();
  if (last !== undefined && now - last > USE_MS) utimesSync(path, now / 1_000, now / 1_000);
}
