import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  /** What it wrote on either stream, as it came. */
  readonly output: string;
}

/** A command under way. */
export interface StartedCommand {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** What it has said so far. */
  said(): string;
}

/** Starts a command without a terminal, and collects what it says. */
export function startCommand(command: string, args: readonly string[], options: Pick<SpawnOptions, "cwd" | "env">): StartedCommand {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, output] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += text;
    output += text;
  });
  child.stderr.on("data", (text) => (output += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, output }));
  });
  return { child, pid: child.pid ?? 0, ended, said: () => output };
}
