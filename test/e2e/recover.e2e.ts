import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { sandboxFolders } from "../../engine/sandbox";
import { stateFile } from "../../engine/state/copy";
import { removeFolder } from "../../host/files";
import { LAYERS, stackName } from "../../model/layers";
import { engineForTests } from "../support/engine";
import { everythingIn, filesBelow } from "../support/everything";
import { generator } from "../support/kill";
import { BARE } from "../support/layers";
import { killAll, treeOf } from "../support/processes";
import { PASSPHRASE, RemoteProject } from "../support/remote-project";

const SERVER = { KPAAS_SANDBOX_SERVER: process.env.KPAAS_SANDBOX_SERVER ?? "simulated" };

/** On a real server Helm releases, objects with its defaults, certificates, and a database with its passwords. */
const SERVED = { services: { metricsServer: false, keycloak: false, portal: false } };
const PLATFORM = SERVER.KPAAS_SANDBOX_SERVER === "real" ? SERVED : BARE;

const KILLS = 10;

/** The key of the machines as `kpaas outputs` prints it, in a file; and ids of server groups as a person reads them in the cloud. */
async function hintsOf(project: RemoteProject, ...sandbox: readonly string[]): Promise<string[]> {
  const { stdout } = await project.start("outputs", "k", "--show-secrets", "--json", ...sandbox).ended;
  const [key, ids] = [join(project.root, "k.key"), join(project.root, "ids.yaml")];
  writeFileSync(key, JSON.parse(stdout).ssh.privateKey);
  const groups = Object.values(filesBelow(join(sandboxFolders(project.root, "k").world, "openstack", "serverGroup"))).map((text) =>
    JSON.parse(text),
  );
  writeFileSync(
    ids,
    JSON.stringify(Object.fromEntries(groups.map(({ name, id }) => [`k-infrastructure-group-${String(name).replace(/^k-/, "")}`, id]))),
  );
  return ["--ssh-key", key, "--ids", ids];
}

/** Takes stacks out of a folder that is a backend, and every copy of them. */
function lose({ root }: RemoteProject, backend: string, stacks: readonly string[]): void {
  for (const stack of stacks) rmSync(stateFile(backend, "kpaas", stack));
  for (const name of ["states", "pending"]) rmSync(join(root, ".kpaas", name), { recursive: true, force: true });
}

/** The whole command on an environment whose state is lost, killed on its way. The tests are one story, in order. */
describe("kpaas state recover", function () {
  this.timeout(1_800_000);
  let project: RemoteProject;
  let hints: string[] = [];
  const sandbox = ["--sandbox"];
  const recover = (...args: readonly string[]) => project.start("state", "recover", "k", ...args, ...sandbox);
  const backend = () => sandboxFolders(project.root, "k").backend;
  const everything = async () => ({ backend: filesBelow(backend()), cloud: await everythingIn(sandboxFolders(project.root, "k").world) });
  /** How long it takes, in milliseconds. */
  let whole = 0;

  before(async function () {
    await engineForTests.call(this);
    this.timeout(600_000);
    project = new RemoteProject(SERVER, "one", PLATFORM);
    await project.run("up", "k", "--yes", ...sandbox);
    hints = await hintsOf(project, ...sandbox);
  });
  after(() => project?.remove());

  it("is refused where a state stands", async () => {
    const { code, output } = await recover("--yes").ended;
    assert.equal(code, 3, output);
    assert.match(output, /its state is not lost: the stack k holds resources/);
  });

  it("tells what it cannot be sure of, changes nothing, and keeps nothing", async () => {
    lose(project, backend(), ["k"]);
    const before = await everything();
    const { code, output } = await recover("--yes").ended;
    assert.equal(code, 3, output);
    assert.match(output, /keypair +Keypair +not found/);
    assertSame(await everything(), before);
  });

  it("changes nothing at all where it only tells what is found", async () => {
    const before = await everything();
    const begun = Date.now();
    const { code, output } = await recover(...hints, "--dry-run").ended;
    whole = Date.now() - begun;
    assert.equal(code, 0, output);
    assert.match(output, /nothing is kept; to keep it: kpaas state recover k/);
    assertSame(await everything(), before);
  });

  it("names all ids at once that are told wrongly", async () => {
    const before = await everything();
    const ids = join(project.root, "wrong.yaml");
    const told = async (content: object) => {
      writeFileSync(ids, JSON.stringify(content));
      return await recover(...hints.slice(0, 2), "--ids", ids, "--yes").ended;
    };
    const names = await told({ "k-infrastructure-group-nobody": "1", "k-infrastructure": "2" });
    assert.equal(names.code, 2, names.output);
    assert.match(names.output, /--ids\.k-infrastructure: has no id/);
    assert.match(names.output, /--ids\.k-infrastructure-group-nobody: nothing in the file/);
    const network = Object.values(filesBelow(join(sandboxFolders(project.root, "k").world, "openstack", "network"))).map(
      (text) => JSON.parse(text).id,
    );
    const things = await told({ "k-infrastructure-group-control-plane": network[0], "k-infrastructure-network": "none" });
    assert.equal(things.code, 2, things.output);
    assert.match(things.output, /--ids\.k-infrastructure-group-control-plane .*: there is none of this id/);
    assert.match(things.output, /--ids\.k-infrastructure-network .*: there is none of this id/);
    assertSame(await everything(), before);
  });

  it(`finds it with the key of the machines, killed ${KILLS} times on its way, and nothing changes after`, async () => {
    const before = await everything();
    const random = generator(Number(process.env.KPAAS_SEED ?? 1));
    for (let kill = 0; kill < KILLS; kill++) {
      const begun = recover(...hints, "--yes");
      await pause(random() * whole);
      const hasEnded = begun.child.exitCode !== null;
      killAll(begun.pid);
      await begun.ended;
      // At its very end it may have put the state in place.
      if (hasEnded || existsSync(stateFile(backend(), "kpaas", "k"))) break;
      assertSame(await everything(), before);
    }
    const { code, output } = await recover(...hints, "--yes").ended;
    assert.ok(code === 0 || /its state is not lost/.test(output), output);
    assertSame((await everything()).cloud, before.cloud);
    await project.run("up", "k", "--yes", ...sandbox);
    assert.match(await project.run("up", "k", "--yes", ...sandbox), /no changes/);
    assert.match(await project.run("destroy", "k", "--yes", ...sandbox), /destroyed/);
  });
});

