// What an environment's operations cost beside a bare Pulumi program of as many resources of the same kinds, at several sizes.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { haFile } from "./fixtures";
import { median, type ProcessRun, type Row, runProcess } from "./measure";

/** Workers by about how many resources the environment has then, and how many pairs are run. */
const SIZES = [
  { resources: 200, workers: 3, pairs: 3 },
  { resources: 1000, workers: 200, pairs: 1 },
  { resources: 3000, workers: 700, pairs: 1 },
] as const;

const OPERATIONS = ["preview", "up", "preview without changes", "destroy"] as const;
type Operation = (typeof OPERATIONS)[number];
type Runs = Record<Operation, { own: ProcessRun; bare: ProcessRun }[]>;

/** The rows of the sizes up to `largest` resources. */
export async function growthRows(root: string, largest: number): Promise<Row[]> {
  const rows: Row[] = [];
  const before: Partial<Record<Operation, number>> = {};
  for (const { resources, workers, pairs } of SIZES.filter((size) => size.resources <= largest)) {
    const runs: Runs = { preview: [], up: [], "preview without changes": [], destroy: [] };
    let count = 0;
    for (let pair = 0; pair < pairs; pair += 1) count = await runPair(root, workers, runs);
    for (const operation of OPERATIONS) rows.push(rowOf(operation, count, runs[operation], before));
    rows.push(memoryRow(count, runs));
    console.error(`${resources} resources: done, load ${loadavg()[0]?.toFixed(1)}`);
  }
  return rows;
}

/** All operations on an environment and, each in turn, on the bare program; gives the number of resources. */
async function runPair(root: string, workers: number, runs: Runs): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "kpaas-bench-"));
  const kinds = join(folder, "kinds.json");
  // The bare program has no cluster of its own: both meet the simulated API server.
  const options = { cwd: folder, env: { ...process.env, KPAAS_SANDBOX_SERVER: "simulated" } };
  const own = (...argv: string[]) => runProcess(process.execPath, [join(root, "dist/cli/main.js"), ...argv, "--sandbox"], options);
  const bare = (operation: string) => runProcess(process.execPath, [join(__dirname, "bare.js"), folder, kinds, operation], options);
  try {
    mkdirSync(join(folder, "environments"));
    writeFileSync(join(folder, "environments", "bench.yaml"), stringify(haFile("bench", workers)));
    const preview = await own("preview", "bench");
    const up = await own("up", "bench", "--yes");
    const counts = countsIn(join(folder, ".kpaas/sandbox/backend/.pulumi/stacks/kpaas/bench.json"));
    writeFileSync(kinds, JSON.stringify(counts));
    runs.preview.push({ own: preview, bare: await bare("preview") });
    runs.up.push({ own: up, bare: await bare("up") });
    runs["preview without changes"].push({ own: await own("preview", "bench"), bare: await bare("preview") });
    runs.destroy.push({ own: await own("destroy", "bench", "--yes"), bare: await bare("destroy") });
    return Object.values(counts).reduce((sum, one) => sum + one, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How many resources of each type are in a state. */
function countsIn(state: string): Record<string, number> {
  const { checkpoint }: { checkpoint: { latest: { resources: { type: string }[] } } } = JSON.parse(readFileSync(state, "utf8"));
  const counts: Record<string, number> = {};
  for (const { type } of checkpoint.latest.resources) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

function rowOf(operation: Operation, count: number, runs: Runs[Operation], before: Partial<Record<Operation, number>>): Row {
  const ratio = median(runs.map(({ own, bare }) => own.processorSeconds / bare.processorSeconds));
  const of = (side: "own" | "bare"): string => {
    const seconds = median(runs.map((run) => run[side].processorSeconds));
    return `${seconds.toFixed(1)} s, wall ${(median(runs.map((run) => run[side].milliseconds)) / 1000).toFixed(1)} s`;
  };
  const smaller = before[operation];
  before[operation] = ratio;
  return {
    what: `${operation}, ${count} resources, against a bare program of as many: processor time (median of ${runs.length} pairs)`,
    budget: smaller === undefined ? "≤ 1.3 ×" : `≤ 1.3 ×, and no more than ${smaller.toFixed(2)} ×`,
    measured: `${ratio.toFixed(2)} × (${of("own")} : ${of("bare")})`,
    // A tenth is within what two runs differ by.
    held: ratio <= 1.3 && (smaller === undefined || ratio <= smaller * 1.1),
  };
}

function memoryRow(count: number, runs: Runs): Row {
  const peaks: Record<string, number> = {};
  for (const { own } of Object.values(runs).flat())
    for (const [name, peak] of Object.entries(own.peaksMiB)) peaks[name] = Math.max(peaks[name] ?? 0, peak);
  const named = Object.entries(peaks).map(([name, peak]) => `${name} ${peak.toFixed(0)}`);
  return { what: `peak memory of each process, ${count} resources`, budget: "-", measured: `${named.join(", ")} MB`, held: true };
}
