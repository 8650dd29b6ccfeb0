import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clearLeftovers, memoryFolder } from "../../host/temporary";
import { AnsibleRunner } from "../../plugin/kubespray/ansible/runner";
import { ansiblePython, localContext, playbookFolder, stepOf, Told, until } from "../support/ansible";
import { temporaryFolders } from "../support/temporary";

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

const PLAYBOOKS = { "remove-node.yml": waits("gone"), "reset.yml": waits("reset") };

describe("Playbooks by Ansible that somebody ends", function () {
  this.timeout(180_000);
  const folder = temporaryFolders();
  let python = "";
  before(async function () {
    this.timeout(600_000);
    python = (await ansiblePython()) ?? "";
    if (python === "") this.skip();
  });

  const never = new AbortController().signal;

  /** A project, with a tag that is played. */
  function project() {
    const root = folder();
    const tag = playbookFolder(folder(), PLAYBOOKS);
    return { root, tag, runner: new AnsibleRunner(root, { kubespray: async () => tag, python: async () => python }) };
  }

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
  const module = join(__dirname, "../../plugin/kubespray/ansible/runner.js");
  const program = `
    const { AnsibleRunner } = require(${JSON.stringify(module)});
    const { root, tag, python, step, context } = JSON.parse(process.argv[1]);
    const runner = new AnsibleRunner(root, { kubespray: async () => tag, python: async () => python });
    void runner.run(step, context, () => undefined, new AbortController().signal);`;
  return spawn(process.execPath, ["-e", program, JSON.stringify(run)], { stdio: "inherit" });
}
