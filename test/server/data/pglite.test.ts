import assert from "node:assert/strict";
import { sql } from "kysely";
import { Database } from "../../../server/data/database";
import { temporaryFolders } from "../../support/temporary";
import { databaseSuite } from "./suite";

describe("The embedded database", () => {
  databaseSuite(() => Database.open("memory"));
});

describe("The embedded database in a folder", () => {
  const folder = temporaryFolders();

  it("is there again when it is opened again, and refuses what a later version has left", async () => {
    const place = { folder: folder() };
    const first = await Database.open(place);
    await first.query.insertInto("sshKeys").values({ name: "key", provider: "AWS" }).execute();
    await first.close();
    const second = await Database.open(place);
    assert.equal((await second.query.selectFrom("sshKeys").select("name").executeTakeFirst())?.name, "key");
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', 'x')`.execute(second.query);
    await second.close();
    await assert.rejects(Database.open(place), /of a later version of the service/);
  });
});
