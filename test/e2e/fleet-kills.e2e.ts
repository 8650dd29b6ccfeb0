import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { hasCode } from "../../host/files";
import { engineForTests } from "../support/engine";
import { FleetProject } from "../support/fleet-project";
import { Dice } from "../support/fleet-world";
import { treeOf } from "../support/processes";
import { smallDisk } from "../support/small-disk";
import type { StartedCommand } from "../support/started-command";

const INTERRUPTIONS = Number(process.env.KPAAS_KILLS ?? 20);
const SEED = Number(process.env.KPAAS_SEED ?? 1);
const KINDS = ["kill -9 of the runner", "kill -9 of a child", "kill -9 of an engine", "SIGTERM", "cancel"] as const;

describe("A fleet that is interrupted again and again", function () {
  this.timeout(3_600_000);
  before(engineForTests);

  it(`is brought up through ${INTERRUPTIONS} interruptions: nothing is done twice, nothing is lost`, async () => {
    const dice = new Dice(SEED);
    const project = new FleetProject(
      ["a", "b", "c", "d"],
      [
        { name: "first", select: ["a"] },
        { name: "rest", select: ["*"] },
      ],
    );
    const counts: Record<string, number> = {};
    let [runs, workers] = [1, 2];
    /** The run that has ended, which is written down until the next one has begun. */
    let over: string | undefined;
    let runner = project.start(["up", "--yes"]);
    try {
      for (let made = 0; made < INTERRUPTIONS; ) {
        await Promise.race([runner.ended, pause(dice.between(500, 9_000))]);
        if (isOver(runner)) {
          runner = await goOn();
          continue;
        }
        const kind = KINDS[(made + dice.between(0, 1)) % KINDS.length]!;
        if (!(await interrupt(kind, runner))) continue;
        made += 1;
        counts[kind] = (counts[kind] ?? 0) + 1;
      }
      for (let tries = 0; ; tries++) {
        await runner.ended;
        if (project.isDone() && runOf() !== over) break;
        assert.ok(tries < 8, `it does not end: ${runner.said()}`);
        runner = await goOn();
      }
      assertOnce();
      project.assertWhole();
      await project.assertSettled();
      const told = Object.entries(counts).map(([kind, count]) => `${count} × ${kind}`);
      console.log(`      ${told.join(", ")}; ${runs === 1 ? "one run" : `${runs} runs`}, each cluster brought up once in each`);
    } finally {
      project.remove();
    }

    /** Goes on with the run as a person would, or begins the next one, which changes all clusters. */
    async function goOn(): Promise<StartedCommand> {
      const { output } = await runner.ended;
      assertOnce();
      if (runOf() === over) return project.start(["up", "--yes"]);
      if (project.isDone()) {
        over = runOf();
        runs += 1;
        workers = workers === 2 ? 3 : 2;
        for (const name of project.names) project.write(name, workers);
        return project.start(["up", "--yes"]);
      }
      // What no question to its cloud can answer is looked up there.
      for (const [, kind = ""] of output.matchAll(/broken off while it created this (\w+)/g))
        for (const name of project.names) project.removeStrays(name, `${kind[0]?.toLowerCase()}${kind.slice(1)}`);
      return project.start(["resume"]);
    }

    function runOf(): string | undefined {
      return project.records().find((each) => each.event === "begun")?.run;
    }

    async function interrupt(kind: (typeof KINDS)[number], { child: { pid = 0 } }: StartedCommand): Promise<boolean> {
      const children = treeOf(pid).filter(({ kind: each }) => each === "other");
      if (kind === "kill -9 of the runner") process.kill(pid, "SIGKILL");
      else if (kind === "SIGTERM") process.kill(pid, "SIGTERM");
      else if (kind === "cancel") return project.records().length > 0 && (await project.run("cancel")).code === 0;
      else {
        const [victim] = kind === "kill -9 of a child" ? children : treeOf(pid).filter(({ kind: each }) => each === "engine");
        if (victim === undefined) return false;
        try {
          process.kill(victim.pid, "SIGKILL");
        } catch {
          return false;
        }
      }
      return true;
    }

    function assertOnce(): void {
      for (const [name, count] of Object.entries(project.ups())) assert.ok(count <= 1, `${name} was brought up ${count} times in one run`);
    }
  });

  it("goes on on another host while its runner is paused, who has no say when it wakes", async function () {
    if (spawnSync("unshare", ["--uts", "true"]).status !== 0) {
      console.error("SKIPPED: another host cannot be played, because this user may not have a name of its own for one");
      return this.skip();
    }
    const project = new FleetProject(
      ["a", "b"],
      [
        { name: "first", select: ["a"] },
        { name: "rest", select: ["*"] },
      ],
    );
    try {
      const paused = project.start(["up", "--yes"]);
      await until(() => project.records().some((each) => each.event === "started" && each.step === "up"), paused);
      process.kill(paused.child.pid ?? 0, "SIGSTOP");
      const here = await project.run("resume");
      assert.match(here.output, /is being worked on by process/, "here it is known to live");
      const elsewhere = ["unshare", "--uts", "sh", "-c", 'hostname elsewhere && exec "$@"', "sh"];
      const other = await project.start(["resume"], elsewhere).ended;
      assert.equal(other.code, 0, other.output);
      const before = readFileSync(join(project.folder, "journal"), "utf8");
      process.kill(paused.child.pid ?? 0, "SIGCONT");
      const woken = await paused.ended;
      assert.notEqual(woken.code, 0);
      assert.match(woken.output, /another runner has taken over/);
      assert.equal(readFileSync(join(project.folder, "journal"), "utf8"), before, "it wrote nothing");
      assert.deepEqual(project.ups(), { a: 1, b: 1 });
      project.assertWhole();
    } finally {
      project.remove();
    }
  });

  it("says what to do where its disk runs full, and goes on once there is room", async function () {
    const disk = smallDisk(40_960);
    if (disk === undefined) return this.skip();
    const filler = join(disk.folder, "filler");
    const project = new FleetProject(["a", "b"], [{ name: "all", select: ["*"] }], disk.folder);
    try {
      const full = project.start(["up", "--yes", "--parallel", "1"]);
      await until(() => project.records().some((each) => each.event === "started" && each.step === "up"), full);
      fill(filler);
      const { code, output } = await full.ended;
      assert.notEqual(code, 0, output);
      assert.match(output, /the disk that holds .* is full: free some space, then go on|free some space/);
      assert.doesNotMatch(output, /^\s+at /m, "no stack trace");
      rmSync(filler);
      await finish(project);
    } finally {
      project.remove();
      disk.remove();
    }
  });

  it("says what became of its clusters where the store of their states is lost, and goes on once it is back", async () => {
    const project = new FleetProject(["a", "b"], [{ name: "all", select: ["*"], maxFailures: 2 }]);
    const store = join(project.root, ".kpaas/sandbox/backend");
    try {
      const lost = project.start(["up", "--yes", "--parallel", "1"]);
      await until(() => project.records().some((each) => each.event === "started" && each.step === "up"), lost);
      await pause(1_500);
      renameSync(store, `${store}.away`);
      writeFileSync(store, "");
      const { code, output } = await lost.ended;
      assert.notEqual(code, 0, output);
      assert.doesNotMatch(output, /^\s+at /m, "no stack trace");
      rmSync(store, { recursive: true, force: true });
      renameSync(`${store}.away`, store);
      await finish(project);
    } finally {
      project.remove();
    }
  });
});

/** Goes on until it is done, and sees that nothing was done twice or lost. */
async function finish(project: FleetProject): Promise<void> {
  for (let tries = 0; !project.isDone(); tries++) {
    const { output } = await project.run("resume");
    assert.ok(tries < 4, output);
  }
  project.assertWhole();
  await project.assertSettled();
}

function isOver({ child }: StartedCommand): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function until(reached: () => boolean, command: StartedCommand): Promise<void> {
  while (!reached()) {
    assert.ok(!isOver(command), `it ended too early: ${command.said()}`);
    await pause(20);
  }
}

function fill(path: string): void {
  for (let size = 65_536; size >= 1_024; ) {
    try {
      appendFileSync(path, Buffer.alloc(size));
    } catch (error) {
      if (!hasCode(error, "ENOSPC")) throw error;
      size /= 2;
    }
  }
}
