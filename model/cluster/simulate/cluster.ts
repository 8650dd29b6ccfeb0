import { taintIdentity } from "../steps/metadata";
import { hasRuntime } from "../steps/sequence";
import type { ClusterNode, ClusterSpec, ClusterStep } from "../types";
import { changedVariables, refusedVariables } from "../variables";
import {
  type ClusterState,
  type NodeState,
  needFacts,
  needLead,
  PlaybookFailure,
  running,
  type SimulatedWorld,
  withFacts,
  withStates,
} from "./state";

/** A node that has just joined. */
export function joined(node: ClusterNode, { kubernetes, variables }: ClusterSpec): NodeState {
  const manager = variables.container_manager;
  return { ...node, ready: true, kubelet: kubernetes, ...(typeof manager === "string" && hasRuntime(node) ? { manager } : {}) };
}

/** Adds what the inventory names and takes nothing off, as kubectl label and taint with --overwrite do. */
export function withMetadata(node: NodeState, wanted: ClusterNode): NodeState {
  const set = new Set(wanted.taints.map(taintIdentity));
  return {
    ...node,
    labels: { ...node.labels, ...wanted.labels },
    taints: [...node.taints.filter((taint) => !set.has(taintIdentity(taint))), ...wanted.taints],
  };
}

/** cluster.yml over all hosts: creates a cluster, or brings one to its inventory. */
export function converge(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const hosts = Object.keys(inventory.nodes);
  if (!world.cluster) {
    const { onDelete: _onDelete, ...made } = inventory;
    const nodes = Object.entries(inventory.nodes).map(([name, node]) => [name, joined(node, inventory)] as const);
    const told = { etcd: inventory.etcd, proxies: inventory.controlPlane, clusterInfo: inventory.controlPlane[0] ?? "" };
    return { facts: hosts, cluster: { ...made, nodes: Object.fromEntries(nodes), told } };
  }
  const cluster = over(world, step, inventory, hosts);
  const told = cluster.told && { ...cluster.told, proxies: inventory.controlPlane };
  return { facts: hosts, cluster: { ...cluster, variables: inventory.variables, ...(told ? { told } : {}) } };
}

/** cluster.yml limited to some hosts, as members join. */
export function limited(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  needFacts(world, step, inventory);
  const left = [...inventory.controlPlane, ...inventory.etcd].find((name) => !step.limit.includes(name));
  if (left !== undefined) throw new PlaybookFailure(`${left} is not in the limit, and every member has to be told of the others`);
  return { facts: withFacts(world, step.limit), cluster: over(world, step, inventory, step.limit) };
}

/** What a run of all of cluster.yml does to the hosts it is for. */
export function over(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec, hosts: readonly string[]): ClusterState {
  const before = running(world);
  if (before.kubernetes !== inventory.kubernetes || before.kubespray !== inventory.kubespray) {
    throw new PlaybookFailure("cluster.yml does not upgrade a running cluster");
  }
  for (const list of ["controlPlane", "etcd"] as const) requireOrder(before, before[list], inventory[list]);
  const joining = inventory.etcd.filter((name) => !before.etcd.includes(name));
  if (joining.length > 1 && !(Number(step.extraVars.etcd_retries) >= 10)) {
    throw new PlaybookFailure("a member was still joining etcd when the next one was added: raise etcd_retries");
  }
  needLead(
    before,
    hosts.flatMap((name) => (before.nodes[name] ? [] : (inventory.nodes[name] ?? []))),
  );
  const [fixed] = refusedVariables(before.variables, inventory.variables);
  if (fixed !== undefined) throw new PlaybookFailure(`${fixed.name} does not match the running cluster`);
  const changed = hosts.flatMap((name) => {
    const [node, existing] = [inventory.nodes[name], before.nodes[name]];
    if (!node) return [];
    const manager = node.runtime ?? inventory.variables.container_manager;
    if (hasRuntime(node) && existing?.manager !== undefined && typeof manager === "string" && existing.manager !== manager) {
      throw new PlaybookFailure(`${name} runs ${existing.manager}; ${manager} would be installed beside it`);
    }
    return [[name, existing ? withMetadata(existing, node) : joined(node, inventory)] as const];
  });
  const told = before.told && step.extraVars.upgrade_cluster_setup === true ? { ...before.told, etcd: inventory.etcd } : before.told;
  return {
    ...withStates(before, changed),
    controlPlane: inventory.controlPlane,
    etcd: inventory.etcd,
    ...followed(before, inventory),
    ...(told ? { told } : {}),
  };
}

/** An endpoint that is the first control plane's own address is nowhere but in kubeconfigs. */
function followed(before: ClusterState, inventory: ClusterSpec): Partial<ClusterState> {
  const was = before.nodes[before.controlPlane[0] ?? ""]?.address;
  const isLocal = before.variables.loadbalancer_apiserver === undefined && before.variables.kube_vip_enabled !== true;
  return isLocal && was === before.apiEndpoint.host ? { apiEndpoint: inventory.apiEndpoint } : {};
}

