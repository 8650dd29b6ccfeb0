import { KUBESPRAY_CLUSTER } from "../../model/type-tokens";
import { nameOf } from "../events";
import { findable } from "./findable";
import type { PendingStack } from "./pending";
import { CLUSTER_PROVIDER, changeDependencies, isInCluster, parseState, type State, type StateResource } from "./state";

/*
 * A destroy forgets more than it deletes: what goes with its cluster, and what is nowhere but in the state (passwords, keys). Broken off before
 * the cluster went, all that is still there, and an `up` would make it a second time or lock itself out with new passwords.
 */

/** What of the stack a broken destroy needs. */
export type DestroyedStack = Pick<PendingStack, "exportState" | "importState" | "refresh" | "tell"> & {
  /** The resources there were before a destroy that has not ended; undefined where there is none. */
  beforeDestroy(): readonly StateResource[] | undefined;
  /** Keeps them until the destroy has ended; undefined: it has, or what it forgot is in the state again. */
  keepBeforeDestroy(resources: readonly StateResource[] | undefined): void;
};

/** Keeps what there is before a destroy begins. One that was broken off and is repeated leaves what it kept the first time. */
export async function beginDestroy(stack: DestroyedStack): Promise<void> {
  if (stack.beforeDestroy() !== undefined) return;
  stack.keepBeforeDestroy(parseState(await stack.exportState(false)).deployment.resources ?? []);
}

/** Says in a preview, which takes nothing back, that a destroy was broken off. */
export function tellBrokenDestroy(stack: DestroyedStack): void {
  if (stack.beforeDestroy() === undefined) return;
  stack.tell("a destroy was broken off: what it forgot and did not delete shows as new here; `up` looks for it first");
}

/** Takes back into the state what a destroy that was broken off has forgotten and not deleted. */
export async function recallForgotten(stack: DestroyedStack): Promise<void> {
  const before = stack.beforeDestroy();
  if (before === undefined) return;
  const state = parseState(await stack.exportState(false));
  // Another stack of the same name, which knows nothing of that destroy.
  if ((state.deployment.resources ?? []).length === 0) return stack.keepBeforeDestroy(undefined);
  const { recalled, resources } = recall(before, state);
  const objects = recalled.filter((one) => findable(one).how !== "nowhere").map(({ urn }) => urn);
  if (objects.length > 0)
    stack.tell(`looking for ${objects.length} objects that a destroy forgot before it was broken off: ${objects.map(nameOf).join(", ")}`);
  if (recalled.length > 0) await stack.importState(JSON.stringify({ ...state, deployment: { ...state.deployment, resources } }));
  if (objects.length > 0) await stack.refresh(objects);
  stack.keepBeforeDestroy(undefined);
}

/** The state's resources with those that a destroy forgot, in their old order, and the latter by themselves. Pure. */
export function recall(
  before: readonly StateResource[],
  { deployment }: State,
): { readonly recalled: StateResource[]; readonly resources: StateResource[] } {
  const now = deployment.resources ?? [];
  const there = new Set(now.map(({ urn }) => urn));
  const clusters = now.filter(({ type }) => type === KUBESPRAY_CLUSTER).map(({ urn }) => urn);
  // What goes with something else (objects with their cluster, rules with their group) is there as long as that is; so is what spoke to it.
  const lives = ({ type, deletedWith, dependencies = [] }: StateResource): boolean =>
    type === CLUSTER_PROVIDER ? dependencies.some((urn) => clusters.includes(urn)) : deletedWith !== undefined && there.has(deletedWith);
  const forgotten = (one: StateResource): boolean => lives(one) || (!isInCluster(one) && findable(one).how === "nowhere");
  const recalled = before.filter((one) => !there.has(one.urn) && one.delete !== true && forgotten(one));
  const names = new Set([...there, ...recalled.map(({ urn }) => urn)]);
  const kept = (urns: readonly string[]): string[] => urns.filter((urn) => names.has(urn));
  const known = new Set(before.map(({ urn }) => urn));
  const merged = before.flatMap((one) => {
    const own = now.filter(({ urn }) => urn === one.urn);
    if (own.length > 0) return own;
    return recalled.includes(one) ? [{ ...one, ...changeDependencies(one, kept) }] : [];
  });
  return { recalled, resources: [...new Set([...merged, ...now.filter(({ urn }) => !known.has(urn))])] };
}
