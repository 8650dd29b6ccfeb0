import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ansibleForTests } from "../support/ansible";
import { temporaryFolders } from "../support/temporary";

const PLAYBOOK = join(__dirname, "..", "..", "..", "ansible", "playbooks", "registry-trust.yml");
const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

describe("whom a host's runtime trusts where it pulls images", function () {
  this.timeout(600_000);
  const folder = temporaryFolders();
  const ansible = ansibleForTests();

  it("is written for both runtimes, stays as it is, and goes with the registry; what others wrote stays", () => {
    const root = folder();
    const runtimes = ["containerd", "containers"].map((each) => join(root, each));
    // One of the two is there already, with a file of somebody's.
    mkdirSync(join(runtimes[1] ?? "", "harbor.example.org"), { recursive: true });
    const theirs = join(runtimes[1] ?? "", "harbor.example.org", "theirs.crt");
    writeFileSync(theirs, "");
    const run = (trust: object): string => {
      const variables = { kpaas_registry_trust: trust, registry_folders: runtimes, ansible_become: false };
      const { status, stdout, stderr } = spawnSync(
        join(dirname(ansible.python), "ansible-playbook"),
        [
          "-i",
          "localhost,",
          "-c",
          "local",
          "-e",
          `ansible_python_interpreter=${ansible.python}`,
          "-e",
          JSON.stringify(variables),
          PLAYBOOK,
        ],
        { cwd: root, encoding: "utf8" },
      );
      assert.equal(status, 0, `${stdout}${stderr}`);
      return /changed=(\d+)/.exec(stdout)?.[1] ?? "";
    };
    const files = runtimes.map((each) => join(each, "harbor.example.org", "kpaas.crt"));
    const trust = { "harbor.example.org": PEM };
    assert.notEqual(run(trust), "0");
    assert.deepEqual(
      files.map((file) => readFileSync(file, "utf8")),
      [PEM, PEM],
    );
    assert.equal(run(trust), "0");
    run({});
    assert.deepEqual([...files, theirs].map(existsSync), [false, false, true]);
  });
});
