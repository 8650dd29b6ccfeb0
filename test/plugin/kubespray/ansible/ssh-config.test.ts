import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clearLeftovers, HOLDER, memoryFolder } from "../../../../host/temporary";
import { type RunFolder, type SshTarget, withRunFolder } from "../../../../plugin/kubespray/ansible/ssh-config";
import { temporaryFolders } from "../../../support/temporary";

describe("the SSH configuration of a run", () => {
  const folder = temporaryFolders();
  before(function () {
    if (spawnSync("ssh", ["-V"]).error !== undefined) this.skip();
  });

  const target = (changes: Partial<SshTarget> = {}): SshTarget => ({
    root: folder(),
    environment: "seoul",
    ssh: { user: "ubuntu", privateKey: "canary-key\n" },
    machines: {
      "cp-1": { machineId: "1", dialAddress: "10.20.0.11" },
      "worker-1": { machineId: "2", dialAddress: "10.20.0.21", sshUser: "admin", sshPort: 2222 },
    },
    ...changes,
  });

  /** What OpenSSH itself makes of it, by option. */
  function options(run: RunFolder, name: string): Map<string, string> {
    const { stdout, stderr, status } = spawnSync("ssh", ["-G", "-F", run.sshConfig, name], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return new Map(stdout.split("\n").map((line) => [line.split(" ", 1)[0] ?? "", line.slice(line.indexOf(" ") + 1)]));
  }

  it("checks host keys under the machines' names, shares connections and asks nobody", async () => {
    const asked = target();
    await withRunFolder(asked, async (run) => {
      const found = options(run, "cp-1");
      const expected = {
        ...{ hostname: "10.20.0.11", user: "ubuntu", port: "22", hostkeyalias: "cp-1", batchmode: "yes", identitiesonly: "yes" },
        ...{ stricthostkeychecking: "accept-new", globalknownhostsfile: "/dev/null", controlmaster: "auto", checkhostip: "no" },
        userknownhostsfile: join(asked.root, ".kpaas", "known_hosts", "seoul"),
        identityfile: join(run.path, "key"),
      };
      for (const [name, value] of Object.entries(expected)) assert.equal(found.get(name), value, name);
      assert.equal(found.has("proxyjump"), false);
      assert.notEqual(found.get("controlpath"), options(run, "worker-1").get("controlpath"));
      // With what OpenSSH adds while it makes a socket, its path must be below 104 bytes.
      assert.ok((found.get("controlpath") ?? "").length < 80);
    });
  });

  it("takes a node's own user and port", async () => {
    await withRunFolder(target(), async (run) => {
      const found = options(run, "worker-1");
      assert.deepEqual([found.get("user"), found.get("port"), found.get("hostname")], ["admin", "2222", "10.20.0.21"]);
    });
  });

  it("leads every node through the bastion, and the bastion directly", async () => {
    const bastion = { address: "203.0.113.9", user: "jump", port: 2200, name: "bastion-g2" };
    await withRunFolder(target({ ssh: { user: "ubuntu", privateKey: "k", bastion } }), async (run) => {
      assert.equal(options(run, "cp-1").get("proxyjump"), "bastion-g2");
      const found = options(run, "bastion-g2");
      assert.deepEqual(
        ["hostname", "user", "port", "hostkeyalias", "proxyjump"].map((name) => found.get(name)),
        ["203.0.113.9", "jump", "2200", "bastion-g2", undefined],
      );
    });
  });

  it("uses the agent's keys where there is no other, and both where both are wanted", async () => {
    await withRunFolder(target({ ssh: { user: "u", agent: true } }), async (run) => {
      assert.equal(options(run, "cp-1").get("identitiesonly"), "no");
      assert.equal(existsSync(join(run.path, "key")), false);
    });
    await withRunFolder(target({ ssh: { user: "u", agent: true, privateKey: "k" } }), async (run) => {
      assert.deepEqual(
        [options(run, "cp-1").get("identitiesonly"), options(run, "cp-1").get("identityfile")],
        ["no", join(run.path, "key")],
      );
    });
  });

  it("keeps the key in memory, for this user alone, while the run lasts", async () => {
    const path = await withRunFolder(target(), async (run) => {
      assert.ok(run.path.startsWith(memoryFolder()));
      assert.equal(readFileSync(join(run.path, "key"), "utf8"), "canary-key\n");
      for (const name of readdirSync(run.path)) assert.equal(statSync(join(run.path, name)).mode & 0o077, 0, name);
      return run.path;
    });
    assert.equal(existsSync(path), false);
  });

  it("is cleared by the next command where its process was killed, unless another one holds it", () => {
    const gone = spawnSync("true").pid;
    const long = new Date(Date.now() - 60_000);
    const [left, held] = ["left", "held"].map((name) => join(memoryFolder(), `kpaas-run-${gone}-${name}`)) as [string, string];
    for (const path of [left, held]) mkdirSync(path, { mode: 0o700 });
    writeFileSync(join(held, HOLDER), String(process.pid));
    try {
      for (const path of [left, held]) utimesSync(path, long, long);
      clearLeftovers([]);
      assert.deepEqual([existsSync(left), existsSync(held)], [false, true]);
    } finally {
      writeFileSync(join(held, HOLDER), String(gone));
      clearLeftovers([]);
    }
    assert.equal(existsSync(held), false);
  });
});
