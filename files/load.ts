import { existsSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { stringify } from "yaml";
import { writeWhole } from "../host/files";
import { isFields } from "../model/data";
import { type Lock, parseLock } from "../model/lock";
import type { PlannedEnvironment } from "../model/plan/plan";
import { Findings, InvalidInputError, nearest, type Problem } from "../model/problems";
import { standInCloud } from "../model/registry";
import { fromFolder } from "./from-folder";
import { manifestsIn } from "./manifests";
import { checkNamesakes, environmentFiles, type Names, nameOf } from "./namesakes";
import { planContent } from "./plan-content";
import { moveReferences } from "./references";
import { registry } from "./registry";
import { readYaml } from "./yaml";

/** An environment read from its file and lock, with every problem found. */
export interface LoadedEnvironment {
  readonly name: string;
  /** Absolute path of the environment file. */
  readonly file: string;
  readonly lockFile: string;
  readonly problems: readonly Problem[];
  /** Undefined where a problem is an error. */
  readonly planned?: PlannedEnvironment;
  /** The fields as they were read, bases merged in; undefined where they could not be. */
  readonly content?: unknown;
}

/** The project's folder: the nearest one upwards with environments/ or Pulumi.yaml in it, else the given one. */
export function findRoot(cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "environments")) || existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (dirname(folder) === folder) return resolve(cwd);
  }
}

/** The names of the environments in environments/: locks, fleets, stack configurations and bases without a name are none. */
export function listEnvironments(root: string): string[] {
  return environmentFiles(join(root, "environments"))
    .filter((file) => nameOf(file) !== undefined)
    .map((file) => basename(file, ".yaml"))
    .sort();
}

/**
 * Reads, checks and plans one environment, named by a name in environments/ or by a path.
 * `today` (ISO date) decides which parts are past their end of life; `given` is what file and lock are to hold, in place of what they hold,
 * and the names of all environments, where they were read already.
 * @throws InvalidInputError where there is no such file.
 */
export function loadEnvironment(
  reference: string,
  root: string,
  today = new Date().toISOString().slice(0, 10),
  given: { readonly text?: string; readonly lock?: Lock; readonly names?: Names } = {},
): LoadedEnvironment {
  const file = locate(reference, root);
  const lockFile = join(dirname(file), `${basename(file).replace(/\.ya?ml$/, "")}.lock.yaml`);
  const findings = new Findings();
  const merged = readMerged(file, findings, [], given.text);
  checkNamesakes(file, root, merged.content, findings, given.names);
  const planned = planContent(
    {
      ...merged,
      registry,
      fallbackName: basename(file),
      readManifests: manifestsIn(dirname(file)),
      readLock: (name) => given.lock ?? readLock(lockFile, name, findings),
    },
    findings,
    today,
  );
  return { ...planned, file, lockFile, content: merged.content };
}

/** Writes the lock file the plan asks for. */
export function writeLock(loaded: LoadedEnvironment): void {
  if (!loaded.planned) return;
  writeWhole(loaded.lockFile, formatLock(loaded.planned.lock));
}

/** The lock file's text. */
export function formatLock(lock: Lock): string {
  return `# What the first plan of this environment chose and its file does not say. Written by \`kpaas lock\`; commit it beside the file.\n${stringify(lock)}`;
}

function locate(reference: string, root: string): string {
  const named = join(root, "environments", `${reference}.yaml`);
  const path = isAbsolute(reference) ? reference : resolve(reference);
  if (!/[/\\]|\.ya?ml$/.test(reference)) {
    if (existsSync(named)) return named;
    const known = listEnvironments(root);
    const near = nearest(reference, known);
    throw missing(
      reference,
      `there is no environment of this name in ${join(root, "environments")}`,
      near ? `did you mean "${near}"?` : `\`kpaas init ${reference} --provider ${standInCloud(registry)}\` writes one`,
    );
  }
  if (existsSync(path)) return path;
  throw missing(reference, "there is no such file", "give the path of an environment file, or a name in environments/");
}

function missing(reference: string, reason: string, remedy: string): InvalidInputError {
  return new InvalidInputError([{ environment: reference, path: "", reason, remedy, severity: "error" }]);
}

interface Merged {
  readonly content: unknown;
  /** The file's own content, where bases are merged into that. */
  readonly own?: unknown;
  /** False where a base could not be read. */
  readonly whole: boolean;
}

/** The file's content merged over its bases: maps merge, lists and scalars replace. */
function readMerged(file: string, findings: Findings, chain: readonly string[], text?: string): Merged {
  const read = readYaml(file, chain.length === 0 ? "" : "extends", findings, text);
  // A relative path goes by the file it stands in, wherever the file that extends that one lies.
  const content = moveReferences(read, dirname(file), dirname(chain[0] ?? file));
  if (!isFields(content) || content.extends === undefined) return { content, whole: content !== undefined };
  const given = content.extends;
  if (typeof given !== "string") return { content, whole: false };
  const base = fromFolder(dirname(file), given);
  const loop = [...chain, file];
  const unread = (reason: string, remedy: string): Merged => {
    findings.error("extends", reason, remedy, given);
    return { content, whole: false };
  };
  if (loop.includes(base)) {
    const circle = [...loop, base].map((each) => basename(each)).join(" → ");
    return unread(`goes in a circle: ${circle}`, "take one of the `extends` out");
  }
  if (!existsSync(base)) return unread(`there is no file ${base}`, "give the base's path relative to this file");
  const inherited = readMerged(base, findings, loop);
  if (inherited.content === undefined) return { content, whole: false };
  if (!isFields(inherited.content)) return unread("the base is no map of fields", "let the base hold the fields to share");
  if (chain.length === 0 && "name" in inherited.content) {
    findings.error("extends", `the base ${basename(base)} has a name: a base is no environment`, "take the name out of the base", given);
  }
  return { content: merge(inherited.content, content), own: content, whole: inherited.whole };
}

function merge(base: unknown, over: unknown): unknown {
  if (!isFields(base) || !isFields(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = Object.hasOwn(base, key) ? merge(base[key], value) : value;
  return merged;
}

function readLock(lockFile: string, environment: string, findings: Findings): Lock | undefined {
  if (!existsSync(lockFile)) return undefined;
  const content = readYaml(lockFile, "lock", findings);
  return content === undefined ? undefined : parseLock(content, environment, findings);
}
