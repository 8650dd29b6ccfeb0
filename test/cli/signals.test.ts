import assert from "node:assert/strict";
import { mock } from "node:test";
import type { Context } from "../../cli/context";
import { modules } from "../../cli/modules";
import { interruptible } from "../../cli/signals";

describe("an interrupted command", () => {
  beforeEach(() => mock.timers.enable({ apis: ["Date"] }));
  afterEach(() => mock.timers.reset());

  it("is asked to stop in order first and to stop at once the second time, an echo of the first not counting", async () => {
    const said: string[] = [];
    const context: Context = { cwd: "/", env: {}, stdout: { write: () => 0 }, stderr: { write: (text) => said.push(text) }, modules };
    const states: [boolean, boolean][] = [];
    await interruptible(context, async ({ signal, forceSignal }) => {
      for (const pause of [10_000, 100, 10_000]) {
        mock.timers.tick(pause);
        process.emit("SIGTERM");
        states.push([signal.aborted, forceSignal.aborted]);
      }
    });
    assert.deepEqual(states, [
      [true, false],
      [true, false],
      [true, true],
    ]);
    assert.deepEqual(said, ["stopping in order; interrupt once more to stop at once\n"]);
    assert.equal(process.listenerCount("SIGTERM"), 0);
  });

  it("ends as an interrupted one also where it waited for the signal alone", async () => {
    const context: Context = { cwd: "/", env: {}, stdout: { write: () => 0 }, stderr: { write: () => 0 }, modules };
    const waiting = interruptible(context, async ({ signal }) => {
      mock.timers.tick(10_000);
      process.emit("SIGTERM");
      signal.throwIfAborted();
    });
    await assert.rejects(waiting, { name: "InterruptedError" });
  });
});
