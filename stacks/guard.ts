import { Config, log } from "@pulumi/pulumi";
import { parseRecordedCluster } from "../model/cluster/recorded";
import type { ClusterSpec } from "../model/cluster/types";
import type { Applied } from "../model/guard/applied";
import { findDangers } from "../model/guard/dangers";
import { laterChanges } from "../model/guard/later";
import { judge, type Standing, type Verdict } from "../model/guard/verdict";
import type { EnvironmentPlan } from "../model/plan/types";
import { describeProblem, RefusedError } from "../model/problems";
import { KUBESPRAY_CLUSTER } from "../model/type-tokens";
import { type StandingResource, standingResource } from "./standing";

/** The cluster of an environment among what stands in the stack that holds it. */
export function standingCluster(resources: readonly StandingResource[], environment: string): ClusterSpec | undefined {
  return parseRecordedCluster(standingResource(resources, KUBESPRAY_CLUSTER, `${environment}-cluster-kubespray`)?.outputs);
}

/** Says which changes no machine takes that stands: no resource shows them. */
export async function tellLater(applied: Applied | undefined, plan: EnvironmentPlan): Promise<void> {
  for (const text of laterChanges(applied, plan)) await log.info(text);
}

/**
 * Compares the plan with what is there.
 * @param approvals given for this one run, beside those of the configuration `kpaas:approve`; undefined where only the configuration counts
 * @throws RefusedError naming every dangerous change that nothing lets through
 */
export function refuseDangers(standing: Standing, plan: EnvironmentPlan, approvals: readonly string[] | undefined): Verdict {
  const configured = approvalsIn(new Config("kpaas").get("approve"));
  const reader = approvals === undefined ? "configuration" : "command";
  const verdict = judge(
    plan,
    standing,
    findDangers(standing.applied, plan, standing.cluster),
    [...(approvals ?? []), ...configured],
    reader,
  );
  if (verdict.refused.length > 0) throw new RefusedError(verdict.refused);
  return verdict;
}

/** The approvals in a value of the configuration `kpaas:approve`. */
function approvalsIn(value: string | undefined): string[] {
  return value?.split(/[\s,]+/).filter((each) => each !== "") ?? [];
}

/** Shows under `pulumi` what is let through, and what approvals let nothing through. */
export async function tellVerdict({ approved, unused }: Verdict): Promise<void> {
  for (const { approval, reason } of approved) await log.info(`approved by ${approval}: ${reason}`);
  for (const problem of unused) await log.warn(describeProblem(problem));
}
