import type { RecordedEnvironment } from "../../engine/read";
import { parseRecordedCluster } from "../../model/cluster/recorded";
import { refusalText } from "../../model/cluster/refusals";
import { compileSteps } from "../../model/cluster/steps/compile";
import type { ClusterSpec, ClusterStep } from "../../model/cluster/types";
import { referencesIn } from "../../model/environment/variable-values";
import { parseApplied } from "../../model/guard/applied";
import { toldByCluster } from "../../model/guard/cluster-dangers";
import { findDangers } from "../../model/guard/dangers";
import { type Approved, judge } from "../../model/guard/verdict";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Problem } from "../../model/problems";
import { expiringOf } from "../../plugin/kubespray/certificates";
import { reveal } from "../../plugin/kubespray/values";

/** What the next `up` would do to a cluster. */
export interface ClusterChange {
  /** The cluster as it was last reached; undefined where there is none yet. */
  readonly recorded?: ClusterSpec;
  readonly wanted: ClusterSpec;
  readonly steps: readonly ClusterStep[];
  /** What stands against it: nothing is run then. */
  readonly refused: readonly Problem[];
  /** Those of them that no approval lets through. */
  readonly never: readonly Problem[];
  readonly approved: readonly Approved[];
  /** Variables that refer to a secret: whether those change is only known when the secrets are read. */
  readonly uncompared: readonly string[];
}

/** Compiles the change from what is recorded to a plan, by the same rules as the operation itself. */
export function changeOf(
  plan: EnvironmentPlan,
  { cluster, applied: record }: RecordedEnvironment,
  approvals: readonly string[],
  now: Date,
): ClusterChange {
  const recorded = parseRecordedCluster(reveal(cluster?.outputs));
  const applied = parseApplied(record, plan.environment);
  const dangers = findDangers(applied, plan, recorded);
  const { refused, approved, lost } = judge(plan, { applied, cluster: recorded }, dangers, approvals, "command");
  const paths = new Set(dangers.filter(({ action }) => action === "never").map(({ path }) => path));
  const never = refused.filter(({ path, severity }) => severity === "error" && paths.has(path));
  const uncompared = [...new Set([...referencesIn(plan.cluster.variables).keys()].map((path) => path.split(".")[0] ?? path))];
  const wanted = withRecorded(plan.cluster, recorded, uncompared);
  const told = { ...(recorded ? { recorded } : {}), wanted, approved, uncompared: recorded ? uncompared : [] };
  if (never.length > 0) return { ...told, steps: [], refused, never };
  const expiring = cluster ? expiringOf(cluster.outputs, now).renewable : [];
  const { steps, refusals } = compileSteps(recorded, wanted, { lost, expiring });
  const byCluster = toldByCluster(refusalText(refusals), plan);
  return { ...told, steps, refused: [...refused, ...byCluster], never: byCluster };
}

/** Where a secret leads is not known here: it is taken to be what it was. */
function withRecorded(wanted: ClusterSpec, recorded: ClusterSpec | undefined, names: readonly string[]): ClusterSpec {
  const same = names.filter((name) => recorded !== undefined && Object.hasOwn(recorded.variables, name));
  const known = Object.fromEntries(same.map((name) => [name, recorded?.variables[name]]));
  return { ...wanted, variables: { ...wanted.variables, ...known } };
}
