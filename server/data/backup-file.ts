import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { PRIVATE, saveWhole } from "../../host/files";
import { fields, list, parsedJson } from "../../model/data";

/** What a backup begins with. */
export interface BackupHeader {
  readonly format: typeof FORMAT;
  readonly at: string;
  /** The database's version, as the migrations that made it. */
  readonly migrations: readonly string[];
  /** The audit trail's last entry in it. */
  readonly audit: { readonly number: number; readonly hash: string };
}

/** A row of a table, as PostgreSQL itself writes it as JSON. */
export interface BackupRow {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
}

const FORMAT = "kpaas-server-backup 1";

/** Raised for a file that is no whole backup. */
export class BackupFileError extends Error {
  override readonly name = "BackupFileError";
}

/** Writes a backup, whole or not at all: a line for each row, and last how many they are and the checksum of all before. */
export async function writeBackup(path: string, header: Omit<BackupHeader, "format">, rows: AsyncIterable<BackupRow>): Promise<number> {
  let count = 0;
  async function* lines(): AsyncIterable<Uint8Array> {
    const hash = createHash("sha256");
    const line = (value: unknown) => {
      const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
      hash.update(bytes);
      return bytes;
    };
    yield line({ format: FORMAT, ...header });
    for await (const { table, row } of rows) {
      count += 1;
      yield line([table, row]);
    }
    yield Buffer.from(`${JSON.stringify({ rows: count, sha256: hash.digest("hex") })}\n`);
  }
  await saveWhole(path, lines(), PRIVATE);
  return count;
}

/**
 * Reads a backup from its beginning to its end.
 * @returns its checksum
 * @throws BackupFileError where it is none, was altered, or is not whole; rows that were told of before are not to be gone by
 */
export async function readBackup(
  path: string,
  begin: (header: BackupHeader) => Promise<void> | void,
  each: (row: BackupRow) => Promise<void> | void,
): Promise<string> {
  const hash = createHash("sha256");
  let [count, ended] = [0, undefined as string | undefined];
  let first = true;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (ended !== undefined) throw new BackupFileError(`${path} goes on after its end`);
    const value = parsedJson(line);
    if (first) {
      await begin(headerOf(path, value));
      first = false;
    } else if (Array.isArray(value)) {
      const [table, row] = list(value);
      if (typeof table !== "string") throw new BackupFileError(`${path}: line ${count + 2} is no row`);
      count += 1;
      await each({ table, row: fields(row) });
    } else {
      const { rows, sha256 } = fields(value);
      const sum = hash.copy().digest("hex");
      if (rows !== count || sha256 !== sum)
        throw new BackupFileError(`${path} was altered: its ${count} rows are not those that it was made of`);
      ended = sum;
    }
    hash.update(`${line}\n`);
  }
  if (ended === undefined) throw new BackupFileError(`${path} is not whole: its end is missing`);
  return ended;
}

function headerOf(path: string, value: unknown): BackupHeader {
  const { format, at, migrations, audit } = fields(value);
  const { number, hash } = fields(audit);
  if (format !== FORMAT || typeof at !== "string" || typeof number !== "number" || typeof hash !== "string")
    throw new BackupFileError(`${path} is no backup of the service that this version knows`);
  return { format, at, migrations: list(migrations).map(String), audit: { number, hash } };
}
