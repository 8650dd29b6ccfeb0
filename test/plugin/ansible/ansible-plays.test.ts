import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { ansiblePlays } from "../../../plugin/ansible/ansible-plays";
import type { PlaybookInputs } from "../../../plugin/ansible/inputs";
import type { PlaybookRun } from "../../../plugin/ansible/plays";
import { ansiblePython } from "../../support/ansible";
import { temporaryFolders } from "../../support/temporary";

const PLAYBOOK = `
- hosts: web
  gather_facts: false
  tasks:
    - name: Greet
      command: echo {{ greeting }} sudo-canary
      changed_when: false
    - name: Show it
      debug: { msg: "{{ greeting }} sudo-canary" }
`;

describe("A user's own playbook by Ansible", function () {
  this.timeout(600_000);
  const folder = temporaryFolders();
  let python = "";
  before(async () => {
    python = (await ansiblePython()) ?? "";
  });
  beforeEach(function () {
    if (python === "") this.skip();
  });
  const never = new AbortController().signal;

  function project(changes: Partial<PlaybookRun> = {}) {
    const root = folder();
    const path = join(root, "site.yml");
    writeFileSync(path, PLAYBOOK);
    const local = { ansible_connection: "local", ansible_python_interpreter: python };
    const inputs: PlaybookInputs = {
      playbook: "site.yml",
      hosts: { "web-1": { address: "127.0.0.1", groups: ["web"], variables: local } },
      variables: { greeting: "canary-variable" },
      ssh: { user: "ubuntu", privateKey: "canary-key", becomePassword: "sudo-canary" },
      secretValues: ["canary-variable"],
    };
    const run: PlaybookRun = { name: "motd", path, inputs, environment: "dev", check: false, ...changes };
    return { root, run, plays: ansiblePlays(root, undefined, async () => python) };
  }

  it("keeps a log for each stack, with nothing secret in it, until it is forgotten", async () => {
    const { root, run, plays } = project();
    await plays.run(run, () => undefined, never);
    const logs = join(root, ".kpaas", "playbooks", "dev", "motd", "logs");
    const [log = ""] = readdirSync(logs);
    const text = readFileSync(join(logs, log), "utf8");
    assert.match(text, /"msg": "\[secret\] \[secret\]"/);
    plays.forget(run);
    assert.ok(!existsSync(logs));
    assert.ok(existsSync(join(root, ".kpaas")));
  });

  it("stays in its folder, whatever it is called", async () => {
    const { root, run, plays } = project({ name: "../../../x" });
    await plays.run(run, () => undefined, never);
    assert.deepEqual(readdirSync(join(root, ".kpaas", "playbooks", "dev")).length, 1);
    plays.forget({ ...run, name: ".." });
    assert.deepEqual(readdirSync(join(root, ".kpaas", "playbooks", "dev")).length, 1);
  });

  it("waits for one that a killed command left running", async () => {
    const { root, run, plays } = project();
    const kept = join(root, ".kpaas", "playbooks", "dev", "motd");
    mkdirSync(kept, { recursive: true });
    const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 3_000)"]);
    writeFileSync(join(kept, "running.json"), JSON.stringify({ pid: other.pid, host: hostname(), step: "site.yml" }));
    const told: string[] = [];
    await plays.run(run, (line) => told.push(line), never);
    assert.match(told[0] ?? "", /^waiting for site\.yml, which an earlier command left running/);
    assert.notEqual(other.exitCode, null);
  });
});
