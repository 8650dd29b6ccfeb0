import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { parseDocument, stringify } from "yaml";
import { checkEnvironment } from "../model/environment/checks";
import { isRecord, parseEnvironmentFile } from "../model/environment/parse";
import { resolveEnvironment } from "../model/environment/resolve";
import { refuseUnsupported } from "../model/environment/unsupported";
import { type Lock, parseLock } from "../model/lock";
import { checkPlannedCluster } from "../model/plan/checks";
import { endOfLife } from "../model/plan/end-of-life";
import { type PlannedEnvironment, planEnvironment } from "../model/plan/plan";
import { Findings, InvalidInputError, nearest, type Problem } from "../model/problems";

/** An environment read from its file and lock, with every problem found. */
export interface LoadedEnvironment {
  readonly name: string;
  /** Absolute path of the environment file. */
  readonly file: string;
  readonly lockFile: string;
  readonly problems: readonly Problem[];
  /** Undefined where a problem is an error. */
  readonly planned?: PlannedEnvironment;
}

const lockSuffix = ".lock.yaml";

/** The project's folder: the nearest one upwards with environments/ or Pulumi.yaml in it, else the given one. */
export function findRoot(cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "environments")) || existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (dirname(folder) === folder) return resolve(cwd);
  }
}

/** The names of the environments in environments/: locks, fleets, stack configurations and bases without a name are none. */
export function listEnvironments(root: string): string[] {
  const folder = join(root, "environments");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml") && !file.endsWith(lockSuffix) && file !== "fleet.yaml" && !file.startsWith("Pulumi."))
    .filter((file) => {
      const content: unknown = parseDocument(readFileSync(join(folder, file), "utf8")).toJS();
      return !isRecord(content) || "name" in content;
    })
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}

/**
 * Reads, checks and plans one environment, named by a name in environments/ or by a path.
 * `today` (ISO date) decides which parts are past their end of life.
 * @throws InvalidInputError where there is no such file.
 */
export function loadEnvironment(reference: string, root: string, today = new Date().toISOString().slice(0, 10)): LoadedEnvironment {
  const file = locate(reference, root);
  const lockFile = join(dirname(file), `${basename(file).replace(/\.ya?ml$/, "")}${lockSuffix}`);
  const findings = new Findings();
  const content = readMerged(file, findings, []);
  const parsed = parseEnvironmentFile(content, findings);
  const name = parsed.broken.includes("name") ? basename(file) : parsed.file.name;
  const environment = resolveEnvironment(parsed.file);
  const later = new Findings();
  refuseUnsupported(parsed.file, environment, later);
  checkEnvironment(environment, later);
  const lock = parsed.broken.includes("name") ? undefined : readLock(lockFile, environment.name, findings);
  const planned = planEnvironment(environment, lock, later);
  if (planned) {
    later.addNew(checkPlannedCluster(planned.plan, environment));
    later.add(endOfLife(planned.plan, today));
  }
  // What a check finds at a field that did not parse is a consequence of the default standing in for it.
  later.drop((path) => parsed.broken.some((broken) => related(broken, path)));
  findings.addAll(later);
  const problems = findings.toProblems(name);
  return { name, file, lockFile, problems, ...(planned && !findings.hasErrors ? { planned } : {}) };
}

/** Writes the lock file the plan asks for. */
export function writeLock(loaded: LoadedEnvironment): void {
  if (!loaded.planned) return;
  writeFileSync(loaded.lockFile, formatLock(loaded.planned.lock));
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
      near ? `did you mean "${near}"?` : `kpaas init ${reference} --provider openstack writes one`,
    );
  }
  if (existsSync(path)) return path;
  throw missing(reference, "there is no such file", "give the path of an environment file, or a name in environments/");
}

function missing(reference: string, reason: string, remedy: string): InvalidInputError {
  return new InvalidInputError([{ environment: reference, path: "", reason, remedy, severity: "error" }]);
}

/** The file's content merged over its bases: maps merge, lists and scalars replace. */
function readMerged(file: string, findings: Findings, chain: readonly string[]): unknown {
  const content = readYaml(file, "", findings);
  if (!isRecord(content) || content.extends === undefined) return content;
  if (typeof content.extends !== "string") return content;
  const base = resolve(dirname(file), content.extends);
  const loop = [...chain, file];
  if (loop.includes(base)) {
    findings.error(
      "extends",
      `goes in a circle: ${[...loop, base].map((each) => basename(each)).join(" → ")}`,
      "take one of the `extends` out",
      content.extends,
    );
    return content;
  }
  if (!existsSync(base)) {
    findings.error("extends", `there is no file ${base}`, "give the base's path relative to this file", content.extends);
    return content;
  }
  const inherited = readMerged(base, findings, loop);
  if (inherited === undefined) return content;
  if (!isRecord(inherited)) {
    findings.error("extends", "the base is no map of fields", "let the base hold the fields to share", content.extends);
    return content;
  }
  if (chain.length === 0 && "name" in inherited) {
    findings.error(
      "extends",
      `the base ${basename(base)} has a name: a base is no environment`,
      "take the name out of the base",
      content.extends,
    );
  }
  return merge(inherited, content);
}

function merge(base: unknown, over: unknown): unknown {
  if (!isRecord(base) || !isRecord(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = key in base ? merge(base[key], value) : value;
  return merged;
}

function readLock(lockFile: string, environment: string, findings: Findings): Lock | undefined {
  if (!existsSync(lockFile)) return undefined;
  const content = readYaml(lockFile, "lock", findings);
  return content === undefined ? undefined : parseLock(content, environment, findings);
}

/** Reads a YAML file; its syntax errors become findings at the given path. */
function readYaml(file: string, path: string, findings: Findings): unknown {
  const document = parseDocument(readFileSync(file, "utf8"), { uniqueKeys: true });
  for (const error of document.errors) {
    const line = error.linePos?.[0];
    const where = line ? `${basename(file)}, line ${line.line}, column ${line.col}` : basename(file);
    findings.error(path, `${where}: ${error.message.split("\n")[0]?.replace(/ at line .*$/, "")}`, "mend the YAML there");
  }
  return document.errors.length > 0 && document.contents === null ? undefined : document.toJS({ maxAliasCount: 100 });
}

function related(broken: string, path: string): boolean {
  return broken === path || broken.startsWith(`${path}.`) || path.startsWith(`${broken}.`);
}
