import type { HostFinding } from "../../model/cluster/host-checks";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import { notUp } from "../outputs";
import { makeReady, type Ready, type Request } from "../ready";
import { plannedAccess } from "./planned-access";
import { findCluster, lookAt, usableKubespray } from "./run";

/** What is wrong with a cluster's hosts. */
export interface CheckedHosts extends Ready {
  readonly hosts: number;
  readonly findings: readonly HostFinding[];
}

/**
 * Looks at every host as a run does before it begins. Changes nothing. Hosts that were there beforehand can be looked at before the first `up`.
 * @throws InvalidInputError; OperationFailedError where machines are yet to be made
 */
export async function checkHosts(request: Request, operator: Operator, doors = DOORS): Promise<CheckedHosts> {
  const ready = await makeReady(request, operator, doors);
  const { plan, sandbox } = ready.target;
  const standing = await findCluster(ready, operator, doors);
  if (!standing && plan.provider !== "existing") throw notUp(plan.environment, sandbox);
  const { spec, access, kubespray } = standing ?? {
    ...{ spec: plan.cluster, access: await plannedAccess(ready.target) },
    kubespray: await usableKubespray(ready, doors),
  };
  const nodes = Object.keys({ ...spec.nodes, ...spec.hosts }).filter((name) => access.machines[name]);
  const question = { spec, nodes, joining: standing ? [] : nodes };
  const findings = await lookAt(ready, operator, ({ signal = new AbortController().signal }) =>
    kubespray.view.check(question, access, signal),
  );
  return { ...ready, hosts: nodes.length, findings };
}
