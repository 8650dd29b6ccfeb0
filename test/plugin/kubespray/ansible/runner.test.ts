import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { memoryFolder } from "../../../../host/temporary";
import { AnsibleRunner } from "../../../../plugin/kubespray/ansible/runner";
import { ansiblePython, localContext, playbookFolder, stepOf, Told } from "../../../support/ansible";
import { temporaryFolders } from "../../../support/temporary";

/** Plays a tag: what kubespray's playbooks do that matters to whoever runs them. */
const PLAYBOOKS = {
  "cluster.yml": `
- name: Look
  hosts: all
  gather_facts: false
  tasks:
    - name: Fail and be ignored
      command: "false"
      ignore_errors: true
    - name: Show variables
      debug:
        msg: "{{ [a_flag is sameas true, a_number | type_debug, a_list, apart, inventory_hostname, retries | type_debug] }}"
    - name: Print a secret in passing
      command: echo token abcdef.0123456789abcdef and {{ apart }} and {{ apart | b64encode }}
      changed_when: false
    - name: Rescue
      block:
        - name: Break
          fail: { msg: broken }
      rescue:
        - name: Mend
          debug: { msg: mended }
`,
  "scale.yml": `
- name: Join
  hosts: kube_node
  gather_facts: false
  tasks:
    - name: Look around
      debug: { msg: "{{ groups.kube_node }}" }
    - name: Start kubelet
      command: sh -c 'echo "kubelet says {{ apart }}" >&2; exit 3'
      when: inventory_hostname == "worker-1"
`,
};

describe("Playbooks by Ansible", function () {
  this.timeout(180_000);
  const folder = temporaryFolders();
  let python = "";
  before(async function () {
    this.timeout(600_000);
    python = (await ansiblePython()) ?? "";
    if (python === "") this.skip();
  });

  const never = new AbortController().signal;
  const runFolders = () => readdirSync(memoryFolder()).filter((name) => name.startsWith(`kpaas-run-${process.pid}-`));

  /** A project, with a tag that is played. */
  function project() {
    const root = folder();
    const tag = playbookFolder(folder(), PLAYBOOKS);
    const runner = new AnsibleRunner(root, { kubespray: async () => tag, python: async () => python });
    const logs = () => {
      const kept = join(root, ".kpaas", "clusters", "demo", "logs");
      return readdirSync(kept).map((name) => join(kept, name));
    };
    return { root, tag, runner, logs };
  }

  it("tells what they do, keeps types, masks secrets, and takes what is ignored or rescued for no failure", async () => {
    const { root, runner, logs } = project();
    const secret = 'can{{ary}} "quoted"';
    const variables = { a_flag: true, a_number: 7, a_list: ["x", 1], apart: secret };
    const context = localContext(python, variables, { secretVariables: ["apart"], secretValues: [secret] });
    const told = new Told();
    await runner.run(stepOf("cluster", { extraVars: { retries: 3 }, limit: ["cp-1", "worker-1"] }), context, told.take, never);

    const results = told.of("result").map(({ host, task, status }) => `${host} ${task} ${status}`);
    for (const host of ["cp-1", "worker-1"]) {
      for (const line of ["Fail and be ignored ignored", "Break failed", "Mend ok"]) assert.ok(results.includes(`${host} ${line}`), line);
    }
    assert.ok(results.every((line) => !line.startsWith("worker-2")));
    const [summary] = told.of("summary");
    assert.deepEqual(summary?.hosts["cp-1"], { ok: 4, changed: 1, unreachable: 0, failures: 0, skipped: 0, rescued: 1, ignored: 1 });
    assert.match(told.of("line").at(0)?.text ?? "", /^1 of ~1450 tasks, .*: Fail and be ignored, about 12 min left$/);

    const [log = ""] = logs();
    const text = readFileSync(log, "utf8");
    assert.equal(statSync(log).mode & 0o777, 0o600);
    assert.match(text, /true,\s+"int",\s+\[\s+"x",\s+1\s+\],\s+"\[secret\]",\s+"cp-1",\s+"int"/);
    assert.doesNotMatch(text + JSON.stringify(told.events), /can\{\{ary|abcdef\.0123|canary-key/);
    assert.doesNotMatch(text, new RegExp(Buffer.from(secret).toString("base64")));
    const kept = join(root, ".kpaas", "clusters", "demo");
    assert.equal(JSON.parse(readFileSync(join(kept, "durations.json"), "utf8")).cluster.tasks, 5);
    assert.deepEqual([runFolders(), existsSync(join(kept, "running.json"))], [[], false]);
  });

  it("names the task, the host and the reason first when they fail, and the log", async () => {
    const { runner, logs } = project();
    const context = localContext(python, { apart: "canary-secret" }, { secretVariables: ["apart"], secretValues: ["canary-secret"] });
    await assert.rejects(
      runner.run(stepOf("scale"), context, () => undefined, never),
      (error: Error) => {
        const [first, ...rest] = error.message.split("\n");
        assert.equal(first, 'scale.yml failed: "Start kubelet" on worker-1: non-zero return code');
        assert.deepEqual(rest, ["kubelet says [secret]", `The whole log: ${logs()[0]}`]);
        return true;
      },
    );
  });

  it("name what cannot be reached", async () => {
    const { runner } = project();
    const context = localContext(python, { ansible_connection: "ssh", apart: "" });
    const machines = { ...context.machines, "worker-1": { machineId: "1", dialAddress: "127.0.0.1", sshPort: 1 } };
    const run = runner.run(stepOf("scale", { limit: ["worker-1"] }), { ...context, machines }, () => undefined, never);
    await assert.rejects(run, /scale\.yml failed: worker-1 is unreachable \(at "Start kubelet"\): .*port 1: Connection refused/);
  });

  it("fail where no host is worked on", async () => {
    const { runner } = project();
    const run = runner.run(stepOf("scale", { limit: ["cp-1"] }), localContext(python, { apart: "" }), () => undefined, never);
    await assert.rejects(run, /scale\.yml did nothing: no host it is for is in the inventory and the limit/);
  });

  it("say why they did not begin", async () => {
    const { runner, tag } = project();
    writeFileSync(join(tag, "reset.yml"), "- hosts: [");
    await assert.rejects(
      runner.run(stepOf("reset"), localContext(python), () => undefined, never),
      /^Error: reset\.yml failed before any task did: ansible-playbook ended with 4\nThe whole log: /,
    );
  });
});
