import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { worldClock } from "../../plugin/clock";
import { temporaryFolders } from "../support/temporary";

describe("The clock of a sandbox world", () => {
  const folder = temporaryFolders();

  it("is the machine's, until clock.json says another time", () => {
    const world = folder();
    const clock = worldClock(world);
    assert.ok(Math.abs(clock().getTime() - Date.now()) < 60_000);
    writeFileSync(join(world, "clock.json"), '{ "now": "2027-10-01T00:00:00Z" }');
    assert.equal(clock().toISOString(), "2027-10-01T00:00:00.000Z");
  });

  it("refuses what is no date, and says where", () => {
    for (const text of ["", "{}", '{ "now": "tomorrow" }']) {
      const world = folder();
      writeFileSync(join(world, "clock.json"), text);
      assert.throws(worldClock(world), /clock\.json must be \{ "now": DATE \}/);
    }
  });
});
