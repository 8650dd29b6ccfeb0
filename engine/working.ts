import { rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { createWhole, hasCode, PRIVATE, readIfThere, removeIfStill } from "../host/files";
import { makeOwnFolder } from "../host/own-folder";
import { isAlive, type Owner, thisProcess } from "../host/processes";
import { StackBusyError } from "./errors";

/** Who works on an environment. */
interface Worker extends Owner {
  readonly user: string;
  readonly since: string;
}

/**
 * Runs `work` as the only operation of this host on an environment of this project. The engine's own lock comes later: before it, two first
 * operations would both make the stack, and of two that try at the same moment the engine turns both away. Other hosts are the engine's matter.
 * @throws StackBusyError that says who is at it
 */
export async function asOnlyOne<T>(root: string, name: string, environment: string, work: () => Promise<T>): Promise<T> {
  const path = join(root, ".kpaas", "working", `${name}.json`);
  const own = JSON.stringify({ ...thisProcess(), user: userName(), since: new Date().toISOString() } satisfies Worker);
  if (!take(path, own, root, environment)) return await work();
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** False where nothing may be written beside the project: then the engine's lock has to do. */
function take(path: string, own: string, root: string, environment: string): boolean {
  try {
    makeOwnFolder(root);
    while (!createWhole(path, own, { mode: PRIVATE, durable: false })) {
      const content = readIfThere(path);
      if (content === undefined) continue;
      const other = workerIn(content);
      if (other !== undefined && other.host === hostname() && isAlive(other)) {
        const who = `${other.user}@${other.host} (process ${other.pid}) since ${other.since.slice(0, 19)}Z`;
        throw new StackBusyError(`Environment ${environment} is being changed by ${who}. Wait for it to end.`);
      }
      removeIfStill(path, content);
    }
    return true;
  } catch (error) {
    if (hasCode(error, "EACCES", "EROFS", "EPERM")) return false;
    throw error;
  }
}

function workerIn(content: string): Worker | undefined {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run as users that no file names.
    return `user ${process.getuid?.() ?? "unknown"}`;
  }
}
