import { registry } from "../../files/registry";
import { checkEnvironment } from "../../model/environment/checks";
import { parseEnvironmentFile } from "../../model/environment/parse";
import { resolveEnvironment } from "../../model/environment/resolve";
import { refuseUnsupported } from "../../model/environment/unsupported";
import type { Lock } from "../../model/lock";
import { type PlannedEnvironment, planEnvironment } from "../../model/plan/plan";
import { Findings, type Problem } from "../../model/problems";

/** A small valid environment file; `over` is laid over its top level. */
export function environmentFile(over: Record<string, unknown> = {}): Record<string, unknown> {
  return { name: "demo", infrastructure: { provider: "openstack" }, ...over };
}

/** Checks and plans a file's content without touching the disk. */
export function planFile(
  content: unknown,
  lock?: Lock,
): { readonly problems: Problem[]; readonly planned: PlannedEnvironment | undefined } {
  const findings = new Findings();
  const { file } = parseEnvironmentFile(content, registry, findings);
  const environment = resolveEnvironment(file, registry, content, [], lock);
  refuseUnsupported(file, environment, registry, findings);
  checkEnvironment(environment, registry, findings);
  const planned = planEnvironment(environment, registry, lock, findings);
  return { problems: findings.toProblems(file.name), planned };
}

/** The plan of a file that must be right. */
export function plannedFile(content: unknown, lock?: Lock): PlannedEnvironment {
  const { problems, planned } = planFile(content, lock);
  const errors = problems.filter((problem) => problem.severity === "error");
  if (!planned || errors.length > 0) throw new Error(`the fixture is wrong: ${JSON.stringify(errors)}`);
  return planned;
}

/**
 * What a file's content has at a dotted path, `undefined` where nothing is written there. Keys may hold dots themselves.
 */
export function valueAt(content: unknown, path: string): unknown {
  if (path === "") return content;
  if (typeof content !== "object" || content === null) return undefined;
  for (const [key, value] of Object.entries(content)) {
    if (key === path) return value;
    const found = path.startsWith(`${key}.`) ? valueAt(value, path.slice(key.length + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
