import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { sql } from "kysely";
import type { Database } from "../../../server/data/database";
import type { OperationState } from "../../../server/data/tables";
import { standingOf } from "../../../server/environments/standing";
import { listed } from "../../../server/terraman/list";

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

  it("gives pages of lists as they are where all rows are sorted and cut in memory", async () => {
    const names = ["seoul", "Seoul 2", "busan", "jeju%", "jeju_1", "jeju_1", "'; --", "한국", "Ⓐ", "a".repeat(90)];
    const rows = names.map((name, index) => ({ name, provider: "AWS", text: "x", region: null, created: new Date(1_000 * (index % 4)) }));
    const made = await database.query.insertInto("templates").values(rows).returningAll().execute();
    const query = fc.record({
      ...{ offset: fc.nat(4), limit: fc.nat(5), searchName: fc.constantFrom("", "SEOUL", "jeju_", "%", "'", "한", "Ⓐ", " busan ") },
      ...{ orderBy: fc.constantFrom("", "name"), order: fc.constantFrom("", "asc", "desc") },
    });
    await fc.assert(
      fc.asyncProperty(query, async ({ offset, limit, searchName, orderBy, order }) => {
        const found = made.filter(({ name }) => name.toLowerCase().includes(searchName.trim().toLowerCase()));
        const keyOf = ({ name, created }: (typeof made)[number]) => (orderBy === "name" ? name : created.toISOString());
        found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : a.id - b.id));
        if (order !== "asc") found.reverse();
        const page = limit === 0 ? found : found.slice(offset * limit, (offset + 1) * limit);
        const left = limit === 0 ? 0 : Math.max(0, found.length - (offset + 1) * limit);
        const rowsOf = database.query.selectFrom("templates").selectAll();
        const { itemMetaData, items } = await listed(rowsOf, { offset, limit, searchName, orderBy, order }, ({ id }) => id);
        assert.deepEqual([items, itemMetaData], [page.map(({ id }) => id), { allItemCount: found.length, remainingItemCount: left }]);
      }),
      { numRuns: 60 },
    );
    await database.query.deleteFrom("templates").execute();
  });

  it("tells how environments stand by their newest operations, and finds those that stand in a way", async () => {
    const operation = (
      environment: string,
      kind: "up" | "destroy" | "drift" | "health",
      state: OperationState,
      day: number,
      more = {},
    ) => ({
      ...{ id: randomUUID(), environment, kind, state, askedBy: "kim", step: kind, reason: null, cluster: null },
      ...{
        created: new Date(day * 86_400_000),
        ...(state === "running" || state === "planned" ? {} : { ended: new Date(day * 86_400_000 + 1) }),
        ...more,
      },
    });
    await database.query
      .insertInto("operations")
      .values([
        ...[operation("a-up", "up", "failed", 1), operation("a-up", "up", "done", 2)],
        ...[operation("b-gone", "up", "done", 1), operation("b-gone", "destroy", "done", 2)],
        ...[operation("c-failed", "up", "done", 1), operation("c-failed", "up", "cancelled", 2)],
        ...[operation("d-planned", "up", "done", 1), operation("d-planned", "up", "planned", 2, { step: "preview" })],
        ...[operation("e-working", "up", "running", 2)],
        // A plan that nobody agreed to has changed nothing.
        ...[operation("f-new", "up", "rejected", 2, { step: "preview" })],
        ...[operation("g-up", "up", "done", 1), operation("g-up", "drift", "done", 3, { result: '{"drifted":true}' })],
        operation("g-up", "health", "done", 4, { result: '{"certificatesUntil":"2027-01-01T00:00:00.000Z"}' }),
      ])
      .execute();
    const names = ["a-up", "b-gone", "c-failed", "d-planned", "e-working", "f-new", "g-up", "h-new"];
    const all = await standingOf(database, names);
    assert.deepEqual(
      [...all].map(([name, { state }]) => [name, state]),
      names.map((name) => [name, name.slice(2)]),
    );
    const { drift, certificatesUntil, last } = all.get("g-up") ?? assert.fail();
    assert.deepEqual([drift?.drifted, certificatesUntil, last?.kind], [true, "2027-01-01T00:00:00.000Z", "health"]);
    assert.ok(all.get("d-planned")?.operation !== undefined);
    const some = async (state: "up" | "new", limit: number) => [...(await standingOf(database, names, { state, limit })).keys()];
    assert.deepEqual([await some("up", 9), await some("up", 1), await some("new", 9)], [["a-up", "g-up"], ["a-up"], ["f-new", "h-new"]]);
    assert.equal((await standingOf(database, [])).size, 0);
    await database.query.deleteFrom("operations").execute();
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
