import { createHash } from "node:crypto";
import type { EnvironmentPlan } from "../plan/types";
import type { Problem } from "../problems";
import type { Danger } from "./danger";

/** A short fingerprint of the plan's content: what a lasting approval is bound to. */
export function planDigest(plan: EnvironmentPlan): string {
  return createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, 12);
}

/**
 * What still stands against a plan once the approvals are counted: refusals with the approval that would let each one through.
 * `lasting` approvals stay behind in the configuration, so they count with the plan's fingerprint only.
 */
export function refusals(plan: EnvironmentPlan, dangers: readonly Danger[], approvals: readonly string[], lasting = false): Problem[] {
  const digest = planDigest(plan);
  const approval = (what: string): string =>
    lasting ? `put ${what}@${digest} into the configuration kpaas:approve` : `--approve ${what}@${digest}`;
  const approved = (danger: Danger): boolean =>
    danger.action !== "never" &&
    approvals.some((given) => {
      const [what, bound] = given.split("@");
      return what === `${danger.key}:${danger.action}` && (bound === undefined ? !lasting : bound === digest);
    });
  return dangers
    .filter((danger) => !approved(danger))
    .map(({ key, action, path, reason, remedy, value }) => ({
      environment: plan.environment,
      path,
      ...(value === undefined ? {} : { value }),
      reason,
      remedy: action === "never" ? remedy : `${remedy}; to go on all the same: ${approval(`${key}:${action}`)}`,
      severity: "error" as const,
    }));
}
