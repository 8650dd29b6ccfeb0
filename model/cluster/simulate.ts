import { kubesprayRelease } from "./releases";
import { taintIdentity } from "./steps";
import type { ClusterNode, ClusterSpec, ClusterStep } from "./types";
import { refusedVariables } from "./variables";

/** A node of a simulated cluster. */
export interface NodeState extends ClusterNode {
  readonly ready: boolean;
  /** The kubelet's version. */
  readonly kubelet: string;
}

/** A simulated cluster: what kubespray has made so far. */
export interface ClusterState {
  readonly name: string;
  readonly kubespray: string;
  readonly kubernetes: string;
  readonly nodes: Readonly<Record<string, NodeState>>;
  readonly controlPlane: readonly string[];
  readonly etcd: readonly string[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly apiEndpoint: { readonly host: string; readonly port: number };
}

/** All that playbook runs change: the cluster and Ansible's cache of facts. */
export interface SimulatedWorld {
  readonly cluster?: ClusterState;
  /** Hosts whose facts are cached. */
  readonly facts: readonly string[];
}

/** A run that kubespray would refuse or that would fail; nothing was changed. */
export class PlaybookFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PlaybookFailure";
  }
}

/**
 * What one playbook run makes of a world, by kubespray's own rules. Pure.
 * @param inventory the inventory the run is given (see `inventoryAt`)
 * @throws PlaybookFailure
 */
export function applyStep(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  validateInventory(step, inventory);
  switch (step.playbook) {
    case "facts":
      return { ...world, facts: Object.keys(inventory.nodes) };
    case "cluster":
      return step.limit.length > 0 ? label(world, step, inventory) : converge(world, inventory);
    case "scale":
      return scale(world, step, inventory);
    case "remove-node":
      return removeNode(world, step, inventory);
    case "node-metadata":
      return removeMetadata(world, step);
    case "renew-certificates":
      return renewCertificates(world, step);
    case "reset":
      if (step.extraVars.reset_confirmation !== true) throw new PlaybookFailure("Reset confirmation failed");
      return { facts: [] };
    default:
      throw new PlaybookFailure(`${step.playbook}.yml cannot be simulated yet`);
  }
}

/** The spec a simulated cluster satisfies. */
export function specOf(cluster: ClusterState, onDelete: ClusterSpec["onDelete"]): ClusterSpec {
  const nodes = Object.entries(cluster.nodes).map(([name, { ready: _ready, kubelet: _kubelet, ...node }]) => [name, node] as const);
  return {
    name: cluster.name,
    kubespray: cluster.kubespray,
    kubernetes: cluster.kubernetes,
    nodes: Object.fromEntries(nodes),
    controlPlane: cluster.controlPlane,
    etcd: cluster.etcd,
    variables: cluster.variables,
    apiEndpoint: cluster.apiEndpoint,
    onDelete,
  };
}

/** True while more than half of the etcd members are Ready. */
export function hasQuorum(cluster: ClusterState): boolean {
  const healthy = cluster.etcd.filter((name) => cluster.nodes[name]?.ready).length;
  return healthy * 2 > cluster.etcd.length;
}

function validateInventory(step: ClusterStep, inventory: ClusterSpec): void {
  const release = kubesprayRelease(step.kubespray);
  if (!release) throw new PlaybookFailure(`there is no kubespray ${step.kubespray}`);
  if (!release.kubernetes.versions.includes(inventory.kubernetes)) {
    throw new PlaybookFailure(`kubespray ${step.kubespray} has no checksums for Kubernetes ${inventory.kubernetes}`);
  }
  if (inventory.controlPlane.length === 0) throw new PlaybookFailure("the group kube_control_plane is empty");
  if (inventory.etcd.length % 2 === 0) throw new PlaybookFailure("even number of etcd hosts");
  for (const name of [...inventory.controlPlane, ...inventory.etcd, ...step.limit]) {
    if (!inventory.nodes[name]) throw new PlaybookFailure(`${name} is not in the inventory`);
  }
}

function running(world: SimulatedWorld): ClusterState {
  const first = world.cluster?.controlPlane[0];
  if (!world.cluster || first === undefined || !world.cluster.nodes[first]?.ready || !hasQuorum(world.cluster)) {
    throw new PlaybookFailure("the API server does not answer");
  }
  return world.cluster;
}

function needFacts(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): void {
  const cached = new Set(world.facts);
  const limited = new Set(step.limit);
  const missing = Object.keys(inventory.nodes).find((name) => !cached.has(name) && !limited.has(name));
  if (missing !== undefined) {
    throw new PlaybookFailure(`--limit needs a populated fact cache for the excluded hosts; ${missing} is not cached: run facts.yml first`);
  }
}

function joined(node: ClusterNode, kubernetes: string): NodeState {
  return { ...node, ready: true, kubelet: kubernetes };
}

