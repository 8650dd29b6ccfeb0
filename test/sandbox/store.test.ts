import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "../../sandbox/store";

describe("the sandbox's store", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "kpaas-store-"));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it("keeps one readable file per object and reads it afresh", () => {
    const store = new Store(join(dir, "openstack"));
    store.put("port", { id: "p/1", address: "10.0.0.1" });
    const [name = ""] = readdirSync(join(dir, "openstack", "port"));
    const path = join(dir, "openstack", "port", name);
    assert.match(readFileSync(path, "utf8"), /^\{\n {2}"id": "p\/1",\n/);
    writeFileSync(path, JSON.stringify({ id: "p/1", address: "10.0.0.2" }));
    assert.equal(store.get("port", "p/1")?.address, "10.0.0.2");
  });

  it("never leaves its folder, whatever the id is", () => {
    const store = new Store(join(dir, "world"));
    store.put("port", { id: "../../escaped" });
    store.put("port", { id: ".." });
    assert.deepEqual(readdirSync(dir), ["world"]);
    assert.deepEqual(
      store
        .list("port")
        .map(({ id }) => id)
        .sort(),
      ["..", "../../escaped"],
    );
  });

  it("leaves no folder behind when the last object goes, and is content when there is none", () => {
    const store = new Store(join(dir, "world"));
    store.put("port", { id: "a" });
    store.delete("port", "a");
    store.delete("port", "a");
    assert.equal(existsSync(join(dir, "world")), false);
    assert.deepEqual(store.list("port"), []);
    assert.equal(store.get("port", "a"), undefined);
  });

  it("names the file that a person broke", () => {
    const store = new Store(dir);
    store.put("port", { id: "a" });
    writeFileSync(join(dir, "port", "a.json"), "{");
    assert.throws(() => store.get("port", "a"), /a\.json is not JSON/);
  });

  it("does all of a transaction or nothing of it", () => {
    const store = new Store(dir);
    store.put("port", { id: "a" });
    const failing = () =>
      store.transaction(() => {
        store.put("volume", { id: "v" });
        store.delete("port", "a");
        assert.equal(store.get("port", "a"), undefined, "its own changes are seen inside");
        assert.deepEqual(
          store.list("volume").map(({ id }) => id),
          ["v"],
        );
        throw new Error("refused");
      });
    assert.throws(failing, /refused/);
    assert.deepEqual([store.list("port").length, store.list("volume").length], [1, 0]);
  });

  it("finishes the transaction of a process that was killed in the middle of it", () => {
    const store = new Store(dir);
    store.put("port", { id: "a" });
    const changes = [
      ["port/a.json", null],
      ["volume/v.json", { id: "v" }],
    ];
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(join(dir, `transaction.${dead}`), JSON.stringify(changes));
    const next = new Store(dir);
    assert.deepEqual([next.list("port").length, next.list("volume").length], [0, 1]);
    next.delete("volume", "v");
    assert.equal(existsSync(dir), false, "nothing is left of it");
  });

  it("removes what a killed process left half written with the last object", () => {
    const store = new Store(dir);
    store.put("port", { id: "a" });
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(join(dir, "port", `b.json.${dead}.0123abcd.tmp`), "{");
    store.delete("port", "a");
    assert.equal(existsSync(dir), false);
  });
});
