import { endpointMoves, isEndpointVariable, strandedMove } from "../endpoint";
import type { ClusterSpec } from "../types";
import type { Sequence } from "./sequence";

const PHASES = {
  names: "the certificates of every API server name the old endpoint and the new one",
  serve: "the new endpoint serves beside the old one",
  switch: "kubelets, the control plane's kubeconfigs, kube-proxy and cluster-info go over to the new endpoint",
  retire: "the old endpoint goes",
} as const;

/** Moves the API's endpoint while one of both always serves; back, too, where a move broke off that is not wanted any more. */
export function moveEndpoint(sequence: Sequence, recorded: ClusterSpec, wanted: ClusterSpec): void {
  const stranded = strandedMove(recorded, wanted);
  if (!stranded && !endpointMoves(recorded, wanted)) return;
  const { host, port } = stranded?.at ?? recorded.apiEndpoint;
  sequence.state({ apiEndpoint: wanted.apiEndpoint, variables: withEndpoint(sequence.inventory.variables, wanted.variables) });
  for (const phase of Object.keys(PHASES) as (keyof typeof PHASES)[]) {
    const { movesTo: _movesTo, ...reached } = sequence.reached;
    if (phase === "retire") sequence.reached = reached;
    const limit = phase === "names" || phase === "serve" ? sequence.inventory.controlPlane : [];
    sequence.run(
      {
        playbook: "move-endpoint",
        limit,
        extraVars: { phase, from_host: host, from_port: port },
        nodes: limit.length > 0 ? limit : Object.keys(sequence.inventory.nodes).sort(),
        reason: `the API moves from ${host}:${port} to ${wanted.apiEndpoint.host}:${wanted.apiEndpoint.port}: ${PHASES[phase]}`,
        precondition: phase === "retire" ? "nothing reaches the API by the old endpoint" : "every control plane is Ready",
        check: PHASES[phase],
      },
      phase === "retire"
        ? { apiEndpoint: wanted.apiEndpoint, variables: withEndpoint(sequence.reached.variables, wanted.variables) }
        : { movesTo: stranded?.at ?? wanted.apiEndpoint },
    );
  }
}

/** The variables with those of the endpoint as another cluster has them. */
export function withEndpoint(variables: ClusterSpec["variables"], of: ClusterSpec["variables"]): ClusterSpec["variables"] {
  const own = (all: ClusterSpec["variables"], wanted: boolean) =>
    Object.entries(all).filter(([name]) => isEndpointVariable(name) === wanted);
  return Object.fromEntries([...own(variables, false), ...own(of, true)]);
}
