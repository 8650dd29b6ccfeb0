import { existsSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { type Member, memberOf } from "../model/fleet/member";
import { parseFleet } from "../model/fleet/parse";
import { type FleetPlan, planFleet, selectEnvironments } from "../model/fleet/plan";
import type { FleetFile } from "../model/fleet/schema";
import { Findings, InvalidInputError, type Problem } from "../model/problems";
import { listEnvironments, loadEnvironment } from "./load";
import { namesIn } from "./namesakes";
import { registry } from "./registry";
import { readYaml } from "./yaml";

/** A fleet read from its file and from those of its environments, with every problem found. */
export interface LoadedFleet {
  readonly name: string;
  /** Absolute path of the fleet file. */
  readonly file: string;
  readonly members: readonly Member[];
  readonly registered: NonNullable<FleetFile["registered"]>;
  /** What its file says, as far as it could be read. */
  readonly fields: FleetFile;
  /** Of the fleet's file, and of all its environments. */
  readonly problems: readonly Problem[];
  /** Undefined where a problem is an error. */
  readonly plan?: FleetPlan;
}

/**
 * Reads, checks and plans a fleet.
 * @param reference path of its file. @default environments/fleet.yaml
 * @throws InvalidInputError where there is no such file
 */
export function loadFleet(reference: string | undefined, root: string): LoadedFleet {
  const file = reference === undefined ? join(root, "environments", "fleet.yaml") : isAbsolute(reference) ? reference : resolve(reference);
  if (!existsSync(file)) {
    const remedy = "write it (`kpaas schema fleet` has its form), or give the path of a fleet file";
    throw new InvalidInputError([{ environment: basename(file), path: "", reason: `there is no ${file}`, remedy, severity: "error" }]);
  }
  const findings = new Findings();
  const parsed = parseFleet(readYaml(file, "", findings), findings);
  const chosen = selectEnvironments(parsed.file, listEnvironments(root), findings);
  const today = new Date().toISOString().slice(0, 10);
  const names = namesIn(root);
  const problems: Problem[] = [];
  const members = chosen.flatMap((name) => {
    const { planned, content, problems: own } = loadEnvironment(name, root, today, { names });
    problems.push(...own);
    return planned === undefined ? [] : [memberOf(name, planned, content, registry.services)];
  });
  const plan = planFleet(parsed, members, chosen, findings);
  const all = [...findings.toProblems(parsed.broken.has("name") ? basename(file) : parsed.file.name), ...problems];
  const wrong = all.some(({ severity }) => severity === "error");
  const { name, registered = {} } = parsed.file;
  return { name, file, members, registered, fields: parsed.file, problems: all, ...(wrong ? {} : { plan }) };
}
