import { join } from "node:path";
import type { LoadedEnvironment } from "../files/load";
import { hasCode, PRIVATE, readIfThere, writeWhole } from "../host/files";
import { makeOwnFolder } from "../host/own-folder";
import { saysEndOfLife } from "../model/plan/end-of-life";
import type { Problem } from "../model/problems";

/**
 * The warnings to show with a command that is about something else: what is past its end of life is so for weeks, and is told once a day
 * (`kpaas check` and `kpaas doctor` always tell it). What was told is remembered under `.kpaas/warned/`.
 */
export function warningsToShow(root: string, { name, problems }: LoadedEnvironment, today = new Date()): readonly Problem[] {
  const daily = problems.filter(saysEndOfLife);
  if (daily.length === 0) return problems;
  const file = join(root, ".kpaas", "warned", name);
  const told = [today.toISOString().slice(0, 10), ...daily.map(({ reason }) => reason), ""].join("\n");
  try {
    if (readIfThere(file) === told) return problems.filter((problem) => !daily.includes(problem));
    makeOwnFolder(root);
    writeWhole(file, told, { mode: PRIVATE, durable: false });
  } catch (error) {
    // Told too often is better than not at all.
    if (!hasCode(error, "EACCES", "EROFS", "ENOSPC", "EDQUOT", "ENOTDIR", "EPERM")) throw error;
  }
  return problems;
}
