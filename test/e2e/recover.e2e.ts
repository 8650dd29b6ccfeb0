import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { sandboxFolders } from "../../engine/sandbox";
import { stateFile } from "../../engine/state/copy";
import { engineForTests } from "../support/engine";
import { generator } from "../support/kill";
import { killAll } from "../support/processes";
import { filesIn } from "../support/project";
import { RemoteProject } from "../support/remote-project";

/** Everything of a simulated cloud and cluster, as it is stored. */
const worldOf = (root: string): string => sandboxFolders(root, "k").world;

/** The whole command on an environment whose state is lost, killed on its way. The tests are one story, in order. */
describe("kpaas state recover", function () {
  this.timeout(900_000);
  let project: RemoteProject;
  let key = "";
  const sandbox = ["--sandbox"];

  before(async function () {
    await engineForTests.call(this);
    project = new RemoteProject({ KPAAS_SANDBOX_SERVER: process.env.KPAAS_SANDBOX_SERVER ?? "simulated" });
    await project.run("up", "k", "--yes", ...sandbox);
    const { stdout } = await project.start("outputs", "k", "--show-secrets", "--json", ...sandbox).ended;
    key = join(project.root, "k.key");
    writeFileSync(key, JSON.parse(stdout).ssh.privateKey);
  });
  after(() => project?.remove());

  it("is refused where a state stands", async () => {
    const { code, output } = await project.start("state", "recover", "k", "--yes", ...sandbox).ended;
    assert.equal(code, 3, output);
    assert.match(output, /its state is not lost: the stack k holds resources/);
  });

  it("tells what it cannot be sure of, changes nothing, and keeps nothing", async () => {
    rmSync(stateFile(sandboxFolders(project.root, "k").backend, "kpaas", "k"));
    for (const name of ["states", "pending"]) rmSync(join(project.root, ".kpaas", name), { recursive: true, force: true });
    const before = filesBelow(worldOf(project.root));
    const { code, output } = await project.start("state", "recover", "k", "--yes", ...sandbox).ended;
    assert.equal(code, 3, output);
    assert.match(output, /keypair +Keypair +not found/);
    assert.deepEqual(filesBelow(worldOf(project.root)), before);
  });

  it("finds it with the key of the machines, killed on its way, and nothing changes after", async () => {
    const ids = join(project.root, "ids.yaml");
    writeFileSync(ids, JSON.stringify(serverGroups(worldOf(project.root))));
    const args = ["state", "recover", "k", "--ssh-key", key, "--ids", ids, "--yes", ...sandbox];
    const random = generator(Number(process.env.KPAAS_SEED ?? 1));
    for (let kill = 0; kill < 3; kill++) {
      const begun = project.start(...args);
      await pause(2_000 + random() * 15_000);
      killAll(begun.pid);
      const { code } = await begun.ended;
      if (code === 0) break;
    }
    const { code, output } = await project.start(...args).ended;
    // A recovery that had come to its end before the kill has left a state.
    assert.ok(code === 0 || /its state is not lost/.test(output), output);
    await project.run("up", "k", "--yes", ...sandbox);
    assert.match(await project.run("up", "k", "--yes", ...sandbox), /no changes/);
    assert.match(await project.run("destroy", "k", "--yes", ...sandbox), /destroyed/);
  });
});

/** What a person finds who looks for the server groups: the logical name ends as the name does. */
function serverGroups(world: string): Record<string, string> {
  const found = Object.entries(filesBelow(join(world, "openstack", "serverGroup"))).map(([, text]) => JSON.parse(text));
  return Object.fromEntries(found.map(({ name, id }) => [`k-infrastructure-group-${String(name).replace(/^k-/, "")}`, id]));
}

/** All files below a folder, with what is in them. */
function filesBelow(folder: string): Record<string, string> {
  return Object.fromEntries(filesIn(folder).map((path) => [path, readFileSync(path, "utf8")]));
}
