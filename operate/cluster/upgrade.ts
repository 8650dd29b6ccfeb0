import { compareVersions } from "../../model/cluster/releases";
import { chooseVersion, type VersionChoice } from "../../model/cluster/versions";
import { InvalidInputError, type Problem, RefusedError } from "../../model/problems";
import { DOORS, type Doors } from "../doors";
import { requireLock } from "../lock";
import type { Operator } from "../operator";
import { type Done, makeReady, type Ready, type Request, runJob } from "../ready";
import { type Edited, type EditPlanner, editFile, planEdit, type WantedEdit } from "./edit";

/**
 * Writes another version into the environment file and its lock; nothing is run.
 * @param version one of Kubernetes, or a release of K-PaaS
 * @throws InvalidInputError where it is not known, RefusedError where it is behind what there is or no way leads to it, DeclinedError
 */
export async function upgrade(request: Request, version: string, operator: Operator, doors = DOORS): Promise<Edited> {
  const planner = await plannerFor(request, version, operator, doors);
  return await editFile("cluster upgrade", request, operator, doors, planner);
}

/**
 * What `up` would do once {@link upgrade} had written the version. Writes nothing, and throws as both do: the lock has to be current before.
 * @returns the environment as its file would be
 */
export async function previewUpgrade(request: Request, version: string, operator: Operator, doors = DOORS): Promise<Done & Edited> {
  const planner = await plannerFor(request, version, operator, doors);
  const ready = await makeReady(request, operator, doors);
  requireLock(ready, operator);
  const next: Edited = (await planEdit(ready, request, operator, doors, planner))?.next ?? ready;
  const engine = await doors.engine();
  return { ...next, result: await runJob("preview", next.target, operator, engine.previewEnvironment) };
}

/** @throws InvalidInputError where the version is not known, with what is wrong with the file */
async function plannerFor(request: Request, version: string, operator: Operator, doors: Doors): Promise<EditPlanner> {
  const choice = chooseVersion(version);
  const problem = (reason: string, remedy: string): Problem => ({
    ...{ environment: request.reference, path: "--to", value: version, reason, remedy, severity: "error" },
  });
  if ("reason" in choice) {
    const unknown = problem(choice.reason, choice.remedy);
    await makeReady(request, operator, doors).catch((error: unknown) => {
      throw error instanceof InvalidInputError ? new InvalidInputError([...error.problems, unknown]) : error;
    });
    throw new InvalidInputError([unknown]);
  }
  return (ready, change) => {
    const planned = ready.target.plan.cluster.kubernetes;
    const standing = [change.recorded?.kubernetes ?? planned, planned].sort(compareVersions).at(-1) ?? planned;
    if (compareVersions(choice.kubernetes, standing) < 0) {
      const reason = `Kubernetes is never downgraded (${standing} → ${choice.kubernetes}): etcd and the API's stored objects only move forward`;
      throw new RefusedError([
        problem(reason, `stay at ${standing} or name a later version; only an environment made anew can have an older one`),
      ]);
    }
    return editsFor(choice, ready);
  };
}

function editsFor({ field, value }: VersionChoice, { loaded, target }: Ready): WantedEdit {
  const { release, cluster } = target.plan;
  const path = field.split(".");
  if ((field === "release" ? release : cluster.kubernetes) === value) return { edits: [] };
  const named = path.length === 1 && (loaded.content as { cluster?: { kubernetes?: unknown } } | undefined)?.cluster?.kubernetes;
  return {
    edits: [{ path, value }],
    notes: named ? [`the file names cluster.kubernetes ${String(named)} itself, and that stays`] : [],
  };
}
