import type { ClusterSpec } from "../types";
import { ETCD_RETRIES, tellMembers, tellProxies, withOrder } from "./members";
import { members, type Sequence, toTell, withoutNodes } from "./sequence";

/**
 * Control planes and etcd members that are lost: what is left of them is put first, and kubespray's recovery takes the lost ones out of etcd and
 * cluster; where etcd has lost its quorum, by what the one that is left has of its data. What takes their places joins afterwards: kubeadm leads
 * whoever joins to the control plane that cluster-info names, which may be a lost one until it is told.
 * @param lost names; a machine that was built anew under its name is lost and joins again
 */
export function recoverMembers(sequence: Sequence, lost: readonly string[]): void {
  if (lost.length === 0) return;
  const { inventory } = sequence;
  const put = (spec: ClusterSpec): ClusterSpec => {
    const left = withoutNodes(spec, lost);
    // Whose address the endpoint was may be gone: the order decides before the nodes are.
    return { ...withOrder(spec, left.controlPlane, left.etcd), nodes: left.nodes };
  };
  const quorum = inventory.etcd.filter((name) => !lost.includes(name)).length * 2 > inventory.etcd.length;
  const becomes = put(inventory);
  if (lost.some((name) => inventory.controlPlane.includes(name) && inventory.etcd.includes(name))) {
    sequence.inventory = becomes;
    sequence.run({
      playbook: "etcd-clients",
      limit: becomes.controlPlane,
      nodes: becomes.controlPlane,
      reason: `API servers that reach etcd by the certificate of ${lost.join(", ")} use their own: kubespray deletes it`,
      precondition: `${becomes.controlPlane.join(", ")} ${becomes.controlPlane.length > 1 ? "answer" : "answers"}`,
      check: "every API server names its own host's certificate",
    });
  }
  // The lost ones stay in the inventory's tables for the groups of what is broken.
  sequence.inventory = { ...becomes, nodes: inventory.nodes };
  sequence.run(
    {
      playbook: "recover-control-plane",
      limit: members(becomes),
      extraVars: { etcd_retries: ETCD_RETRIES },
      nodes: lost,
      broken: lost,
      brings: toTell(inventory, lost),
      reason: `${lost.join(", ")} ${lost.length > 1 ? "are" : "is"} lost; ${
        quorum ? "etcd still has its quorum" : `etcd has lost its quorum, and goes on with what ${becomes.etcd[0]} has of its data`
      }`,
      precondition: `${becomes.controlPlane[0]} answers`,
      check: `etcd has ${becomes.etcd.length} healthy members and every control plane is Ready`,
    },
    put(sequence.reached),
  );
  sequence.inventory = becomes;
  tellMembers(sequence, lost);
  if (lost.some((name) => inventory.controlPlane.includes(name))) tellProxies(sequence);
}

/** Who takes the place of members that were lost. */
export function successorsOf(sequence: Sequence, lost: readonly string[], recorded: ClusterSpec, wanted: ClusterSpec): string[] {
  const keys = new Set(lost.map((name) => recorded.nodes[name]?.key));
  return members(wanted).filter((name) => !sequence.inventory.nodes[name] && keys.has(wanted.nodes[name]?.key));
}
