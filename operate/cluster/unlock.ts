import { OperationFailedError } from "../../engine/errors";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import type { Ready, Request } from "../ready";
import { plannedMachines } from "./planned-access";
import { loadCluster, lookAt } from "./run";

/**
 * Takes a cluster's fence away from a run that has died, before its time is over.
 * @param run which one, as the refusal names it
 * @throws InvalidInputError; OperationFailedError where that run holds it nowhere
 */
export async function unlock(request: Request, run: string, operator: Operator, doors = DOORS): Promise<Ready> {
  const { spec, access, kubespray, ...ready } = await loadCluster(request, operator, doors);
  const { ssh } = access;
  // A run that was killed may have held it where nobody has recorded a machine yet.
  const machines = { ...plannedMachines(ready.target.plan), ...access.machines };
  const journal = kubespray.journal({ recorded: spec, wanted: spec, machines, ssh, lostNodes: [] });
  if (!(await lookAt(ready, operator, () => journal.breakFence(run)))) {
    const { environment } = ready.target.plan;
    throw new OperationFailedError(`no run ${run} holds the cluster of ${environment}: it has ended, or its time is over`);
  }
  return ready;
}
