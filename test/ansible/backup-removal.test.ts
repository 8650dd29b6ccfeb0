import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ansibleForTests } from "../support/ansible";
import { temporaryFolders } from "../support/temporary";

const ROLE = join(__dirname, "..", "..", "..", "ansible", "roles", "etcd_backup");

describe("backups that are made no more", function () {
  this.timeout(600_000);
  const folder = temporaryFolders();
  const ansible = ansibleForTests();

  it("leave no credentials on a host, also where there is no timer", () => {
    const root = folder();
    const role = join(root, "roles", "etcd_backup");
    cpSync(ROLE, role, { recursive: true });
    const tasks = join(role, "tasks", "remove.yml");
    // Of a host in a folder.
    writeFileSync(tasks, readFileSync(tasks, "utf8").replaceAll(/ (\/(?:etc|usr)\/)/g, ` ${root}$1`));
    mkdirSync(join(root, "etc", "kpaas"), { recursive: true });
    for (const name of ["backup.json", "backup.crt"]) writeFileSync(join(root, "etc", "kpaas", name), "");
    writeFileSync(
      join(root, "play.yml"),
      "- { hosts: localhost, gather_facts: false, tasks: [{ include_role: { name: etcd_backup, tasks_from: remove } }] }\n",
    );
    const { status, stdout } = spawnSync(
      join(dirname(ansible.python), "ansible-playbook"),
      ["-i", "localhost,", "-c", "local", "-e", `ansible_python_interpreter=${ansible.python}`, "play.yml"],
      { cwd: root, encoding: "utf8", env: { ...process.env, ANSIBLE_ROLES_PATH: join(root, "roles") } },
    );
    assert.equal(status, 0, stdout);
    assert.deepEqual(
      ["backup.json", "backup.crt"].filter((name) => existsSync(join(root, "etc", "kpaas", name))),
      [],
    );
  });
});
