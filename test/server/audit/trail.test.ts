import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { sql } from "kysely";
import { BEGINNING, type Entry, entryOf, type Head, Verifier } from "../../../server/audit/chain";
import { Trail } from "../../../server/audit/trail";
import { Database } from "../../../server/data/database";
import { Repository } from "../../../server/git/repository";
import { serviceFolders } from "../../support/service-folders";

function chainOf(length: number, word = "made"): Entry[] {
  const entries: Entry[] = [];
  for (let index = 0; index < length; index++) {
    const deed = { actor: "kim", action: "cluster.create", target: `c${index}`, detail: { word } };
    entries.push(entryOf(deed, entries.at(-1) ?? BEGINNING, new Date(index)));
  }
  return entries;
}

function faultsOf(entries: readonly Entry[], heads: readonly Head[] = []): readonly string[] {
  const verifier = new Verifier(heads);
  for (const entry of entries) verifier.take(entry);
  verifier.end();
  return verifier.faults;
}

describe("The audit trail's chain", () => {
  it("tells of an entry that was altered, left out, put in or moved", () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 12 }), fc.nat(), fc.constantFrom("alter", "drop", "swap", "repeat"), (length, nat, how) => {
        const entries = chainOf(length);
        assert.deepEqual(faultsOf(entries), []);
        const at = nat % (length - 1);
        const [one, next] = [entries[at]!, entries[at + 1]!];
        if (how === "alter") entries[at] = { ...one, actor: "lee" };
        if (how === "drop") entries.splice(at, 1);
        if (how === "swap") entries.splice(at, 2, next, one);
        if (how === "repeat") entries.splice(at, 0, one);
        assert.notDeepEqual(faultsOf(entries), []);
      }),
    );
  });

  it("held against heads tells of one that was written anew as a whole, or cut off", () => {
    const entries = chainOf(5);
    const heads = [entries[2]!, entries[4]!];
    assert.deepEqual(faultsOf(entries, heads), []);
    assert.deepEqual(faultsOf(chainOf(5, "other"), heads), [
      "entry 3 is another one than was committed to git",
      "entry 5 is another one than was committed to git",
    ]);
    assert.deepEqual(faultsOf(entries.slice(0, 3), heads), ["entries up to 5 were committed to git, and the last one here is 3"]);
  });
});

describe("The audit trail", () => {
  const folder = serviceFolders();

  it("numbers what several do at once without a gap, and finds a database that was rewritten by its heads in git", async () => {
    const database = await Database.open({ folder: join(folder(), "database") });
    const trail = new Trail(database, await Repository.open(folder()));
    const deed = (target: string) => ({ actor: "kim", action: "key.create", target, detail: {} });
    await Promise.all(Array.from({ length: 20 }, (_, index) => trail.append(deed(String(index)))));
    await trail.commitHead();
    await trail.append(deed("last"));
    await trail.commitHead();
    await trail.commitHead();
    assert.deepEqual(await trail.verify(), { entries: 21, heads: 2, faults: [] });

    const entries = await trail.read(0, 100);
    await sql`drop trigger audit_is_appended on audit`.execute(database.query);
    await sql`delete from audit`.execute(database.query);
    let before: Head = BEGINNING;
    for (const { target } of entries) {
      const entry = entryOf({ ...deed(target), actor: "nobody" }, before, new Date());
      await database.query.insertInto("audit").values(entry).execute();
      before = entry;
    }
    const { faults } = await trail.verify();
    assert.deepEqual(faults, ["entry 20 is another one than was committed to git", "entry 21 is another one than was committed to git"]);
    await database.close();
  });

  it("has nothing of work that is taken back", async () => {
    const database = await Database.open({ folder: join(folder(), "database") });
    const trail = new Trail(database, await Repository.open(folder()));
    const work = database.query.transaction().execute(async (transaction) => {
      await trail.append({ actor: "kim", action: "key.create", target: "1", detail: {} }, transaction);
      throw new Error("no");
    });
    await assert.rejects(work);
    assert.deepEqual(await trail.verify(), { entries: 0, heads: 0, faults: [] });
    await database.close();
  });
});
