import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ansibleForTests, rendered } from "../support/ansible";

const TASKS = join(__dirname, "..", "..", "..", "ansible", "roles", "etcd_backup", "tasks", "install.yml");

describe("the service that backs up etcd", function () {
  this.timeout(600_000);
  const ansible = ansibleForTests();

  it("gets a proxy as it is, whatever systemd takes for words of its own", () => {
    const tasks = parse(readFileSync(TASKS, "utf8")) as Readonly<Record<string, { content?: string } | undefined>>[];
    const content = tasks.find(({ name }) => String(name) === "Write the service")?.["ansible.builtin.copy"]?.content ?? "";
    const variables = { kpaas_proxy_env: { https_proxy: 'http://me:50%25"\\@proxy:3128' } };
    const unit = rendered(ansible.python, content, variables);
    assert.deepEqual(/^Environment=.*$/m.exec(unit)?.[0], 'Environment="https_proxy=http://me:50%%25\\"\\\\@proxy:3128"');
  });
});
