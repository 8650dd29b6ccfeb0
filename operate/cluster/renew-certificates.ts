import { reportSteps } from "../../model/cluster/report";
import { compileRenewal } from "../../model/cluster/steps/now";
import { DOORS } from "../doors";
import { type Operator, requireAgreement } from "../operator";
import type { Request } from "../ready";
import { type ClusterRun, loadToRun, runOnCluster } from "./run";

/**
 * Renews what kubeadm signed, one control plane after another. The recorded kubeconfig is the old one until a refresh.
 * @param days only where something ends within so many; all where it is not said
 */
export async function renewCertificates(
  request: Request,
  days: number | undefined,
  operator: Operator,
  doors = DOORS,
): Promise<ClusterRun> {
  const cluster = await loadToRun(request, operator, doors);
  const steps = compileRenewal(cluster.spec, days);
  const environment = cluster.loaded.name;
  await requireAgreement(operator.asker("cluster renew-certificates"), {
    kind: "cluster renew-certificates",
    environment,
    steps: reportSteps(cluster.spec, steps),
  });
  return await runOnCluster("cluster renew-certificates", cluster, steps, operator);
}
