import { randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  cpSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { wroteAndRuns } from "./processes";

/*
 * The only place that writes files. What is written is there whole or as it was before, whoever is killed and however full the disk: beside
 * the file first, to the disk, then put in its place.
 */

/** How a file is written. */
export interface WriteOptions {
  /** The file's mode, whatever it had before. @default that of the file it replaces, else what the process' umask leaves of 0666 */
  readonly mode?: number;
  /** Whether it must outlast a host that loses its power. @default true */
  readonly durable?: boolean;
  /** Whether its folder is made where there is none; else that fails with ENOENT. @default true */
  readonly makeFolder?: boolean;
}

/** The mode of what holds secrets, or what nobody else has to read. */
export const PRIVATE = 0o600;
export const PRIVATE_FOLDER = 0o700;

/** What a process is about to put in place: its number is in the name, so that what a dead one left can be told. */
const BESIDE = /\.(\d+)\.[0-9a-f]{8}\.tmp$/;

/** Writes a file whole, or leaves it as it was. Its folder is made where there is none; a link leads to the file that is written. */
export function writeWhole(path: string, content: string, options: WriteOptions = {}): void {
  const there = statSync(path, { throwIfNoEntry: false });
  // A device or a pipe has no content to be replaced, and must itself not be.
  if (there !== undefined && !there.isFile() && !there.isDirectory()) {
    writeFileSync(path, content);
    return;
  }
  // Whom its mode keeps from writing to it may not replace it either.
  if (there?.isFile()) accessSync(path, constants.W_OK);
  const file = there === undefined ? path : realpathSync(path);
  const mode = options.mode ?? (there === undefined ? undefined : there.mode & 0o777);
  const put = () => putBeside(file, content, { ...options, ...(mode === undefined ? {} : { mode }) }, (beside) => renameSync(beside, file));
  try {
    put();
  } catch (error) {
    // Its folder is not there, or another process has just removed it with its last file.
    if (!hasCode(error, "ENOENT") || options.makeFolder === false) throw error;
    makeFolderOf(file, options);
    put();
  }
}

/** Writes a file as {@link writeWhole} does where its content or mode is another: others may be reading or running it. */
export function keepFile(path: string, content: string, options: WriteOptions = {}): void {
  const same = readIfThere(path) === content && (options.mode === undefined || (statSync(path).mode & 0o777) === options.mode);
  if (!same) writeWhole(path, content, options);
}

/** Makes a file that was not there, whole; false where it is there already: of several processes that try, one makes it. */
export function createWhole(path: string, content: string, options: WriteOptions = {}): boolean {
  if (options.makeFolder !== false) makeFolderOf(path, options);
  try {
    putBeside(path, content, options, (beside) => linkSync(beside, path));
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Writes what arrives piece by piece as {@link writeWhole} does: where it breaks off, or throws for a wrong checksum, nothing is there. */
export async function saveWhole(path: string, content: AsyncIterable<Uint8Array>, mode = 0o666): Promise<void> {
  const beside = besideOf(path);
  try {
    const file = await open(beside, "wx", mode);
    try {
      for await (const piece of content) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    renameSync(beside, path);
    syncFolder(dirname(path));
  } catch (error) {
    throw named(error, path);
  } finally {
    rmSync(beside, { force: true });
  }
}

/** Opens a file for the lines of a process that is started, which nobody else can read: what is there is gone on with, or written `anew`. */
export function openLog(path: string, anew = false): number {
  return openSync(path, anew ? "w" : "a", PRIVATE);
}

/** Makes a file one byte longer, of which there is no half, and tells how long it is: a number that several processes count. */
export function countIn(path: string): number {
  const file = openSync(path, "a");
  try {
    writeFileSync(file, ".");
    return fstatSync(file).size;
  } catch (error) {
    throw named(error, path);
  } finally {
    closeSync(file);
  }
}

/** Appends a line and waits until it is on the disk; half a line that a killed process left is closed first. On a full disk nothing is appended. */
export function appendLine(path: string, line: string): void {
  makeFolderOf(path, { mode: PRIVATE });
  const file = openSync(path, "a+", PRIVATE);
  const { size } = fstatSync(file);
  try {
    const last = Buffer.alloc(1);
    const torn = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== "\n";
    writeFileSync(file, `${torn ? "\n" : ""}${line}\n`);
    fsyncSync(file);
  } catch (error) {
    ftruncateSync(file, size);
    throw named(error, path);
  } finally {
    closeSync(file);
  }
}

/** Makes a folder, and those it is in, where there is none. What hinders it is told as it is: Node's own way takes a read-only disk for an empty one. */
export function makeFolder(path: string, mode = 0o777): void {
  const make = () => {
    try {
      mkdirSync(path, mode);
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
  };
  try {
    make();
  } catch (error) {
    if (!hasCode(error, "ENOENT") || dirname(path) === path) throw error;
    makeFolder(dirname(path), mode);
    make();
  }
}

/** The content of a file; undefined where there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Less than this on a disk is none: nothing of what is kept here could be written. */
const ROOM_BYTES = 1_048_576;

/** Whether the disk that holds a folder has room. */
export function hasRoom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ROOM_BYTES;
}

/** A line of a log is not longer. */
const LINE_BYTES = 4_096;

/** What stands in a file from a place on, that others may be writing to; nothing where there is no file, or it ends before. @param from in bytes */
export function readFrom(path: string, from: number): Buffer {
  try {
    const file = openSync(path, "r");
    try {
      const end = Buffer.alloc(Math.max(0, fstatSync(file).size - from));
      return end.subarray(0, readSync(file, end, 0, end.length, from));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (hasCode(error, "ENOENT")) return Buffer.alloc(0);
    throw error;
  }
}

/** The last line of a file that others may be writing to; undefined where there is none, or nothing in it. */
export function lastLine(path: string): string | undefined {
  try {
    const file = openSync(path, "r");
    try {
      const { size } = fstatSync(file);
      const end = Buffer.alloc(Math.min(size, LINE_BYTES));
      const read = readSync(file, end, 0, end.length, size - end.length);
      return end.toString("utf8", 0, read).trimEnd().split("\n").at(-1) || undefined;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** The value in a JSON file of ours. @throws Error that names the file and `wayOut`, where half of it is lost or it was mended by hand badly */
export function parseFile(path: string, content: string, wayOut: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new Error(`${path} is torn or no JSON (${error instanceof Error ? error.message : String(error)}): ${wayOut}`);
  }
}

/** The names in a folder, sorted; none where there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/**
 * Removes a file that still has this content, such as the lock of a dead process: of several processes that try, none takes away what
 * another has put there since.
 */
export function removeIfStill(path: string, content: string): void {
  // Renamed before it is removed: one of them gets it.
  const aside = `${path}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, "utf8") !== content) linkSync(aside, path);
  } catch (error) {
    // Gone before; or a third process was quicker than its new owner's lock was back.
    if (!hasCode(error, "ENOENT", "EEXIST")) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** How often a folder is removed that others write in meanwhile. */
const REMOVALS = 100;

/** Copies a folder with all that is in it to where nothing is yet. */
export function copyFolder(from: string, to: string): void {
  cpSync(from, to, { recursive: true, errorOnExist: true, force: false });
}

/** Puts a folder in another's place, which goes before. A process that ends in between leaves neither there. */
export function putFolder(from: string, to: string): void {
  removeFolder(to);
  renameSync(from, to);
}

/**
 * Removes a folder with all that is in it, also while others write there; nothing where there is none. Node's own way leaves what was written
 * meanwhile, that of version 24 without a word.
 * @throws Error with code ENOTEMPTY where they do not stop
 */
export function removeFolder(path: string): void {
  for (let tries = 1; ; tries++) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (!hasCode(error, "ENOTEMPTY")) throw error;
    }
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
    if (tries === REMOVALS)
      throw Object.assign(new Error(`ENOTEMPTY: others write in what is removed: '${path}'`), { code: "ENOTEMPTY", path });
  }
}

/** Whether a name is of a file that a process was about to put in place. */
export function isUnfinished(name: string): boolean {
  return BESIDE.test(name);
}

/** Removes what processes that have died were about to put in place in a folder. */
export function removeUnfinished(folder: string): void {
  for (const name of namesIn(folder)) {
    const owner = BESIDE.exec(name)?.[1];
    const path = join(folder, name);
    const written = owner === undefined ? undefined : statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (written !== undefined && !wroteAndRuns(Number(owner), written)) rmSync(path, { force: true });
  }
}

/** Whether an error of the system has one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.some((code) => error.code === code);
}

function besideOf(path: string): string {
  return join(dirname(path), `${basename(path).slice(0, 200)}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`);
}

function putBeside(path: string, content: string, { mode, durable = true }: WriteOptions, put: (beside: string) => void): void {
  const beside = besideOf(path);
  try {
    const file = openSync(beside, "wx", mode ?? 0o666);
    try {
      writeFileSync(file, content);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // Whatever the umask takes away.
    if (mode !== undefined) chmodSync(beside, mode);
    put(beside);
    if (durable) syncFolder(dirname(path));
  } catch (error) {
    throw named(error, path);
  } finally {
    rmSync(beside, { force: true });
  }
}

/** A folder made for what nobody else has to read is nobody else's either. */
function makeFolderOf(path: string, { mode }: WriteOptions): void {
  makeFolder(dirname(path), mode === PRIVATE ? PRIVATE_FOLDER : undefined);
}

/** An error of writing to an open file says what is wrong and not with which. */
function named(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !("syscall" in error) || "path" in error) return error;
  error.message += ` '${path}'`;
  return Object.assign(error, { path });
}

/** Waits until a folder's names are on the disk, where its file system knows of such a thing. */
function syncFolder(folder: string): void {
  try {
    const opened = openSync(folder, "r");
    try {
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    if (!hasCode(error, "EINVAL", "EPERM", "EISDIR", "EACCES", "ENOTSUP")) throw error;
  }
}
