import { cpSync, existsSync, mkdtempSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeFolder } from "../../host/files";
import { Database } from "../../server/data/database";
import { temporaryFolders } from "./temporary";

/**
 * Gives each test of the enclosing `describe` new folders for a service, with the embedded database in them, and removes them afterwards.
 * Copied, because a PostgreSQL that makes its files takes seconds of a core, and one that has them a third of one.
 */
export function serviceFolders(): () => string {
  const folder = temporaryFolders();
  let database = "";
  before(async function () {
    this.timeout(120_000);
    made ??= makeDatabase();
    database = await made;
  });
  return () => {
    const data = folder();
    cpSync(database, join(data, "database"), { recursive: true });
    return data;
  };
}

let made: Promise<string> | undefined;

/** A database with its tables and nothing in them: one for all test files of a run, which names the folder. */
async function makeDatabase(): Promise<string> {
  const shared = process.env.KPAAS_TEST_SHARED;
  const place = join(shared ?? tmpdir(), "database");
  if (shared !== undefined && existsSync(place)) return place;
  const own = mkdtempSync(`${place}-`);
  await (await Database.open({ folder: own })).close();
  if (shared === undefined) {
    process.once("exit", () => removeFolder(own));
    return own;
  }
  try {
    renameSync(own, place);
    return place;
  } catch {
    // Another file of the run was first; the run removes both.
    return own;
  }
}
