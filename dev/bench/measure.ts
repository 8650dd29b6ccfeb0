import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

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

export interface ProcessRun {
  readonly milliseconds: number;
  /** The largest resident set seen, in MiB. */
  readonly peakMiB: number;
  readonly stdout: string;
}

/** Runs a process to its end, sampling its memory. Throws where it fails. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<ProcessRun> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr, peak] = ["", "", 0];
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const sampler = setInterval(() => {
      peak = Math.max(peak, residentKiB(child.pid));
    }, 20);
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(sampler);
      if (code === 0) resolve({ milliseconds: performance.now() - started, peakMiB: peak / 1024, stdout });
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${stderr.trim() || stdout.trim()}`));
    });
  });
}

/** The high-water mark of a process's memory where the system tells, else 0. */
function residentKiB(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch (error) {
    // The process has just ended, or this system has no /proc.
    if (error instanceof Error && "code" in error) return 0;
    throw error;
  }
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
