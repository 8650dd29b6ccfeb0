import { contentDigest } from "../../model/canonical";
import { fields, isFields, list, parsedJson } from "../../model/data";
import { type Found, foundIn, outlineIn } from "../../model/fleet/found";
import type { Approved } from "../../model/guard/verdict";
import type { OperationKind } from "../data/tables";

/** What an operation would do, as its plan tells it. */
export interface PlanContent {
  readonly operation: string;
  readonly environment: string;
  readonly kind: OperationKind;
  /** That of the environment's file and lock. */
  readonly commit: string;
  readonly fingerprint: string;
  readonly counts?: Found["counts"];
  readonly changes: Found["changes"];
  readonly risks: Found["risks"];
  readonly steps: Found["steps"];
  readonly approvals: readonly { readonly approval: string; readonly name: string; readonly path: string; readonly reason: string }[];
  readonly lost: readonly string[];
  readonly kept: readonly string[];
  /** All that an approval has to name. */
  readonly needs: readonly string[];
}

type Subject = Pick<PlanContent, "operation" | "environment" | "kind" | "commit">;

/** The plan of an `up`, of what its preview has printed. */
export function planOfPreview(subject: Subject, printed: string, fingerprint: string): PlanContent {
  const { counts, changes, risks, steps } = foundIn(printed, fingerprint, 0);
  const approved = list(fields(parsedJson(printed)).approved).filter(isFields) as unknown as Approved[];
  const approvals = approved.map(({ approval, path, reason }) => ({ approval, name: nameOf(approval), path, reason }));
  return {
    ...{ ...subject, fingerprint, counts, risks, steps, approvals, lost: [], kept: [] },
    changes: changes.length > 0 ? changes : outlineIn(printed),
    needs: [...new Set(approvals.map(({ name }) => name))].sort(),
  };
}

/** The plan of a `destroy`, of what goes and what stays. */
export function planOfLoss(subject: Subject, printed: string): PlanContent {
  const { lost, kept } = lossIn(printed);
  const nothing = { changes: [], risks: [], steps: [], approvals: [] };
  return { ...subject, fingerprint: lossFingerprint(printed), ...nothing, lost, kept, needs: [subject.environment] };
}

/** What a destroy would take, in a word. */
export function lossFingerprint(printed: string): string {
  return contentDigest(lossIn(printed)).slice(0, 16);
}

/** Of all that a plan says. */
export function planDigest(plan: PlanContent): string {
  return contentDigest(plan);
}

/** The approvals that a refusal asks for; undefined where it is one that no approval lets through. */
export function askedApprovals(printed: string): string[] | undefined {
  const problems = list(fields(parsedJson(printed)).problems).map(fields);
  const errors = problems.filter(({ severity }) => severity !== "warning");
  const asked = errors.map(({ remedy }) => /--approve ([^\s:@/`]+:[a-z-]+@[0-9a-f]{12})/.exec(String(remedy))?.[1]);
  const all = asked.filter((each) => each !== undefined);
  return all.length === errors.length && all.length > 0 ? [...new Set(all)] : undefined;
}

/** An approval as somebody names it: without what it is bound to. */
export function nameOf(approval: string): string {
  return approval.split("@")[0] ?? approval;
}

function lossIn(printed: string): { readonly lost: readonly string[]; readonly kept: readonly string[] } {
  const { lost, kept } = fields(parsedJson(printed));
  return { lost: list(lost).map(String).sort(), kept: list(kept).map(String).sort() };
}
