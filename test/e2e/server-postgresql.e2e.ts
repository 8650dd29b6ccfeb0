import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import { Database } from "../../server/data/database";
import type { Tables } from "../../server/data/tables";
import { tellOf } from "../../server/work/events";
import type { Operation } from "../../server/work/types";
import { databaseSuite } from "../server/data/suite";
import { DatabaseServer } from "../support/database-server";
import { postgreSqlForTests } from "../support/postgresql";

/** One that events tell of. */
const OPERATION: Operation = {
  ...{
    id: "3f2b7c1e-0000-4000-8000-000000000001",
    environment: "seoul",
    cluster: null,
    kind: "up",
    state: "waiting",
    step: null,
    attempt: 0,
  },
  ...{
    askedBy: "kim",
    reason: null,
    created: new Date(0),
    started: null,
    ended: null,
    labels: "{}",
    title: null,
    file: null,
    approvals: "[]",
  },
  ...{
    needsApproval: false,
    approvedBy: null,
    approved: null,
    rejectedBy: null,
    cancelledBy: null,
    removeFile: false,
    result: null,
    trace: null,
  },
};

describe("The service's database on a PostgreSQL server", () => {
  let server: DatabaseServer | undefined;
  const made = () => server ?? assert.fail("no server");

  before(async function () {
    server = await DatabaseServer.make(postgreSqlForTests.call(this));
  });
  after(() => server?.remove());

  describe("as the embedded one", () => {
    databaseSuite(() => Database.open({ url: made().url }));
  });

  it("is brought up to date by one of several that start at once", async () => {
    await sql`create database several`.execute(await Database.open({ url: made().url }).then(({ query }) => query));
    const place = { url: made().url.replace(/postgres$/, "several") };
    const all = await Promise.all([Database.open(place), Database.open(place), Database.open(place)]);
    for (const each of all) assert.equal(await each.answers(), true);
    await Promise.all(all.map((each) => each.close()));
  });

  it("has events numbered in the order in which they can be seen, however many are written at once", async () => {
    const database = await Database.open({ url: made().url });
    const { query } = database;
    const seen = async (after: number) =>
      (await query.selectFrom("events").select(["id", "environment"]).where("id", ">", String(after)).orderBy("id").execute()).map(
        ({ id, environment }) => ({ id: Number(id), environment }),
      );
    const tell = (environment: string, within: Kysely<Tables>) => tellOf({ ...OPERATION, environment }, { kind: "asked" }, within);
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const written: string[] = [];
    const first = query.transaction().execute(async (transaction) => {
      await tell("first", transaction);
      written.push("first");
      await held;
    });
    while (written.length === 0) await pause(5);
    const second = query.transaction().execute(async (transaction) => {
      await tell("second", transaction);
      written.push("second");
    });
    // The other one waits at the database by then.
    const waits = sql<{ count: number }>`select count(*)::int from pg_locks where locktype = 'advisory' and not granted`;
    while ((await waits.execute(query)).rows[0]?.count === 0) await pause(5);
    assert.deepEqual([written, await seen(0)], [["first"], []], "who follows sees neither, and so leaves out none");
    letGo();
    await Promise.all([first, second]);
    assert.deepEqual(
      (await seen(0)).map(({ environment }) => environment),
      ["first", "second"],
    );
    // Whoever follows by the last number sees each once, while many are written.
    const names = Array.from({ length: 200 }, (_, index) => `e${index}`);
    let [last, over] = [(await seen(0)).at(-1)?.id ?? 0, false];
    const followed: string[] = [];
    const follow = async () => {
      for (let done = false; !done; ) {
        done = over;
        for (const { id, environment } of await seen(last)) {
          followed.push(environment);
          last = id;
        }
      }
    };
    const following = follow();
    await Promise.all(names.map((name) => query.transaction().execute((transaction) => tell(name, transaction))));
    over = true;
    await following;
    assert.deepEqual([...followed].sort(), [...names].sort());
    await database.close();
  });

  it("is there again after the server was lost and started anew", async () => {
    const failures: string[] = [];
    const database = await Database.open({ url: made().url }, ({ name }) => failures.push(name));
    await made().kill();
    assert.equal(await database.answers(), false);
    await made().start();
    assert.equal(await database.answers(), true);
    assert.notDeepEqual(failures, []);
    await database.close();
  });
});
