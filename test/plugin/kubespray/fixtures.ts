import type { ClusterSpec } from "../../../model/cluster/types";
import type { Properties } from "../../../plugin/rpc/provider";
import { cluster } from "../../model/cluster/fixtures";

/** A private key that must show up nowhere. */
export const CANARY = "canary-private-key";

/** The resource's inputs for a spec: every node on a machine of its own. */
export function inputsOf(spec: ClusterSpec = cluster(), changes: Properties = {}): Properties {
  const nodes = Object.entries(spec.nodes).map(([name, node]) => [
    name,
    { ...node, machineId: `machine-of-${name}`, dialAddress: node.address },
  ]);
  return {
    ...spec,
    nodes: Object.fromEntries(nodes),
    networkCidr: "10.20.0.0/16",
    ssh: { user: "ubuntu", privateKey: CANARY },
    ...changes,
  };
}

/** The inputs with some properties of one node changed. */
export function withNode(inputs: Properties, name: string, changes: Properties): Properties {
  const nodes = inputs.nodes as Readonly<Record<string, Properties>>;
  return { ...inputs, nodes: { ...nodes, [name]: { ...nodes[name], ...changes } } };
}
