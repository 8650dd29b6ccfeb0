import { contentDigest } from "../canonical";
import { at, isFields, parsedJson } from "../data";
import { refuseNewer } from "../formats";
import { approvalMistake, parseApproval } from "../guard/approvals";
import { InvalidInputError, type Problem, RefusedError } from "../problems";
import { clusterNames, type FleetPlan } from "./plan";
import type { FleetPreview } from "./preview";
import type { Approvals, Begun } from "./records";
import type { Work } from "./work";

/** A preview that somebody looks at before a later `fleet up` goes by it. */
export interface SavedPreview extends Required<Pick<Begun, "sandbox" | "approved" | "approvals">> {
  readonly fleet: string;
  /** Of the waves and rules that were planned. */
  readonly plan: string;
  readonly preview: FleetPreview;
}

/** What is to be done, and with whom; whether data are backed up before changes nothing of what is shown. */
function planDigest(plan: FleetPlan, work: Work): string {
  const { backup: _backup, ...rest } = { backup: undefined, ...work };
  return contentDigest(work.operation === "up" ? plan : { plan, work: rest });
}

/** A preview without refusals, to be kept in a file. */
export function savedPreview(
  plan: FleetPlan,
  preview: FleetPreview,
  { sandbox, approvals }: Pick<SavedPreview, "sandbox" | "approvals">,
): SavedPreview {
  return { fleet: plan.fleet, sandbox, plan: planDigest(plan, preview.work), approved: fingerprintsOf(preview), approvals, preview };
}

/** By cluster, the fingerprint of what its preview has shown. */
export function fingerprintsOf({ waves }: FleetPreview): Record<string, string> {
  const clusters = waves.flatMap((wave) => wave.clusters);
  return Object.fromEntries(clusters.flatMap(({ name, found }) => (found === undefined ? [] : [[name, found.fingerprint] as const])));
}

/**
 * Reads a preview that was saved. Whether each cluster still shows what was approved, its own preview tells before its `up`.
 * @param file its name, for problems
 * @throws InvalidInputError where it is none; RefusedError where a later version wrote it, or it is not of this plan
 */
export function readSaved(content: string | undefined, file: string, plan: FleetPlan, work: Work, sandbox: boolean): SavedPreview {
  const problem = (reason: string, remedy: string): Problem => ({ environment: plan.fleet, path: file, reason, remedy, severity: "error" });
  const saving = (to: string) =>
    `make another: \`kpaas fleet preview${work.operation === "upgrade" ? ` --to ${work.to}` : ""} --save ${to}${sandbox ? " --sandbox" : ""}\``;
  const again = saving(file);
  if (content === undefined) throw new InvalidInputError([problem("there is no such file", again)]);
  const saved = parsedJson(content);
  refuseNewer("fleetPreview", saved, plan.fleet);
  // What it is instead is not to be written over.
  if (!isSaved(saved))
    throw new InvalidInputError([problem("is no preview that `kpaas fleet preview --save` has written", saving("fleet-preview.json"))]);
  if (saved.fleet !== plan.fleet) throw new InvalidInputError([problem(`is of the fleet ${saved.fleet}`, again)]);
  if (saved.sandbox !== sandbox)
    throw new InvalidInputError([
      problem(saved.sandbox ? "is of the sandbox" : "is not of the sandbox", saved.sandbox ? "add --sandbox" : "leave --sandbox out"),
    ]);
  if (saved.plan !== planDigest(plan, work))
    throw new RefusedError([
      problem("something else is to be done, or waves, order or rules of the fleet are other ones than when it was made", again),
    ]);
  const clusters = clusterNames(plan);
  const missing = clusters.filter((name) => typeof saved.approved[name] !== "string");
  if (missing.length > 0) throw new InvalidInputError([problem(`does not have ${missing.join(", ")}`, again)]);
  requireClusters(plan, saved.approvals);
  return saved;
}

/** Whether a file is a saved preview, so that another may take its place. */
export function isSavedPreview(content: string): boolean {
  return isSaved(parsedJson(content));
}

/** Adds an approval for one cluster of a fleet to others; a text where it is none. */
export function withApproval(value: string, before: Approvals): Approvals | string {
  const slash = value.indexOf("/");
  const [cluster, approval] = [value.slice(0, Math.max(slash, 0)), value.slice(slash + 1)];
  if (cluster === "") return "It must be CLUSTER/KEY:ACTION@FINGERPRINT, as the refusal prints it; one for each approval.";
  const mistake = approvalMistake(approval);
  if (mistake !== undefined) return mistake;
  // A fleet's run is long: it would count for whatever the file says by then.
  if (parseApproval(approval)?.bound === undefined) return "It must end in @FINGERPRINT, as the refusal prints it.";
  return { ...before, [cluster]: [...(before[cluster] ?? []), approval] };
}

/** @throws InvalidInputError where approvals are for no cluster of the plan */
export function requireClusters({ fleet, waves }: FleetPlan, approvals: Approvals): void {
  const clusters = clusterNames({ waves });
  const unknown = Object.keys(approvals).filter((name) => !clusters.includes(name));
  if (unknown.length === 0) return;
  throw new InvalidInputError(
    unknown.map((name) => ({
      ...{ environment: fleet, path: "", severity: "error" },
      reason: `--approve: ${name} is no cluster of the fleet`,
      remedy: `its clusters are: ${clusters.join(", ")}`,
    })),
  );
}

function isSaved(data: unknown): data is SavedPreview {
  if (!isFields(data)) return false;
  const { fleet, sandbox, plan, approved, approvals, preview } = data;
  return (
    [fleet, plan].every((each) => typeof each === "string") &&
    typeof sandbox === "boolean" &&
    [approved, approvals, preview].every(isFields) &&
    Array.isArray(at(preview, "waves")) &&
    // They become words of a command.
    Object.values(approvals as object).every((some) => Array.isArray(some) && some.every((each) => parseApproval(String(each))?.bound))
  );
}
