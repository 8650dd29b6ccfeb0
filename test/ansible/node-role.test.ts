import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ansibleForTests } from "../support/ansible";
import { temporaryFolders } from "../support/temporary";

const ROLES = join(__dirname, "..", "..", "..", "ansible", "roles");

/** Who is what, with all hosts on this machine. */
const INVENTORY = `
[kube_control_plane]
cp-1
[etcd]
etcd-1
[k8s_cluster:children]
kube_control_plane
`;

/** What reboots and patches do around their own work. */
const PLAY = `
- hosts: all
  gather_facts: false
  tasks:
    - { include_role: { name: node, tasks_from: drain } }
    - { include_role: { name: node, tasks_from: ready } }
    - { include_role: { name: node, tasks_from: uncordon } }
`;

/** Knows one node, and notes what it is asked. */
const KUBECTL = `#!/bin/sh
echo "kubectl $*" >>"$(dirname "$0")/asked"
case "$*" in *cp-1*) ;; *) echo 'nodes not found' >&2; exit 1;; esac
case "$*" in *drained*-o*|*-o*drained*) printf true;; esac
`;

const SYSTEMCTL = `#!/bin/sh
echo "systemctl $*" >>"$(dirname "$0")/asked"
echo active
`;

describe("a host that is taken out of service and given back", function () {
  this.timeout(600_000);
  const folder = temporaryFolders();
  const ansible = ansibleForTests();

  it("is asked of Kubernetes where it is a node, and of etcd where it is etcd's alone", () => {
    const root = folder();
    const bin = join(root, "bin");
    mkdirSync(bin);
    for (const [name, text] of Object.entries({ kubectl: KUBECTL, systemctl: SYSTEMCTL })) {
      writeFileSync(join(bin, name), text);
      chmodSync(join(bin, name), 0o755);
    }
    writeFileSync(join(root, "hosts"), INVENTORY);
    writeFileSync(join(root, "play.yml"), PLAY);
    const variables = { ansible_connection: "local", ansible_python_interpreter: ansible.python, bin_dir: bin };
    const { status, stdout } = spawnSync(
      join(dirname(ansible.python), "ansible-playbook"),
      ["-i", "hosts", "play.yml", "-e", JSON.stringify(variables)],
      { cwd: root, encoding: "utf8", env: { ...process.env, ANSIBLE_ROLES_PATH: ROLES, PATH: `${bin}:${process.env.PATH}` } },
    );
    assert.equal(status, 0, stdout);
    const asked = readFileSync(join(bin, "asked"), "utf8").trim().split("\n");
    assert.deepEqual(
      asked.filter((line) => line.includes("etcd-1")),
      [],
    );
    assert.equal(asked.filter((line) => /^kubectl .* drain cp-1 /.test(line)).length, 1);
    assert.equal(asked.filter((line) => /^kubectl .* uncordon cp-1$/.test(line)).length, 1);
    assert.deepEqual(
      asked.filter((line) => line.startsWith("systemctl")),
      ["systemctl is-active etcd.service"],
    );
  });
});
