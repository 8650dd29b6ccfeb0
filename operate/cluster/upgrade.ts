import { compareVersions } from "../../model/cluster/releases";
import { chooseVersion, type VersionChoice } from "../../model/cluster/versions";
import { InvalidInputError, type Problem, RefusedError } from "../../model/problems";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import { makeReady, type Ready, type Request } from "../ready";
import type { ClusterChange } from "./change";
import { type Edited, editFile, type WantedEdit } from "./edit";

/**
 * Writes another version into the environment file and its lock; nothing is run.
 * @param version one of Kubernetes, or a release of K-PaaS
 * @throws InvalidInputError where it is not known, RefusedError where it is behind what there is or no way leads to it, DeclinedError
 */
export async function upgrade(request: Request, version: string, operator: Operator, doors = DOORS): Promise<Edited> {
  const choice = chooseVersion(version);
  const problem = (reason: string, remedy: string): Problem => ({
    ...{ environment: request.reference, path: "--to", value: version, reason, remedy, severity: "error" },
  });
  if ("reason" in choice) {
    const unknown = problem(choice.reason, choice.remedy);
    // What is wrong with the file is told with it.
    await makeReady(request, operator, doors).catch((error: unknown) => {
      throw error instanceof InvalidInputError ? new InvalidInputError([...error.problems, unknown]) : error;
    });
    throw new InvalidInputError([unknown]);
  }
  const plan = (ready: Ready, change: ClusterChange): WantedEdit => {
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
  return await editFile("cluster upgrade", request, operator, doors, plan);
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
