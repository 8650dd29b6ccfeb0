import { besideGroups, inventoryGroups } from "../inventory";
import { kubesprayRelease, minorNumber } from "../releases";
import { taintIdentity } from "../steps/metadata";
import type { ClusterSpec, ClusterStep } from "../types";
import { converge, limited, scale, tagged } from "./cluster";
import { recover, removeNode, reset } from "./leave";
import { moveEndpoint, reboot, restore, setUp, switchRuntime, tellClients, tellMembers } from "./ours";
import { type NodeState, PlaybookFailure, running, type SimulatedWorld, withStates } from "./state";
import { upgrade } from "./upgrade";

/**
 * What one playbook run makes of a world, by kubespray's own rules and by those of our playbooks. Pure.
 * @param inventory the inventory the run is given
 * @throws PlaybookFailure
 */
export function applyStep(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  validateInventory(step, inventory);
  switch (step.playbook) {
    case "facts":
      return { ...world, facts: Object.keys(inventory.nodes) };
    case "cluster":
      if (step.tags.length > 0) return tagged(world, step, inventory);
      return step.limit.length > 0 ? limited(world, step, inventory) : converge(world, step, inventory);
    case "scale":
      return scale(world, step, inventory);
    case "remove-node":
      return removeNode(world, step, inventory);
    case "upgrade-cluster":
      return upgrade(world, step, inventory);
    case "recover-control-plane":
      return recover(world, step, inventory);
    case "reset":
      return reset(world, step, inventory);
    case "node-metadata":
      return removeMetadata(world, step);
    case "renew-certificates":
      return renewCertificates(world, step);
    case "etcd-members":
      return tellMembers(world, step, inventory);
    case "etcd-clients":
      return tellClients(world, inventory);
    case "move-endpoint":
      return moveEndpoint(world, step, inventory);
    case "switch-runtime":
      return switchRuntime(world, step, inventory);
    case "reboot":
    case "patch":
      return reboot(world, step);
    case "etcd-restore":
      return restore(world, step);
    default:
      return setUp(world, step, inventory);
  }
}

function validateInventory(step: ClusterStep, inventory: ClusterSpec): void {
  const release = kubesprayRelease(step.kubespray);
  if (!release) throw new PlaybookFailure(`there is no kubespray ${step.kubespray}`);
  if (!release.kubernetes.versions.includes(inventory.kubernetes)) {
    throw new PlaybookFailure(`kubespray ${step.kubespray} has no checksums for Kubernetes ${inventory.kubernetes}`);
  }
  const removed = release.removedVariables.find((name) => inventory.variables[name] !== undefined);
  if (removed !== undefined && release.playbooks[step.playbook] !== undefined) throw new PlaybookFailure(`\`${removed}\` is removed`);
  if (inventory.controlPlane.length === 0) throw new PlaybookFailure("the group kube_control_plane is empty");
  const grouped = new Set([...Object.values(inventoryGroups(inventory)), ...Object.values(besideGroups(inventory))].flat());
  const worked = step.limit.length === 0 && step.playbook === "prepare-nodes" ? Object.keys(inventory.nodes) : step.limit;
  const passed = worked.find((name) => !grouped.has(name));
  if (passed !== undefined) throw new PlaybookFailure(`no hosts matched: ${passed} is in no group`);
  // A text of that name would count as false: only the boolean switches the checks off.
  if (inventory.etcd.length % 2 === 0 && step.extraVars.ignore_assert_errors !== true && release.playbooks[step.playbook] !== undefined) {
    // From v2.28 on it is looked at whatever the tags, from v2.29 on by facts.yml too.
    const since = step.playbook === "facts" ? 29 : step.tags.includes("node-label") ? 28 : 0;
    if (minorNumber(step.kubespray) >= since) throw new PlaybookFailure("even number of etcd hosts");
  }
  if (step.tags.includes("master") && minorNumber(step.kubespray) >= 29)
    throw new PlaybookFailure("the tag 'master' is removed. Use 'control-plane' instead");
  for (const name of [...inventory.controlPlane, ...inventory.etcd, ...step.limit]) {
    if (!inventory.nodes[name]) throw new PlaybookFailure(`${name} is not in the inventory`);
  }
}

/** Certificates are the runner's; here only what the run asks for. */
function renewCertificates(world: SimulatedWorld, step: ClusterStep): SimulatedWorld {
  const cluster = running(world);
  const other = step.limit.find((name) => !cluster.controlPlane.includes(name));
  if (other !== undefined) throw new PlaybookFailure(`${other} is no control plane: it has none of kubeadm's certificates`);
  return world;
}

function removeMetadata(world: SimulatedWorld, step: ClusterStep): SimulatedWorld {
  const cluster = running(world);
  const labels = new Set(list(step.extraVars.remove_labels));
  const taints = new Set(list(step.extraVars.remove_taints));
  const changed = step.limit.map((name) => {
    const node = cluster.nodes[name];
    if (!node) throw new PlaybookFailure(`nodes "${name}" not found`);
    const kept: NodeState = {
      ...node,
      labels: Object.fromEntries(Object.entries(node.labels).filter(([key]) => !labels.has(key))),
      taints: node.taints.filter((taint) => !taints.has(taintIdentity(taint))),
    };
    return [name, kept] as const;
  });
  return { ...world, cluster: withStates(cluster, changed) };
}

function list(value: string | boolean | number | undefined): string[] {
  return value === undefined ? [] : String(value).split(",");
}
