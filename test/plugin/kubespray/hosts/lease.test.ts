import assert from "node:assert/strict";
import fc from "fast-check";
import { LeaseWorld, numbers, type Weather } from "./lease-world";

describe("The lease on the control planes", () => {
  const share = (max: number) => fc.double({ min: 0, max, noNaN: true });
  const weather = fc.record({ loseRequest: share(0.3), loseAnswer: share(0.3), slow: share(0.4), reboot: share(0.05), crash: share(0.4) });

  /** What once was: a release that arrives after the same run has been granted the lease anew. */
  const examples: [number, number, number, Weather][] = [
    [-5, 3, 3, { loseRequest: 0, loseAnswer: 0, slow: 0.38196276430971926, reboot: 0, crash: 0 }],
  ];

  it("is never believed to be held by two runs, whatever is lost, late, rebooted, moved or known from before", async () => {
    let acquired = 0;
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 2, max: 6 }),
        weather,
        async (seed, planes, runs, kind) => {
          const world = new LeaseWorld(numbers(seed), kind, planes);
          await world.live(runs, 1_000_000);
          acquired += world.acquired;
          moved += world.moved;
        },
      ),
      { numRuns: Number(process.env.KPAAS_RUNS ?? 100), examples },
    );
    assert.ok(acquired > 200 && moved > 100, `the worlds are too unkind to tell: ${acquired} acquired, ${moved} moved`);
  });
});
