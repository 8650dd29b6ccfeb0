import { type Hop, ladder, renamedFor } from "../ladder";
import { minorNumber } from "../releases";
import type { ClusterNode, ClusterSpec } from "../types";
import { isMember, members, names, nodesOf, type Sequence, withNodes } from "./sequence";

/** A kubelet may be so many minors older than the API server. */
const SKEW = 3;

/**
 * Brings the cluster to the wanted tag and version, hop by hop: each time control planes and etcd first, one at a time, then the workers.
 * Workers pass over hops as far as their kubelets may lag; those with CRI-O, whose minor is the kubelet's, take each one.
 * @param variables those of the last hop
 */
export function upgrade(sequence: Sequence, recorded: ClusterSpec, wanted: ClusterSpec, variables: ClusterSpec["variables"]): void {
  const hops = ladder(recorded, wanted) ?? [];
  for (const [index, hop] of hops.entries()) {
    const last = index === hops.length - 1;
    const behind = () => lagging(sequence, (name) => !last || name in wanted.nodes);
    if (tooOld(sequence, hop))
      upgradeWorkers(
        sequence,
        lagging(sequence, () => true),
      );
    sequence.state({ ...hop, variables: last ? variables : renamedFor(hop.kubespray, sequence.inventory.variables) });
    upgradeMembers(sequence, hop, last);
    if (sequence.inventory.variables.container_manager === "crio" || last) upgradeWorkers(sequence, behind());
  }
  // An earlier run broke off between control planes and workers.
  if (hops.length === 0)
    upgradeWorkers(
      sequence,
      lagging(sequence, (name) => name in wanted.nodes),
    );
}

function upgradeMembers(sequence: Sequence, hop: Hop, last: boolean): void {
  const upgraded = members(sequence.inventory);
  const { reached } = sequence;
  const versions = { kubespray: reached.kubespray, kubernetes: reached.kubernetes };
  const nodes = Object.fromEntries(
    names(reached).map((name): [string, ClusterNode] => {
      const { installed = versions, ...node } = reached.nodes[name] as ClusterNode;
      return [name, upgraded.includes(name) ? node : { ...node, installed }];
    }),
  );
  sequence.run(
    {
      playbook: "upgrade-cluster",
      limit: upgraded,
      nodes: upgraded,
      reason: `control planes and etcd to Kubernetes ${hop.kubernetes} with kubespray ${hop.kubespray}, one after another${last ? "" : ", on the way"}`,
      precondition: "every control plane is Ready and every etcd member healthy",
      check: `every API server has Kubernetes ${hop.kubernetes} and every etcd member is healthy`,
    },
    { ...hop, nodes, ...(last ? {} : { variables: renamedFor(hop.kubespray, reached.variables) }) },
  );
}

function upgradeWorkers(sequence: Sequence, workers: readonly string[]): void {
  if (workers.length === 0) return;
  const { kubernetes } = sequence.inventory;
  sequence.run(
    {
      playbook: "upgrade-cluster",
      limit: workers,
      nodes: workers,
      reason: `workers to Kubernetes ${kubernetes}, a fifth of them at a time`,
      precondition: `every API server has Kubernetes ${kubernetes}`,
      check: `the workers are Ready with Kubernetes ${kubernetes}`,
    },
    withNodes(
      sequence.reached,
      Object.fromEntries(
        Object.entries(nodesOf(sequence.reached, workers)).map(([name, { installed: _installed, ...node }]) => [name, node]),
      ),
    ),
  );
}

/** Workers that still have another version than the cluster. */
function lagging({ reached }: Sequence, counts: (name: string) => boolean): string[] {
  return names(reached).filter((name) => reached.nodes[name]?.installed !== undefined && !isMember(reached.nodes[name]) && counts(name));
}

/** Whether the hop would leave a kubelet further behind than it may be, also where an earlier run broke off between control planes and workers. */
function tooOld({ reached, inventory }: Sequence, hop: Hop): boolean {
  const most = inventory.variables.container_manager === "crio" ? 1 : SKEW;
  return Object.values(reached.nodes).some(
    ({ installed }) => installed !== undefined && minorNumber(hop.kubernetes) - minorNumber(installed.kubernetes) > most,
  );
}
