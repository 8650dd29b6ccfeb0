import { createHash } from "node:crypto";
import { rmSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { StackNotFoundError } from "@pulumi/pulumi/automation/errors";
import { hasCode, keepFile, PRIVATE, readIfThere, writeWhole } from "../../host/files";
import { makeOwnFolder } from "../../host/own-folder";
import { holderOf } from "../backend";
import { OperationFailedError } from "../errors";
import type { EngineSetting } from "../workspace";

/*
 * The engine writes the state of a `file://` backend by renaming, and does not wait for the disk: a host that loses its power, or a full
 * disk under a file system that renames otherwise, can leave half of it. So a copy that was read and found whole is kept beside it.
 */

/** What is needed of a stack's setting. */
type Kept = Pick<EngineSetting, "backendFolder" | "project" | "stack" | "world">;

/**
 * Looks at the state before anything is done with it: a whole one is copied, a torn one restored from the newest whole copy, the engine's own
 * of the last step among them. A stack that somebody works on is left alone.
 * @throws OperationFailedError where it is torn and no copy is whole
 */
export function secureState(root: string, setting: Kept, tell: (text: string) => void): void {
  const { backendFolder, project, stack } = setting;
  if (backendFolder === undefined || holderOf(backendFolder, project, stack) !== undefined) return;
  const file = stateFile(backendFolder, project, stack);
  const content = readState(file);
  if (content === undefined) return;
  if (isWhole(content)) {
    keepCopy(root, setting, content, tell);
    return;
  }
  const copy = copyOf(root, setting);
  const [newest] = [`${file}.bak`, copy].filter((path) => isWhole(readIfThere(path) ?? "")).sort((a, b) => written(b) - written(a));
  if (newest === undefined) throw torn(root, setting, file);
  if (content !== "") writeWhole(`${copy}.torn`, content, { mode: PRIVATE });
  writeWhole(file, readIfThere(newest) ?? "");
  // It holds the checksum of what was there.
  rmSync(`${file}.attrs`, { force: true });
  const when = new Date(written(newest)).toISOString().slice(0, 19);
  tell(`the state of ${stack} was torn, as a full disk or a lost host can leave it: restored as it was at ${when}Z`);
}

/** Copies the state that an operation has left, where it is whole. */
export function copyState(root: string, setting: Kept, tell: (text: string) => void): void {
  const { backendFolder, project, stack } = setting;
  if (backendFolder === undefined) return;
  const content = readState(stateFile(backendFolder, project, stack));
  if (content !== undefined && isWhole(content)) keepCopy(root, setting, content, tell);
}

/** Removes the copies of a stack that was removed. */
export function forgetCopy(root: string, setting: Kept): void {
  if (setting.backendFolder === undefined) return;
  const copy = copyOf(root, setting);
  for (const path of [copy, `${copy}.torn`]) rmSync(path, { force: true });
}

function keepCopy(root: string, setting: Kept, content: string, tell: (text: string) => void): void {
  try {
    makeOwnFolder(root);
    keepFile(copyOf(root, setting), content, { mode: PRIVATE });
  } catch (error) {
    // The state itself is whole, and what is done with it does not need the copy.
    if (!hasCode(error, "ENOSPC", "EDQUOT", "EACCES", "EROFS")) throw error;
    tell(`no copy of the state could be kept: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * The state of a sandbox's stack as `pulumi stack export` prints it, without an engine to print it; undefined where it is no sandbox's, or an
 * engine has to say what is wrong with it.
 * @throws StackNotFoundError where there is no such stack
 */
export function exportedState({ backendFolder, project, stack, world }: Kept): string | undefined {
  if (world === undefined || backendFolder === undefined) return undefined;
  let content: string | undefined;
  try {
    content = readIfThere(stateFile(backendFolder, project, stack));
  } catch {
    return undefined;
  }
  if (content === undefined) throw new StackNotFoundError(`error: no stack named '${stack}' found`);
  const state = parseWhole(content);
  return state && JSON.stringify({ version: state.version, features: state.features, deployment: state.checkpoint.latest });
}

/** The state, where it is there and can be read: that it cannot, the engine finds and tells. */
function readState(file: string): string | undefined {
  try {
    return readIfThere(file);
  } catch (error) {
    if (hasCode(error, "ENOTDIR", "EACCES", "EPERM")) return undefined;
    throw error;
  }
}

/** The file of a stack's state in a `file://` backend. */
export function stateFile(backend: string, project: string, stack: string): string {
  return join(backend, ".pulumi", "stacks", project, `${stack}.json`);
}

/** Stacks of one name in other backends and projects have copies of their own. */
function copyOf(root: string, { backendFolder, project, stack }: Kept): string {
  const which = createHash("sha256").update(`${backendFolder}\n${project}`).digest("hex").slice(0, 8);
  return join(root, ".kpaas", "states", `${stack}.${which}.json`);
}

function isWhole(content: string): boolean {
  return parseWhole(content) !== undefined;
}

/** What is in a stack's file. */
interface StateFile {
  readonly version?: unknown;
  readonly features?: unknown;
  readonly checkpoint: { readonly latest?: unknown };
}

/** Undefined where half of the file is lost. */
function parseWhole(content: string): StateFile | undefined {
  try {
    const state: unknown = JSON.parse(content);
    if (typeof state !== "object" || state === null || !("checkpoint" in state)) return undefined;
    const { checkpoint } = state;
    return typeof checkpoint === "object" && checkpoint !== null ? { ...state, checkpoint } : undefined;
  } catch {
    return undefined;
  }
}

function written(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function torn(root: string, { stack, world }: Kept, file: string): OperationFailedError {
  const wayOut =
    world === undefined
      ? `Put back a copy of yours (\`pulumi stack import --stack ${stack} --file COPY\`, after that file is moved away and \`pulumi stack init ${stack}\`).`
      : `All of it is simulated: begin anew with \`rm -r ${relative(root, file)} ${relative(root, world)}\`.`;
  return new OperationFailedError(`The state of ${stack} is torn, and there is no whole copy of it: ${file}\n${wayOut}`);
}
