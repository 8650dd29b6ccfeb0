import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";

/** How a command on a host ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Given to the command on its standard input. */
  readonly input?: string;
  /** @default 60_000 */
  readonly timeoutMs?: number;
  /** Run as root. @default false */
  readonly become?: boolean;
  readonly signal?: AbortSignal;
}

/** Commands on hosts by the names of their nodes. */
export interface RemoteHosts {
  /**
   * Runs a POSIX shell script to its end. It may be seen in the host's list of processes: secrets go into `input`.
   * @throws HostUnreachable where the host does not answer in time, or does not let us in
   */
  run(node: string, script: string, options?: CommandOptions): Promise<CommandResult>;
}

/** A host that did not answer, or not to us. */
export class HostUnreachable extends Error {
  override readonly name = "HostUnreachable";
  constructor(
    readonly node: string,
    readonly reason: string,
  ) {
    super(`${node} is unreachable: ${reason}`);
  }
}

/** A command that ended with another code than 0. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  constructor(
    readonly node: string,
    readonly result: CommandResult,
  ) {
    super(`${node}: ${lastLines(result.stderr) || `the command ended with code ${result.code}`}`);
  }
}

/** What OpenSSH's client says when it could not run the command. */
const SSH_FAILED = 255;
const DEFAULT_TIMEOUT_MS = 60_000;

export interface OpenSshOptions {
  /** The file that says how each node is reached. */
  readonly config: string;
  /** What sudo asks for; absent where it asks for nothing. */
  readonly becomePassword?: string;
  /** The client. @default `ssh` */
  readonly client?: string;
}

/** Commands on hosts by OpenSSH's client, one connection for all commands to a host where the configuration says so. */
export class OpenSshHosts implements RemoteHosts {
  constructor(private readonly options: OpenSshOptions) {}

  async run(node: string, script: string, options: CommandOptions = {}): Promise<CommandResult> {
    const { config, client = "ssh", becomePassword } = this.options;
    const mark = randomUUID();
    // sudo may or may not read the password; whatever is before the mark is not the command's.
    const marked = `while IFS= read -r line && [ "$line" != ${mark} ]; do :; done\n${script}`;
    const asRoot = `if [ "$(id -u)" -eq 0 ]; then exec sh -c ${shellWord(marked)}; else exec sudo ${becomePassword === undefined ? "-n" : "-S -p ''"} -- sh -c ${shellWord(marked)}; fi`;
    const command = `exec sh -c ${shellWord(options.become ? asRoot : script)}`;
    const preamble = options.become ? `${becomePassword === undefined ? "" : `${becomePassword}\n`}${mark}\n` : "";
    const result = await spawned(client, ["-F", config, node, command], `${preamble}${options.input ?? ""}`, options);
    if (result.timedOut)
      throw new HostUnreachable(node, `no answer within ${Math.round((options.timeoutMs ?? DEFAULT_TIMEOUT_MS) / 1_000)} s`);
    if (result.code === SSH_FAILED) throw new HostUnreachable(node, refusalIn(result.stderr));
    return result;
  }
}

/** Runs a script that must succeed, and gives what it printed. @throws HostUnreachable, CommandFailed */
export async function printed(hosts: RemoteHosts, node: string, script: string, options?: CommandOptions): Promise<string> {
  const result = await hosts.run(node, script, options);
  if (result.code !== 0) throw new CommandFailed(node, result);
  return result.stdout;
}

/** How many hosts are spoken to at once: each is a process of the client's and a connection through the bastion. */
const PARALLEL = 16;

/** What a question to each host gave: its answer, or why there is none. */
export interface Asked<T> {
  readonly answers: ReadonlyMap<string, T>;
  readonly failures: ReadonlyMap<string, Error>;
}

/** Asks all hosts, some at a time. */
export async function askAll<T>(nodes: readonly string[], ask: (node: string) => Promise<T>, parallel = PARALLEL): Promise<Asked<T>> {
  const answers = new Map<string, T>();
  const failures = new Map<string, Error>();
  const waiting = [...nodes];
  const work = async () => {
    for (let node = waiting.shift(); node !== undefined; node = waiting.shift()) {
      try {
        answers.set(node, await ask(node));
      } catch (error) {
        failures.set(node, error instanceof Error ? error : new Error(String(error)));
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, nodes.length) }, work));
  return { answers, failures };
}

/** A text as one word of a POSIX shell's. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function spawned(
  client: string,
  args: readonly string[],
  input: string,
  { timeoutMs = DEFAULT_TIMEOUT_MS, signal }: CommandOptions,
): Promise<CommandResult & { readonly timedOut: boolean }> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(client, args, { stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let timedOut = false;
    const stop = () => {
      child.kill("SIGKILL");
      // Whatever it started may hold these open.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, timeoutMs);
    signal?.addEventListener("abort", stop, { once: true });
    const ended = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    };
    child.stdout.on("data", (data: Buffer) => out.push(data));
    child.stderr.on("data", (data: Buffer) => err.push(data));
    child.on("error", (error) => {
      ended();
      reject(error);
    });
    child.on("close", (code) => {
      ended();
      if (signal?.aborted) reject(signal.reason);
      else
        resolve({
          code: code ?? SSH_FAILED,
          stdout: Buffer.concat(out).toString("utf8"),
          stderr: Buffer.concat(err).toString("utf8"),
          timedOut,
        });
    });
    // A command that ends before it has read everything is not our failure.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

/** Why the client could not run a command. */
function refusalIn(said: string): string {
  // Its last words name neither the record nor the way out.
  const [, place] = /^Offending .*key in (.+:\d+)\s*$/m.exec(said) ?? [];
  if (place !== undefined)
    return `it shows another host key than the recorded one: somebody may be in between. Where the machine was built anew, delete the line ${place}`;
  return lastLines(said) || "the connection ended";
}

function lastLines(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => line !== "" && !/^Warning: Permanently added/.test(line))
    .slice(-2)
    .join("; ");
}
