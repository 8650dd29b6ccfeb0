import { type Kysely, sql } from "kysely";
import { type BackupHeader, type BackupRow, readBackup, writeBackup } from "./backup-file";
import type { Database } from "./database";
import { TABLES, type Tables, tableName } from "./tables";

/** Rows that go together. */
const TOGETHER = 500;

const KEPT = Object.entries(TABLES).flatMap(([table, how]) => (how === "kept" ? [tableName(table)] : []));
const ALL = Object.keys(TABLES).map(tableName);

/** Writes all that the database keeps into a file, as it is at one moment. Secrets go in as they are, encrypted. Gives how many rows. */
export async function copyOut({ query }: Pick<Database, "query">, path: string): Promise<number> {
  return await query
    .transaction()
    .setIsolationLevel("repeatable read")
    .execute(async (transaction) => {
      const at = new Date().toISOString();
      const last = await transaction.selectFrom("audit").select(["number", "hash"]).orderBy("number", "desc").limit(1).executeTakeFirst();
      const header = { at, migrations: await migrationsOf(transaction), audit: last ?? { number: 0, hash: "" } };
      return await writeBackup(path, header, rowsOf(transaction));
    });
}

async function* rowsOf(transaction: Kysely<Tables>): AsyncIterable<BackupRow> {
  for (const table of KEPT) {
    const order = table === "audit" ? sql`order by number` : sql``;
    await sql`declare kept no scroll cursor for select row_to_json(each)::text as row from ${sql.table(table)} each ${order}`.execute(
      transaction,
    );
    for (;;) {
      const { rows } = await sql<{ row: string }>`fetch ${sql.lit(TOGETHER)} from kept`.execute(transaction);
      for (const { row } of rows) yield { table, row: JSON.parse(row) };
      if (rows.length < TOGETHER) break;
    }
    await sql`close kept`.execute(transaction);
  }
}

/** Rows that stand, by table; those of the day alone are not counted. */
export async function standing({ query }: Pick<Database, "query">): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of KEPT) {
    const { rows } = await sql<{ count: string }>`select count(*) as count from ${sql.table(table)}`.execute(query);
    const count = Number(rows[0]?.count ?? 0);
    if (count > 0) counts[table] = count;
  }
  return counts;
}

/** The database's own name. */
export async function databaseName({ query }: Pick<Database, "query">): Promise<string> {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(query);
  return rows[0]?.name ?? "";
}

/** The version of a database, as the migrations that made it. */
export async function migrationsOf(query: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(query);
  return rows.map(({ name }) => name);
}

/**
 * Puts a backup in place of all that the database keeps, within a transaction.
 * @throws BackupFileError, and whatever the database refuses
 */
export async function copyIn(transaction: Kysely<Tables>, path: string, begin: (header: BackupHeader) => void): Promise<string> {
  const list = sql.join(ALL.map((table) => sql.table(table)));
  await sql`lock table ${list} in access exclusive mode`.execute(transaction);
  // The trail is only appended to, but for this: the heads in git tell of it.
  await sql`alter table audit disable trigger audit_is_appended`.execute(transaction);
  await sql`truncate ${sql.join(ALL.filter((table) => table !== "leader").map((table) => sql.table(table)))}`.execute(transaction);
  await sql`alter table audit enable trigger audit_is_appended`.execute(transaction);
  let [table, rows]: [string, BackupRow["row"][]] = ["", []];
  const write = async () => {
    if (rows.length > 0)
      await sql`insert into ${sql.table(table)} overriding system value
        select * from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::json)`.execute(transaction);
    rows = [];
  };
  const sum = await readBackup(path, begin, async (each) => {
    if (!KEPT.includes(each.table)) throw new Error(`${path} has rows of ${each.table}, which this version does not know`);
    if (each.table !== table || rows.length >= TOGETHER) await write();
    table = each.table;
    rows.push(each.row);
  });
  await write();
  await countOn(transaction);
  return sum;
}

/** Has numbers go on after those that came. */
async function countOn(transaction: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ table: string; column: string }>`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = current_schema() and is_identity = 'YES'`.execute(transaction);
  for (const { table, column } of rows.filter((each) => KEPT.includes(each.table)))
    await sql`select setval(pg_get_serial_sequence(${table}, ${column}), coalesce(max(${sql.ref(column)}), 0) + 1, false)
      from ${sql.table(table)}`.execute(transaction);
}
