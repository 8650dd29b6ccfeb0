// `npm run bench`: the budgets of the design beside what this machine measures now. Figures only; nothing fails because of them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { compileSteps } from "../../model/cluster/steps";
import { planInventory } from "../../model/plan/cluster";
import { engineRows } from "./engine";
import { haFile, planOf } from "./fixtures";
import { median, type Row, runProcess, table, timed } from "./measure";

const root = join(__dirname, "..", "..", "..");
const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;

async function main(): Promise<void> {
  console.log(`${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.versions.node}\n`);
  const rows: Row[] = [...planRows(), await fleetRow(), ...thousandRows(), await loadRow(), await typeRow(), ...(await engineRows(root))];
  console.log(table(rows));
  console.log("\nNot measured here: fleet rows (no fleet yet); `npm test` prints its own time.");
}

function planRows(): Row[] {
  const plan = median(timed(20, () => planOf(haFile("bench", 3))));
  return [
    { what: "plan of one HA environment, in process (median of 20)", budget: "≤ 20 ms", measured: milliseconds(plan), held: plan <= 20 },
  ];
}

async function fleetRow(): Promise<Row> {
  const run = await runProcess(process.execPath, [join(__dirname, "fleet-plan.js")]);
  return {
    what: "plan of 200 environments in one process, its start included",
    budget: "≤ 2 s, ≤ 300 MB",
    measured: `${(run.milliseconds / 1000).toFixed(2)} s, ${run.peakMiB.toFixed(0)} MB`,
    held: run.milliseconds <= 2000 && run.peakMiB <= 300,
  };
}

function thousandRows(): Row[] {
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
  ];
}

/** Loads the library's one-cloud program, and what such a program written by hand would load, in turn. */
async function loadRow(): Promise<Row> {
  const sdks = [
    "@pulumi/openstack/compute/instance",
    "@pulumi/openstack/networking/port",
    "@pulumi/tls",
    "@pulumi/random",
    "@pulumi/kubernetes/helm/v3/release",
    "@pulumi/kubernetes/apps/v1/statefulSet",
    "@pulumi/kubernetes/provider",
  ];
  const bare = sdks.map((sdk) => `require(${JSON.stringify(sdk)});`).join("");
  const ours = `require(${JSON.stringify(join(root, "dist/stacks/program"))});require(${JSON.stringify(join(root, "dist/providers/openstack/infrastructure"))});`;
  const differences: number[] = [];
  for (let run = 0; run < 7; run += 1) {
    const [a, b] = [
      await runProcess(process.execPath, ["-e", ours], { cwd: root }),
      await runProcess(process.execPath, ["-e", bare], { cwd: root }),
    ];
    if (run > 0) differences.push(a.milliseconds - b.milliseconds);
  }
  const over = median(differences);
  return {
    what: "loading the library for one cloud, over its bare SDKs (median of 6 pairs)",
    budget: "≤ 100 ms",
    measured: milliseconds(over),
    held: over <= 100,
  };
}

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
