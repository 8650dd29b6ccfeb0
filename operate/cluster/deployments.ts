import { deploymentsIn, type LiveDeployment } from "../../model/cluster/deployments";
import { at, list } from "../../model/data";
import type { ClusterView } from "../../plugin/kubespray/cluster-view";
import type { Doors } from "../doors";
import type { Operator } from "../operator";
import { type Ready, runJob } from "../ready";

/** The Deployments of a cluster, by its API, through its bastion where it is private; a text where they could not be told. */
export async function readDeployments(
  { target }: Ready,
  view: ClusterView,
  operator: Operator,
  doors: Doors,
): Promise<readonly LiveDeployment[] | string> {
  const simulated = view.deployments?.();
  if (simulated !== undefined) return deploymentsIn(simulated);
  const engine = await doors.engine();
  const ask = runJob("read", target, operator, (at, options) =>
    engine.withCluster(at, options, (api) => api.call("/apis/apps/v1/deployments")),
  );
  return await ask.then(
    (answer) => deploymentsIn(list(at(answer, "items"))),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}
