import type { LockChange } from "../model/lock";
import type { Problem } from "../model/problems";
import type { LoadedEnvironment } from "./load";

/** What the lock file would gain, lose and change, one line each. */
export function describeLockChanges(changes: readonly LockChange[] = []): string[] {
  return changes.map(({ path, was, becomes }) => {
    if (was === undefined) return `+ ${path}: ${text(becomes)}`;
    return becomes === undefined ? `- ${path}: ${text(was)}` : `~ ${path}: ${text(was)} → ${text(becomes)}`;
  });
}

/** The same as problems, for an operation that refuses to run without a current lock. */
export function lockProblems(loaded: LoadedEnvironment): Problem[] {
  const planned = loaded.planned;
  if (planned === undefined || planned.lockState === "current") return [];
  const remedy = `run \`kpaas lock ${loaded.name}\`, review ${loaded.lockFile} and commit it`;
  const whole =
    planned.lockState === "missing"
      ? "there is no lock file, so nothing fixes machines and versions"
      : "the lock file does not fit the environment file";
  return [
    { environment: loaded.name, path: "", reason: whole, remedy, severity: "error" },
    ...planned.lockChanges.map(({ path, was, becomes }) => ({
      environment: loaded.name,
      path: `lock.${path}`,
      ...(was === undefined ? {} : { value: was }),
      reason: becomes === undefined ? "is in the lock file, but no longer in the environment" : `the plan needs ${text(becomes)}`,
      remedy,
      severity: "error" as const,
    })),
  ];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
