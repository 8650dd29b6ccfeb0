import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ansibleForTests, rendered } from "../support/ansible";

const PLAYBOOK = join(__dirname, "..", "..", "..", "ansible", "playbooks", "etcd-clients.yml");

describe("by which certificate API servers reach etcd", function () {
  this.timeout(600_000);
  const ansible = ansibleForTests();

  interface Task {
    readonly name: string;
    readonly vars?: Readonly<Record<string, string>>;
  }
  const manifest = (certificate: string, key: string): string =>
    `spec:\n  containers:\n  - command:\n    - --etcd-cafile=/etc/ssl/etcd/ssl/ca.pem\n    - --etcd-certfile=${certificate}\n    - --etcd-keyfile=${key}\n`;
  const used = (content: string): string => {
    const [play] = parse(readFileSync(PLAYBOOK, "utf8")) as readonly { readonly tasks: readonly Task[] }[];
    const wanted = play?.tasks.find(({ name }) => name === "Use it")?.vars?.clients_wanted ?? "";
    const clients_now = { content: Buffer.from(content).toString("base64") };
    return rendered(ansible.python, wanted, { clients_now, inventory_hostname: "cp-key-2" });
  };

  it("is the one of their own host, whosever kubeadm has named", () => {
    const own = manifest("/etc/ssl/etcd/ssl/node-cp-key-2.pem", "/etc/ssl/etcd/ssl/node-cp-key-2-key.pem");
    for (const host of ["cp-1", "cp-key", "cp-key-2"])
      assert.equal(used(manifest(`/etc/ssl/etcd/ssl/node-${host}.pem`, `/etc/ssl/etcd/ssl/node-${host}-key.pem`)).trim(), own.trim(), host);
  });

  it("stays kubeadm's own where etcd is", () => {
    const kubeadm = manifest("/etc/kubernetes/pki/apiserver-etcd-client.crt", "/etc/kubernetes/pki/apiserver-etcd-client.key");
    assert.equal(used(kubeadm).trim(), kubeadm.trim());
  });
});
