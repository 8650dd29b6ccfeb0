import type { ClusterSpec } from "../types";
import { ETCD_RETRIES, tellMembers, tellProxies, withOrder } from "./members";
import { members, nodesOf, type Sequence, toTell, withNodes, withoutNodes } from "./sequence";

/**
 * Control planes and etcd members that are lost: what is left of them is put first, what takes their places joins behind, and kubespray's
 * recovery takes the lost ones out of etcd and cluster; where etcd has lost its quorum, by what the first one left has of its data.
 * @param lost names; a machine that was built anew under its name is lost and joins again
 */
export function recoverMembers(sequence: Sequence, lost: readonly string[], rebuilt: ReadonlySet<string>, wanted: ClusterSpec): void {
  if (lost.length === 0) return;
  const { inventory } = sequence;
  const lostKeys = new Set(lost.map((name) => inventory.nodes[name]?.key));
  const successors = members(wanted).filter(
    (name) => rebuilt.has(name) || (!inventory.nodes[name] && lostKeys.has(wanted.nodes[name]?.key)),
  );
  const put = (spec: ClusterSpec): ClusterSpec => {
    const left = withoutNodes(spec, lost);
    const grown = withNodes(left, nodesOf(wanted, successors));
    const behind = (list: readonly string[], of: readonly string[]) => [...list, ...successors.filter((name) => of.includes(name))];
    // Whose address the endpoint was may be gone: the order decides before the nodes are.
    const ordered = withOrder(
      { ...spec, nodes: { ...spec.nodes, ...grown.nodes } },
      behind(left.controlPlane, wanted.controlPlane),
      behind(left.etcd, wanted.etcd),
    );
    return { ...ordered, nodes: grown.nodes };
  };
  const quorum = inventory.etcd.filter((name) => !lost.includes(name)).length * 2 > inventory.etcd.length;
  const becomes = put(inventory);
  // The lost ones stay in the inventory's tables for the groups of what is broken.
  sequence.inventory = { ...becomes, nodes: { ...inventory.nodes, ...becomes.nodes } };
  sequence.run(
    {
      playbook: "recover-control-plane",
      limit: members(becomes),
      extraVars: { etcd_retries: ETCD_RETRIES },
      nodes: [...new Set([...lost, ...successors])],
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
