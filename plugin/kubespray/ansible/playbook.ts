import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { waitAlike } from "../../../host/priority";
import type { HostSummary, PlaybookEvent } from "../runner";
import type { CallbackEvent } from "./progress";
import { writePrivate } from "./ssh-config";

/** One run of ansible-playbook. */
export interface Play {
  /** As messages name it, e.g. `scale.yml`. */
  readonly name: string;
  /** The environment's Python. */
  readonly python: string;
  /** Our programs in Python. */
  readonly programs: string;
  /** What ansible-playbook is given. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The run's folder. */
  readonly folder: string;
  readonly log: string;
  /** Who runs is written there. */
  readonly record: string;
  /** Texts that no log may show. */
  readonly secrets: readonly string[];
  /** Whether it is brought to its end when it is to be broken off. */
  readonly finish: boolean;
}

type Failed = Extract<PlaybookEvent, { event: "result" }>;

/**
 * Runs a playbook to its end. What it does is told by our callback plugin; its output goes to the log alone.
 * @throws Error that names the failing task, its host and why, where it failed or was broken off
 */
export async function play(run: Play, onEvent: (event: CallbackEvent) => void, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { python, programs, folder, log, record, secrets, finish, args, name } = run;
  const file = join(folder, "run.json");
  const command = [python, join(python, "..", "ansible-playbook"), ...args];
  writePrivate(file, JSON.stringify({ command, folder, log, record, secrets, finish, step: name }));
  // A process group of its own: a terminal's interrupt is not for Ansible.
  const child = spawn(python, [join(programs, "supervise.py"), file], { cwd: run.cwd, env: run.env, detached: true });
  waitAlike(child.pid);
  const ended = new Promise((resolve, reject) => child.once("exit", resolve).once("error", reject));
  ended.catch(() => undefined); // told where it is waited for
  const said: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
  child.stdin.on("error", () => undefined); // it has just ended, which is told below
  const stop = () => {
    if (!finish) child.stdin.write("stop\n");
    else onEvent({ event: "line", text: "is not safe to break off: it is finished first" });
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    const outcome = new Outcome();
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line) as CallbackEvent | Exit;
      if (event.event === "exit") outcome.code = event.code;
      else {
        outcome.take(event);
        onEvent(event);
      }
    }
    await ended;
    const problem = outcome.problem(name, said.join("").trim());
    if (problem === undefined) return;
    if (!finish) signal.throwIfAborted();
    throw new Error(`${problem}\nThe whole log: ${log}`);
  } finally {
    signal.removeEventListener("abort", stop);
    child.stdin.end();
  }
}

interface Exit {
  readonly event: "exit";
  /** Negative: the number of the signal it ended by. */
  readonly code: number;
}

/** How many hosts' failures are told one by one. */
const TOLD = 5;

/** Judges a run by its exit code and the callback's summary: what kubespray ignores or rescues prints `fatal` and is no failure. */
class Outcome {
  code: number | undefined;
  private summary: Readonly<Record<string, HostSummary>> | undefined;
  private readonly failures = new Map<string, Failed>();

  take(event: CallbackEvent): void {
    if (event.event === "summary") this.summary = event.hosts;
    // The last one of each host is what ended it there: those before it were rescued.
    if (event.event === "result" && (event.status === "failed" || event.status === "unreachable")) this.failures.set(event.host, event);
  }

  /** What went wrong; undefined where nothing did. */
  problem(name: string, said: string): string | undefined {
    const ended = Object.entries(this.summary ?? {}).flatMap(([host, { failures, unreachable }]) =>
      failures + unreachable > 0 ? [host] : [],
    );
    if (this.code === 0 && this.summary !== undefined && ended.length === 0) {
      // Ansible takes a run that found nobody for a good one.
      return Object.keys(this.summary).length > 0 ? undefined : `${name} did nothing: no host it is for is in the inventory and the limit`;
    }
    const told = [...this.failures.values()].filter(({ host }) => this.summary === undefined || ended.includes(host));
    if (told.length === 0) {
      const why = said !== "" ? said : this.code === undefined ? "it was killed" : `ansible-playbook ended with ${this.code}`;
      return `${name} failed before any task did: ${why.split("\n").slice(-5).join("\n")}`;
    }
    const lines = told.slice(0, TOLD).map(describe);
    const more =
      told.length > TOLD
        ? [
            `and ${told.length - TOLD} more: ${told
              .slice(TOLD)
              .map(({ host }) => host)
              .join(", ")}`,
          ]
        : [];
    return [`${name} failed: ${lines[0]}`, ...lines.slice(1).map((line) => `  ${line}`), ...more.map((line) => `  ${line}`)].join("\n");
  }
}

function describe({ status, host, task, message = "" }: Failed): string {
  return status === "unreachable" ? `${host} is unreachable (at "${task}"): ${message}` : `"${task}" on ${host}: ${message}`;
}
