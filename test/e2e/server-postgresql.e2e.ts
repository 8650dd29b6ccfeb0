import assert from "node:assert/strict";
import { sql } from "kysely";
import { Database } from "../../server/data/database";
import { databaseSuite } from "../server/data/suite";
import { DatabaseServer } from "../support/database-server";
import { postgreSqlForTests } from "../support/postgresql";

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
