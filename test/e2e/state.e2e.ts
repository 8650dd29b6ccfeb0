import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { locateEngine } from "../../engine/locate";
import { run } from "../../engine/run";
import { removeFolder } from "../../host/files";
import { engineForTests } from "../support/engine";
import { generator } from "../support/kill";
import { OPENBAO_VERSIONS, openBaoForTests } from "../support/openbao";
import { postgreSqlForTests } from "../support/postgresql";
import { treeOf } from "../support/processes";
import { motoForTests, RemoteProject, startMoto, startPostgreSql, startTransit, type TestServer } from "../support/remote-project";

const PASSPHRASE = { PULUMI_CONFIG_PASSPHRASE: "canary-passphrase" };

/** Ends a command, and what it has started, as the loss of power would. */
function killAll(pid: number): void {
  for (const { pid: each } of treeOf(pid).reverse())
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
}

/** Waits until an operation is under way: its engine has started providers. */
async function underWay(pid: number): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (treeOf(pid).some(({ kind }) => kind === "openstack")) return;
    await pause(50);
  }
  throw new Error("the operation does not begin");
}

/** What holds for every backend that several hosts share. */
function sharedBackend(
  start: (this: Mocha.Context, folder: string) => Promise<TestServer>,
  credentials: Record<string, string> = {},
): void {
  let folder = "";
  let server: TestServer;
  let project: RemoteProject;
  let other: RemoteProject;

  before(async function () {
    await engineForTests.call(this);
    folder = mkdtempSync(join(tmpdir(), "kpaas-backend-"));
    server = await start.call(this, folder);
    project = new RemoteProject({ PULUMI_BACKEND_URL: server.url, KPAAS_SANDBOX_SERVER: "simulated", ...PASSPHRASE, ...credentials });
    await project.run("lock", "k");
    other = project.checkout();
  });
  after(async () => {
    project?.remove();
    other?.remove();
    await server?.stop();
    removeFolder(folder);
  });

  it("goes on after a kill, whose lock it knows for its own", async () => {
    const up = project.start("up", "k", "--yes");
    await underWay(up.pid);
    killAll(up.pid);
    await up.ended;
    const refused = await other.start("up", "k", "--yes").ended;
    assert.notEqual(refused.code, 0, "another checkout cannot know");
    assert.match(refused.output, /is being changed by .*`pulumi cancel`/s);
    assert.match(await project.run("up", "k", "--yes"), /removed the lock of an operation on k that was killed[\s\S]*k is up/);
    assert.match(await project.run("up", "k", "--yes"), /no changes/);
  });

  it("turns one of two runners away", async () => {
    // Long enough that the other one comes into the middle of it.
    project.fault({ rules: [{ package: "openstack", latencyMs: 12_000 }] });
    const refresh = project.start("refresh", "k", "--yes");
    await underWay(refresh.pid);
    const second = await other.start("destroy", "k", "--yes").ended;
    project.fault({ rules: [] });
    assert.equal(second.code, 1, second.output);
    assert.match(second.output, /is being changed by|changes while/);
    assert.equal((await refresh.ended).code, 0);
    assert.match(await other.run("preview", "k"), /no changes/);
  });

  it("lists states, backs them up and restores them", async () => {
    const { stacks } = JSON.parse((await other.start("state", "list", "--json").ended).stdout);
    assert.deepEqual(
      stacks.map((one: Record<string, unknown>) => [one.stack, one.secrets, one.open, "lock" in one]),
      [["k", "passphrase", 0, false]],
    );
    const backups = join(other.root, "backups");
    const {
      backups: [made],
    } = JSON.parse((await other.start("state", "backup", "k", "--to", backups, "--json").ended).stdout);
    for (const { file } of made.stacks) assert.doesNotMatch(readFileSync(join(made.folder, file), "utf8"), /canary|PRIVATE KEY/);
    assert.match(await project.run("state", "restore", "k", "--from", join(backups, "k"), "--yes"), /what they were is kept/);
    assert.match(await project.run("preview", "k"), /no changes/);
    project.fault({ rules: [{ package: "openstack", latencyMs: 12_000 }] });
    const refresh = project.start("refresh", "k", "--yes");
    await underWay(refresh.pid);
    killAll(refresh.pid);
    await refresh.ended;
    project.fault({ rules: [] });
    const past = await project.run("state", "restore", "k", "--from", join(backups, "k"), "--yes");
    assert.match(past, /removed the lock of an operation on k that was killed/);
    assert.match(await project.run("destroy", "k", "--yes"), /destroyed/);
    const lost = await other.run("state", "restore", "k", "--from", join(backups, "k"), "--yes");
    assert.match(lost, /there is no such stack now/);
    assert.match(await other.run("state", "list"), /k +all/);
  });
}

