// What many environments cost together: planned, previewed and brought up as a fleet.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { formatLock } from "../../files/load";
import { sideBySide } from "../../fleet/side-by-side";
import { haFile, lockOf } from "./fixtures";
import { bareProgram } from "./growth";
import { median, processorTime, type Row, runProcess } from "./measure";

const MAIN = join(__dirname, "..", "..", "cli", "main.js");
/** What one engine, its program and its providers may take. */
const CHILD_MIB = 768;

/** Plans in memory alone, in a process of its own. */
export async function planRow(): Promise<Row> {
  const run = await runProcess(process.execPath, [join(__dirname, "fleet-plan.js")]);
  return {
    what: "plan of 200 environments in one process, its start included",
    budget: "≤ 2 s, ≤ 300 MB",
    measured: `${(run.milliseconds / 1000).toFixed(2)} s, ${run.peakMiB.toFixed(0)} MB`,
    held: run.milliseconds <= 2000 && run.peakMiB <= 300,
  };
}

/** The whole command over files and locks. */
export async function offlineRow(): Promise<Row> {
  return await inProject(200, true, async (root) => {
    const words = [MAIN, "fleet", "preview", "--offline", "--json"];
    const { peakMiB, milliseconds } = await runProcess(process.execPath, words, { cwd: root });
    const times: number[] = [];
    for (let run = 0; run < 3; run += 1) times.push((await processorTime(words, root)) / 1000);
    const seconds = median(times);
    return {
      what: "fleet preview --offline of 200 environments with locks, whole process: processor time (median of 3)",
      budget: "≤ 2 s, ≤ 300 MB",
      measured: `${seconds.toFixed(2)} s (wall ${(milliseconds / 1000).toFixed(2)} s), ${peakMiB.toFixed(0)} MB`,
      held: seconds <= 2 && peakMiB <= 300,
    };
  });
}

/** A fleet's `up` by a reviewed preview beside the same clusters' bare programs, each previewed and brought up, so many at once. */
export async function tenRow(): Promise<Row> {
  const clusters = 10;
  const most = 2 * availableParallelism();
  return await inProject(clusters, false, async (root, names) => {
    const options = { cwd: root, env: { ...process.env, KPAAS_SANDBOX_SERVER: "simulated" } };
    const fleet = (...words: string[]) =>
      runProcess(process.execPath, [MAIN, "fleet", ...words, "--sandbox", "--parallel", `${most}`], options);
    await fleet("preview", "--save", "preview.json", "--json");
    const own = await fleet("up", "--yes", "--plan", "preview.json");
    const graph = await bareProgram(root, 3, names[0]);
    const bares = names.map((name) => graph.beside(`bare-${name}`));
    const started = performance.now();
    let processorSeconds = 0;
    await sideBySide(bares, most, async ({ argv, env }) => {
      for (const operation of ["preview", "up"])
        processorSeconds += (await runProcess(process.execPath, [...argv, operation], { cwd: root, env })).processorSeconds;
    });
    const bare = performance.now() - started;
    const ratio = own.milliseconds / bare;
    return {
      what: `fleet up of ${clusters} reviewed environments in waves, ${most} at once, against their bare programs, as many at once`,
      budget: "≤ 1.3 ×",
      measured: `${ratio.toFixed(2)} × (${(own.milliseconds / 1000).toFixed(0)} s : ${(bare / 1000).toFixed(0)} s, ${graph.count} resources each; processor time ${own.processorSeconds.toFixed(0)} s : ${processorSeconds.toFixed(0)} s)`,
      held: ratio <= 1.3,
    };
  });
}

/** Many clusters previewed by one command. */
export async function fiftyRow(): Promise<Row> {
  const clusters = 50;
  return await inProject(clusters, false, async (root) => {
    const run = await runProcess(process.execPath, [MAIN, "fleet", "preview", "--sandbox", "--json"], {
      cwd: root,
      env: { ...process.env, KPAAS_SANDBOX_SERVER: "simulated" },
    });
    const most = 2 * availableParallelism();
    const budget = most * CHILD_MIB;
    return {
      what: `fleet preview of ${clusters} environments by the engine, at most ${most} at once: memory of all processes together`,
      budget: `≤ ${budget} MB`,
      measured: `${run.togetherMiB.toFixed(0)} MB, ${(run.milliseconds / 1000).toFixed(0)} s`,
      held: run.togetherMiB <= budget,
    };
  });
}

/** A project with a fleet of so many environments: one first, then the others. */
async function inProject(clusters: number, locks: boolean, work: (root: string, names: readonly string[]) => Promise<Row>): Promise<Row> {
  const root = mkdtempSync(join(tmpdir(), "kpaas-bench-"));
  try {
    const folder = join(root, "environments");
    mkdirSync(folder);
    const names = Array.from({ length: clusters }, (_, index) => `env-${index}`);
    for (const name of names) {
      const file = haFile(name, 3);
      writeFileSync(join(folder, `${name}.yaml`), stringify(file));
      if (locks) writeFileSync(join(folder, `${name}.lock.yaml`), formatLock(lockOf(file)));
    }
    const waves = [
      { name: "first", select: ["env-0", "env-1"] },
      { name: "rest", select: ["*"] },
    ];
    writeFileSync(join(folder, "fleet.yaml"), stringify({ name: "bench", environments: ["env-*"], waves }));
    return await work(root, names);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
