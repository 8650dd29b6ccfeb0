import type { Kysely } from "kysely";
import type { Step } from "../../model/fleet/work";
import type { Tables } from "../data/tables";
import { lossFingerprint, planDigest, planOfLoss, planOfPreview } from "./plan";
import type { Operation } from "./types";

/** What a step that plans has told: what it printed, and of a preview what that shows in a word. */
export interface Planned {
  readonly step: Step;
  readonly printed: string;
  readonly fingerprint?: string | undefined;
}

/** Keeps what an operation would do, in place of what was kept of it before. */
export async function keepPlan({ id, environment, kind, file }: Operation, planned: Planned, within: Kysely<Tables>): Promise<void> {
  const subject = { operation: id, environment, kind, commit: file ?? "" };
  const { step, printed, fingerprint = "" } = planned;
  const plan = step === "loss" ? planOfLoss(subject, printed) : planOfPreview(subject, printed, fingerprint);
  const row = { digest: planDigest(plan), fingerprint: plan.fingerprint, plan: JSON.stringify(plan), made: new Date() };
  await within
    .insertInto("plans")
    .values({ operation: id, ...row })
    .onConflict((same) => same.column("operation").doUpdateSet(row))
    .execute();
}

/** Why what was approved is not what would be done any more, by what stands; undefined where it is. */
export async function outlived(
  { id }: Operation,
  { step, printed, fingerprint }: Planned,
  within: Kysely<Tables>,
): Promise<string | undefined> {
  const row = await within.selectFrom("plans").select("fingerprint").where("operation", "=", id).executeTakeFirst();
  if (row !== undefined && row.fingerprint === (step === "loss" ? lossFingerprint(printed) : fingerprint)) return undefined;
  return "what it would do is another by now than was approved, for what stands has changed: ask for another operation, and look at its plan";
}
