import assert from "node:assert/strict";
import { sql } from "kysely";
import { Database } from "../../../server/data/database";
import { TABLES, tableName } from "../../../server/data/tables";
import { settingsOf } from "../../../server/settings";
import { serviceFolders } from "../../support/service-folders";
import { temporaryFolders } from "../../support/temporary";
import { copySuite } from "./copy-suite";

describe("Backups of the embedded database", function () {
  this.timeout(120_000);
  const folder = temporaryFolders();
  const service = serviceFolders();
  copySuite(
    async () => settingsOf({ listen: "127.0.0.1:0", data: service() }, {}),
    () => folder(),
  );

  it("know every table there is", async () => {
    const database = await Database.open("memory");
    const { rows } = await sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public'`.execute(
      database.query,
    );
    const own = rows.map(({ name }) => name).filter((name) => !name.startsWith("kysely_"));
    assert.deepEqual(own.sort(), Object.keys(TABLES).map(tableName).sort());
    await database.close();
  });
});
