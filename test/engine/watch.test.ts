import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { SemVer } from "semver";
import { EngineCommand, NoAnswerError } from "../../engine/command";
import type { Progress } from "../../engine/events";
import { awaitAnswer, Watch } from "../../engine/watch";
import { temporaryFolders } from "../support/temporary";

const event = (message: string, severity = "error"): EngineEvent =>
  ({ sequence: 0, timestamp: 0, diagnosticEvent: { message, severity, color: "never" } }) as unknown as EngineEvent;
const summary: EngineEvent = { sequence: 0, timestamp: 0, summaryEvent: {} } as unknown as EngineEvent;
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

  it("ends one that does not begin, or has done all and does not end, long before one that is at work", async () => {
    for (const begun of [[], [event("progress", "info"), summary]]) {
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const watch = new Watch({ tell: () => undefined, silenceMs: 3_600_000, edgeMs: 30 });
      watch.begin(end);
      for (const each of begun) watch.take(each);
      const awake = setInterval(() => undefined, 10);
      await ended;
      clearInterval(awake);
      assert.match(
        watch.why ?? "",
        begun.length === 0 ? /^the engine has not begun yet/ : /^all is done, and the engine has not ended yet/,
      );
    }
    const working = new Watch({ tell: assert.fail, silenceMs: 3_600_000, edgeMs: 1 });
    working.begin(assert.fail);
    working.take(event("progress", "info"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    working.done();
  });
});

describe("a command of the engine that is no operation", () => {
  const folder = temporaryFolders();
  before(() => {
    process.env.KPAAS_BACKEND_SILENCE = "0.005";
  });
  after(() => {
    delete process.env.KPAAS_BACKEND_SILENCE;
  });

  it("is said to be waited for, and ended where no answer comes", async () => {
    const told: string[] = [];
    const engine = join(folder(), "pulumi");
    writeFileSync(engine, "#!/bin/sh\nexec sleep 600\n");
    chmodSync(engine, 0o755);
    const onProgress = (event: Progress) => void (event.kind === "message" && told.push(event.text));
    const command = new EngineCommand({ command: engine, version: "3.0.0" } as never, new SemVer("3.0.0"), {
      env: { PATH: process.env.PATH },
      onProgress,
    });
    await assert.rejects(
      command.run(["stack", "export", "--stack", "seoul"], folder(), {}),
      (error: Error) =>
        error instanceof NoAnswerError &&
        /^error: the backend .* does not answer \(pulumi stack export\): nothing came for 0 s$/.test(error.message),
    );
    assert.match(told.join("\n"), /^the backend .* does not answer \(pulumi stack export\): it is waited for, 0 s at most$/);
  });

  it("that has its answer is left alone", async () => {
    const awaited = awaitAnswer("stack export", assert.fail, assert.fail, 10);
    assert.equal(awaited.done(), undefined);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(awaited.done(), undefined);
  });
});
