import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { copyFolder, makeFolder, PRIVATE, PRIVATE_FOLDER, putFolder, readIfThere, removeFolder, writeWhole } from "../../host/files";
import { LAYERS, stackName } from "../../model/layers";
import type { Problem } from "../../model/problems";
import { serversFolder } from "../../sandbox/servers/record";
import type { EngineSetting } from "../workspace";
import { stateFile } from "./copy";

/*
 * The engine writes the whole state before and after each step, which is most of what it does. A sandbox can do without: where its state is
 * written once, at an operation's end, a killed engine leaves a state as it was before. So the simulated cloud is kept as it was before, too,
 * and the next operation puts it back: what the killed one did has never been. A real cloud knows no such thing, which is why it is no default.
 */

/** The variable that says when a sandbox's state is written. */
export const STATE = "KPAAS_SANDBOX_STATE";

/** What there is to choose from; the first is what holds where nothing is chosen. */
const TIMES = ["each-step", "at-end"];

/** What is wrong with the choice. */
export function wrongTime(environment: string, { [STATE]: value = "" }: NodeJS.ProcessEnv = process.env): Problem | undefined {
  if (value === "" || TIMES.includes(value)) return undefined;
  const reason = "the sandbox's state is written at each step or at an operation's end";
  const remedy = `set ${STATE} to ${TIMES.join(" or ")}, or leave it out`;
  return { environment, path: STATE, value, reason, remedy, severity: "error" };
}

/** What the engine is told by its environment, so that it writes a state at the end alone. */
export const AT_END = { PULUMI_SKIP_CHECKPOINTS: "true" };

/** What of a setting says where states and simulated cloud are. */
type Where = Pick<EngineSetting, "backendFolder" | "project" | "world">;

/** Where a cloud is kept as it was, beside all worlds: `world/` and the `states` that belong to it. */
const keptFolder = (world: string): string => join(dirname(dirname(world)), "before", basename(world));

/**
 * Keeps the simulated cloud as it is before an operation whose state is written at its end; false where the operation is to write it at each
 * step. So it is where real servers hold a part of the cloud.
 */
export function keepWorld(setting: Where, env: NodeJS.ProcessEnv = process.env): boolean {
  const { world } = setting;
  if (env[STATE] !== "at-end" || world === undefined || existsSync(serversFolder(world))) return false;
  const kept = keptFolder(world);
  removeFolder(kept);
  makeFolder(kept, PRIVATE_FOLDER);
  copyFolder(world, join(kept, "world"));
  // Last: without it nothing is put back.
  writeWhole(join(kept, "states"), statesOf(setting, world), { mode: PRIVATE, durable: false });
  return true;
}

/** Called where the engine has ended by itself, and so has written its state. */
export function forgetWorld({ world }: Where): void {
  if (world !== undefined) removeFolder(keptFolder(world));
}

/**
 * Puts a simulated cloud back whose operation was killed before it wrote the state. An engine that outlived its command has written it, and so
 * may have an operation on another of the environment's stacks. For an operation that is the only one at work.
 */
export function putWorldBack(setting: Where, tell: (text: string) => void): void {
  const { world } = setting;
  if (world === undefined) return;
  const kept = keptFolder(world);
  if (existsSync(join(kept, "world")) && readIfThere(join(kept, "states")) === statesOf(setting, world)) {
    putFolder(join(kept, "world"), world);
    tell("an operation was killed before its state was written: the simulated cloud is as it was before it");
  }
  forgetWorld(setting);
}

/** The states of all stacks of a world's environment. */
function statesOf({ backendFolder, project }: Where, world: string): string {
  const stacks = [undefined, ...LAYERS].map((layer) => stackName(basename(world), layer));
  const states = stacks.map((stack) => (backendFolder === undefined ? "" : (readIfThere(stateFile(backendFolder, project, stack)) ?? "")));
  return createHash("sha256").update(states.join("\n")).digest("hex");
}
