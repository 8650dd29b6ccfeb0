import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { keepTellingOfFullDisk } from "../../engine/room";
import { smallDisk } from "../support/small-disk";

describe("A full disk under the state", () => {
  it("is told of once each time it is full", async function () {
    this.timeout(20_000);
    const disk = smallDisk(1_024);
    if (disk === undefined) return this.skip();
    const told: string[] = [];
    const end = keepTellingOfFullDisk(disk.folder, (text) => told.push(text), 5);
    try {
      const filler = join(disk.folder, "filler");
      const has = async (count: number) => {
        for (let waited = 0; told.length < count && waited < 400; waited++) await pause(5);
        await pause(50);
        assert.equal(told.length, count);
      };
      await has(0);
      writeFileSync(filler, "x".repeat(900_000));
      await has(1);
      rmSync(filler);
      await pause(100);
      writeFileSync(filler, "x".repeat(900_000));
      await has(2);
      assert.match(told[0] ?? "", new RegExp(`^the disk of ${disk.folder}, .* is full: free some space now`));
    } finally {
      end();
      disk.remove();
    }
  });

  it("is nobody's matter here where the state is elsewhere, or its folder is gone", async () => {
    const told: string[] = [];
    for (const folder of [undefined, "/nowhere"]) {
      const end = keepTellingOfFullDisk(folder, (text) => told.push(text), 1);
      await pause(20);
      end();
    }
    assert.deepEqual(told, []);
  });
});
