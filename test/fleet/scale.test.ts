import assert from "node:assert/strict";
import { playAtScale } from "../support/fleet-scale";

describe("a run of a thousand clusters", function () {
  this.timeout(120_000);

  it("is played to its end by the runner, the same each time", async () => {
    const settings = { seed: 7, clusters: 200, capacity: 20, change: "upgrade" } as const;
    const first = await playAtScale(settings);
    assert.deepEqual(await playAtScale(settings), first);
    assert.equal(first.most, 20);
  });

  it("is brought to its end through twenty kills, and nothing is done twice", async () => {
    const killed = await playAtScale({ seed: 7, clusters: 1_000, capacity: 50, change: "settings", killEvery: 140 });
    assert.ok(killed.resumes >= 20, `it was killed ${killed.resumes} times`);
  });
});
