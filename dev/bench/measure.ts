import { spawn } from "node:child_process";
import { join } from "node:path";
import { type Usage, watchTree } from "./processes";

/** One row of the table: what was measured, what it may be, what it was. */
export interface Row {
  readonly what: string;
  readonly budget: string;
  readonly measured: string;
  readonly held: boolean;
}

/** The middle one of several values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Milliseconds of each of several runs in this process, after one that is not counted. */
export function timed(runs: number, work: () => unknown): number[] {
  work();
  return Array.from({ length: runs }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  });
}

export interface ProcessRun extends Usage {
  readonly milliseconds: number;
  /** The largest resident set of one process, in MiB. */
  readonly peakMiB: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a process to its end, watching it and all that it starts. Throws where it fails. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<ProcessRun> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const watched = watchTree(child.pid ?? 0);
    child.once("error", reject);
    child.once("close", (code) => {
      const usage = watched.stop();
      const peakMiB = Math.max(0, ...Object.values(usage.peaksMiB));
      if (code === 0) resolve({ milliseconds: performance.now() - started, peakMiB, stdout, stderr, ...usage });
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${(stderr.trim() || stdout.trim()).slice(-4000)}`));
    });
  });
}

/** The processor time of a Node process of its own, in milliseconds; unlike the clock, it is nearly the same on a busy machine. */
export async function processorTime(args: readonly string[], cwd: string): Promise<number> {
  const { stderr } = await runProcess(process.execPath, ["--require", join(__dirname, "probe.js"), ...args], { cwd });
  return Number(stderr.trim().split("\n").at(-1));
}

/** The table as plain text. */
export function table(rows: readonly Row[]): string {
  const cells = [["", "what", "budget", "measured"], ...rows.map((row) => [row.held ? "✓" : "✗", row.what, row.budget, row.measured])];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
