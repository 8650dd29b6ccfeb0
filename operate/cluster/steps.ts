import { type ClusterStepReport, reportSteps } from "../../model/cluster/report";
import { RefusedError } from "../../model/problems";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import { makeReady, type Ready, type Request, runJob } from "../ready";
import { type ClusterChange, changeOf } from "./change";
import { clockOf } from "./clock";

/** The steps of the next `up`, and what they do. */
export interface ClusterSteps extends Ready {
  readonly change: ClusterChange;
  readonly steps: readonly ClusterStepReport[];
}

/**
 * What the next `up` would do to the cluster, without asking a cloud or a host.
 * @throws InvalidInputError, and RefusedError with all that stands against it
 */
export async function steps(request: Request, operator: Operator, doors = DOORS): Promise<ClusterSteps> {
  const ready = await makeReady(request, operator, doors);
  const engine = await doors.engine();
  const recorded = await runJob("read", ready.target, operator, engine.readRecorded);
  const change = changeOf(ready.target.plan, recorded, ready.target.approvals, clockOf(ready.target)());
  if (change.refused.length > 0) throw new RefusedError(change.refused);
  return { ...ready, change, steps: reportSteps(change.recorded, change.steps) };
}
