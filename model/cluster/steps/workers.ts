import type { ClusterSpec } from "../types";
import { isOurVariable } from "./ours";
import { batchesOf, describeKeys, isMember, names, nodesOf, type Sequence, toTell, withNodes, withoutNodes } from "./sequence";

/** Workers that join, all in one run. */
export function joinWorkers(sequence: Sequence, joining: readonly string[], wanted: ClusterSpec): void {
  if (joining.length === 0) return;
  sequence.inventory = withNodes(sequence.inventory, nodesOf(wanted, joining));
  const many = joining.length > 1;
  sequence.run(
    {
      playbook: "scale",
      limit: joining,
      nodes: joining,
      reason: `${joining.length} ${many ? "nodes join" : "node joins"} the cluster (${describeKeys(joining, wanted)})`,
      precondition: "the API answers and the first control plane is Ready",
      check: `${many ? "the nodes are" : "the node is"} Ready with Kubernetes ${sequence.inventory.kubernetes}`,
    },
    withNodes(sequence.reached, nodesOf(wanted, joining)),
  );
}

/** Workers that leave: drained, so many at once as the cluster can spare. */
export function removeWorkers(sequence: Sequence, leaving: readonly string[], wanted: ClusterSpec): void {
  const all = names(sequence.inventory).filter((name) => sequence.inventory.nodes[name]?.roles.includes("worker"));
  for (const batch of batchesOf(leaving, all.length)) {
    const [first = "", ...more] = batch;
    const reason = more.length === 0 ? whyRemoved(first, sequence.inventory, wanted) : `${batch.length} nodes leave the cluster`;
    removal(sequence, batch, false, reason);
  }
}

/** Workers where nothing answers any more: neither drained nor reset. */
export function dropWorkers(sequence: Sequence, lost: readonly string[], rebuilt: ReadonlySet<string>): void {
  for (const name of lost)
    removal(
      sequence,
      [name],
      true,
      rebuilt.has(name) ? `the machine of ${name} was built anew under the same name` : `${name} leaves the cluster`,
    );
}

/** One run that takes nodes out of the cluster, which are out of every inventory after it. */
export function removal(sequence: Sequence, gone: readonly string[], lost: boolean, reason: string): void {
  const [first] = gone;
  const one = gone.length === 1;
  const what = one ? `${first} is` : "they are";
  const member = gone.some((name) => isMember(sequence.inventory.nodes[name]));
  sequence.run(
    {
      playbook: "remove-node",
      extraVars: {
        node: gone.join(","),
        skip_confirmation: true,
        // It resets the host, whose firewall is not kubespray's to empty.
        ...(lost ? { reset_nodes: false, allow_ungraceful_removal: true } : { flush_iptables: false }),
      },
      nodes: gone,
      brings: [
        ...(member ? toTell(sequence.inventory, gone) : []),
        ...(sequence.inventory.variables.kpaas_firewalls === undefined ? [] : (["firewall"] as const)),
      ],
      reason: lost ? `${reason}; it is lost, so it is neither drained nor reset` : reason,
      precondition: `${what} in the inventory and ${member ? "every etcd member is healthy" : "another worker is Ready"}${lost ? "" : `; ${one ? `${first} answers` : "they answer"}`}`,
      check: one ? `the cluster has no node ${first}` : "the cluster has these nodes no more",
    },
    withoutNodes(sequence.reached, gone),
  );
  if (!lost) cleanHosts(sequence, gone);
  sequence.without(gone);
}

/** Hosts that stay where their nodes have left bear nothing of ours any more, which would go on filtering their traffic. */
export function cleanHosts(sequence: Sequence, gone: readonly string[]): void {
  const { onDelete, variables } = sequence.inventory;
  if (onDelete === "forget" || !Object.keys(variables).some(isOurVariable)) return;
  const who = gone.length === 1 ? `${gone[0]} has` : "they have";
  sequence.run({
    playbook: "reset-ours",
    limit: gone,
    nodes: gone,
    reason: `what our own playbooks have set up on ${gone.length === 1 ? gone[0] : "them"} goes too, but for data`,
    precondition: gone.length === 1 ? `${gone[0]} answers` : "they answer",
    check: `${who} no timer, no balancer and no firewall table of ours`,
  });
}

/** Why a node leaves. */
export function whyRemoved(name: string, recorded: ClusterSpec, wanted: ClusterSpec): string {
  const key = recorded.nodes[name]?.key;
  const successor = names(wanted).find((other) => wanted.nodes[other]?.key === key);
  return successor === undefined ? `${name} leaves the cluster` : `${name} is replaced by ${successor}, which has joined`;
}
