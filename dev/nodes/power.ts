import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { hasCode } from "../../host/files";

/** How often what is left of a node is killed, half a second apart, before that counts as failed. */
const ATTEMPTS = 60;

/**
 * Ends every process of a node at once, as a cut of its power does. All of them are frozen first, so that none sees another die and says so
 * over the network: to other nodes this one just stops answering.
 * @param groups the node's cgroups, as boot.sh wrote them down
 * @throws Error where processes are left
 */
export async function cutPower(groups: readonly string[]): Promise<void> {
  const freezer = groups.find((group) => group.startsWith("/sys/fs/cgroup/freezer/"));
  if (freezer === undefined || !existsSync(freezer)) return;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    writeFileSync(join(freezer, "freezer.state"), "FROZEN");
    for (const pid of processesIn(freezer)) kill(pid);
    writeFileSync(join(freezer, "freezer.state"), "THAWED");
    if (processesIn(freezer).length === 0) return;
    await pause(attempt === 0 ? 50 : 500);
  }
  throw new Error(`processes of ${freezer} cannot be ended: ${processesIn(freezer).join(", ")}`);
}

/** Removes a node's cgroups, once nothing runs in them. */
export function removeGroups(groups: readonly string[]): void {
  for (const group of groups) if (existsSync(group)) removeGroup(group);
}

function removeGroup(group: string): void {
  for (const child of childrenOf(group)) removeGroup(child);
  ignoring(() => rmdirSync(group), "ENOENT", "EBUSY");
}

function processesIn(group: string): number[] {
  const own = ignoring(() => readFileSync(join(group, "cgroup.procs"), "utf8"), "ENOENT", "ENODEV") ?? "";
  return [...own.split("\n").filter(Boolean).map(Number), ...childrenOf(group).flatMap(processesIn)];
}

function childrenOf(group: string): string[] {
  const entries = ignoring(() => readdirSync(group, { withFileTypes: true }), "ENOENT") ?? [];
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(group, name));
}

function kill(pid: number): void {
  ignoring(() => process.kill(pid, "SIGKILL"), "ESRCH");
}

/** Groups and processes come and go while they are read. */
function ignoring<T>(work: () => T, ...codes: string[]): T | undefined {
  try {
    return work();
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
}
