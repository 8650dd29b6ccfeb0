import { createHash } from "node:crypto";
import { chmodSync, createReadStream, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { hasCode, PRIVATE, readIfThere, writeWhole } from "../host/files";

/** Beside `bin`: what the programs in it were when they were installed. */
const RECORD = "checksums.json";

const recordSchema = z.record(z.string(), z.object({ sha256: z.string(), seen: z.string() }));

/** Programs by name: their SHA-256, and how the file looked when that was last taken: while it looks so, it is not read again. */
type Recorded = z.infer<typeof recordSchema>;

/** Records what the programs of an installation are (`<root>/bin`), once they are known to be right, and lets nobody else write to them. */
export async function recordPrograms(root: string): Promise<void> {
  keepToOneself(root);
  const record: Recorded = {};
  for (const name of programs(root)) record[name] = { sha256: await sha256(join(root, "bin", name)), seen: looks(join(root, "bin", name)) };
  await write(root, record);
}

async function write(root: string, record: Recorded): Promise<void> {
  writeWhole(join(root, RECORD), `${JSON.stringify(record, null, 2)}\n`, { mode: PRIVATE });
}

/** What nobody here may write to is checked anew each time. */
function unlessReadOnly(error: unknown): void {
  if (!hasCode(error, "EACCES", "EROFS")) throw error;
}

/**
 * Why the programs of an installation may not be run; undefined where they are what was recorded. One without a record, of an earlier
 * version, is recorded as it is.
 */
export async function programsProblem(root: string): Promise<string | undefined> {
  try {
    keepToOneself(root);
    const text = readIfThere(join(root, RECORD));
    if (text === undefined) {
      await recordPrograms(root).catch(unlessReadOnly);
      return undefined;
    }
    const record = recordSchema.parse(JSON.parse(text));
    const there = programs(root);
    const strange = [...there.filter((name) => !(name in record)), ...Object.keys(record).filter((name) => !there.includes(name))];
    if (strange.length > 0) return `${strange.join(", ")} in ${join(root, "bin")} is not as it was installed`;
    let looked = true;
    for (const name of there) {
      const path = join(root, "bin", name);
      const known = record[name];
      if (known === undefined || known.seen === looks(path)) continue;
      if ((await sha256(path)) !== known.sha256) return `${path} is not what was installed: its SHA-256 is another`;
      record[name] = { ...known, seen: looks(path) };
      looked = false;
    }
    if (!looked) await write(root, record).catch(unlessReadOnly);
    return undefined;
  } catch (error) {
    return `${root} cannot be checked: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Takes from others the right to write where programs are run from. @throws Error where that is not this user's to do */
function keepToOneself(root: string): void {
  const bin = join(root, "bin");
  for (const path of [dirname(root), root, bin, ...programs(root).map((name) => join(bin, name))]) {
    const { mode, uid } = statSync(path);
    const self = process.getuid?.();
    if (self !== undefined && uid !== self && uid !== 0) throw new Error(`${path} belongs to another user`);
    if ((mode & 0o022) !== 0) chmodSync(path, mode & 0o755);
  }
}

function programs(root: string): string[] {
  return readdirSync(join(root, "bin")).sort();
}

/** Changes with every change of the file; a change of its content cannot keep it. */
function looks(path: string): string {
  const { size, ino, mtimeMs, ctimeMs } = statSync(path);
  return [size, ino, mtimeMs, ctimeMs].join(" ");
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest("hex");
}
