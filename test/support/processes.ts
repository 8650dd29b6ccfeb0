import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Waits until none of the processes runs any more. @throws Error after `limit` milliseconds */
export async function gone(processes: readonly Started[], limit: number): Promise<void> {
  const until = Date.now() + limit;
  for (const { pid, kind } of processes) {
    while (existsSync(`/proc/${pid}`) && !isZombie(pid)) {
      if (Date.now() > until) throw new Error(`${kind} (process ${pid}) goes on`);
      await pause(20);
    }
  }
}

/** A process of an operation. */
export interface Started {
  readonly pid: number;
  readonly kind: string;
}

/** An operation's processes: the command itself, the engine it started and the providers that one did. */
export function treeOf(cli: number): Started[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    const parent = parentOf(Number(name));
    if (parent !== undefined) parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  if (!existsSync(`/proc/${cli}`) || isZombie(cli)) return [];
  const tree: Started[] = [{ pid: cli, kind: "cli" }];
  for (const { pid } of tree) for (const child of parents.get(pid) ?? []) tree.push({ pid: child, kind: kindOf(child) });
  return tree;
}

function kindOf(pid: number): string {
  const words = readOrEmpty(`/proc/${pid}/cmdline`).split("\0");
  if (basename(words[0] ?? "") === "pulumi") return "engine";
  const script = words.findIndex((word) => /(sandbox|plugin)\/main\.js$/.test(word));
  if (script < 0) return "other";
  return words[script]?.endsWith("plugin/main.js") ? "kpaas" : (words[script + 1] ?? "other");
}

function parentOf(pid: number): number | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return stat === "" ? undefined : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function isZombie(pid: number): boolean {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** The number of a process that has ended. */
export async function deadPid(): Promise<number> {
  const child = spawn("true");
  await once(child, "close");
  assert.ok(child.pid);
  return child.pid;
}

/** The number of a process that has ended and whose parent does not ask how, until `end` is called. */
export async function zombie(): Promise<{ readonly pid: number; readonly end: () => void }> {
  // The shell has become another program by the time its child ends, which knows nothing of it.
  const parent = spawn("sh", ["-c", "sleep 0.05 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  const [text] = await once(parent.stdout, "data");
  const pid = Number(String(text));
  while (!isZombie(pid)) await pause(5);
  return { pid, end: () => parent.kill() };
}

/** Ends a command, and what it has started, as the loss of power would. */
export function killAll(pid: number): void {
  for (const { pid: each } of treeOf(pid).reverse())
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
}
