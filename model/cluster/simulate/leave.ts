import { inventoryGroups } from "../inventory";
import type { ClusterSpec, ClusterStep } from "../types";
import { joined, withMetadata } from "./cluster";
import { type ClusterState, hasQuorum, needFacts, needLead, PlaybookFailure, running, type SimulatedWorld, withFacts } from "./state";

/** Tags whose remove-node.yml asks Kubernetes for the address of an etcd member, also of one that is no node there. */
const ASKS_FOR_NODE: readonly string[] = ["v2.28.0", "v2.28.1", "v2.29.0"];

/** remove-node.yml. */
export function removeNode(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const cluster = running(world);
  if (step.extraVars.skip_confirmation !== true) throw new PlaybookFailure("Delete nodes confirmation failed");
  const removed = String(step.extraVars.node ?? "").split(",");
  for (const name of removed) {
    if (!inventory.nodes[name]) throw new PlaybookFailure(`${name} must still be in the inventory to be removed`);
    if ([cluster.controlPlane[0], cluster.etcd[0], inventory.controlPlane[0], inventory.etcd[0]].includes(name)) {
      throw new PlaybookFailure(`${name} is the first control plane or the first etcd member and cannot be removed`);
    }
    if (cluster.etcd.includes(name) && removed.length > 1) throw new PlaybookFailure(`nodes "${removed.join(",")}" not found`);
    if (cluster.etcd.includes(name) && !cluster.controlPlane.includes(name) && ASKS_FOR_NODE.includes(step.kubespray)) {
      throw new PlaybookFailure(`nodes "${name}" not found`);
    }
    if (cluster.nodes[name]?.ready === false && step.extraVars.reset_nodes !== false) {
      throw new PlaybookFailure(`${name} does not answer; it can only be removed as lost`);
    }
  }
  const after = without(cluster, removed);
  if (!hasQuorum(after)) throw new PlaybookFailure(`removing ${removed.join(", ")} would lose etcd's quorum`);
  return { facts: world.facts.filter((name) => !removed.includes(name)), cluster: after };
}

export function without(cluster: ClusterState, gone: readonly string[]): ClusterState {
  return {
    ...cluster,
    nodes: Object.fromEntries(Object.entries(cluster.nodes).filter(([name]) => !gone.includes(name))),
    controlPlane: cluster.controlPlane.filter((name) => !gone.includes(name)),
    etcd: cluster.etcd.filter((name) => !gone.includes(name)),
  };
}

/** reset.yml: of all hosts, or of one that is no member any more. */
export function reset(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  if (step.extraVars.reset_confirmation !== true) throw new PlaybookFailure("Reset confirmation failed");
  if (step.limit.length === 0) return { facts: [] };
  // It looks at the settings of all as a creation does, for the resolvers' sake.
  if (step.extraVars.ignore_assert_errors !== true) needFacts(world, step, inventory);
  const cluster = running(world);
  const member = step.limit.find((name) => cluster.etcd.includes(name) || cluster.controlPlane.includes(name));
  if (member !== undefined) throw new PlaybookFailure(`${member} is still a member: resetting it would take it from the others unasked`);
  if (step.limit.some((name) => !inventory.nodes[name])) throw new PlaybookFailure("a host of the limit is not in the inventory");
  return { facts: world.facts.filter((name) => !step.limit.includes(name)), cluster: without(cluster, step.limit) };
}

/** recover-control-plane.yml: what is broken goes, by the quorum that is left or by the data of the first member; then cluster.yml. */
export function recover(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const before = world.cluster;
  // It knows of them by these two groups alone.
  const { broken_kube_control_plane = [], broken_etcd = [] } = inventoryGroups(inventory, step.broken);
  const broken = [...new Set([...broken_kube_control_plane, ...broken_etcd])];
  if (!before || broken.length === 0) throw new PlaybookFailure("nothing is broken: the groups of what is are empty");
  needFacts(world, step, inventory);
  for (const list of ["controlPlane", "etcd"] as const) {
    const first = inventory[list][0];
    if (first !== undefined && (!before[list].includes(first) || !before.nodes[first]?.ready || broken.includes(first))) {
      throw new PlaybookFailure(`${first} is first and is none of those that are left`);
    }
  }
  const left = before.etcd.filter((name) => !broken.includes(name) && before.nodes[name]?.ready);
  const kept = before.etcd.find((name) => !broken_etcd.includes(name) && !before.nodes[name]?.ready);
  if (kept !== undefined) throw new PlaybookFailure(`${kept} is a member of etcd that does not answer, and nobody may join`);
  if (left.length * 2 === before.etcd.length) throw new PlaybookFailure("half of etcd is taken for a quorum, and no member can be removed");
  if (left.length > 1 && left.length * 2 < before.etcd.length)
    throw new PlaybookFailure(`etcd is made anew of ${left[0]} alone, and ${left.slice(1).join(", ")} cannot join with the data they have`);
  const [leader, keeper = ""] = [before.controlPlane[0] ?? "", inventory.etcd[0]];
  if (broken_etcd.includes(leader) && inventory.controlPlane.includes(keeper) && !before.told?.clients?.includes(keeper))
    throw new PlaybookFailure(`the API server of ${keeper} reaches etcd by the certificate of ${leader}, which is deleted`);
  const rest = without(before, broken);
  needLead(
    rest,
    Object.entries(inventory.nodes).flatMap(([name, node]) =>
      !rest.nodes[name] && (inventory.controlPlane.includes(name) || inventory.etcd.includes(name)) ? [node] : [],
    ),
  );
  const nodes = [...inventory.controlPlane, ...inventory.etcd].flatMap((name) => {
    const [node, existing] = [inventory.nodes[name], rest.nodes[name]];
    return node ? [[name, existing ? withMetadata(existing, node) : joined(node, inventory)] as const] : [];
  });
  const { told } = before;
  return {
    facts: withFacts(world, step.limit),
    cluster: {
      ...rest,
      nodes: { ...rest.nodes, ...Object.fromEntries(nodes) },
      controlPlane: inventory.controlPlane,
      etcd: inventory.etcd,
      apiEndpoint: inventory.apiEndpoint,
      ...(told ? { told: { ...told, etcd: inventory.etcd } } : {}),
    },
  };
}
