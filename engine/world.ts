import { existsSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeWhole } from "../host/files";
import { isFields } from "../model/data";
import { refuseNewer } from "../model/formats";
import type { EnvironmentPlan } from "../model/plan/types";
import { cloudFolder } from "../plugin/cloud-folder";
import { WORLDS, type World } from "../sandbox/packages";
import { OperationFailedError } from "./errors";
import { removeServers } from "./servers/world";

/** What exists beforehand in the simulated cloud of a plan, and in its cluster. */
export function worldOf(plan: EnvironmentPlan): World {
  const namespaces = plan.services.flatMap(({ foundThere = [] }) => foundThere);
  return { ...WORLDS[plan.provider]?.(plan), ...(namespaces.length === 0 ? {} : { namespaces }) };
}

/** Adds what a plan names to what is in world.json: lists grow, keys of the user's own (faults, quotas) stay as they are. */
export function mergeWorld(there: Readonly<Record<string, unknown>>, wanted: World): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...there };
  for (const [key, value] of Object.entries(wanted)) {
    const old = there[key];
    merged[key] = Array.isArray(old) && Array.isArray(value) ? unique([...old, ...value]) : value;
  }
  return merged;
}

/** Writes `<folder>/world.json` for a plan, keeping what else is in it. */
export function writeWorld(folder: string, plan: EnvironmentPlan): void {
  const path = join(folder, "world.json");
  const there = existsSync(path) ? readWorld(path) : {};
  writeWhole(path, `${JSON.stringify(mergeWorld(there, worldOf(plan)), null, 2)}\n`);
}

/** Removes a destroyed environment's world.json, unless the user put something of their own there. What the cloud still has is an orphan and stays to be seen. */
export async function clearWorld(folder: string, plan: EnvironmentPlan): Promise<void> {
  // A cluster is on its machines: one that the state never heard of goes with them.
  if (cloudFolder(folder) === undefined) {
    await removeServers(folder);
    for (const name of ["cluster.json", "cluster-pki.json", "journal.jsonl", "journal.jsonl.fence", "kubernetes", "snapshots"])
      rmSync(join(folder, name), { recursive: true, force: true });
  }
  const path = join(folder, "world.json");
  if (!existsSync(path)) return;
  const ours = new Set([...Object.keys(worldOf(plan)), "region", "namespaces"]);
  if (Object.keys(readWorld(path)).every((key) => ours.has(key))) rmSync(path);
}

function readWorld(path: string): Record<string, unknown> {
  try {
    const world: unknown = JSON.parse(readFileSync(path, "utf8"));
    refuseNewer("world", world, basename(dirname(path)));
    if (isFields(world)) return { ...world };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new OperationFailedError(`${path} is not JSON: ${error.message}. Mend it or delete it: the next operation writes it anew.`);
  }
  throw new OperationFailedError(`${path} holds no JSON object. Mend it or delete it: the next operation writes it anew.`);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
