import assert from "node:assert/strict";
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { hasCode } from "../../host/files";
import { engineForTests } from "../support/engine";
import { Project } from "../support/project";
import { smallDisk } from "../support/small-disk";
import type { StartedCommand } from "../support/started-command";

const SERVICES = { metricsServer: false, certManager: false, mariadb: false, keycloak: false, portal: false };
const FULL = /which keeps the state, is full: free some space now/;

describe("An up whose disk runs full on the way", function () {
  this.timeout(600_000);
  before(engineForTests);

  it("goes on where room is made in time", async function () {
    await onSmallDisk(this, async (project, filler) => {
      const up = project.start("up");
      await fillAtTheLastMachine(project, up, filler);
      await until(() => FULL.test(up.said()), up);
      rmSync(filler);
      const { code, output } = await up.ended;
      assert.equal(code, 0, output);
      assert.doesNotMatch(output, /broken off/);
      await assertWhole(project);
    });
  });

  it("loses nothing where none is, says what to do, and goes on afterwards", async function () {
    await onSmallDisk(this, async (project, filler) => {
      const up = project.start("up");
      await fillAtTheLastMachine(project, up, filler);
      const failed = await up.ended;
      assert.equal(failed.code, 1, failed.output);
      assert.match(failed.output, FULL);
      assert.match(failed.output, /no space left on device[\s\S]*A disk is full: free some space, then run the same command again/);
      assert.doesNotMatch(failed.output, /The backend that keeps the state refused/);
      const still = await project.run("up");
      assert.equal(still.code, 1, still.output);
      assert.match(still.output, /free some space/i);
      assert.doesNotMatch(still.output, /^\s+at /m, "no stack trace");
      rmSync(filler);
      const { code, output } = await project.run("up");
      assert.equal(code, 0, output);
      await assertWhole(project);
    });
  });
});

async function onSmallDisk(test: Mocha.Context, work: (project: Project, filler: string) => Promise<void>): Promise<void> {
  const disk = smallDisk(16_384);
  if (disk === undefined) return void test.skip();
  try {
    await work(new Project({ platform: { services: SERVICES } }, disk.folder), join(disk.folder, "filler"));
  } finally {
    disk.remove();
  }
}

/** By then little is under way at once: the engine tries for half a minute for each before it gives up. */
async function fillAtTheLastMachine(project: Project, up: StartedCommand, filler: string): Promise<void> {
  await until(() => project.world("openstack/volumeAttach").length > 0, up);
  for (let size = 65_536; size >= 1_024; ) {
    try {
      appendFileSync(filler, Buffer.alloc(size));
    } catch (error) {
      if (!hasCode(error, "ENOSPC")) throw error;
      size /= 2;
    }
  }
}

async function until(reached: () => boolean, up: StartedCommand): Promise<void> {
  let over = false;
  void up.ended.then(() => (over = true));
  while (!reached()) {
    assert.ok(!over, `it ended too early: ${up.said()}`);
    await pause(5);
  }
}

async function assertWhole(project: Project): Promise<void> {
  assert.deepEqual(project.idsInWorld(), project.idsInStates(), "what is in the cloud is in the state");
  assert.deepEqual(project.locks(), []);
  const { code, stdout, output } = await project.run("up", "--json");
  assert.equal(code, 0, output);
  const { create, update, replace, delete: deleted } = JSON.parse(stdout).changes;
  assert.deepEqual({ create, update, replace, deleted }, { create: 0, update: 0, replace: 0, deleted: 0 }, output);
}
