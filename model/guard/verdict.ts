import type { ClusterSpec } from "../cluster/types";
import { isNode } from "../plan/cluster";
import { groupPath } from "../plan/input-field";
import type { EnvironmentPlan } from "../plan/types";
import { nearest, type Problem } from "../problems";
import type { Applied, AppliedMachine } from "./applied";
import { type Approval, approvalMistake, isOfPlan, lostKeys, parseApproval, planDigest } from "./approvals";
import type { Danger } from "./danger";

/** What a plan is compared with. */
export interface Standing {
  /** What the environment was last brought to. */
  readonly applied?: Applied | undefined;
  /** The cluster as its own resource records it, also after a run that broke off. */
  readonly cluster?: ClusterSpec | undefined;
}

/** A dangerous change that is let through, and by what. */
export interface Approved {
  /** `KEY:ACTION@FINGERPRINT`. */
  readonly approval: string;
  /** The field of the environment file. */
  readonly path: string;
  readonly reason: string;
}

/** What the approvals make of the dangerous changes of a plan. */
export interface Verdict {
  readonly approved: readonly Approved[];
  /** What still stands against the plan, with the approval that would let each through, and what is wrong with the approvals. */
  readonly refused: readonly Problem[];
  /** Names of the nodes that leave, and answer no more. */
  readonly lost: readonly string[];
  /** What is to be said, as warnings, of approvals that let nothing through here. */
  readonly unused: readonly Problem[];
}

/** Who reads a refusal, and so where an approval is to be put: on the command line, or into the configuration. */
export type Reader = "command" | "configuration";

/**
 * Counts the approvals against the dangerous changes of a plan. Each counts for what it names, and for the plan it is bound to.
 */
export function judge(
  plan: EnvironmentPlan,
  standing: Standing,
  dangers: readonly Danger[],
  approvals: readonly string[],
  reader: Reader,
): Verdict {
  const digest = planDigest(plan);
  const given = approvals.map((text) => ({ text, approval: parseApproval(text) }));
  const losses = lostKeys(plan, approvals).map((key) => loss(key, plan, standing));
  const losing = losses.filter(({ nodes }) => nodes.length > 0);
  const lost = new Set(losing.map(({ key }) => key));
  const way = (what: string): string =>
    reader === "command" ? `--approve ${what}@${digest}` : `put ${what}@${digest} into the configuration kpaas:approve`;
  const approvalOf = ({ key, action }: Danger): string | undefined => {
    const own = given.find(({ approval }) => approval?.key === key && approval.action === action && approval.bound === digest)?.text;
    return own ?? (lost.has(key) && isLostAnyway(action, standing.applied?.machines[key]) ? `${key}:lost@${digest}` : undefined);
  };
  const approved = dangers.flatMap((danger): Approved[] => {
    const approval = danger.action === "never" ? undefined : approvalOf(danger);
    return approval === undefined ? [] : [{ approval, path: danger.path, reason: danger.reason }];
  });
  approved.push(
    ...losing.map(({ key, path, nodes }) => ({
      approval: `${key}:lost@${digest}`,
      path,
      reason: `${nodes.join(", ")} leaves the cluster as lost, without being drained or reset`,
    })),
  );
  const open = dangers.filter((danger) => danger.action === "never" || approvalOf(danger) === undefined);
  const used = new Set(approved.map(({ approval }) => approval));
  const unused = given.filter(({ text, approval }) => !used.has(text) && (!approval || isOfPlan(approval)));
  const error = { environment: plan.environment, severity: "error" as const };
  const refused = [
    ...open.map(({ key, action, path, reason, remedy, value }): Problem => {
      const outdated = given.find(({ approval }) => approval?.key === key && approval.action === action)?.approval;
      return {
        ...error,
        path,
        ...(value === undefined ? {} : { value }),
        reason: action === "never" || outdated === undefined ? reason : `${reason}; ${outdatedBy(outdated, digest)}`,
        remedy: action === "never" ? remedy : `${remedy}; to go on all the same: ${way(`${key}:${action}`)}`,
      };
    }),
    ...losses.flatMap(({ path, problem }) => (problem === undefined ? [] : [{ ...error, path, ...problem }])),
  ];
  const told = (approval: Approval): boolean =>
    open.some(({ key, action }) => approval.key === key && approval.action === action) ||
    losses.some(({ key, problem }) => approval.key === key && approval.action === "lost" && problem !== undefined);
  const vain = unused
    .filter(({ approval }) => !approval || !told(approval))
    .map(({ text, approval }) => unusedApproval(text, approval, plan, standing, reader));
  return {
    approved,
    // Beside a refusal it is said at once what its reader typed in vain; else once the whole operation knows.
    refused: refused.length === 0 ? [] : [...vain, ...refused],
    lost: losses.flatMap(({ nodes }) => nodes),
    unused: vain,
  };
}

