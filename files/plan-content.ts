import { checkEnvironment } from "../model/environment/checks";
import { checkMaintenance } from "../model/environment/checks-maintenance";
import { isConsequence } from "../model/environment/consequences";
import { parseEnvironmentFile } from "../model/environment/parse";
import { warnUnreachable } from "../model/environment/reachability";
import { resolveEnvironment } from "../model/environment/resolve";
import type { EnvironmentFile } from "../model/environment/schema";
import { refuseUnsupported } from "../model/environment/unsupported";
import type { ExtraObject } from "../model/extra";
import type { Lock } from "../model/lock";
import { checkPlannedCluster } from "../model/plan/checks";
import { endOfLife } from "../model/plan/end-of-life";
import { type PlannedEnvironment, planEnvironment } from "../model/plan/plan";
import { Findings, type Problem } from "../model/problems";
import type { Registry } from "../model/registry";
import type { Rotations } from "../model/rotation";

/** What an environment is planned from, wherever it was written. */
export interface EnvironmentContent {
  /** What can be had: the project's own, with what a program adds. */
  readonly registry: Registry;
  /** The fields, bases merged in; undefined where they could not be read and `findings` says why. */
  readonly content: unknown;
  /** The fields of the environment's own file, where bases are merged into `content`. @default `content` */
  readonly own?: unknown;
  /** False where a base could not be read: what stands there is neither missing nor at its default. */
  readonly whole: boolean;
  /** What the environment is called in problems where it has no valid name. */
  readonly fallbackName: string;
  /** Reads the files of objects that the content names. @default they are refused */
  readonly readManifests?: (paths: readonly (readonly [field: string, path: string])[], findings: Findings) => ExtraObject[];
  /** How many times secrets of services were made, over what the lock says of that. @default as the lock */
  readonly rotations?: Rotations;
  /** Gives the lock of the environment of that name; asked for only where the name is valid. */
  readonly readLock: (name: string) => Lock | undefined;
}

/** An environment's plan, with every problem found. */
export interface PlannedContent {
  readonly name: string;
  readonly problems: readonly Problem[];
  /** Undefined where a problem is an error. */
  readonly planned?: PlannedEnvironment;
}

/**
 * Checks and plans an environment. `findings` holds what reading it has found already. `today` (ISO date) decides which parts are past
 * their end of life, and which moments are still to come.
 */
export function planContent(
  { registry, content, own = content, whole, fallbackName, rotations, readLock, readManifests = refuseManifests }: EnvironmentContent,
  findings: Findings,
  today: string,
): PlannedContent {
  const found = new Findings();
  const parsed = parseEnvironmentFile(content, registry, found);
  // What stands in an unread base is neither missing nor at its default.
  if (!whole) found.drop((path) => !isWritten(content, path));
  findings.addNew(found);
  const name = parsed.broken.includes("name") || parsed.broken.includes("") ? fallbackName : parsed.file.name;
  const lock = name === parsed.file.name ? readLock(name) : undefined;
  const environment = resolveEnvironment(parsed.file, registry, own, readManifests(manifestFiles(parsed.file), findings), lock);
  const later = new Findings();
  refuseUnsupported(parsed.file, environment, registry, later);
  // What an unread base says of it is not known.
  if (whole) warnUnreachable(parsed.file, environment, registry, later);
  const broken = [...parsed.broken, ...later.errorPaths];
  const checked = new Findings();
  checkEnvironment(environment, registry, checked, broken);
  checkMaintenance(environment, today, checked);
  checked.drop((path) => isConsequence(broken, path, "check"));
  const planning = new Findings();
  const planned = planEnvironment(environment, registry, lock, planning, rotations);
  planning.drop((path) => isConsequence([...broken, ...checked.errorPaths], path, "plan"));
  checked.addAll(planning);
  if (planned) {
    const cluster = new Findings();
    cluster.add(checkPlannedCluster(planned.plan, environment, registry));
    cluster.drop((path) => isConsequence([...broken, ...checked.errorPaths], path, "plan"));
    checked.addAll(cluster);
    checked.add(endOfLife(planned.plan, registry, today).filter(({ path }) => !broken.some((each) => each === "" || each === path)));
  }
  if (!whole) checked.drop((path) => !isWritten(content, path));
  later.drop((path) => isConsequence(parsed.broken, path, "check"));
  later.addAll(checked);
  findings.addAll(later);
  return { name, problems: findings.toProblems(name), ...(planned && !findings.hasErrors ? { planned } : {}) };
}

/** The files of objects that the fields name, by field. */
function manifestFiles({ platform }: EnvironmentFile): [field: string, path: string][] {
  const manifests = platform?.extra?.manifests ?? [];
  return manifests.flatMap((each, index): [string, string][] =>
    typeof each === "string" ? [[`platform.extra.manifests.${index}`, each]] : [],
  );
}

/** A program has no folder that a path would go by. */
function refuseManifests(paths: readonly (readonly [field: string, path: string])[], findings: Findings): ExtraObject[] {
  for (const [field, path] of paths) findings.error(field, "is a path, and a program reads its files itself", "give the objects", path);
  return [];
}

/** Whether a field at this dotted path has a value. */
function isWritten(content: unknown, path: string): boolean {
  let value = content;
  for (const step of path.split(".")) {
    if (typeof value !== "object" || value === null) return false;
    value = new Map<string, unknown>(Object.entries(value)).get(step);
  }
  return value !== undefined;
}
