import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";

/** The oldest Node this program runs on: from it on, ES modules can be required. */
export const OLDEST_NODE = "22.12";

/** Whether a Node version, e.g. `24.21.0`, is new enough. */
export function runtimeIsSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldest = 0, from = 0] = OLDEST_NODE.split(".").map(Number);
  return major > oldest || (major === oldest && minor >= from);
}

/** The runtime that the npm package `node` installs, looked for in the folder's own and its ancestors' node_modules. */
export function findBundledRuntime(folder: string): string | undefined {
  for (let current = folder; ; current = dirname(current)) {
    const candidate = join(current, "node_modules", "node", "bin", "node");
    if (existsSync(candidate)) return candidate;
    if (dirname(current) === current) return undefined;
  }
}

/** Runs the same command line on the bundled runtime and passes its exit code on; says so and gives 1 where there is none. */
export async function runWithBundledRuntime(argv: readonly string[]): Promise<number> {
  const runtime = findBundledRuntime(__dirname);
  if (runtime === undefined) {
    process.stderr.write(
      `kpaas needs Node ${OLDEST_NODE} or newer, this is ${process.versions.node}: install a newer Node, or \`npm install node@24\` beside kpaas.\n`,
    );
    return 1;
  }
  const child = spawn(runtime, argv, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
