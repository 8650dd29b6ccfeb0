import { type ChildProcess, spawn } from "node:child_process";
import { delimiter, dirname } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { CommandError, ConcurrentUpdateError, StackAlreadyExistsError, StackNotFoundError } from "@pulumi/pulumi/automation/errors";
import { waitAlike } from "../host/priority";
import { messageOf, type Progress } from "./events";
import type { Engine } from "./locate";
import { awaitAnswer } from "./watch";

/** What one run of the engine's command line gave. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export interface EngineCommandOptions {
  /** The whole environment of the engine and of the providers it starts. */
  readonly env: NodeJS.ProcessEnv;
  /** Aborted: the engine is asked to cancel, and is waited for. */
  readonly signal?: AbortSignal;
  /** Aborted: the engine is told to end at once, and is killed if it does not. */
  readonly forceSignal?: AbortSignal;
  /** Further options of an operation, which the Automation API does not know. */
  readonly operationOptions?: readonly string[];
  /** Told the number of each process that may take a lock in the backend. */
  readonly onStart?: (pid: number) => void;
  /** Told of what is waited for long. */
  readonly onProgress?: (event: Progress) => void;
  /** Told how the engine of an operation is ended at once, when it is started. */
  readonly onOperation?: (end: () => void) => void;
  /** Whether nobody but this user may read what the engine writes, whatever the process' umask. */
  readonly secret?: boolean;
}

/** How long an engine told to end at once may take. */
const FORCE_TIMEOUT_MS = 10_000;

/** How much of an error stream is kept. */
const KEPT_CHARACTERS = 64_000;

/** Operations tell everything as events: their printed output is thrown away instead of being collected in memory. */
const OPERATIONS = new Set(["preview", "up", "refresh", "destroy"]);

/** What takes no lock, by its first words. */
const READS = /^(preview|version|stack (export|output|ls|select)|config) /;

/**
 * Runs the engine for the Automation API in place of the API's own `PulumiCommand`, which differs in three ways that matter here: it adds to this process's
 * environment instead of replacing it (a sandbox must not see the user's credentials), keeps all printed output in memory, and leaves
 * the engine in the terminal's process group, where Ctrl-C would reach it twice and make it give up instead of cancelling.
 */
export class EngineCommand {
  readonly command: string;
  readonly version: PulumiCommand["version"];
  private readonly options: EngineCommandOptions;

  constructor(engine: Engine, version: PulumiCommand["version"], options: EngineCommandOptions) {
    this.command = engine.command;
    this.version = version;
    this.options = options;
  }

  /**
   * Called by the Automation API with the arguments of one command; throws its typed errors.
   * @param input what it reads; by default nothing, not even the end of a terminal
   */
  async run(args: readonly string[], cwd: string, additionalEnv: Readonly<Record<string, string>>, input?: string): Promise<CommandResult> {
    const { signal, forceSignal } = this.options;
    signal?.throwIfAborted();
    const env: NodeJS.ProcessEnv = { ...this.options.env, ...additionalEnv, PULUMI_AUTOMATION_API: "true" };
    // The language hosts and other bundled plugins lie beside the engine.
    const path = [dirname(this.command), env.PATH].filter(Boolean).join(delimiter);
    const collect = !OPERATIONS.has(args[0] ?? "");
    const own = collect ? [] : (this.options.operationOptions ?? []);
    const start = () =>
      spawn(this.command, [...args, ...own, ...(args.includes("--non-interactive") ? [] : ["--non-interactive"])], {
        cwd,
        env: { ...env, PATH: path },
        detached: true,
        stdio: [input === undefined ? "ignore" : "pipe", collect ? "pipe" : "ignore", "pipe"],
      });
    const child = this.options.secret === true ? withUmask(0o077, start) : start();
    waitAlike(child.pid);
    if (child.pid !== undefined && !READS.test(`${args.slice(0, 2).join(" ")} `)) this.options.onStart?.(child.pid);
    if (!collect) this.options.onOperation?.(() => endNow(child));
    const tell = (text: string) => this.options.onProgress?.(messageOf("warning", text));
    const awaited = collect ? awaitAnswer(args.slice(0, 2).join(" "), tell, () => endNow(child)) : undefined;
    // One that ends before it has read all says itself why.
    child.stdin?.on("error", () => undefined).end(input);
    // It has a process group of its own, so nothing else ends it when this process gives up waiting.
    const leaving = () => child.kill(forceSignal?.aborted ? "SIGKILL" : "SIGINT");
    process.once("exit", leaving);
    const unlisten = [onAbort(signal, () => child.kill("SIGINT")), onAbort(forceSignal, () => endNow(child))];
    try {
      return await result(child);
    } catch (error) {
      const unanswered = awaited?.done();
      throw unanswered === undefined ? error : new NoAnswerError(unanswered);
    } finally {
      awaited?.done();
      process.off("exit", leaving);
      for (const stop of unlisten) stop();
    }
  }
}

/** A process takes its umask from the one that starts it. */
function withUmask<T>(umask: number, start: () => T): T {
  const before = process.umask(umask);
  try {
    return start();
  } finally {
    process.umask(before);
  }
}

function onAbort(signal: AbortSignal | undefined, action: () => void): () => void {
  if (signal?.aborted) action();
  signal?.addEventListener("abort", action, { once: true });
  return () => signal?.removeEventListener("abort", action);
}

/** To the engine a second interrupt means: end now, leaving what is in flight. */
function endNow(child: ChildProcess): void {
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), FORCE_TIMEOUT_MS);
  child.once("close", () => clearTimeout(timer));
}

function result(child: ChildProcess): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-KEPT_CHARACTERS);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const panic = code === CRASHED ? PANIC.exec(stderr)?.[1] : undefined;
      if (code === 0) resolve({ stdout, stderr, code });
      else if (signal !== null) reject(new EngineKilledError(`was killed (${signal})`, "by somebody, or by the system for want of memory"));
      else if (panic !== undefined) reject(new EngineKilledError(`crashed (${panic})`, DEFECT));
      else reject(commandError(stderr.trim() === "" ? `error: the engine ended with code ${code} and said nothing` : stderr));
    });
  });
}

/** With what a program in Go ends that has met a defect of its own, and what it says then: a line, and pages of where it was. */
const CRASHED = 2;
const PANIC = /^(?:panic|fatal error): (.+)$[\s\S]*^goroutine \d+ \[/m;
const DEFECT = "a defect of its own, met where the backend refuses it in the middle of a write, say";

/** The engine did not end by itself: it was killed, or crashed. Nobody told what became of what was under way. */
export class EngineKilledError extends CommandError {
  constructor(
    readonly how: string,
    readonly why: string,
  ) {
    super(`error: the engine ${how}`);
    this.name = "EngineKilledError";
  }
}

/** The backend, or what secrets are encrypted by, did not answer in time. */
export class NoAnswerError extends CommandError {
  constructor(reason: string) {
    super(`error: ${reason}`);
    this.name = "NoAnswerError";
  }
}

/** The Automation API tells apart by class what the command line tells by words. */
function commandError(stderr: string): CommandError {
  if (/no stack named.*found/.test(stderr)) return new StackNotFoundError(stderr);
  if (/stack.*already exists/.test(stderr)) return new StackAlreadyExistsError(stderr);
  if (/the stack is currently locked by|\[409\] Conflict/.test(stderr)) return new ConcurrentUpdateError(stderr);
  return new CommandError(stderr);
}
