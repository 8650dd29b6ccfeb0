import { deploymentChecks } from "../../model/cluster/deployments";
import { type HealthCheck, healthOf, isHealthy, type LiveHealth } from "../../model/cluster/health";
import { silentTexts } from "../../plugin/kubespray/cluster-view";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import type { Ready, Request } from "../ready";
import { clockOf } from "./clock";
import { readDeployments } from "./deployments";
import { loadCluster, lookAt } from "./run";

/** How a cluster is. */
export interface ClusterHealth extends Ready {
  readonly healthy: boolean;
  readonly checks: readonly HealthCheck[];
  /** As it was seen; undefined where it could not be. */
  readonly live?: LiveHealth;
  /** The release of K-PaaS that its last `up` brought. */
  readonly release?: string;
}

/**
 * Looks at the cluster and its hosts. Changes nothing.
 * @param deployments those that have to be available too: `NAMESPACE/NAME`, `*` stands for any
 * @throws InvalidInputError; OperationFailedError where it is not up
 */
export async function health(request: Request, deployments: readonly string[], operator: Operator, doors = DOORS): Promise<ClusterHealth> {
  const { spec, access, kubespray, ...ready } = await loadCluster(request, operator, doors);
  const { view } = kubespray;
  const { environment } = ready.target.plan;
  const { machines, ssh } = access;
  const found = deployments.length === 0 ? [] : deploymentChecks(deployments, await readDeployments(ready, view, operator, doors));
  return await lookAt(ready, operator, async () => {
    const nodes = Object.fromEntries(Object.entries(machines).filter(([name]) => spec.nodes[name]));
    const [silent, live, backups] = await Promise.all([
      view.silent(nodes, ssh, environment),
      view.read(spec, access).catch(messageOf),
      view.backups(spec, access).catch(messageOf),
    ]);
    const seen = healthOf({ spec, live, silent: silentTexts(silent), backups, now: clockOf(ready.target)() });
    const checks = [...seen, ...found];
    return { ...ready, healthy: isHealthy(checks), checks, ...(typeof live === "object" ? { live } : {}) };
  });
}

/** Whoever looks wants to know what else can be seen. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
