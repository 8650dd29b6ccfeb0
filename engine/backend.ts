import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { readIfThere, writeWhole } from "../host/files";
import { bootTime, wroteAndRuns } from "../host/processes";

/** What the engine writes into a mutex of a `file://` backend; its own word is lock. */
interface MutexContent {
  readonly pid?: number;
  readonly username?: string;
  readonly hostname?: string;
  readonly timestamp?: string;
}

/**
 * Removes the engine's mutexes on a stack whose owners died on this host (a killed engine leaves its own). Those of living
 * processes and of other hosts stay: the engine then refuses the operation and names the owner.
 * @param backend the folder a `file://` backend URL names
 * @returns the removed ones
 */
export function removeDeadMutexes(backend: string, project: string, stack: string): string[] {
  const folder = join(backend, ".pulumi", "locks", "organization", project, stack);
  return list(folder)
    .filter((name) => /\.json(\.[0-9a-f]+\.tmp)?$/.test(name))
    .map((name) => join(folder, name))
    .filter((path) => {
      const dead = isDead(path);
      // The backend keeps a file's attributes beside it.
      if (dead) for (const file of [path, `${path}.attrs`]) rmSync(file, { force: true });
      return dead;
    });
}

/** Who holds a stack. */
export interface Holder {
  /** Who it is and since when; undefined where the mutex does not say, because half of it is lost. */
  readonly who?: string;
  /** The mutex's file. */
  readonly file?: string;
}

/**
 * Who holds a stack; undefined where nobody does. Asked before anything is done about operations that are open: those of a living engine
 * are under way, and not broken off.
 */
export function holderOf(backend: string, project: string, stack: string): Holder | undefined {
  const folder = join(backend, ".pulumi", "locks", "organization", project, stack);
  const [name] = list(folder).filter((one) => one.endsWith(".json"));
  if (name === undefined) return undefined;
  const file = join(folder, name);
  const mutex = readMutex(file);
  if (mutex?.pid === undefined) return { file };
  const { username = "somebody", hostname: host = "another host", pid, timestamp = "" } = mutex;
  return { who: `${username}@${host} (process ${pid}) since ${timestamp}`, file };
}

/**
 * Mends what the death of an engine can break in a `file://` backend. It writes a state whole, by renaming, but the attributes beside it in
 * place, and an empty attributes file keeps it from reading the state. Attributes only say the file's type and checksum: without them it reads
 * on. A stack that somebody holds is left alone.
 */
export function mendBackend(backend: string, project: string, stack: string): void {
  const root = join(backend, ".pulumi");
  if (list(join(root, "locks", "organization", project, stack)).some((name) => name.endsWith(".json"))) return;
  const folder = join(root, "stacks", project);
  const own = list(folder).filter((name) => name.startsWith(`${stack}.json`));
  const attributes = own.filter((name) => name.endsWith(".attrs")).map((name) => join(folder, name));
  for (const path of [...attributes, join(root, "meta.yaml.attrs")]) if (isTorn(path)) rmSync(path, { force: true });
  const meta = join(root, "meta.yaml");
  const layout = readIfThere(meta);
  // Stacks below their project's folder are of the layout 1, the only one since.
  if (layout !== undefined && !/^version: *\d+ *$/m.test(layout) && own.length > 0) writeWhole(meta, "version: 1\n");
  for (const name of own.filter((one) => one.endsWith(".tmp"))) rmSync(join(folder, name), { force: true });
}

function isTorn(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, "utf8"));
    return false;
  } catch (error) {
    return error instanceof SyntaxError;
  }
}

function isDead(path: string): boolean {
  const mutex = readMutex(path);
  // Before it is renamed it is there for an instant. One that a full disk has kept from that is read by the engine all the same, which fails.
  if (mutex === undefined && path.endsWith(".tmp")) return Date.now() - changedAt(path) > UNFINISHED_MS;
  // Written whole, by renaming: only a host that lost its power tears one. One that was torn since this host started is another's.
  if (mutex === undefined) return changedAt(path) < bootTime();
  const writtenAt = Date.parse(mutex.timestamp ?? "");
  if (mutex.hostname !== hostname() || mutex.pid === undefined || Number.isNaN(writtenAt)) return false;
  return !wroteAndRuns(mutex.pid, writtenAt);
}

/** So long no engine takes to write a mutex, in milliseconds. */
const UNFINISHED_MS = 10_000;

/** When a file was written last; never, where there is none. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
}

function readMutex(path: string): MutexContent | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // Released in between, or not what the engine writes: not ours to judge, the engine will say what is wrong with it.
    return undefined;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not there, or not to be read: the engine comes here next and says what is wrong with it.
    return [];
  }
}
