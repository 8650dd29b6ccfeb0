import { existsSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { makeFolder, PRIVATE_FOLDER } from "../host/files";
import { type Finding, InvalidInputError } from "../model/problems";
import { type Entry, Verifier } from "./audit/chain";
import { type BackupHeader, readBackup } from "./data/backup-file";
import { copyIn, copyOut, databaseName, migrationsOf, standing } from "./data/copy";
import { Log, type LogSink } from "./http/log";
import { openParts, type Parts, requireStanding } from "./parts";
import type { Settings } from "./settings";

/** What was restored. */
export interface Restored {
  /** When the backup was made. */
  readonly from: string;
  readonly rows: number;
  /** Entries of the audit trail that were committed to git and are later than the backup. */
  readonly lostEntries: number;
  /** Where what stood before was kept; undefined where nothing did. */
  readonly replaced?: string;
}

/** Who does it, in the audit trail: whoever can read the database's folder, or its password. */
const ACTOR = "kpaas server restore";
const BROKEN_OFF = "it was open when the backup was made that was restored: ask for it again";

/**
 * Writes all that the service's database keeps into a file. The service runs meanwhile, where its database is a server's.
 * @throws InvalidInputError where no service has worked with it
 */
export async function backupService(settings: Settings, path: string, sink: LogSink): Promise<number> {
  await requireStanding(settings);
  return await withParts(settings, sink, ({ database }) => copyOut(database, path));
}

/**
 * Puts a backup in place of what the database keeps, whole or not at all.
 * @param replace the name of a database that is not empty, by whoever means it
 * @throws InvalidInputError with all that speaks against it; then nothing was touched
 */
export async function restoreService(settings: Settings, path: string, replace: string | undefined, sink: LogSink): Promise<Restored> {
  return await withParts(settings, sink, async (parts) => {
    const { database, trail } = parts;
    const found = await inspect(parts, path);
    const findings = [...found.findings];
    const stands = await standing(database);
    const name = await databaseName(database);
    const empty = Object.keys(stands).length === 0;
    if (!empty && replace !== name) {
      const what = Object.entries(stands).map(([table, count]) => `${table} ${count}`);
      findings.push({
        path: "--replace",
        reason: `the database ${name} is not empty (${what.join(", ")})`,
        remedy: `give --replace ${name}`,
      });
    }
    const leader = await parts.leadership.leader();
    if (leader !== undefined)
      findings.push({
        path: "--database",
        reason: `${leader} works with it`,
        remedy: "stop all services on it; one that was lost is waited for 20 s",
      });
    if (findings.length > 0)
      throw new InvalidInputError(findings.map((finding) => ({ environment: "", severity: "error" as const, ...finding })));

    const replaced = empty ? undefined : join(settings.folder, "replaced", `${new Date().toISOString().replace(/[:.]/g, "-")}.jsonl`);
    if (replaced !== undefined) {
      makeFolder(join(settings.folder, "replaced"), PRIVATE_FOLDER);
      await copyOut(database, replaced);
    }
    await database.query.transaction().execute(async (transaction) => {
      const sum = await copyIn(transaction, path, () => undefined);
      if (sum !== found.sum) throw new Error(`${path} has changed meanwhile`);
      // What was under way then is on no host any more.
      const open = transaction.updateTable("operations").where("state", "in", ["waiting", "running"]);
      const rows = await open.set({ state: "failed", reason: BROKEN_OFF, ended: new Date() }).returning("cluster").execute();
      for (const { cluster } of rows)
        if (cluster !== null) await transaction.updateTable("clusters").set({ status: "D" }).where("id", "=", cluster).execute();
      const detail = { made: found.header.at, sha256: sum, lostEntries: found.lostEntries };
      await trail.append({ actor: ACTOR, action: "database.restore", target: name, detail }, transaction);
      // Whoever led before leads no more.
      await transaction.updateTable("leader").set({ term: sql`term + 1`, expires: sql<Date>`clock_timestamp()` }).execute();
    });
    await trail.commitHead(true);
    return { from: found.header.at, rows: found.rows, lostEntries: found.lostEntries, ...(replaced === undefined ? {} : { replaced }) };
  });
}

interface Inspected {
  readonly header: BackupHeader;
  readonly sum: string;
  readonly rows: number;
  readonly lostEntries: number;
  readonly findings: readonly Finding[];
}

function noBackup(reason: string): InvalidInputError {
  const remedy = "give a whole backup, as `kpaas server backup` has written it";
  return new InvalidInputError([{ environment: "", severity: "error", path: "--from", reason, remedy }]);
}

/** Reads the whole of a backup, and holds it against this version, the key, and the heads of the audit trail in git. */
async function inspect({ database, trail, secrets }: Parts, path: string): Promise<Inspected> {
  const heads = await trail.heads();
  const findings: Finding[] = [];
  let [header, verifier, rows, sealed]: [BackupHeader | undefined, Verifier, number, string | undefined] = [
    undefined,
    new Verifier([]),
    0,
    undefined,
  ];
  const begin = (read: BackupHeader) => {
    header = read;
    verifier = new Verifier([...heads.filter(({ number }) => number <= read.audit.number), read.audit]);
  };
  const sum = await readBackup(path, begin, ({ table, row }) => {
    rows += 1;
    if (table === "audit") verifier.take(row as unknown as Entry);
    if (table === "secrets") sealed ??= secrets.wrong?.(String(row.path), String(row.sealed));
  }).catch((error: unknown) => {
    throw noBackup(existsSync(path) ? String(error instanceof Error ? error.message : error) : `there is no ${path}`);
  });
  if (header === undefined) throw noBackup(`${path} is empty`);
  const read: BackupHeader = header;
  verifier.end();
  const here = await migrationsOf(database.query);
  if (read.migrations.join() !== here.join())
    findings.push({
      path: "--from",
      reason: `it is of another version of the service (${read.migrations.at(-1)}; here ${here.at(-1)})`,
      remedy: "restore it by the version that made it, then start this one",
    });
  for (const fault of verifier.faults)
    findings.push({
      path: "--from",
      reason: `its audit trail is not what was written: ${fault}`,
      remedy: "give a backup that was not altered",
    });
  if (sealed !== undefined)
    findings.push({ path: "--secrets-key", reason: sealed, remedy: "give the key that the service had when the backup was made" });
  const last = Math.max(0, ...heads.map(({ number }) => number));
  return { header: read, sum, rows, lostEntries: Math.max(0, last - read.audit.number), findings };
}

async function withParts<T>(settings: Settings, sink: LogSink, work: (parts: Parts) => Promise<T>): Promise<T> {
  const parts = await openParts(settings, new Log(sink));
  try {
    return await work(parts);
  } finally {
    await parts.close();
  }
}
