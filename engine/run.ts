import { spawn } from "node:child_process";
import { waitAlike } from "../host/priority";

export interface RunCommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Milliseconds after which it is killed. */
  readonly timeout?: number;
  /** Called with every complete line of the standard error stream. */
  readonly onErrorLine?: (line: string) => void;
}

/** How much of an error stream an error message keeps. */
const KEPT_CHARACTERS = 4_000;

/**
 * Runs a command to its end and returns its standard output. Aborting `signal` kills it with all it started.
 * @throws Error with the end of the command's error stream when it fails, an abort error when it was aborted.
 */
export function run(command: string, args: readonly string[], options: RunCommandOptions = {}): Promise<string> {
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    // A process group of its own, so that compilers started by it end with it.
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    waitAlike(child.pid);
    const kill = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
      }
    };
    const timer = options.timeout === undefined ? undefined : setTimeout(kill, options.timeout);
    options.signal?.addEventListener("abort", kill);
    let output = "";
    let errors = "";
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-KEPT_CHARACTERS);
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      if (options.onErrorLine) lines.forEach(options.onErrorLine);
    });
    const ended = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", kill);
    };
    child.on("error", (error) => {
      ended();
      reject(error);
    });
    child.on("close", (code, signal) => {
      ended();
      if (code === 0) resolve(output);
      else if (options.signal?.aborted) reject(options.signal.reason);
      else reject(new Error(`${command} ${signal === null ? `ended with code ${code}` : `was ended by ${signal}`}: ${errors.trim()}`));
    });
  });
}
