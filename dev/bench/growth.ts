// What an environment's operations cost beside a bare Pulumi program of as many resources of the same kinds, at several sizes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { locateEngine } from "../../engine/locate";
import { run } from "../../engine/run";
import { prepareSandbox, sandboxEnvironment, sandboxFolders } from "../../engine/sandbox";
import { writeWorld } from "../../engine/world";
import { haFile, planOf } from "./fixtures";
import { median, type ProcessRun, type Row, runProcess } from "./measure";

/** Workers by about how many resources the environment has then, and how many pairs are run. */
const SIZES = [
  { resources: 200, workers: 3, pairs: 3 },
  { resources: 1000, workers: 200, pairs: 3 },
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
    console.error(
      `${resources} resources: done, load ${loadavg()[0]?.toFixed(1)}; ${rows
        .slice(-OPERATIONS.length - 1)
        .map((row) => row.measured)
        .join("; ")}`,
    );
  }
  return rows;
}

/** All operations on an environment and, each in turn, on the bare program; gives the number of resources. */
async function runPair(root: string, workers: number, runs: Runs): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "kpaas-bench-"));
  // Both meet the simulated API server.
  const options = { cwd: folder, env: { ...process.env, KPAAS_SANDBOX_SERVER: "simulated" } };
  const own = (...argv: string[]) => runProcess(process.execPath, [join(root, "dist/cli/main.js"), ...argv, "--sandbox"], options);
  try {
    mkdirSync(join(folder, "environments"));
    writeFileSync(join(folder, "environments", "bench.yaml"), stringify(haFile("bench", workers)));
    const preview = await own("preview", "bench");
    const up = await own("up", "bench", "--yes");
    const { argv, env, count } = await bareProgram(folder, workers);
    const bare = (operation: string) => runProcess(process.execPath, [...argv, operation], { cwd: folder, env });
    runs.preview.push({ own: preview, bare: await bare("preview") });
    runs.up.push({ own: up, bare: await bare("up") });
    runs["preview without changes"].push({ own: await own("preview", "bench"), bare: await bare("preview") });
    runs.destroy.push({ own: await own("destroy", "bench", "--yes"), bare: await bare("destroy") });
    return count;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the bare program needs of a resource in a state. */
export interface Recorded {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly provider?: string;
  readonly deletedWith?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: { readonly address?: unknown };
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly ignoreChanges?: readonly string[];
}

/** How a bare program is run. */
interface Bare {
  readonly argv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The bare program of as many resources of the same kinds as the environment's stack holds, in a sandbox of its own; others may go beside it. */
export async function bareProgram(
  folder: string,
  workers: number,
  environment = "bench",
): Promise<Bare & { readonly count: number; beside(name: string): Bare }> {
  const engine = await locateEngine();
  const own = sandboxFolders(folder, environment);
  const exported = await run(engine.command, ["stack", "export", "--show-secrets", "--stack", environment], {
    cwd: own.project,
    env: sandboxEnvironment(own),
  });
  const { deployment }: { deployment: { resources: Recorded[] } } = JSON.parse(exported);
  const graph = join(folder, "graph.json");
  writeFileSync(graph, JSON.stringify(deployment.resources));
  const beside = (name: string): Bare => {
    const folders = prepareSandbox(folder, name);
    writeWorld(folders.world, planOf(haFile(environment, workers)));
    return {
      argv: [join(__dirname, "bare.js"), graph, folders.project, engine.root],
      env: { ...sandboxEnvironment(folders), KPAAS_SANDBOX_SERVER: "simulated" },
    };
  };
  return { ...beside("bare"), count: deployment.resources.length, beside };
}

function rowOf(operation: Operation, count: number, runs: Runs[Operation], before: Partial<Record<Operation, number>>): Row {
  const ratio = median(runs.map(({ own, bare }) => own.processorSeconds / bare.processorSeconds));
  const of = (side: "own" | "bare"): string => {
    const seconds = median(runs.map((run) => run[side].processorSeconds));
    return `${seconds.toFixed(1)} s, wall ${(median(runs.map((run) => run[side].milliseconds)) / 1000).toFixed(1)} s`;
  };
  // Fixed costs are below the bare program's: that they weigh less in a large environment is no growth, so 1 counts as the least.
  const smaller = before[operation];
  before[operation] = Math.max(1, ratio);
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
