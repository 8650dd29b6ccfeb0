import { rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { hasCode, PRIVATE } from "../host/files";
import { take } from "../host/mutex";
import { makeOwnFolder } from "../host/own-folder";
import { isAlive, type Owner, thisProcess } from "../host/processes";
import { stackName } from "../model/layers";
import { StackBusyError } from "./errors";
import type { EngineTarget } from "./types";

/** What is worked on. */
type Worked = Pick<EngineTarget, "root" | "sandbox" | "layer"> & { readonly plan: Pick<EngineTarget["plan"], "environment"> };

/** Who works on an environment. */
interface Worker extends Owner {
  readonly user: string;
  readonly since: string;
}

/**
 * Runs `work` as the only operation of this host on an environment of this project, or on one layer of it. The engine's own lock comes later: before it, two first
 * operations would both make the stack, and of two that try at the same moment the engine turns both away. Other hosts are the engine's matter.
 * @throws StackBusyError that says who is at it
 */
export async function asOnlyOne<T>({ root, plan, sandbox, layer }: Worked, work: () => Promise<T>): Promise<T> {
  const path = join(root, ".kpaas", "working", `${sandbox ? "sandbox-" : ""}${stackName(plan.environment, layer)}.json`);
  if (!begin(root, path, plan.environment)) return await work();
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** False where nothing may be written beside the project: then the engine's lock has to do. */
function begin(root: string, path: string, environment: string): boolean {
  const own: Worker = { ...thisProcess(), user: userName(), since: new Date().toISOString() };
  try {
    makeOwnFolder(root);
    const isHere = (worker: Worker) => worker.host === hostname() && isAlive(worker);
    const other = take(path, own, isHere, { mode: PRIVATE, durable: false });
    if (other === undefined) return true;
    const who = `${other.user}@${other.host} (process ${other.pid}) since ${other.since.slice(0, 19)}Z`;
    throw new StackBusyError(`Environment ${environment} is being changed by ${who}. Wait for it to end.`);
  } catch (error) {
    if (hasCode(error, "EACCES", "EROFS", "EPERM")) return false;
    throw error;
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
