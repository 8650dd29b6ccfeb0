import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ansiblePython, rendered } from "../support/ansible";
import { temporaryFolders } from "../support/temporary";

const TASKS = join(__dirname, "..", "..", "..", "ansible", "roles", "volumes", "tasks", "volume.yml");

describe("volumes that are mounted on hosts", function () {
  this.timeout(600_000);
  const folder = temporaryFolders();
  const tasks = parse(readFileSync(TASKS, "utf8")) as readonly Readonly<Record<string, unknown>>[];
  const at = (text: string): number => tasks.findIndex((task) => JSON.stringify(task).includes(text));

  it("change nothing before all that is somebody else's is refused", () => {
    const refusals = tasks.flatMap((task, index) => ("ansible.builtin.assert" in task ? [index] : []));
    const writing = ["mkfs.", '"path":"/etc/fstab"', '"state":"directory"', '"mount {{'].map(at);
    assert.ok(!writing.includes(-1));
    assert.ok(Math.max(...refusals) < Math.min(...writing), `${refusals} before ${writing}`);
  });

  it("are known again by whatever name of the disk the kernel tells", async function () {
    const python = (await ansiblePython()) ?? "";
    if (python === "") this.skip();
    const root = folder();
    mkdirSync(join(root, "bin"));
    writeFileSync(join(root, "dm-0"), "");
    // What device-mapper's disks are mounted as.
    symlinkSync("dm-0", join(root, "data-nfs"));
    const asks = tasks.find(({ name }) => name === "Ask what is mounted there") ?? {};
    const { cmd = "" } = (asks["ansible.builtin.shell"] ?? asks["ansible.builtin.command"]) as { cmd?: string };
    const told = (findmnt: string) => {
      writeFileSync(join(root, "bin", "findmnt"), `#!/bin/sh\n${findmnt}\n`);
      chmodSync(join(root, "bin", "findmnt"), 0o755);
      const { stdout, status } = spawnSync("bash", ["-c", rendered(python, cmd, { volume: { mount: "/data" } })], {
        encoding: "utf8",
        env: { ...process.env, PATH: `${root}/bin:${process.env.PATH}` },
      });
      return [status, stdout.trim()];
    };
    assert.deepEqual(told(`echo ${root}/data-nfs`), [0, realpathSync(join(root, "dm-0"))]);
    assert.deepEqual(told("exit 1"), [1, ""]);
    assert.deepEqual(told(`echo '${root}/data-nfs[/part]'`), [0, `${realpathSync(root)}/data-nfs[/part]`]);
  });
});
