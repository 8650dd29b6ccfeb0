import { Config } from "@pulumi/pulumi";
import type { Applied } from "../model/guard/applied";
import { refusals } from "../model/guard/approvals";
import { findDangers } from "../model/guard/dangers";
import type { EnvironmentPlan } from "../model/plan/types";
import { RefusedError } from "../model/problems";

/**
 * Compares the plan with what is there.
 * @param approvals given for this one run, beside those of the configuration `kpaas:approve`; undefined where only the configuration counts
 * @throws RefusedError naming every dangerous change that nothing lets through
 */
export function refuseDangers(applied: Applied | undefined, plan: EnvironmentPlan, approvals: readonly string[] | undefined): void {
  const dangers = findDangers(applied, plan);
  const once = refusals(plan, dangers, approvals ?? []);
  const lasting = refusals(plan, dangers, new Config("kpaas").get("approve")?.split(/[\s,]+/) ?? [], true);
  const [shown, others] = approvals === undefined ? [lasting, once] : [once, lasting];
  const open = shown.filter((problem) => others.some((each) => each.path === problem.path && each.reason === problem.reason));
  if (open.length > 0) throw new RefusedError(open);
}
