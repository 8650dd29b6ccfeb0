import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { sql } from "kysely";
import { Database } from "../../../server/data/database";
import { serviceFolders } from "../../support/service-folders";
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

  const standing = serviceFolders();

  it("takes no more than 400 MiB to begin with, where it was made before", async () => {
    const program = `
      const { Database } = require(${JSON.stringify(join(__dirname, "..", "..", "..", "server", "data", "database.js"))});
      Database.open({ folder: process.argv[1] }).then(async (database) => {
        await database.close();
        console.log(process.resourceUsage().maxRSS / 1024);
      });`;
    // Whatever is compiled anew while it runs is so at once here, and not seconds later.
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--wasm-sync-tier-up",
      "--eval",
      program,
      join(standing(), "database"),
    ]);
    assert.ok(Number(stdout) < 400, `${stdout.trim()} MiB`);
  }).timeout(60_000);
});