/** Adds what the inventory names and takes nothing off, as kubectl label and taint with --overwrite do. */
function withMetadata(node: NodeState, wanted: ClusterNode): NodeState {
  const set = new Set(wanted.taints.map(taintIdentity));
  return {
    ...node,
    labels: { ...node.labels, ...wanted.labels },
    taints: [...node.taints.filter((taint) => !set.has(taintIdentity(taint))), ...wanted.taints],
  };
}

function converge(world: SimulatedWorld, inventory: ClusterSpec): SimulatedWorld {
  const before = world.cluster;
  if (before) {
    running(world);
    if (before.kubernetes !== inventory.kubernetes || before.kubespray !== inventory.kubespray) {
      throw new PlaybookFailure("cluster.yml does not upgrade a running cluster");
    }
    if (before.controlPlane[0] !== inventory.controlPlane[0] || before.etcd[0] !== inventory.etcd[0]) {
      throw new PlaybookFailure("the first control plane or etcd member changed");
    }
    const [fixed] = refusedVariables(before.variables, inventory.variables);
    if (fixed !== undefined) throw new PlaybookFailure(`${fixed.name} does not match the running cluster`);
  }
  const nodes = Object.entries(inventory.nodes).map(([name, node]) => {
    const existing = before?.nodes[name];
    return [name, existing ? withMetadata(existing, node) : joined(node, inventory.kubernetes)] as const;
  });
  return {
    facts: Object.keys(inventory.nodes),
    cluster: {
      name: inventory.name,
      kubespray: inventory.kubespray,
      kubernetes: inventory.kubernetes,
      nodes: { ...before?.nodes, ...Object.fromEntries(nodes) },
      controlPlane: inventory.controlPlane,
      etcd: inventory.etcd,
      variables: inventory.variables,
      apiEndpoint: inventory.apiEndpoint,
    },
  };
}

function label(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const cluster = running(world);
  if (step.tags.length === 0 || !step.tags.every((tag) => tag === "node-label" || tag === "node-taint")) {
    throw new PlaybookFailure("a limited cluster.yml can be simulated with the tags node-label and node-taint only");
  }
  const labelled = step.limit.map((name) => {
    const [node, wanted] = [cluster.nodes[name], inventory.nodes[name]];
    if (!node || !wanted) throw new PlaybookFailure(`nodes "${name}" not found`);
    return [name, withMetadata(node, wanted)] as const;
  });
  return { ...world, cluster: { ...cluster, nodes: { ...cluster.nodes, ...Object.fromEntries(labelled) } } };
}

function scale(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const cluster = running(world);
  if (step.limit.length > 0) needFacts(world, step, inventory);
  const targets = step.limit.length > 0 ? step.limit : Object.keys(inventory.nodes);
  const joining = targets.map((name) => {
    const node = inventory.nodes[name];
    if (!node) throw new PlaybookFailure(`${name} is not in the inventory`);
    if (!cluster.nodes[name] && node.roles.some((role) => role !== "worker")) {
      throw new PlaybookFailure(`scale.yml adds workers only; ${name} is ${node.roles.join(", ")}`);
    }
    const taken = Object.keys(cluster.nodes).find((other) => other !== name && cluster.nodes[other]?.address === node.address);
    if (taken !== undefined) throw new PlaybookFailure(`${name} has the address of ${taken}`);
    const existing = cluster.nodes[name];
    return [name, existing ? withMetadata(existing, node) : joined(node, inventory.kubernetes)] as const;
  });
  return {
    facts: [...new Set([...world.facts, ...targets])],
    cluster: { ...cluster, nodes: { ...cluster.nodes, ...Object.fromEntries(joining) } },
  };
}

function removeNode(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const cluster = running(world);
  if (step.extraVars.skip_confirmation !== true) throw new PlaybookFailure("Delete nodes confirmation failed");
  const removed = String(step.extraVars.node ?? "").split(",");
  for (const name of removed) {
    if (!inventory.nodes[name]) throw new PlaybookFailure(`${name} must still be in the inventory to be removed`);
    if (name === cluster.controlPlane[0] || name === cluster.etcd[0]) {
      throw new PlaybookFailure(`${name} is the first control plane or the first etcd member and cannot be removed`);
    }
    if (cluster.nodes[name]?.ready === false && step.extraVars.reset_nodes !== false) {
      throw new PlaybookFailure(`${name} does not answer; it can only be removed as lost`);
    }
  }
  const gone = new Set(removed);
  const after: ClusterState = {
    ...cluster,
    nodes: Object.fromEntries(Object.entries(cluster.nodes).filter(([name]) => !gone.has(name))),
    controlPlane: cluster.controlPlane.filter((name) => !gone.has(name)),
    etcd: cluster.etcd.filter((name) => !gone.has(name)),
  };
  if (!hasQuorum(after)) throw new PlaybookFailure(`removing ${removed.join(", ")} would lose etcd's quorum`);
  return { facts: world.facts.filter((name) => !gone.has(name)), cluster: after };
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
  return { ...world, cluster: { ...cluster, nodes: { ...cluster.nodes, ...Object.fromEntries(changed) } } };
}

function list(value: string | boolean | number | undefined): string[] {
  return value === undefined ? [] : String(value).split(",");
}
