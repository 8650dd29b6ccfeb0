import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { removeFolder } from "../../host/files";
import { startPostgreSql, type TestServer } from "../support/backend-servers";
import { engineForTests } from "../support/engine";
import { postgreSqlForTests } from "../support/postgresql";
import { killAll, treeOf } from "../support/processes";
import { PASSPHRASE, RemoteProject } from "../support/remote-project";
import type { StartedCommand } from "../support/started-command";

const VARIABLES = { KPAAS_SANDBOX_SERVER: "simulated", ...PASSPHRASE };

/** Waits until an operation makes something in its cloud. */
async function underWay(command: StartedCommand): Promise<void> {
  for (let tries = 0; tries < 1_200; tries++) {
    if (treeOf(command.pid).some(({ kind }) => kind === "openstack")) return;
    assert.equal(command.child.exitCode, null, command.said());
    await pause(50);
  }
  throw new Error(`the operation does not begin: ${command.said()}`);
}

/**
 * Two runners of one environment in three stacks, which share the backend and the cloud, and nothing beside.
 * @param knowsHosts whether a lock's host is known by its name, which is the same for both here
 */
function twoHosts(begin: (this: Mocha.Context, folder: string) => Promise<string>, end: () => Promise<void>, knowsHosts: boolean): void {
  let folder = "";
  let one: RemoteProject;
  let other: RemoteProject;

  before(async function () {
    await engineForTests.call(this);
    folder = mkdtempSync(join(tmpdir(), "kpaas-backend-"));
    one = new RemoteProject({ ...VARIABLES, PULUMI_BACKEND_URL: await begin.call(this, folder) }, "three");
    await one.run("lock", "k");
    other = one.checkout();
  });
  after(async () => {
    one?.remove();
    other?.remove();
    await end();
    removeFolder(folder);
  });

  it("work on it one after the other, whichever layer the second one means", async () => {
    one.fault({ rules: [{ package: "openstack", latencyMs: 300 }] });
    const up = one.start("up", "k", "--yes");
    await underWay(up);
    for (const words of [
      ["up", "k", "--yes"],
      ["refresh", "k", "--yes", "--layer", "infrastructure"],
      ["destroy", "k", "--yes"],
    ]) {
      const { code, output } = await other.start(...words).ended;
      assert.equal(code, 1, output);
      assert.match(output, /Environment k is being changed by \S+@\S+ \(process \d+\) since /, words.join(" "));
    }
    assert.equal(up.child.exitCode, null, "the first one is at work all the while");
    const { code, output } = await up.ended;
    assert.equal(code, 0, output);
    one.fault({ rules: [] });
    assert.match(await other.run("up", "k", "--yes"), /no changes/);
    assert.doesNotMatch(await other.run("state", "list"), /held/);
  });

  it("go on after a kill: the host that was killed by itself, the other once it is told that it may", async () => {
    one.fault({ rules: [{ package: "openstack", latencyMs: 3_000 }] });
    const refresh = one.start("refresh", "k", "--yes");
    await underWay(refresh);
    killAll(refresh.pid);
    await refresh.ended;
    one.fault({ rules: [] });
    if (!knowsHosts) {
      const refused = await other.start("up", "k", "--yes").ended;
      assert.equal(refused.code, 1, refused.output);
      assert.match(refused.output, /if it has died on another host, run `pulumi cancel --stack k\.held`/);
    }
    assert.match(await one.run("up", "k", "--yes"), /no changes/);
    assert.match(await other.run("destroy", "k", "--yes"), /destroyed/);
  });
}

describe("two hosts and an environment in three layers, by a folder that they share", function () {
  this.timeout(600_000);
  twoHosts(
    async (folder) => `file://${folder}`,
    async () => undefined,
    true,
  );
});

describe("two hosts and an environment in three layers, by PostgreSQL", function () {
  this.timeout(600_000);
  let server: TestServer | undefined;
  twoHosts(
    async function (folder) {
      server = await startPostgreSql(postgreSqlForTests.call(this), folder);
      return server.url;
    },
    async () => await server?.stop(),
    false,
  );
});