/** Two checkouts share a folder as their backend, and the cloud. The tests are one story, in order. */
describe("kpaas state recover of three stacks, which another host works on too", function () {
  this.timeout(1_800_000);
  let folder = "";
  let project: RemoteProject;
  let other: RemoteProject;
  let hints: string[] = [];
  const args = ["state", "recover", "k", "--yes"];
  const stacks = LAYERS.map((layer) => stackName("k", layer));

  before(async function () {
    await engineForTests.call(this);
    this.timeout(600_000);
    folder = mkdtempSync(join(tmpdir(), "kpaas-backend-"));
    project = new RemoteProject({ ...SERVER, ...PASSPHRASE, PULUMI_BACKEND_URL: `file://${folder}` }, "three");
    await project.run("lock", "k");
    await project.run("up", "k", "--yes");
    hints = await hintsOf(project);
    other = project.checkout();
  });
  after(() => {
    for (const each of [project, other]) each?.remove();
    removeFolder(folder);
  });

  it("puts nothing in the place of what the other one has put there", async () => {
    lose(project, folder, stacks);
    const [one, two] = await Promise.all([project, other].map((each) => each.start(...args, ...hints).ended));
    assert.ok(one && two);
    const texts = `${one.output}\n${two.output}`;
    assert.deepEqual([one.code, two.code].sort(), [0, 1], texts);
    assert.match(one.code === 0 ? two.output : one.output, /is being changed by|changes while|is another than was shown/, texts);
    // What only a refusal tells of is kept where the state was put in place, and the first `up` may be the other's.
    const [loser, winner] = one.code === 0 ? [other, project] : [project, other];
    for (const each of [loser, winner]) {
      const { code, output } = await each.start(...args, ...hints).ended;
      assert.equal(code, 3, output);
      assert.match(output, /its state is not lost/);
    }
    const before = await everythingIn(sandboxFolders(project.root, "k").world);
    const first = await loser.run("up", "k", "--yes");
    assert.match(first, /tried alone, and what is there is taken up/);
    assertSame({ cloud: await everythingIn(sandboxFolders(project.root, "k").world) }, { cloud: before });
    for (const each of [winner, loser]) assert.match(await each.run("up", "k", "--yes"), /no changes/);
  });

  it("waits for whoever works on a layer that stands", async () => {
    lose(project, folder, stacks.slice(2));
    project.fault({ rules: [{ package: "openstack", latencyMs: 3_000 }] });
    const refresh = other.start("refresh", "k", "--yes", "--layer", "infrastructure");
    while (!treeOf(refresh.pid).some(({ kind }) => kind === "openstack")) {
      assert.equal(refresh.child.exitCode, null, refresh.said());
      await pause(50);
    }
    const { code, output } = await project.start(...args, ...hints.slice(0, 2)).ended;
    assert.equal(code, 1, output);
    assert.match(output, /is being changed by/);
    project.fault({ rules: [] });
    assert.equal((await refresh.ended).code, 0, refresh.said());
    await project.run(...args);
    await project.run("up", "k", "--yes");
    assert.match(await other.run("up", "k", "--yes"), /no changes/);
  });

  it("cut off while they are put in place, has changes refused until the same command has ended it", async () => {
    lose(project, folder, stacks);
    const begun = project.start(...args, ...hints);
    while (!existsSync(stateFile(folder, "kpaas", stacks[0] ?? ""))) {
      assert.equal(begun.child.exitCode, null, begun.said());
      await pause(5);
    }
    killAll(begun.pid);
    await begun.ended;
    assert.ok(!existsSync(stateFile(folder, "kpaas", stacks[2] ?? "")), "not all of them are in place");
    for (const words of [["up"], ["refresh"], ["destroy"]]) {
      const { code, output } = await project.start(...words, "k", "--yes").ended;
      assert.equal(code, 3, output);
      assert.match(output, /was broken off while it was put in place/);
    }
    assert.match(await project.run(...args, ...hints), /is in place again/);
    await project.run("up", "k", "--yes");
    assert.match(await other.run("up", "k", "--yes"), /no changes/);
    assert.match(await project.run("destroy", "k", "--yes"), /destroyed/);
  });
});

/** Two records, told apart by the names of what differs: what is in them would fill pages. */
function assertSame(is: object, was: object): void {
  const flat = (value: object) =>
    new Map(
      Object.entries(value).flatMap(([key, one]) =>
        typeof one === "object" && one !== null
          ? Object.entries(one).map(([name, text]) => [`${key} ${name}`, text] as const)
          : [[key, one] as const],
      ),
    );
  const [now, then] = [flat(is), flat(was)];
  assert.deepEqual(
    [...new Set([...now.keys(), ...then.keys()])].filter((key) => now.get(key) !== then.get(key)),
    [],
  );
}
