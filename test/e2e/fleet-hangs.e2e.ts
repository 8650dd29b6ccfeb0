import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { engineForTests } from "../support/engine";
import { FleetProject } from "../support/fleet-project";
import { gone, treeOf } from "../support/processes";
import type { StartedCommand } from "../support/started-command";

/** Waits until a cluster's `up` has started a provider of its cloud; gives the processes of that `up`. */
async function underWay(command: StartedCommand) {
  for (let tries = 0; tries < 2_400; tries++) {
    const tree = treeOf(command.pid);
    if (tree.some(({ kind }) => kind === "engine") && tree.some(({ kind }) => kind === "openstack")) {
      const up = tree.find(({ pid, kind }) => kind === "other" && wordsOf(pid).includes("up"));
      if (up !== undefined) return { up, tree: treeOf(up.pid) };
    }
    assert.equal(command.child.exitCode, null, command.said());
    await pause(25);
  }
  throw new Error(`no up begins: ${command.said()}`);
}

function wordsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

describe("A fleet one of whose steps hangs", function () {
  this.timeout(600_000);
  let project: FleetProject;
  before(engineForTests);
  beforeEach(() => {
    project = new FleetProject(["a", "b"]);
  });
  afterEach(() => {
    delete process.env.KPAAS_ENGINE_SILENCE;
    delete process.env.KPAAS_STEP_SILENCE;
    project.remove();
  });

  /** How the first `up` of cluster ended, and how the run did. */
  async function assertTriedAgain(command: StartedCommand, reason: RegExp): Promise<void> {
    const { code, output } = await command.ended;
    assert.equal(code, 0, output);
    const ends = project.records().flatMap((each) => (each.event === "ended" && each.step === "up" ? [each] : []));
    const failed = ends.filter(({ outcome }) => outcome === "failed");
    assert.equal(failed.length, 1, output);
    assert.match(failed[0]?.reason ?? "", reason);
    assert.equal(failed[0]?.transient, true);
    assert.deepEqual(project.ups(), { a: 1, b: 1 });
    project.assertWhole();
    await project.assertSettled();
  }

  it("has an engine that tells of nothing ended by its own command and tries again", async () => {
    process.env.KPAAS_ENGINE_SILENCE = "0.5";
    const command = project.start(["up", "--yes", "--parallel", "1"]);
    const { tree } = await underWay(command);
    const engine = tree.find(({ kind }) => kind === "engine");
    assert.ok(engine !== undefined);
    process.kill(engine.pid, "SIGSTOP");
    await gone([engine], 120_000);
    await assertTriedAgain(command, /the engine does not answer: it told of nothing for 30 s, and was ended/);
  });

  it("ends a step that says nothing with all that it has started, by their numbers, and tries again", async () => {
    process.env.KPAAS_STEP_SILENCE = "0.4";
    const command = project.start(["up", "--yes", "--parallel", "1"]);
    const { up, tree } = await underWay(command);
    process.kill(up.pid, "SIGSTOP");
    await gone(tree, 240_000);
    await assertTriedAgain(command, /its process was ended/);
    assert.match(command.said(), /a: its up hangs, and is asked to end/);
  });
});
