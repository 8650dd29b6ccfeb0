import { Config, log } from "@pulumi/pulumi";
import { parseRecordedCluster } from "../model/cluster/recorded";
import type { ClusterSpec } from "../model/cluster/types";
import type { Applied } from "../model/guard/applied";
import { refusals } from "../model/guard/approvals";
import { findDangers } from "../model/guard/dangers";
import { laterChanges } from "../model/guard/later";
import type { EnvironmentPlan } from "../model/plan/types";
import { RefusedError } from "../model/problems";
import { type StandingResource, standingResource } from "./standing";

/** What a plan is compared with. */
export interface Standing {
  /** What the environment was last brought to. */
  readonly applied?: Applied | undefined;
  /** The cluster as its own resource records it, also after a run that broke off. */
  readonly cluster?: ClusterSpec | undefined;
}

/** The cluster of an environment among what stands in the stack that holds it. */
export function standingCluster(resources: readonly StandingResource[], environment: string): ClusterSpec | undefined {
  return parseRecordedCluster(standingResource(resources, CLUSTER, `${environment}-cluster-kubespray`)?.outputs);
}

/** Says which changes no machine takes that stands: no resource shows them. */
export async function tellLater(applied: Applied | undefined, plan: EnvironmentPlan): Promise<void> {
  for (const text of laterChanges(applied, plan)) await log.info(text);
}

/** Type token of the cluster's resource. */
const CLUSTER = "kpaas:kubespray:Cluster";

/**
 * Compares the plan with what is there.
 * @param approvals given for this one run, beside those of the configuration `kpaas:approve`; undefined where only the configuration counts
 * @throws RefusedError naming every dangerous change that nothing lets through
 */
export function refuseDangers({ applied, cluster }: Standing, plan: EnvironmentPlan, approvals: readonly string[] | undefined): void {
  const dangers = findDangers(applied, plan, cluster);
  const once = refusals(plan, dangers, approvals ?? []);
  const lasting = refusals(plan, dangers, new Config("kpaas").get("approve")?.split(/[\s,]+/) ?? [], true);
  const [shown, others] = approvals === undefined ? [lasting, once] : [once, lasting];
  const open = shown.filter((problem) => others.some((each) => each.path === problem.path && each.reason === problem.reason));
  if (open.length > 0) throw new RefusedError(open);
}
