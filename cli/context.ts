import { createColors } from "picocolors";
import { type Modules, modules } from "./modules";
import type { Attempt } from "./next";
import type { Sink } from "./sink";
import type { Typed } from "./typed";

/** What of picocolors the output uses. */
export type Colors = Pick<ReturnType<typeof createColors>, "bold" | "dim" | "red" | "green" | "yellow" | "cyan">;

/** Everything a command knows of the world outside. */
export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Data. */
  readonly stdout: Sink;
  /** Progress, questions and problems. */
  readonly stderr: Sink;
  /** Asks on the terminal and gives the answer; undefined where there is nobody to ask. */
  readonly ask?: (question: string) => Promise<string>;
  /** Aborted when something could not be written: nobody reads it any more, or a disk is full. */
  readonly lost?: AbortSignal;
  readonly modules: Modules;
  /** What makes of a command that a text names the one that has to be typed here. */
  readonly typed?: Pick<Typed, "command" | "text">;
  /** Told what the next command needs of this one. */
  readonly remember?: (known: Pick<Attempt, "approvals">) => void;
}

/** The context of the running process. */
export function processContext({ stdout, stderr, lost }: Required<Pick<Context, "stdout" | "stderr" | "lost">>): Context {
  const interactive = process.stdin.isTTY === true && process.stderr.isTTY === true;
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout,
    stderr,
    lost,
    ...(interactive ? { ask: askOnTerminal } : {}),
    modules,
  };
}

async function askOnTerminal(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const aborted = new AbortController();
  terminal.once("SIGINT", () => aborted.abort());
  terminal.once("close", () => aborted.abort());
  try {
    return await terminal.question(question, { signal: aborted.signal });
  } catch (error) {
    if (!aborted.signal.aborted) throw error;
    return "";
  } finally {
    terminal.close();
  }
}

/** Colours for a sink: none without a terminal, with NO_COLOR set, or on a dumb terminal. */
export function colorsFor(sink: Sink, env: Context["env"]): Colors {
  return createColors(sink.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb");
}

/** How many columns a sink's text may take; as many as it likes without a terminal. */
export function widthOf(sink: Sink): number {
  return sink.isTTY === true ? sink.columns || 80 : Number.POSITIVE_INFINITY;
}

/** Writes lines to a sink. */
export function writeLines(sink: Sink, lines: readonly string[]): void {
  if (lines.length > 0) sink.write(`${lines.join("\n")}\n`);
}

/** Writes data as JSON to standard output. */
export function writeJson(context: Context, data: unknown): void {
  context.stdout.write(`${JSON.stringify(data, undefined, 2)}\n`);
}

/** Calls `action` when the command's output is lost, at once where it is already; gives what undoes that. */
export function whenLost({ lost }: Context, action: () => void): () => void {
  if (lost?.aborted) action();
  lost?.addEventListener("abort", action, { once: true });
  return () => lost?.removeEventListener("abort", action);
}
