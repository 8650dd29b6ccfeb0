import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { deadPid } from "../support/processes";
import { filesIn } from "../support/project";
import { temporaryFolders } from "../support/temporary";

const DIST = join(__dirname, "..", "..");

describe("a private key", function () {
  this.timeout(120_000);
  const folder = temporaryFolders();

  /** `kpaas ssh` as far as it matters here, its `ssh` waiting; gives the process and where its temporary folders are. */
  async function session() {
    const root = folder();
    const temporary = join(root, "tmp");
    mkdirSync(temporary);
    writeFileSync(join(root, "ssh"), `#!/bin/sh\nexec sleep 60\n`);
    chmodSync(join(root, "ssh"), 0o755);
    const env = { ...process.env, TMPDIR: temporary, PATH: [root, process.env.PATH].join(delimiter) };
    const login = { user: "u", privateKey: "canary-key", machines: { m: { name: "m", roles: [], address: "10.0.0.1" } } };
    const script = `require("${DIST}/cli/ssh.js").runSsh({ env: process.env }, ${JSON.stringify(login)}, "${root}/known", "m", []).then(process.exit)`;
    const child = spawn(process.execPath, ["-e", script], { env, stdio: "ignore" });
    while (filesIn(temporary).length < 2) await pause(10);
    // Until ssh itself runs, nobody listens for a signal yet.
    while (spawnSync("pgrep", ["-P", String(child.pid)]).status !== 0) await pause(10);
    return { root, env, temporary, child };
  }

  for (const signal of ["SIGHUP", "SIGQUIT", "SIGTERM"] as const) {
    it(`goes when the command is ended by ${signal}`, async () => {
      const { child, temporary } = await session();
      child.kill(signal);
      await once(child, "close");
      assert.deepEqual(readdirSync(temporary), []);
    });
  }

  it("that a killed command left goes with the next command, as halves of files do, and what is not ours stays", async () => {
    const { child, root, env, temporary } = await session();
    const [waiting] = spawnSync("pgrep", ["-P", String(child.pid)], { encoding: "utf8" }).stdout.split("\n");
    child.kill("SIGKILL");
    await once(child, "close");
    process.kill(Number(waiting));
    assert.equal(filesIn(temporary).length, 2);
    const dead = await deadPid();
    for (const name of [`kpaas-init-${process.pid}-abcdef`, "kpaas-test-abc", `other-${dead}-abcdef`]) mkdirSync(join(temporary, name));
    mkdirSync(join(root, "environments"));
    mkdirSync(join(root, ".kpaas", "pending"), { recursive: true });
    for (const name of [`environments/x.lock.yaml.${dead}.0123abcd.tmp`, `.kpaas/pending/x.json.${dead}.0123abcd.tmp`])
      writeFileSync(join(root, name), "half");
    spawnSync(process.execPath, [join(DIST, "cli", "main.js"), "check"], { cwd: root, env });
    assert.deepEqual(readdirSync(temporary).sort(), [`kpaas-init-${process.pid}-abcdef`, "kpaas-test-abc", `other-${dead}-abcdef`].sort());
    assert.deepEqual([...filesIn(join(root, "environments")), ...filesIn(join(root, ".kpaas"))], []);
  });
});
