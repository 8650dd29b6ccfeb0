import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ansibleForTests, rendered } from "../support/ansible";
import { temporaryFolders } from "../support/temporary";

const TASKS = join(__dirname, "..", "..", "..", "ansible", "roles", "etcd_restore", "tasks", "nodes.yml");

describe("the pods' network of a node, after a restore of etcd", function () {
  this.timeout(600_000);
  const ansible = ansibleForTests();
  const temporary = temporaryFolders();

  interface Task {
    readonly name: string;
    readonly "ansible.builtin.shell"?: { readonly cmd: string };
  }
  /** What is called on a host on which flannel has the one network, where the snapshot gives the other. */
  const calls = (has: string | undefined, given: string): { readonly calls: string[]; readonly kept: boolean } => {
    const folder = temporary();
    const [told, subnet, bin] = [join(folder, "calls"), join(folder, "subnet.env"), join(folder, "bin")];
    mkdirSync(bin);
    writeFileSync(told, "");
    if (has !== undefined) writeFileSync(subnet, `FLANNEL_NETWORK=10.233.64.0/18\nFLANNEL_SUBNET=${has}\nFLANNEL_MTU=1450\n`);
    const answers: Readonly<Record<string, string>> = {
      crictl: `case "$1" in pods) printf 'own\\nhost\\n';; inspectp) [ "$2" = own ] || echo '  "network": "NODE"';; *) echo "crictl $*" >> ${told};; esac`,
      systemctl: `echo "systemctl $*" >> ${told}`,
      ip: `[ "$2" = delete ] || exit 0; echo "ip $*" >> ${told}`,
    };
    for (const [name, answer] of Object.entries(answers)) {
      writeFileSync(join(bin, name), `#!/bin/bash\n${answer}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const task = (parse(readFileSync(TASKS, "utf8")) as readonly Task[]).find(({ name }) => name.startsWith("Take away"));
    const script = rendered(ansible.python, task?.["ansible.builtin.shell"]?.cmd ?? "", {
      etcd_restore_network: { stdout: given },
      etcd_restore_flannel: subnet,
      etcd_restore_bin: bin,
    });
    execFileSync("bash", ["-c", script], { env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } });
    return { calls: readFileSync(told, "utf8").split("\n").slice(0, -1), kept: existsSync(subnet) };
  };
  const anew = ["systemctl stop kubelet.service", "crictl rmp --force own", "ip link delete cni0", "ip link delete flannel.1"];

  it("is made anew where the snapshot gives the node another one, or none yet", () => {
    for (const given of ["10.233.66.0/24", ""]) assert.deepEqual(calls("10.233.65.1/24", given), { calls: anew, kept: false }, given);
  });

  it("stays where it is the same, and where flannel is not", () => {
    assert.deepEqual(calls("10.233.65.1/24", "10.233.65.0/24"), { calls: [], kept: true });
    assert.deepEqual(calls(undefined, "10.233.65.0/24"), { calls: [], kept: false });
  });
});
