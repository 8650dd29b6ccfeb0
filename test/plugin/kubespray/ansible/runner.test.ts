import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clearLeftovers, memoryFolder } from "../../../../host/temporary";
import { AnsibleRunner } from "../../../../plugin/kubespray/ansible/runner";
import { ansiblePython, localContext, playbookFolder, stepOf, Told, until } from "../../../support/ansible";
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
  "remove-node.yml": waits("gone"),
  "reset.yml": waits("reset"),
};

/** A playbook that waits for a file, then writes another. */
function waits(mark: string): string {
  return `
- name: Wait
  hosts: cp-1
  gather_facts: false
  tasks:
    - name: Begin
      copy: { dest: "{{ place }}/begun", content: "" }
    - name: Wait for a file
      wait_for: { path: "{{ place }}/go", timeout: 60, sleep: 1 }
    - name: Write another
      copy: { dest: "{{ place }}/${mark}", content: "" }
`;
}

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
    assert.match(told.of("line").at(0)?.text ?? "", /^1 of ~1150 tasks, .*: Fail and be ignored, about 12 min left$/);

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

  it("say why they did not begin", async () => {
    const { runner, tag } = project();
    writeFileSync(join(tag, "reset.yml"), "- hosts: [");
    await assert.rejects(
      runner.run(stepOf("reset"), localContext(python), () => undefined, never),
      /^Error: reset\.yml failed before any task did: ansible-playbook ended with 4\nThe whole log: /,
    );
  });

  it("are broken off where that is safe, and brought to their end where it is not", async () => {
    for (const [playbook, mark, ends] of [
      ["reset", "reset", false],
      ["remove-node", "gone", true],
    ] as const) {
      const { runner } = project();
      const place = folder();
      const controller = new AbortController();
      const told = new Told();
      const run = runner.run(stepOf(playbook), localContext(python, { place }), told.take, controller.signal);
      run.catch(() => undefined);
      await until(() => existsSync(join(place, "begun")));
      controller.abort(new Error("cancelled"));
      if (ends) {
        await until(() => told.of("line").some(({ text }) => /not safe to break off: it is finished first/.test(text)));
        writeFileSync(join(place, "go"), "");
        await run;
      } else await assert.rejects(run, /^Error: cancelled$/);
      assert.equal(existsSync(join(place, mark)), ends, playbook);
    }
  });

  it("do not go on unwatched when their process is killed, and the next one waits for what must end", async () => {
    for (const [playbook, mark, ends] of [
      ["reset", "reset", false],
      ["remove-node", "gone", true],
    ] as const) {
      const { root, tag, runner } = project();
      const place = folder();
      const context = localContext(python, { place });
      const owner = elsewhere({ root, tag, python, step: stepOf(playbook), context });
      await until(() => existsSync(join(place, "begun")));
      owner.kill("SIGKILL");
      const told = new Told();
      const next = runner.prepare(context.inventory, context, told.take, never);
      await until(() =>
        told.of("line").some(({ text }) => text.startsWith(`waiting for ${playbook}.yml, which an earlier command left running`)),
      );
      if (ends) writeFileSync(join(place, "go"), "");
      await next;
      assert.equal(existsSync(join(place, mark)), ends, playbook);
      const left = readdirSync(memoryFolder()).filter((name) => name.startsWith(`kpaas-run-${owner.pid}-`));
      assert.deepEqual(left, []);
    }
    clearLeftovers([]);
  });
});

/** A process of its own that runs a step. */
function elsewhere(run: { root: string; tag: string; python: string; step: unknown; context: unknown }): ChildProcess {
  const module = join(__dirname, "../../../../plugin/kubespray/ansible/runner.js");
  const program = `
    const { AnsibleRunner } = require(${JSON.stringify(module)});
    const { root, tag, python, step, context } = JSON.parse(process.argv[1]);
    const runner = new AnsibleRunner(root, { kubespray: async () => tag, python: async () => python });
    void runner.run(step, context, () => undefined, new AbortController().signal);`;
  return spawn(process.execPath, ["-e", program, JSON.stringify(run)], { stdio: "inherit" });
}
