import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { InvalidInputError } from "../../../model/problems";
import { standing } from "../../../server/data/copy";
import { Database } from "../../../server/data/database";
import { Log } from "../../../server/http/log";
import { openParts, type Parts } from "../../../server/parts";
import { backupService, restoreService } from "../../../server/restore";
import type { Settings } from "../../../server/settings";

const SINK = { write: () => undefined };

/** What backups have to do. @param settings of a service with a database of its own, which is empty */
export function copySuite(settings: () => Promise<Settings>, folder: () => string): void {
  async function within<T>(of: Settings, work: (parts: Parts) => Promise<T>): Promise<T> {
    const parts = await openParts(of, new Log(SINK));
    try {
      return await work(parts);
    } finally {
      await parts.close();
    }
  }

  /** A service that has worked for a while. */
  const filled = async (of: Settings) =>
    await within(of, async ({ database, trail, secrets }) => {
      const [id, environment] = [randomUUID(), "seoul"];
      const account = { name: "구름 \u0000".replace("\u0000", "\n'"), provider: "AWS", project: null, region: "r", site: null };
      await database.query.insertInto("accounts").values(account).execute();
      await database.query
        .insertInto("accounts")
        .values({ ...account, name: "second" })
        .execute();
      const cluster = {
        name: "c",
        type: "sub",
        provider: "AWS",
        description: "",
        status: "C",
        sshKey: "",
        account: 1,
        apiUrl: null,
      } as const;
      await database.query
        .insertInto("clusters")
        .values({ id, environment, ...cluster })
        .execute();
      await database.query.insertInto("clusterLogs").values({ cluster: id, number: 0, message: "line" }).execute();
      const operation = { environment, cluster: id, kind: "up", state: "running", askedBy: "kim", step: "up", reason: null } as const;
      await database.query
        .insertInto("operations")
        .values({ id: randomUUID(), ...operation })
        .execute();
      await secrets.write("secret/AWS/1", { key: "canary" });
      for (let index = 0; index < 1_200; index += 400)
        await database.query.transaction().execute(async (transaction) => {
          for (let each = 0; each < 400; each++)
            await trail.append({ actor: "kim", action: "a", target: String(index + each), detail: {} }, transaction);
        });
      await trail.commitHead();
    });
  const problems = async (work: Promise<unknown>): Promise<string[]> =>
    await work.then(
      () => [],
      (error: unknown) => {
        assert.ok(error instanceof InvalidInputError, String(error));
        return error.problems.map(({ path, reason }) => `${path}: ${reason}`);
      },
    );
  const all = (of: Settings) =>
    within(of, async ({ database: { query } }) => ({
      accounts: await query.selectFrom("accounts").selectAll().orderBy("id").execute(),
      clusters: await query.selectFrom("clusters").select(["id", "name", "status", "created"]).execute(),
      operations: await query.selectFrom("operations").select(["state", "reason"]).execute(),
    }));

  it("hold all of one moment, secrets encrypted and no key; and put it back whole, with numbers that go on", async () => {
    const [of, file] = [await settings(), join(folder(), "backup.jsonl")];
    await filled(of);
    const before = await all(of);
    assert.equal(await backupService(of, file, SINK), 1_200 + 6);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const text = readFileSync(file, "utf8");
    assert.ok(!text.includes("canary") && !text.includes(readFileSync(join(of.folder, "secrets.key"), "utf8").trim()));

    const name = await within(
      of,
      async ({ database }) => (await sql<{ name: string }>`select current_database() as name`.execute(database.query)).rows[0]?.name,
    );
    assert.deepEqual(await problems(restoreService(of, file, undefined, SINK)), [
      `--replace: the database ${name} is not empty (accounts 2, clusters 1, cluster_logs 1, secrets 1, operations 1, audit 1200)`,
    ]);
    await within(of, async ({ database, trail }) => {
      await database.query.deleteFrom("operations").execute();
      await database.query.deleteFrom("clusters").execute();
      await trail.append({ actor: "kim", action: "late", target: "x", detail: {} });
      await trail.commitHead();
    });
    const { lostEntries, replaced = "" } = await restoreService(of, file, name, SINK);
    assert.deepEqual([lostEntries, existsSync(replaced)], [1, true]);
    const after = await all(of);
    assert.deepEqual(after.accounts, before.accounts);
    assert.deepEqual(
      after.clusters,
      before.clusters.map((cluster) => ({ ...cluster, status: "D" })),
    );
    assert.deepEqual(
      after.operations.map(({ state }) => state),
      ["failed"],
    );
    await within(of, async ({ database, trail, secrets }) => {
      assert.deepEqual(await secrets.read("secret/AWS/1"), { key: "canary" });
      // The entry that tells of it took the place of the one that was lost.
      assert.deepEqual(
        (await trail.read(1_200, 10)).map(({ action }) => action),
        ["database.restore"],
      );
      assert.deepEqual((await trail.verify()).faults, []);
      const next = { name: "third", provider: "AWS", project: null, region: null, site: null };
      assert.equal((await database.query.insertInto("accounts").values(next).returning("id").executeTakeFirstOrThrow()).id, 3);
      await assert.rejects(sql`delete from audit`.execute(database.query), /only appended to/);
    });
    // What stood before is a backup itself.
    assert.match(readFileSync(replaced, "utf8"), /"action":"late"/);
  });

  it("are refused where they were altered, cut off, are of another key or of a trail that was written anew, and nothing is touched then", async () => {
    const [of, file] = [await settings(), join(folder(), "backup.jsonl")];
    await filled(of);
    await backupService(of, file, SINK);
    const lines = readFileSync(file, "utf8").split("\n");
    const empty = await settings();
    const wrong = async (text: string, into = empty) => {
      const path = join(folder(), "wrong.jsonl");
      writeFileSync(path, text);
      return await problems(restoreService(into, path, undefined, SINK));
    };
    assert.match((await wrong(lines.slice(0, -2).join("\n"))).join(), /--from: .* is not whole: its end is missing/);
    assert.match((await wrong(lines.filter((_line, index) => index !== 40).join("\n"))).join(), /was altered/);
    assert.match((await wrong("{}\n")).join(), /is no backup/);
    // Whole as a file, by another key, and with heads that its git does not have.
    assert.deepEqual(
      (await wrong(lines.join("\n"))).map((line) => line.slice(0, 50)),
      ["--secrets-key: the secret secret/AWS/1 cannot be d"],
    );
    await within(empty, async ({ database }) => assert.deepEqual(await standing(database), {}));

    const other = { ...(await settings()), secretsKey: join(of.folder, "secrets.key"), repository: join(of.folder, "environments.git") };
    await within(other, async ({ database, trail }) => {
      await database.query.transaction().execute(async (transaction) => {
        for (let index = 0; index < 1_200; index++)
          await trail.append({ actor: "nobody", action: "a", target: String(index), detail: {} }, transaction);
      });
    });
    const forged = join(folder(), "forged.jsonl");
    await backupService(other, forged, SINK);
    const found = await problems(restoreService({ ...(await settings()), repository: other.repository }, forged, undefined, SINK));
    assert.match(found.join(), /entry 1200 is another one than was committed to git/);
  });

  it("are restored on top of nothing that a service works with", async () => {
    const [of, file] = [{ ...(await settings()), folder: folder() }, join(folder(), "backup.jsonl")];
    const nobody = [`${of.databaseUrl === undefined ? "--data" : "--database"}: no service has worked with`];
    const found = await problems(backupService(of, file, SINK));
    assert.deepEqual(
      found.map((each) => each.replace(/(worked with).*/, "$1")),
      nobody,
    );
    await within(of, async () => undefined);
    await backupService(of, file, SINK);
    await within(of, async ({ leadership }) => {
      await leadership.beat();
      if (of.databaseUrl === undefined) return;
      const elsewhere = { ...of, folder: folder() };
      assert.match(
        (await problems(restoreService(elsewhere, file, undefined, SINK))).join(),
        /^--database: process \d+ on .* works with it$/,
      );
    });
    assert.deepEqual(readdirSync(of.folder).includes("server.json"), false);
  });
}

/** One database's backup in another of either kind. */
export async function movesBetween(from: Settings, to: Settings, file: string): Promise<void> {
  const open = (of: Settings) =>
    Database.open(of.databaseUrl === undefined ? { folder: join(of.folder, "database") } : { url: of.databaseUrl });
  const source = await open(from);
  await source.query.insertInto("templates").values({ name: "t", provider: "AWS", text: "name: x\n", region: null }).execute();
  await source.close();
  await backupService(from, file, SINK);
  await restoreService(to, file, undefined, SINK);
  const target = await open(to);
  const [row] = await target.query.selectFrom("templates").selectAll().execute();
  assert.deepEqual([row?.id, row?.text], [1, "name: x\n"]);
  await target.close();
}
