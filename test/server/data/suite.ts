import assert from "node:assert/strict";
import { sql } from "kysely";
import type { Database } from "../../../server/data/database";

/** What every kind of database has to do. @param open one that is empty; called twice it gives the same one again */
export function databaseSuite(open: () => Promise<Database>): void {
  let database: Database;

  before(async () => {
    database = await open();
  });
  after(() => database.close());

  it("has its tables, and brings them up to date once", async () => {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(database.query);
    assert.deepEqual(
      rows.map(({ name }) => name),
      ["0001-clusters", "0002-audit", "0003-operations", "0004-approvals", "0005-events", "0006-leader", "0007-lists"],
    );
    assert.equal(await database.answers(), true);
  });

  it("gives back moments, numbers and any text as they were", async () => {
    const text = `'; drop table accounts; -- $(rm -rf /) \`id\` "\\ \n 한국어 \u{1f600}`;
    const made = await database.query
      .insertInto("accounts")
      .values({ name: text, provider: "AWS", project: null, region: text, site: null })
      .returningAll()
      .executeTakeFirstOrThrow();
    assert.deepEqual([made.name, made.region, made.project, typeof made.id], [text, text, null, "number"]);
    assert.ok(made.created instanceof Date && Math.abs(made.created.getTime() - Date.now()) < 3_600_000);
    await database.query.deleteFrom("accounts").where("id", "=", made.id).execute();
  });

  it("takes back what a piece of work has done that fails", async () => {
    const work = database.query.transaction().execute(async (transaction) => {
      await transaction.insertInto("templates").values({ name: "a", provider: "AWS", text: "x", region: null }).execute();
      throw new Error("changed my mind");
    });
    await assert.rejects(work, /changed my mind/);
    assert.deepEqual(await database.query.selectFrom("templates").selectAll().execute(), []);
  });

  it("has an audit trail that nobody changes or takes away", async () => {
    const row = { at: "t", actor: "a", action: "b", target: "c", detail: "{}", previous: "" };
    await database.query
      .insertInto("audit")
      .values({ ...row, number: 1, hash: "h1" })
      .execute();
    for (const attempt of [sql`update audit set actor = 'x'`, sql`delete from audit`, sql`truncate audit`])
      await assert.rejects(attempt.execute(database.query), /only appended to/);
  });
}