/**
 * Nothing is drained any more: what a lost machine's volumes lose by going to its successor is lost already, and so is the machine that leaves.
 * Volumes in the cloud outlive it, and taking them away is another thing.
 */
function isLostAnyway(action: Danger["action"], was: AppliedMachine | undefined): boolean {
  return action === "rebuild" || (action === "remove" && (was?.login !== undefined || was?.volumes.length === 0));
}

/** Why an approval of the right change does not count. */
function outdatedBy({ bound }: Approval, digest: string): string {
  return bound === undefined
    ? "an approval that stays behind needs the plan's fingerprint"
    : `the plan has changed since it was approved (the fingerprint was ${bound} and is ${digest})`;
}

interface Loss {
  readonly key: string;
  /** The field that declares it. */
  readonly path: string;
  /** The nodes that leave. */
  readonly nodes: readonly string[];
  readonly problem?: Pick<Problem, "reason" | "remedy">;
}

/** What it means for the plan that a machine is said to be lost. */
function loss(key: string, plan: EnvironmentPlan, { applied, cluster }: Standing): Loss {
  const machine = applied?.machines[key];
  const known = cluster ? Object.entries(cluster.nodes).filter(([, node]) => node.key === key) : [];
  const nodes: string[] = known.map(([name]) => name);
  if (!cluster && machine) nodes.push(machine.name);
  const roles = known[0]?.[1].roles ?? machine?.roles ?? ["worker"];
  const path = groupPath(machine?.group ?? (roles.includes("worker") ? "worker" : "control-plane"));
  if (isNode({ roles })) return { key, path, nodes: nodes.filter((name) => !plan.cluster.nodes[name]) };
  const problem = {
    reason: `${key} is no node of the cluster, and only a node can be given up as lost`,
    remedy: "leave the approval out: once a refresh has found that such a machine is gone, an `up` makes it again",
  };
  return { key, path, nodes: [], problem };
}

function keysIn(cluster: ClusterSpec | undefined): string[] {
  return Object.values(cluster?.nodes ?? {}).map(({ key }) => key);
}

/** What is to be said of an approval that lets nothing through. */
function unusedApproval(
  text: string,
  approval: Approval | undefined,
  plan: EnvironmentPlan,
  { applied, cluster }: Standing,
  reader: Reader,
): Problem {
  const leave = reader === "command" ? "leave it out" : "take it out of the configuration kpaas:approve";
  const warning = (reason: string, remedy = `${leave}; a change that needs one is refused`): Problem => ({
    environment: plan.environment,
    path: `approval ${text}`,
    reason,
    remedy,
    severity: "warning",
  });
  if (!approval) return warning("is none", approvalMistake(text));
  const { key, action, bound } = approval;
  const machines = [...plan.machines.map((machine) => machine.key), ...Object.keys(applied?.machines ?? {}), ...keysIn(cluster)];
  if (![...machines, "environment"].includes(key)) {
    const near = nearest(key, [...machines, "environment"]);
    return warning(`there is no machine ${key} here`, near === undefined ? undefined : `did you mean ${near}:${action}?`);
  }
  const digest = planDigest(plan);
  if (bound === undefined)
    return warning("has no fingerprint, and an approval that stays behind needs the plan's", `${leave}, or add @${digest}`);
  if (bound !== digest) return warning(`was given for another plan: the fingerprint of this one is ${digest}`);
  if (action !== "lost") return warning("lets nothing through: the plan has no such change");
  return warning(
    `${key} neither leaves the environment nor is built anew, so nothing follows from its loss`,
    `take ${key} out of the file, or raise its generation`,
  );
}
