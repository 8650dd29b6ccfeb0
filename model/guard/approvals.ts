import { fingerprintOf } from "../canonical";
import type { EnvironmentPlan } from "../plan/types";
import { nearest } from "../problems";
import { APPROVABLE } from "./danger";

/*
 * An approval is KEY:ACTION@BOUND. It holds for what it is bound to and for nothing else: a dangerous change and a lost machine to the plan's
 * fingerprint, `NAME:absent` to the operation that was broken off, `cluster:lost` to the cluster that stands, `state:forget` to the resources that
 * no state would know any more. Defined here and nowhere else.
 */

/** What an approval can be of, beside the dangerous changes: what no longer answers, what was never made, and what is to be forgotten. */
const FACTS = ["lost", "absent", "forget"] as const;

/** An approval in its parts. */
export interface Approval {
  readonly key: string;
  readonly action: (typeof APPROVABLE)[number] | (typeof FACTS)[number];
  /** What it is bound to: 12 hexadecimal digits. */
  readonly bound?: string;
}

const ACTIONS: readonly Approval["action"][] = [...APPROVABLE, ...FACTS];

/** The fingerprint of a plan: a digest of its content, whatever the order of its keys. What approvals of changes are bound to. */
export function planDigest(plan: EnvironmentPlan): string {
  return fingerprintOf(plan);
}

/** Reads an approval; undefined for what is none. */
export function parseApproval(text: string): Approval | undefined {
  const [, key = "", word, bound] = /^([^:@\s]+):([a-z-]+)(?:@([0-9a-f]{12}))?$/.exec(text) ?? [];
  const action = ACTIONS.find((each) => each === word);
  return action === undefined ? undefined : { key, action, ...(bound === undefined ? {} : { bound }) };
}

/** Why a text is no approval, as a sentence; undefined for one that is. */
export function approvalMistake(text: string): string | undefined {
  if (parseApproval(text)) return undefined;
  const [, word = "", at] = /^[^:@\s]+:([^:@\s]+)(@\S*)?$/.exec(text) ?? [];
  if (word === "") return "It must be KEY:ACTION@FINGERPRINT, as the refusal prints it; one for each approval.";
  if (ACTIONS.some((action) => action === word))
    return `What follows the @ (${at?.slice(1)}) must be the 12 hexadecimal digits that the refusal prints.`;
  const near = nearest(word, ACTIONS);
  return near === undefined
    ? `There is no action "${word}"; there are ${ACTIONS.join(", ")}.`
    : `There is no action "${word}": did you mean "${near}"?`;
}

/**
 * An approval given for one command, bound to that command's plan. Those that no plan can bind stay as they are: of a cluster that is lost, of
 * what was never made, and of what a state is to forget.
 */
export function bindToPlan(text: string, plan: EnvironmentPlan): string {
  const approval = parseApproval(text);
  if (!approval || approval.bound !== undefined || !isOfPlan(approval)) return text;
  return `${text}@${planDigest(plan)}`;
}

/** Whether the approval is of something in the plan, and bound to that. */
export function isOfPlan({ key, action }: Approval): boolean {
  return action !== "absent" && action !== "forget" && !(action === "lost" && key === CLUSTER);
}

/** The key that stands for the cluster as a whole. */
const CLUSTER = "cluster";

/** The approval with which a destroy forgets what was in a cluster that will never answer again. */
export const CLUSTER_LOST = `${CLUSTER}:lost`;

/** The approval with which a backup takes the place of a state that knows more. */
export const STATE_FORGET = "state:forget";

/** The machines whose keys approvals bound to this plan say to be lost. */
export function lostKeys(plan: EnvironmentPlan, approvals: readonly string[]): string[] {
  const digest = planDigest(plan);
  return approvals.flatMap((text) => {
    const approval = parseApproval(text);
    return approval?.action === "lost" && isOfPlan(approval) && approval.bound === digest ? [approval.key] : [];
  });
}
