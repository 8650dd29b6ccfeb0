import assert from "node:assert/strict";
import { createColors } from "picocolors";
import type { Context } from "../../cli/context";
import { modules } from "../../cli/modules";
import { withProgress } from "../../cli/progress/progress";
import { renderEvent, renderHeartbeat, renderLive } from "../../cli/progress/render";
import { advance, clock, INITIAL, type ProgressState } from "../../cli/progress/state";
import type { Progress } from "../../engine/events";

const colors = createColors(false);

function resource(status: "start" | "done" | "failed", name: string, op = "create"): Progress {
  return { kind: "resource", status, op, urn: `urn::${name}`, type: "a:b:C", name };
}

function having(...events: readonly Progress[]): ProgressState {
  return events.reduce((state, event, index) => advance(state, event, index * 1000), INITIAL);
}

describe("progress", () => {
  it("counts what is done, unchanged, failed and running", () => {
    const state = having(
      resource("start", "a"),
      resource("start", "b"),
      resource("start", "c"),
      resource("done", "a"),
      resource("failed", "b"),
      resource("start", "d", "same"),
      resource("done", "d", "same"),
    );
    assert.equal(renderHeartbeat(state, 0, 15_000), "[0:15] 1 done, 1 unchanged, 1 failed, 1 running: c");
  });

  it("says in a log for how long a resource has been waited for, once that is long", () => {
    const state = having(resource("start", "a"), resource("start", "b"));
    assert.equal(renderHeartbeat(state, 0, 30_500), "[0:30] 0 done, 2 running: a for 0:30; b");
  });

  it("shows what a running resource says of itself first, and forgets it with the resource", () => {
    const step: Progress = { kind: "message", severity: "info", text: "2/4 scale", urn: "urn::cluster", ephemeral: true };
    const running = having(resource("start", "a"), resource("start", "cluster"), step);
    assert.deepEqual(renderLive(running, "up seoul", 0, 10_000, 80, colors), [
      "up seoul  0:10  0 done, 2 running",
      "  create cluster  0:09  2/4 scale",
      "  create a  0:10",
    ]);
    const done = advance(running, resource("done", "cluster"), 11_000);
    assert.equal(renderHeartbeat(done, 0, 11_000), "[0:11] 1 done, 1 running: a");
  });

  it("takes a few lines and no more than the terminal's width", () => {
    const state = having(...Array.from({ length: 20 }, (_, index) => resource("start", `machine-with-a-rather-long-name-${index}`)));
    const lines = renderLive(state, "up seoul", 0, 60_000, 40, colors);
    assert.equal(lines.length, 8);
    assert.equal(lines.at(-1), "  and 14 more");
    for (const line of lines) assert.ok(line.length <= 40);
  });

  it("leaves messages and failures behind, and nothing for each finished resource", () => {
    assert.equal(renderEvent(resource("done", "a"), colors), undefined);
    assert.equal(renderEvent(resource("failed", "a"), colors), "failed to create a (a:b:C)");
    assert.equal(renderEvent({ kind: "message", severity: "warning", text: "slow\n", ephemeral: false }, colors), "warning slow");
    assert.equal(renderEvent({ kind: "message", severity: "info", text: "x", ephemeral: true }, colors), undefined);
    assert.equal(renderEvent({ kind: "message", severity: "error", text: "told at the end", ephemeral: false }, colors), undefined);
    assert.equal(renderEvent({ kind: "engine", text: "building" }, colors), "building");
  });

  it("leaves a line for the beginning of each kubespray step, and none for each task", async () => {
    const written: string[] = [];
    const context: Context = { cwd: "/", env: {}, stdout: { write: () => 0 }, stderr: { write: (text) => written.push(text) }, modules };
    await withProgress(context, "up seoul", async (onProgress) => {
      for (const text of [
        "[1/2] scale.yml worker-4",
        "[1/2] scale.yml: TASK one",
        "[2/2] remove-node.yml worker-1",
        "[2/2] remove-node.yml: TASK",
      ]) {
        onProgress({ kind: "message", severity: "info", text, urn: "urn::cluster", ephemeral: true });
      }
    });
    assert.deepEqual(written, ["up seoul\n", "[1/2] scale.yml worker-4\n", "[2/2] remove-node.yml worker-1\n"]);
  });

  it("writes times as minutes and seconds", () => {
    assert.deepEqual([0, 59_999, 60_000, 3_725_000].map(clock), ["0:00", "0:59", "1:00", "62:05"]);
  });
});
