import type { ClusterApi } from "../reach/cluster-api";
import { StackMissingError } from "./errors";
import { readClusterState, readOutputs } from "./read";
import { openTunnelFor, recordedKubeconfig } from "./tunnel";
import type { EngineTarget, RunOptions } from "./types";

/**
 * Does something in an environment's cluster, through its bastion where it is private.
 * @throws StackMissingError where no cluster was brought up
 */
export async function withCluster<T>(target: EngineTarget, options: RunOptions, work: (api: ClusterApi) => Promise<T>): Promise<T> {
  const recorded = {
    outputs: () => readOutputs(target, { ...options, showSecrets: true }),
    state: () => readClusterState(target, options),
  };
  const kubeconfig = recordedKubeconfig(await recorded.outputs());
  if (kubeconfig === undefined) throw new StackMissingError(target.plan.environment);
  const { ClusterApi } = await import("../reach/cluster-api.js");
  const tunnel = await openTunnelFor(target, options, recorded);
  try {
    return await work(new ClusterApi(kubeconfig));
  } finally {
    await tunnel?.close();
  }
}