/** The first one is there and stays in the inventory; whoever joins comes behind all others. */
function requireOrder(cluster: ClusterState, before: readonly string[], after: readonly string[]): void {
  const first = after[0];
  if (first !== undefined && !(before.includes(first) && cluster.nodes[first]?.ready)) {
    throw new PlaybookFailure(`${first} is put first and has not joined yet: the first control plane or etcd member changed`);
  }
  const gone = before.find((name) => !after.includes(name));
  if (gone !== undefined) throw new PlaybookFailure(`${gone} is a member and no longer in the inventory: remove-node.yml takes it out`);
  const lastKnown = Math.max(...before.map((name) => after.indexOf(name)));
  const early = after.find((name, index) => !before.includes(name) && index < lastKnown);
  if (early !== undefined) throw new PlaybookFailure(`${early} joins and has to come behind all members`);
}

const CONTROL_PLANE =
  /^(kube_apiserver_|kubelet_preferred_address_types|kube_oidc_|kubernetes_audit|audit_|tls_|kube_controller_manager_|kube_scheduler_|kube_encrypt_|kube_pod_security_|supplementary_addresses|auto_renew_|kube_webhook_|kube_profiling|authorization_modes)/;

/** Which variables each tag of cluster.yml applies, by how they begin. */
const APPLIED_BY: Readonly<Record<string, RegExp>> = {
  "control-plane": CONTROL_PLANE,
  // What the tag was called up to v2.28.
  master: CONTROL_PLANE,
  node: /^(kubelet_(?!preferred_address_types|csr_approver_)|tls_|kube_\w+_reserved|system_\w+_reserved|system_reserved|eviction_)/,
  "container-engine": /^(containerd_|crio_|cri_o_|nerdctl_|runc_|crun_|youki_|kata_|gvisor_)/,
  network: /^(calico_|cilium_|flannel_|kube_ovn_|kube_router_|multus_)/,
  "policy-controller": /^calico_policy_/,
  apps: /^(helm_|metrics_server_|metallb_|cert_manager_|local_\w+_provisioner_|registry_|argocd_|gateway_api_|node_feature_|kubelet_csr_approver_|coredns_|nodelocaldns_|dns_autoscaler_|enable_dns_autoscaler|snapshot_controller_)/,
};

/** cluster.yml with tags does what the tagged roles do, and no more. */
export function tagged(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const cluster = running(world);
  if (step.tags.every((tag) => tag === "node-label" || tag === "node-taint")) return label(world, step, inventory);
  if (step.limit.length > 0)
    throw new PlaybookFailure("a limited cluster.yml can be simulated with the tags node-label and node-taint only");
  if (step.tags.every((tag) => tag === "nginx" || tag === "haproxy")) {
    return { ...world, cluster: cluster.told ? { ...cluster, told: { ...cluster.told, proxies: inventory.controlPlane } } : cluster };
  }
  const [fixed] = refusedVariables(cluster.variables, inventory.variables);
  if (fixed !== undefined) throw new PlaybookFailure(`${fixed.name} does not match the running cluster`);
  // By all roles that read it: what only one of them has taken is half applied.
  const readers = (name: string): string[] => Object.keys(APPLIED_BY).filter((tag) => APPLIED_BY[tag]?.test(name));
  const runs = (tag: string): boolean =>
    step.tags.some((each) => each === tag || (APPLIED_BY[each] === CONTROL_PLANE && APPLIED_BY[tag] === CONTROL_PLANE));
  const applied = changedVariables(cluster.variables, inventory.variables).filter((name) => {
    const tags = readers(name);
    return tags.length > 0 && tags.every(runs);
  });
  const kept = Object.entries(cluster.variables).filter(([name]) => !applied.includes(name));
  const set = Object.entries(inventory.variables).filter(([name]) => applied.includes(name));
  return { facts: Object.keys(inventory.nodes), cluster: { ...cluster, variables: Object.fromEntries([...kept, ...set]) } };
}

function label(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const cluster = running(world);
  const labelled = step.limit.map((name) => {
    const [node, wanted] = [cluster.nodes[name], inventory.nodes[name]];
    if (!node || !wanted) throw new PlaybookFailure(`nodes "${name}" not found`);
    return [name, withMetadata(node, wanted)] as const;
  });
  return { ...world, cluster: withStates(cluster, labelled) };
}

/** scale.yml: workers join. */
export function scale(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const cluster = running(world);
  needFacts(world, step, inventory);
  if (cluster.kubernetes !== inventory.kubernetes) throw new PlaybookFailure("scale.yml joins nodes with the version of the control plane");
  const targets = step.limit.length > 0 ? step.limit : Object.keys(inventory.nodes);
  needLead(
    cluster,
    targets.flatMap((name) => (cluster.nodes[name] ? [] : (inventory.nodes[name] ?? []))),
  );
  const joining = targets.map((name) => {
    const node = inventory.nodes[name];
    if (!node) throw new PlaybookFailure(`${name} is not in the inventory`);
    if (!cluster.nodes[name] && node.roles.some((role) => role !== "worker")) {
      throw new PlaybookFailure(`scale.yml adds workers only; ${name} is ${node.roles.join(", ")}`);
    }
    const taken = Object.keys(cluster.nodes).find((other) => other !== name && cluster.nodes[other]?.address === node.address);
    if (taken !== undefined) throw new PlaybookFailure(`${name} has the address of ${taken}`);
    const existing = cluster.nodes[name];
    return [name, existing ? withMetadata(existing, node) : joined(node, inventory)] as const;
  });
  return { facts: withFacts(world, targets), cluster: withStates(cluster, joining) };
}
