import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { InterruptedError } from "../../engine/errors";
import { withLock } from "../../engine/lock";
import { holderOf, removeDeadLocks } from "../../engine/stackLocks";
import { busyError } from "../../engine/translate";
import { type Owner, thisProcess } from "../../host/processes";
import { deadPid, zombie } from "../support/processes";
import { temporaryFolders } from "../support/temporary";

describe("A lock file", () => {
  const folder = temporaryFolders();

  it("is there while the work runs and gone afterwards, also when the work fails", async () => {
    const path = join(folder(), "lock");
    await assert.rejects(
      withLock(path, {}, async () => {
        assert.ok(existsSync(path));
        throw new Error("work failed");
      }),
      /work failed/,
    );
    assert.equal(existsSync(path), false);
  });

  it("lets one at a time work and tells who is waited for", async () => {
    const path = join(folder(), "lock");
    const waited: Owner[] = [];
    let working = 0;
    const work = async () => {
      working++;
      assert.equal(working, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      working--;
    };
    await Promise.all([1, 2].map(() => withLock(path, { onWait: (owner) => waited.push(owner) }, work)));
    assert.deepEqual(
      waited.map((owner) => owner.pid),
      [process.pid],
    );
  });

  it("of a dead process is taken over", async () => {
    const place = folder();
    const path = join(place, "lock");
    writeFileSync(path, JSON.stringify({ ...thisProcess(), pid: await deadPid() }));
    assert.equal(await withLock(path, { onWait: () => assert.fail("must not wait") }, async () => "done"), "done");
    assert.deepEqual(readdirSync(place), []);
  });

  it("that says nothing, as a host that lost its power can leave it, is taken over", async () => {
    const path = join(folder(), "lock");
    writeFileSync(path, "");
    assert.equal(await withLock(path, { onWait: () => assert.fail("must not wait") }, async () => "done"), "done");
  });

  it("stops waiting when interrupted", async () => {
    const path = join(folder(), "lock");
    writeFileSync(path, JSON.stringify(thisProcess()));
    const interrupt = new AbortController();
    const waiting = withLock(path, { signal: interrupt.signal, onWait: () => setImmediate(() => interrupt.abort()) }, async () => {});
    await assert.rejects(waiting, InterruptedError);
    assert.ok(existsSync(path), "another's lock stays");
  });
});

describe("Locks in a file backend", () => {
  const folder = temporaryFolders();

  function backend(locks: Record<string, unknown>): { root: string; left: () => string[] } {
    const root = folder();
    const locked = join(root, ".pulumi", "locks", "organization", "kpaas", "seoul");
    mkdirSync(locked, { recursive: true });
    for (const [name, lock] of Object.entries(locks))
      writeFileSync(join(locked, name), typeof lock === "string" ? lock : JSON.stringify(lock));
    return { root, left: () => readdirSync(locked).sort() };
  }

  it("are removed with their attributes when their owner died on this host, and no others", async () => {
    const now = new Date().toISOString();
    const dead = await deadPid();
    const undead = await zombie();
    const { root, left } = backend({
      "dead.json": { pid: dead, username: "u", hostname: hostname(), timestamp: now },
      "dead.json.attrs": "{}",
      "zombie.json": { pid: undead.pid, username: "u", hostname: hostname(), timestamp: now },
      "reused.json": { pid: process.pid, username: "u", hostname: hostname(), timestamp: "2001-01-01T00:00:00Z" },
      "living.json": { pid: process.pid, username: "u", hostname: hostname(), timestamp: now },
      "elsewhere.json": { pid: dead, username: "u", hostname: "elsewhere", timestamp: now },
      "unreadable.json": "{",
    });
    const removed = removeDeadLocks(root, "kpaas", "seoul");
    undead.end();
    assert.equal(removed.length, 3);
    assert.deepEqual(left(), ["elsewhere.json", "living.json", "unreadable.json"]);
  });

  it("that are torn are removed where this host was started since, and named with the way out where it was not", () => {
    const { root, left } = backend({ "before.json": "", "since.json": "{" });
    const before = new Date(Date.now() - 100 * 365 * 86_400_000);
    const folder = join(root, ".pulumi", "locks", "organization", "kpaas", "seoul");
    utimesSync(join(folder, "before.json"), before, before);
    removeDeadLocks(root, "kpaas", "seoul");
    assert.deepEqual(left(), ["since.json"]);
    const holder = holderOf(root, "kpaas", "seoul");
    assert.ok(holder);
    assert.match(busyError("seoul", holder).message, /^The lock on environment seoul is torn.* delete \S+since\.json\.$/);
  });

  it("need not exist", () => assert.deepEqual(removeDeadLocks(folder(), "kpaas", "seoul"), []));
});
