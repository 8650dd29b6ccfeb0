import assert from "node:assert/strict";
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { holderOf, removeDeadMutexes } from "../../engine/backend";
import { busyError } from "../../engine/translate";
import { deadPid, zombie } from "../support/processes";
import { temporaryFolders } from "../support/temporary";

describe("Mutexes in a file backend", () => {
  const folder = temporaryFolders();

  function backend(mutexes: Record<string, unknown>): { root: string; left: () => string[] } {
    const root = folder();
    const locked = join(root, ".pulumi", "locks", "organization", "kpaas", "seoul");
    mkdirSync(locked, { recursive: true });
    for (const [name, content] of Object.entries(mutexes))
      writeFileSync(join(locked, name), typeof content === "string" ? content : JSON.stringify(content));
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
    const removed = removeDeadMutexes(root, "kpaas", "seoul");
    undead.end();
    assert.equal(removed.length, 3);
    assert.deepEqual(left(), ["elsewhere.json", "living.json", "unreadable.json"]);
  });

  it("that are torn are removed where this host was started since, and named with the way out where it was not", () => {
    const { root, left } = backend({ "before.json": "", "since.json": "{" });
    const before = new Date(Date.now() - 100 * 365 * 86_400_000);
    const folder = join(root, ".pulumi", "locks", "organization", "kpaas", "seoul");
    utimesSync(join(folder, "before.json"), before, before);
    removeDeadMutexes(root, "kpaas", "seoul");
    assert.deepEqual(left(), ["since.json"]);
    const holder = holderOf(root, "kpaas", "seoul");
    assert.ok(holder);
    assert.match(busyError("seoul", holder).message, /^The lock on environment seoul is torn.* delete \S+since\.json\.$/);
  });

  it("that a full disk has kept from being written whole are removed, unless an engine may be writing them", async () => {
    const dead = { pid: await deadPid(), username: "u", hostname: hostname(), timestamp: new Date().toISOString() };
    const { root, left } = backend({ "a.json.18ec.tmp": "", "b.json.18ed.tmp": '{"pid":', "c.json.18ee.tmp": "", "d.json.18ef.tmp": dead });
    const folder = join(root, ".pulumi", "locks", "organization", "kpaas", "seoul");
    const before = new Date(Date.now() - 60_000);
    for (const name of ["a.json.18ec.tmp", "b.json.18ed.tmp"]) utimesSync(join(folder, name), before, before);
    removeDeadMutexes(root, "kpaas", "seoul");
    assert.deepEqual(left(), ["c.json.18ee.tmp"]);
  });

  it("need not exist", () => assert.deepEqual(removeDeadMutexes(folder(), "kpaas", "seoul"), []));
});