describe("a backend in PostgreSQL", function () {
  this.timeout(900_000);
  sharedBackend(async function (folder) {
    return await startPostgreSql(postgreSqlForTests.call(this), folder);
  });
});

describe("a backend in a bucket, on moto's server", function () {
  this.timeout(900_000);
  sharedBackend(
    async function () {
      return await startMoto(motoForTests.call(this));
    },
    { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
  );
});

describe("a change of the secrets provider, killed", function () {
  this.timeout(900_000);
  let project: RemoteProject;
  let transit: TestServer;

  before(async function () {
    await engineForTests.call(this);
    transit = await startTransit(openBaoForTests.call(this, OPENBAO_VERSIONS.at(-1) ?? ""));
    const root = mkdtempSync(join(tmpdir(), "kpaas-backend-"));
    const vault = { VAULT_ADDR: transit.url, VAULT_TOKEN: "root" };
    const variables = { PULUMI_BACKEND_URL: `file://${root}`, KPAAS_SANDBOX_SERVER: "simulated", ...PASSPHRASE, ...vault };
    project = new RemoteProject(variables, "three");
    await project.run("lock", "k");
    await project.run("up", "k", "--yes");
    await pulumi("config", "set", "--secret", "kpaas:token", "canary-token");
  });
  after(async () => {
    project?.remove();
    await transit?.stop();
  });

  /** The engine's own command on the stack of the cluster. */
  async function pulumi(...args: readonly string[]): Promise<string> {
    const { command } = await locateEngine({ install: false });
    const env = { ...process.env, ...project.variables, PULUMI_HOME: join(project.root, "home") };
    return await run(command, [...args, "--stack", "k.cluster", "--non-interactive"], { cwd: project.root, env });
  }

  const seeds = Number(process.env.KPAAS_SEEDS ?? 8);
  const first = Number(process.env.KPAAS_SEED ?? 1);
  for (let seed = first; seed < first + seeds; seed++) {
    const to = seed % 2 === 1 ? "hashivault://kpaas" : "passphrase";
    it(`to ${to} comes to its end by the same command (seed ${seed})`, async () => {
      const change = () => project.start("state", "secrets", "k", "--provider", to, "--yes");
      const begun = change();
      await pause(1_000 + generator(seed)() * 7_000);
      killAll(begun.pid);
      await begun.ended;
      const { code, output } = await change().ended;
      assert.equal(code, 0, output);
      for (const layer of ["infrastructure", "cluster", "platform"])
        assert.equal(/hashivault/.test(project.config(layer)), to !== "passphrase");
      assert.match(await pulumi("config", "get", "kpaas:token"), /canary-token/);
      const { stdout } = await project.start("outputs", "k", "--show-secrets", "--json").ended;
      assert.match(JSON.stringify(JSON.parse(stdout).kubeconfig), /clusters/);
      assert.match(await project.run("state", "list"), to === "passphrase" ? /platform .*passphrase/ : /platform .*hashivault/);
    });
  }
});
