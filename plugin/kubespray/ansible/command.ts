import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** How a program is run. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

/** Runs a program to its end and gives what it printed. @throws Error with what it said last where it failed, the signal's reason where aborted */
export async function command(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { maxBuffer: 2 ** 26, ...options });
    return stdout;
  } catch (error) {
    options.signal?.throwIfAborted();
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    const why = said === "" ? (error instanceof Error ? error.message : String(error)) : said.split("\n").slice(-5).join("\n");
    throw new Error(`${program} ${args[0] ?? ""} failed: ${why}`, { cause: error });
  }
}
