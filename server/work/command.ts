import { execFile } from "node:child_process";

/** How a command has ended. */
export interface CommandEnd {
  readonly code: number | null;
  readonly printed: string;
}

const TIMEOUT_MS = 120_000;
const OUTPUT = 16 * 2 ** 20;

/** Runs a command of ours whose end is waited for. What it prints is in no file. */
export function commandOf(settings: { readonly main: string; readonly root: string; readonly sandbox: boolean }) {
  const { main, root, sandbox } = settings;
  return (words: readonly string[], env: NodeJS.ProcessEnv): Promise<CommandEnd> =>
    new Promise((resolve) => {
      const all = [main, ...words, ...(sandbox ? ["--sandbox"] : [])];
      const options = { cwd: root, env, timeout: TIMEOUT_MS, maxBuffer: OUTPUT, encoding: "utf8" } as const;
      const child = execFile(process.execPath, all, options, (_error, printed) => resolve({ code: child.exitCode, printed }));
    });
}
