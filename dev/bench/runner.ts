import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AnsibleRunner } from "../../plugin/kubespray/ansible/runner";
import { ansiblePython, localContext, playbookFolder, stepOf } from "../../test/support/ansible";
import { median, type Row, runProcess } from "./measure";

const RUNS = 3;
const BUDGET = 3_000;

const PLAYBOOK = `
- hosts: all
  gather_facts: false
  tasks:
${Array.from({ length: 10 }, (_, index) => `    - { name: task ${index}, command: "true", changed_when: false }`).join("\n")}
`;

/** A playbook through our runner beside plain ansible-playbook, by turns, hosts being this machine. */
export async function runnerRow(): Promise<Row> {
  const what = "a playbook through our runner over plain ansible-playbook, local connection";
  const budget = "≤ 3 s more";
  const python = await ansiblePython();
  if (python === undefined) return { what, budget, measured: "no ansible-core here", held: false };
  const folder = mkdtempSync(join(tmpdir(), "kpaas-bench-runner-"));
  try {
    const tag = playbookFolder(folder, { "cluster.yml": PLAYBOOK });
    const context = localContext(python);
    const runner = new AnsibleRunner(folder, { kubespray: async () => tag, python: async () => python });
    const hosts = Object.keys(context.inventory.nodes).map((name) => [name, context.inventory.variables]);
    const inventory = join(folder, "hosts.json");
    writeFileSync(inventory, JSON.stringify({ all: { hosts: Object.fromEntries(hosts) } }));
    const [ours, plain]: [number[], number[]] = [[], []];
    for (let run = 0; run < RUNS; run++) {
      plain.push(
        (await runProcess(python, [join(python, "..", "ansible-playbook"), "-i", inventory, join(tag, "cluster.yml")])).milliseconds,
      );
      const started = performance.now();
      await runner.prepare(context.inventory, context, () => undefined, new AbortController().signal);
      await runner.run(stepOf("cluster"), context, () => undefined, new AbortController().signal);
      ours.push(performance.now() - started);
    }
    const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;
    const more = median(ours) - median(plain);
    return { what, budget, measured: `${seconds(more)} (${seconds(median(ours))} and ${seconds(median(plain))})`, held: more <= BUDGET };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
