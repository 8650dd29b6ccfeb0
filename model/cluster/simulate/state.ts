import { endpointKind } from "../endpoint";
import type { ClusterNode, ClusterSpec, ClusterStep } from "../types";

/** A node of a simulated cluster. */
export interface NodeState extends ClusterNode {
  readonly ready: boolean;
  /** The kubelet's version. */
  readonly kubelet: string;
  /** The container runtime; not known of worlds that earlier versions made. */
  readonly manager?: string;
  /** `host:port` at which its kubelet reaches the API; not set while that is the cluster's endpoint. */
  readonly dials?: string;
}

/** A simulated cluster: what kubespray and our playbooks have made so far. */
export interface ClusterState {
  readonly name: string;
  /** Tag and version of the control plane. */
  readonly kubespray: string;
  readonly kubernetes: string;
  readonly nodes: Readonly<Record<string, NodeState>>;
  readonly controlPlane: readonly string[];
  readonly etcd: readonly string[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly apiEndpoint: ClusterSpec["apiEndpoint"];
  /** What is written in more than one place and follows members only when somebody says so; not known of worlds of earlier versions. */
  readonly told?: Told;
  /** A move of the endpoint that has begun: the last phase that ran. */
  readonly moving?: "names" | "serve" | "switch";
}

export interface Told {
  /** `--etcd-servers` of the API servers. */
  readonly etcd: readonly string[];
  /** The control planes that the workers' own proxies know. */
  readonly proxies: readonly string[];
  /** Control planes whose API server reaches etcd by its own host's certificate, but for the first one, whose is everybody's. */
  readonly clients?: readonly string[];
  /** The control plane that the config map cluster-info names. */
  readonly clusterInfo: string;
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

/** The spec a simulated cluster satisfies. */
export function specOf(cluster: ClusterState, onDelete: ClusterSpec["onDelete"]): ClusterSpec {
  const nodes = Object.entries(cluster.nodes).map(
    ([name, { ready: _ready, kubelet: _kubelet, manager: _manager, dials: _dials, ...node }]) => [name, node] as const,
  );
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
export function hasQuorum(cluster: Pick<ClusterState, "etcd" | "nodes">): boolean {
  const healthy = cluster.etcd.filter((name) => cluster.nodes[name]?.ready).length;
  return healthy * 2 > cluster.etcd.length;
}

/** The cluster, while its API answers. @throws PlaybookFailure */
export function running(world: SimulatedWorld): ClusterState {
  const first = world.cluster?.controlPlane[0];
  if (!world.cluster || first === undefined || !world.cluster.nodes[first]?.ready || !hasQuorum(world.cluster)) {
    throw new PlaybookFailure("the API server does not answer");
  }
  return world.cluster;
}

/** kubeadm leads whoever joins to the control plane that cluster-info names, where no endpoint of its own is before them. @throws PlaybookFailure */
export function needLead(cluster: ClusterState, joining: readonly ClusterNode[]): void {
  const leads = cluster.told?.clusterInfo;
  if (leads === undefined || endpointKind(cluster) !== "node" || joining.every(({ roles }) => roles.every((role) => role === "etcd")))
    return;
  if (!cluster.controlPlane.includes(leads) || !cluster.nodes[leads]?.ready)
    throw new PlaybookFailure(`whoever joins is led to ${leads}, which is gone: kubeadm join fails`);
}

/** The cluster with some nodes otherwise. */
export function withStates(cluster: ClusterState, changed: Iterable<readonly [string, NodeState]>): ClusterState {
  return { ...cluster, nodes: { ...cluster.nodes, ...Object.fromEntries(changed) } };
}

/** kubespray's own check of a limited run. @throws PlaybookFailure */
export function needFacts(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): void {
  if (step.limit.length === 0) return;
  const cached = new Set(world.facts);
  const limited = new Set(step.limit);
  const missing = Object.keys(inventory.nodes).find((name) => !cached.has(name) && !limited.has(name) && !step.broken?.includes(name));
  if (missing !== undefined) {
    throw new PlaybookFailure(`--limit needs a populated fact cache for the excluded hosts; ${missing} is not cached: run facts.yml first`);
  }
}

/** The facts after a run over these hosts. */
export function withFacts(world: SimulatedWorld, hosts: readonly string[]): readonly string[] {
  return [...new Set([...world.facts, ...hosts])];
}
