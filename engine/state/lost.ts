import { fingerprintOf } from "../../model/canonical";
import { CLUSTER_LOST } from "../../model/guard/approvals";
import { RefusedError } from "../../model/problems";
import type { PendingStack } from "./pending";
import { CLUSTER_PROVIDER, changeDependencies, isInCluster, parseState, type State } from "./state";

const isForLost = (approval: string): boolean => approval === CLUSTER_LOST || approval.startsWith(`${CLUSTER_LOST}@`);

/** Whether an approval says that a cluster is lost, so that {@link forgetObjects} may write the state. */
export function mayForget(approvals: readonly string[]): boolean {
  return approvals.some(isForLost);
}

/**
 * Takes what was in the cluster out of the state, where an approval says that the cluster is lost: nothing of it can be deleted any more. Load
 * balancers and volumes that the cluster had made in the cloud are nobody's then.
 * @param approvals `cluster:lost`, or with `@` the cluster it is of: another one of the name is not lost by it
 * @returns the approvals that counted
 * @throws RefusedError where it is of another cluster
 */
export async function forgetObjects(
  stack: Pick<PendingStack, "exportState" | "importState" | "remembered" | "remember" | "tell">,
  environment: string,
  approvals: readonly string[],
): Promise<readonly string[]> {
  const given = approvals.filter(isForLost);
  if (given.length === 0) return [];
  const state = parseState(await stack.exportState(false));
  const open = [...(state.deployment.pending_operations ?? []), ...stack.remembered()];
  const forgotten = (state.deployment.resources ?? []).filter(isInCluster);
  if (forgotten.length === 0 && !open.some(({ resource }) => isInCluster(resource))) return [];
  const cluster = clusterLost(state);
  // Without objects there is nothing of a cluster here that one could be wrong about.
  if (cluster !== undefined && !given.includes(CLUSTER_LOST) && !given.includes(cluster)) {
    throw new RefusedError([
      {
        environment,
        path: "approval cluster:lost",
        reason: "was given for another cluster than the one that stands",
        remedy: `where this one is lost too: --approve ${cluster}`,
        severity: "error",
      },
    ]);
  }
  stack.tell(
    `forgetting ${forgotten.length} objects of the lost cluster${cluster === undefined ? "" : ` (${cluster})`}; look in the cloud for load balancers and volumes that it had made there`,
  );
  // First, because the engine drops open operations of what it imports.
  stack.remember(open.filter(({ resource }) => !isInCluster(resource)));
  await stack.importState(JSON.stringify(withoutObjects(state)));
  return given;
}

/** The approval that says of the cluster whose objects are in this state, and of no later one, that it is lost; undefined where none are. */
export function clusterLost({ deployment }: State): string | undefined {
  const inside = (deployment.resources ?? []).filter(isInCluster);
  // A provider's id is another one each time it is made.
  const provider = inside.find(({ type }) => type === CLUSTER_PROVIDER);
  if (provider === undefined || inside.every(({ type }) => type === CLUSTER_PROVIDER)) return undefined;
  return `${CLUSTER_LOST}@${fingerprintOf(provider.id)}`;
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
