import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { ansibleEnvironment } from "../../plugin/kubespray/ansible/settings";
import { ansibleForTests } from "../support/ansible";
import { temporaryFolders } from "../support/temporary";

const PLAYBOOK = join(__dirname, "..", "..", "..", "ansible", "playbooks", "etcd-restore.yml");

describe("a backup that is decrypted here", function () {
  this.timeout(600_000);
  const folder = temporaryFolders();
  const ansible = ansibleForTests();

  it("lies in the run's own folder, which the next command clears after a kill", () => {
    const root = folder();
    const [play] = parse(readFileSync(PLAYBOOK, "utf8")) as readonly { readonly tasks: readonly Readonly<Record<string, unknown>>[] }[];
    const makes = play?.tasks.find(({ register }) => register === "restore_folder")?.["ansible.builtin.tempfile"];
    const { path = "" } = (makes ?? {}) as { path?: string };
    const plays = [{ hosts: "localhost", gather_facts: false, tasks: [{ debug: { msg: `in=${path}=` } }] }];
    writeFileSync(join(root, "play.yml"), JSON.stringify(plays));
    writeFileSync(join(root, "ansible.cfg"), "");
    const { stdout } = spawnSync(join(dirname(ansible.python), "ansible-playbook"), ["-i", "localhost,", "play.yml"], {
      cwd: root,
      encoding: "utf8",
      env: ansibleEnvironment(join(root, "ansible.cfg")),
    });
    assert.equal(/in=(.*)=/.exec(stdout)?.[1], root, stdout);
  });
});
