import type { Playbook } from "../playbooks";
import type { ClusterStep } from "../types";

/** Runs that stop members of etcd one after another, where the others have to go on. */
const STOPPING: ReadonlySet<Playbook> = new Set<Playbook>(["remove-node", "upgrade-cluster", "switch-runtime", "reboot", "patch"]);

/** A member of etcd as it is found before a run. */
interface Member {
  readonly name: string;
  /** Where its peers reach it, as far as that is told: one that never began has no name yet. */
  readonly address?: string;
  readonly healthy: boolean;
}

/** The members of etcd that a step stops, each for a while or for good; none where it has one alone, which nothing can spare. */
export function stoppedMembers({ playbook, nodes, limit, inventory }: ClusterStep): readonly string[] {
  if (!STOPPING.has(playbook) || inventory.etcd.length < 2) return [];
  const on = playbook === "remove-node" ? nodes : limit.length > 0 ? limit : Object.keys(inventory.nodes);
  return inventory.etcd.filter((name) => on.includes(name));
}

/** Why a step may not begin with etcd as it is: the members left would be no quorum. Undefined where it may. */
export function quorumRisk(step: ClusterStep, members: readonly Member[]): string | undefined {
  const stopped = stoppedMembers(step);
  if (stopped.length === 0) return undefined;
  if (members.length === 0) return `it stops ${stopped.join(", ")}, and no member of etcd tells how the others are`;
  const ill = members.filter(({ healthy }) => !healthy);
  const quorum = Math.floor(members.length / 2) + 1;
  const healthy = members.length - ill.length;
  const isOn = (node: string, { name, address }: Member): boolean => {
    const { etcdMember = node, address: own } = step.inventory.nodes[node] ?? {};
    return name === etcdMember || (address !== undefined && address === own);
  };
  // What does not work is no loss.
  const risked = stopped.filter((node) => !ill.some((member) => isOn(node, member)));
  if (ill.length === 0 || risked.length === 0 || healthy - 1 >= quorum) return undefined;
  return `it stops ${risked.join(", ")}, and etcd would have ${healthy - 1} of ${members.length} members left, too few for a quorum, because of ${ill.map(({ name }) => name).join(", ")}`;
}
