// `npm run bench`: the budgets of the design beside what this machine measures now. Figures only; nothing fails because of them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { compileSteps } from "../../model/cluster/steps/compile";
import { planInventory } from "../../model/plan/cluster";
import { commandRow, startRow } from "./commands";
import { diffRow } from "./diff";
import { haFile, planOf } from "./fixtures";
import { fiftyRow, offlineRow, planRow, tenRow } from "./fleet";
import { resumeRow, runnerStepRow } from "./fleet-runner";
import { growthRows } from "./growth";
import { median, processorTime, type Row, runProcess, table, timed } from "./measure";
import { runnerRow } from "./runner";
import { serverRow } from "./server";

const root = join(__dirname, "..", "..", "..");
const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;

/** What can be measured, by the words a person may name: `npm run bench -- up load` measures what has one of them in its name. */
const ROWS: Readonly<Record<string, () => Promise<readonly Row[]> | readonly Row[]>> = {
  plan: planRows,
  fleet: async () => [await planRow(), await offlineRow(), await runnerStepRow(), await resumeRow()],
  ten: async () => [await tenRow()],
  fifty: async () => [await fiftyRow()],
  thousand: thousandRows,
  load: async () => [await loadRow()],
  types: async () => [await typeRow()],
  help: async () => [await commandRow("kpaas --help", ["--help"], 100)],
  check: async () => [await commandRow("kpaas check of one file", ["check", "environments/demo.yaml"], 200)],
  start: async () => [await startRow(root)],
  runner: async () => [await runnerRow()],
  server: async () => [await serverRow()],
  "preview up destroy": () => growthRows(root, process.argv.includes("--3000") ? 3000 : process.argv.includes("--200") ? 200 : 1000),
};

async function main(): Promise<void> {
  const words = process.argv.slice(2).filter((word) => !word.startsWith("-"));
  const chosen = Object.entries(ROWS).filter(([name]) => words.length === 0 || words.some((word) => name.split(" ").includes(word)));
  if (chosen.length === 0) throw new Error(`no row is named ${words.join(", ")}; there are ${Object.keys(ROWS).join(", ")}`);
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.versions.node}`);
  const load = (): string => (loadavg()[0] ?? 0).toFixed(1);
  const before = load();
  const rows: Row[] = [];
  for (const [, measure] of chosen) {
    const measured = await measure();
    rows.push(...measured);
    // A long run that ends early has told what it found.
    for (const row of measured) console.error(`${row.held ? "✓" : "✗"} ${row.what}: ${row.measured} (${row.budget})`);
  }
  console.log(`load ${before} before, ${load()} after\n\n${table(rows)}`);
  console.log("\nNot measured here: `npm test` prints its own time.");
}

function planRows(): Row[] {
  const plan = median(timed(20, () => planOf(haFile("bench", 3))));
  return [
    { what: "plan of one HA environment, in process (median of 20)", budget: "≤ 20 ms", measured: milliseconds(plan), held: plan <= 20 },
  ];
}

async function thousandRows(): Promise<Row[]> {
  const before = planOf(haFile("bench", 990));
  const after = planOf(haFile("bench", 1000));
  const inventory = median(timed(10, () => JSON.stringify(planInventory(after.cluster, after.machines))));
  const steps = median(timed(10, () => compileSteps(before.cluster, after.cluster)));
  return [
    { what: "inventory for 1,000 nodes (median of 10)", budget: "≤ 100 ms", measured: milliseconds(inventory), held: inventory <= 100 },
    {
      what: "cluster step compilation for 1,000 nodes (median of 10)",
      budget: "≤ 200 ms",
      measured: milliseconds(steps),
      held: steps <= 200,
    },
    await diffRow(before.cluster, after.cluster),
  ];
}

/** Loads the library's one-cloud program, and what such a program written by hand would load, in turn. */
async function loadRow(): Promise<Row> {
  const own = ["stacks/environment", "providers/openstack/infrastructure"].map(
    (path) => `require(${JSON.stringify(join(root, "dist", path))});`,
  );
  const sdks = JSON.parse((await runProcess(process.execPath, ["-e", `${own.join("")}${PRINT_SDKS}`], { cwd: root })).stdout) as string[];
  const bare = sdks.map((sdk) => `require(${JSON.stringify(sdk)});`);
  const fields = `require("${join(root, "dist/stacks/spec")}").planSpec("seoul", { infrastructure: { provider: "openstack" } });`;
  const time = (code: readonly string[]): Promise<number> => processorTime(["-e", `${code.join("")}process.exit();`], root);
  const [over, planned]: [number[], number[]] = [[], []];
  for (let run = 0; run < 8; run += 1) {
    const [with_, without, first] = [await time(own), await time(bare), await time([...own, fields])];
    if (run === 0) continue;
    over.push(with_ - without);
    planned.push(first - without);
  }
  return {
    what: "loading the library for one cloud, over its bare SDKs: processor time (median of 7 pairs)",
    budget: "≤ 100 ms",
    measured: `${milliseconds(median(over))}; with a first plan of fields ${milliseconds(median(planned))}`,
    held: median(over) <= 100,
  };
}

/** The files of SDKs that files of ours load. */
const PRINT_SDKS = `
  const own = Object.values(require.cache).filter(({ filename }) => !filename.includes("node_modules"));
  const loaded = own.flatMap(({ children }) => children.map(({ filename }) => filename));
  console.log(JSON.stringify([...new Set(loaded.filter((file) => file.includes("node_modules/@pulumi/")))]));`;

/** Type-checks a program of a user with one cloud. */
async function typeRow(): Promise<Row> {
  const folder = mkdtempSync(join(root, ".bench-"));
  try {
    writeFileSync(
      join(folder, "main.ts"),
      'import { Environment } from "../dist/stacks/environment";\nnew Environment("seoul", { infrastructure: { provider: "openstack" } });\n',
    );
    const options = {
      module: "nodenext",
      moduleResolution: "nodenext",
      target: "es2022",
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      types: ["node"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["main.ts"] }));
    const runs = [];
    for (let run = 0; run < 4; run += 1)
      runs.push(await runProcess(process.execPath, [join(root, "node_modules/typescript7/bin/tsc"), "-p", folder], { cwd: root }));
    const seconds = median(runs.slice(1).map((run) => run.milliseconds)) / 1000;
    const memory = Math.max(...runs.map((run) => run.peakMiB));
    return {
      what: "type-checking a one-cloud program (TypeScript 7, median of 3)",
      budget: "≤ 1 s, ≤ 350 MB",
      measured: `${seconds.toFixed(2)} s, ${memory.toFixed(0)} MB`,
      held: seconds <= 1 && memory <= 350,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
