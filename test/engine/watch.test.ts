import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Watch } from "../../engine/watch";

const event = (message: string, severity = "error"): EngineEvent =>
  ({ sequence: 0, timestamp: 0, diagnosticEvent: { message, severity, color: "never" } }) as unknown as EngineEvent;
const UNSAVED = event("pre-step event returned an error: failed to save snapshot: An IO error occurred");

describe("what watches an engine", () => {
  it("ends one whose states cannot be written, and says so beforehand", () => {
    const told: string[] = [];
    let ended = 0;
    const watch = new Watch({ tell: (text) => told.push(text) });
    watch.begin(() => (ended += 1));
    watch.take(event("the cloud said no"));
    watch.take(event("failed to save snapshot", "info"));
    assert.deepEqual([told.length, ended, watch.why], [0, 0, undefined]);
    watch.take(UNSAVED);
    assert.match(told.join("\n"), /^the backend that keeps the state has refused it for half a minute: bring it back now$/);
    assert.equal(ended, 0);
    watch.take(UNSAVED);
    watch.take(UNSAVED);
    assert.equal(ended, 1);
    assert.match(watch.why ?? "", /^the backend that keeps the state does not answer/);
    watch.done();
  });

  it("ends one that tells of nothing for so long, and only while it works", async () => {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const watch = new Watch({ tell: () => undefined, silenceMs: 60 });
    watch.begin(end);
    for (let told = 0; told < 10; told++) {
      watch.take(event("progress", "info"));
      assert.equal(watch.why, undefined);
    }
    // Its timer keeps no process alive: this one does.
    const awake = setInterval(() => undefined, 10);
    await ended;
    clearInterval(awake);
    assert.equal(watch.why, "the engine does not answer: it told of nothing for 0 s, and was ended");
    const over = new Watch({ tell: assert.fail, silenceMs: 1 });
    over.begin(assert.fail);
    over.done();
    over.take(event("late", "info"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(over.why, undefined);
  });
});
