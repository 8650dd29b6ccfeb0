// What whole processes of the command line take.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { median, processorTime, type Row, runProcess } from "./measure";

const demo = { name: "demo", infrastructure: { provider: "openstack" } };

/** A command that is over at once: its whole process, after one that fills the cache of what is compiled. */
export async function commandRow(what: string, argv: readonly string[], budget: number): Promise<Row> {
  return await inProject(async (project) => {
    const times: number[] = [];
    for (let run = 0; run < 10; run += 1) times.push(await processorTime([join(__dirname, "../../cli/main.js"), ...argv], project));
    const middle = median(times.slice(1));
    return {
      what: `${what}, whole process: processor time (median of 9)`,
      budget: `≤ ${budget} ms`,
      measured: `${middle.toFixed(0)} ms`,
      held: middle <= budget,
    };
  });
}

/** What `npm start` runs, from nothing but an installed tree and an engine. */
export async function startRow(root: string): Promise<Row> {
  return await inProject(async (project) => {
    const run = await runProcess(process.execPath, [join(root, "dev/start.mjs")], { cwd: project });
    const seconds = run.milliseconds / 1000;
    return {
      what: "npm start, warm",
      budget: "≤ 8 s",
      measured: `${seconds.toFixed(1)} s (${run.processorSeconds.toFixed(1)} s of processor time)`,
      held: seconds <= 8,
    };
  });
}

async function inProject(work: (project: string) => Promise<Row>): Promise<Row> {
  const project = mkdtempSync(join(tmpdir(), "kpaas-bench-"));
  try {
    mkdirSync(join(project, "environments"));
    writeFileSync(join(project, "environments", "demo.yaml"), stringify(demo));
    return await work(project);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}
