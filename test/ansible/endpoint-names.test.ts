import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ansibleForTests, rendered } from "../support/ansible";
import { temporaryFolders } from "../support/temporary";

const TASKS = join(__dirname, "..", "..", "..", "ansible", "roles", "endpoint", "tasks", "names.yml");

type Task = Readonly<Record<string, unknown>>;

describe("a certificate that is made anew with other names", function () {
  this.timeout(600_000);
  const folder = temporaryFolders();
  const ansible = ansibleForTests();

  for (const fails of [true, false])
    it(`leaves no copy of the authority's key behind where kubeadm ${fails ? "fails" : "makes it"}`, () => {
      const root = folder();
      const [keys, made] = [join(root, "keys"), join(root, "made")];
      for (const each of [keys, made]) mkdirSync(each);
      for (const name of ["ca.crt", "ca.key", "apiserver.crt", "apiserver.key"]) writeFileSync(join(keys, name), `old ${name}`);
      writeFileSync(join(made, "kubeadm.yaml"), `certificatesDir: ${keys}\n`);
      const kubeadm = fails ? "exit 1" : `for name in crt key; do echo new >${made}/keys/apiserver.$name; done`;
      writeFileSync(join(root, "kubeadm"), `#!/bin/sh\n${kubeadm}\n`);
      chmodSync(join(root, "kubeadm"), 0o755);
      const tasks = (parse(readFileSync(TASKS, "utf8")) as Task[]).flatMap((task) => [task, ...((task.block as Task[] | undefined) ?? [])]);
      const { cmd = "" } = (tasks.find(({ name }) => name === "Make the certificate")?.["ansible.builtin.shell"] ?? {}) as { cmd?: string };
      const variables = { endpoint_cluster: { certificatesDir: keys }, endpoint_folder: { path: made }, endpoint_bin: root };
      const { status, stderr } = spawnSync("bash", ["-c", rendered(ansible.python, cmd, variables)], { encoding: "utf8" });
      assert.equal(status, fails ? 1 : 0, stderr);
      assert.ok(!existsSync(made));
      assert.equal(readFileSync(join(keys, "apiserver.key"), "utf8").trim(), fails ? "old apiserver.key" : "new");
      assert.ok(readdirSync(keys).includes("ca.key"));
    });
});
