import type { ClusterNode, ClusterSpec } from "../types";
import { hasRuntime, isMember, names, type Sequence, withNodes } from "./sequence";

/**
 * Another container runtime for nodes that stay, one at a time: control planes first, also those that leave later, since a run over all of them
 * comes in between. Workers that leave keep theirs; those that join have the new one from the start.
 */
export function switchRuntime(sequence: Sequence, recorded: ClusterSpec, wanted: ClusterSpec): void {
  const [was, to] = [recorded, wanted].map(({ variables }) => variables.container_manager);
  if (typeof was !== "string" || typeof to !== "string") return;
  const runtimeOf = (name: string): string => sequence.reached.nodes[name]?.runtime ?? was;
  const withRuntime = names(sequence.inventory).filter((name) => hasRuntime(sequence.inventory.nodes[name]));
  if (was === to && withRuntime.every((name) => runtimeOf(name) === to)) return;
  const nodes = withRuntime.filter((name) => isMember(sequence.inventory.nodes[name]) || name in wanted.nodes);
  const ordered = [
    ...nodes.filter((name) => isMember(sequence.inventory.nodes[name])),
    ...nodes.filter((name) => !isMember(sequence.inventory.nodes[name])),
  ];
  sequence.state({ variables: { ...sequence.inventory.variables, container_manager: to } });
  for (const name of ordered) {
    const from = runtimeOf(name);
    if (from === to) continue;
    sequence.run(
      {
        playbook: "switch-runtime",
        limit: [name],
        extraVars: { from, to },
        nodes: [name],
        reason: `${name} gets ${to} in place of ${from}`,
        precondition: isMember(sequence.inventory.nodes[name])
          ? "every etcd member is healthy and every other control plane Ready"
          : "every other node is Ready",
        check: `${name} is Ready with ${to}`,
      },
      withNodes(sequence.reached, { [name]: { ...(sequence.reached.nodes[name] as ClusterNode), runtime: to } }),
    );
  }
  // Told of each node only while they differ, in inventories too: those that leave are recorded with what they had.
  sequence.state({ nodes: withoutRuntime(sequence.inventory) });
  sequence.settle({ variables: { ...sequence.reached.variables, container_manager: to }, nodes: withoutRuntime(sequence.reached) });
}

function withoutRuntime({ nodes }: ClusterSpec): Record<string, ClusterNode> {
  return Object.fromEntries(Object.entries(nodes).map(([name, { runtime: _runtime, ...node }]) => [name, node]));
}
