import type { PendingStack } from "./pending";
import { changeDependencies, isInCluster, parseState, type State } from "./state";

/** The approval with which a destroy forgets what was in a cluster that will never answer again. */
export const CLUSTER_LOST = "cluster:lost";

/**
 * Takes what was in the cluster out of the state, because nothing of it can be deleted any more. Load balancers and volumes that the cluster
 * had made in the cloud are nobody's then.
 */
export async function forgetObjects(
  stack: Pick<PendingStack, "exportState" | "importState" | "remembered" | "remember" | "tell">,
): Promise<void> {
  const state = parseState(await stack.exportState(false));
  const open = [...(state.deployment.pending_operations ?? []), ...stack.remembered()];
  const forgotten = (state.deployment.resources ?? []).filter(isInCluster);
  if (forgotten.length === 0 && !open.some(({ resource }) => isInCluster(resource))) return;
  stack.tell(
    `forgetting ${forgotten.length} objects of the lost cluster; look in the cloud for load balancers and volumes that it had made there`,
  );
  // First, because the engine drops open operations of what it imports.
  stack.remember(open.filter(({ resource }) => !isInCluster(resource)));
  await stack.importState(JSON.stringify(withoutObjects(state)));
}

/** The state without what is in the cluster, and without what the rest knew of it. Pure. */
export function withoutObjects(state: State): State {
  const { pending_operations: _open, ...deployment } = state.deployment;
  const all = deployment.resources ?? [];
  const gone = new Set(all.filter(isInCluster).map(({ urn }) => urn));
  const kept = (urns: readonly string[]): string[] => urns.filter((urn) => !gone.has(urn));
  const resources = all.filter(({ urn }) => !gone.has(urn)).map((resource) => ({ ...resource, ...changeDependencies(resource, kept) }));
  return { ...state, deployment: { ...deployment, resources } };
}
