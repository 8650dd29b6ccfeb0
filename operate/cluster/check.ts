import type { HostFinding } from "../../model/cluster/host-checks";
import { DOORS } from "../doors";
import type { Operator } from "../operator";
import type { Ready, Request } from "../ready";
import { loadCluster } from "./run";

/** What is wrong with a cluster's hosts. */
export interface CheckedHosts extends Ready {
  readonly hosts: number;
  readonly findings: readonly HostFinding[];
}

/** Looks at every host as a run does before it begins. Changes nothing. @throws InvalidInputError; OperationFailedError where it is not up */
export async function checkHosts(request: Request, operator: Operator, doors = DOORS): Promise<CheckedHosts> {
  const { spec, access, kubespray, ...ready } = await loadCluster(request, operator, doors);
  const { environment } = ready.target.plan;
  const nodes = Object.keys(spec.nodes).filter((name) => access.machines[name]);
  const look = ({ signal = new AbortController().signal }) => kubespray.view.check({ spec, nodes, joining: [] }, access, signal);
  const findings = await operator.run({ kind: "read", environment, sandbox: ready.target.sandbox }, look);
  return { ...ready, hosts: nodes.length, findings };
}
