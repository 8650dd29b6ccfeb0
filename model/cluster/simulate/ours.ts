import { hasRuntime } from "../steps/sequence";
import type { ClusterSpec, ClusterStep } from "../types";
import { type ClusterState, hasQuorum, needFacts, PlaybookFailure, running, type SimulatedWorld, withFacts, withStates } from "./state";

/** The variable that each of these playbooks acts on. */
const ACTS_ON: Readonly<Record<string, readonly string[]>> = {
  "prepare-nodes": ["kpaas_nfs_client", "kpaas_pod_filter", "kpaas_prepare"],
  firewall: ["kpaas_firewalls"],
  "nfs-server": ["kpaas_nfs"],
  "load-balancers": ["kpaas_endpoint"],
  "etcd-backup": ["kpaas_backup"],
};

/** What our playbooks set up on hosts: it counts as there once they have run; before a cluster is made, that one tells. */
export function setUp(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const { cluster } = world;
  const variables = ACTS_ON[step.playbook];
  if (!cluster || variables === undefined) return world;
  const kept = Object.entries(cluster.variables).filter(([name]) => !variables.includes(name));
  const set = Object.entries(inventory.variables).filter(([name]) => variables.includes(name));
  const hosts = step.playbook === "prepare-nodes" ? (step.limit.length > 0 ? step.limit : Object.keys(inventory.nodes)) : [];
  const mounted = hosts.flatMap((name) => {
    const [node, wanted] = [cluster.nodes[name], inventory.nodes[name]];
    if (!node || !wanted) return [];
    const { volumes: _volumes, ...rest } = node;
    return [[name, wanted.volumes === undefined ? rest : { ...rest, volumes: wanted.volumes }] as const];
  });
  return { ...world, cluster: { ...withStates(cluster, mounted), variables: Object.fromEntries([...kept, ...set]) } };
}

/** etcd-members: whoever is told of members is told of those of the inventory. */
export function tellMembers(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const cluster = running(world);
  const { remove_member: gone } = step.extraVars;
  const name = inventory.etcd.find((each) => inventory.nodes[each]?.etcdMember === gone);
  if (gone !== undefined && name === inventory.etcd[0]) throw new PlaybookFailure(`${gone} is the member that the others are told by`);
  const etcd = cluster.etcd.filter((each) => gone === undefined || each !== name);
  const after: ClusterState = { ...cluster, etcd };
  if (!hasQuorum(after)) throw new PlaybookFailure(`removing ${String(gone)} would lose etcd's quorum`);
  const info = cluster.told?.clusterInfo ?? "";
  const told = {
    proxies: cluster.told?.proxies ?? inventory.controlPlane,
    etcd: inventory.etcd.filter((each) => gone === undefined || each !== name),
    ...(cluster.told?.clients ? { clients: cluster.told.clients } : {}),
    clusterInfo: inventory.controlPlane.includes(info) ? info : (inventory.controlPlane[0] ?? ""),
  };
  return { ...world, cluster: { ...after, told } };
}

/** etcd-clients: an API server reaches etcd by the certificate of its own host. */
export function tellClients(world: SimulatedWorld, inventory: ClusterSpec): SimulatedWorld {
  if (!world.cluster) throw new PlaybookFailure("there is no cluster");
  const { told = { etcd: inventory.etcd, proxies: inventory.controlPlane, clusterInfo: inventory.controlPlane[0] ?? "" } } = world.cluster;
  return { ...world, cluster: { ...world.cluster, told: { ...told, clients: inventory.controlPlane } } };
}

const PHASES = ["names", "serve", "switch", "retire"] as const;

/** move-endpoint: each phase rests on the one before it. */
export function moveEndpoint(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const cluster = running(world);
  const phase = PHASES.find((each) => each === step.extraVars.phase);
  if (phase === undefined) throw new PlaybookFailure("the phase must be names, serve, switch or retire");
  const needed = PHASES[PHASES.indexOf(phase) - 1];
  const done = cluster.moving === undefined ? -1 : PHASES.indexOf(cluster.moving);
  if (needed !== undefined && done < PHASES.indexOf(needed)) throw new PlaybookFailure(`${phase} comes after ${needed}`);
  const { host, port } = inventory.apiEndpoint;
  const dials = `${host}:${port}`;
  const { moving: _moving, ...rest } = cluster;
  if (phase === "retire") {
    const left = Object.keys(cluster.nodes).find((name) => cluster.nodes[name]?.dials !== dials);
    if (left !== undefined) throw new PlaybookFailure(`${left} still reaches the API by the old endpoint`);
    const variables = inventory.variables;
    const nodes = Object.entries(cluster.nodes).map(([name, { dials: _dials, ...node }]) => [name, node] as const);
    const told = rest.told && { ...rest.told, proxies: inventory.controlPlane };
    return {
      ...world,
      cluster: {
        ...rest,
        nodes: Object.fromEntries(nodes),
        apiEndpoint: inventory.apiEndpoint,
        variables: moved(rest.variables, variables),
        ...(told ? { told } : {}),
      },
    };
  }
  if (phase !== "switch")
    return { ...world, cluster: { ...rest, moving: done > PHASES.indexOf(phase) ? (cluster.moving ?? phase) : phase } };
  const switched = Object.entries(cluster.nodes).map(([name, node]) => [name, { ...node, dials }] as const);
  return { ...world, cluster: { ...withStates(rest, switched), moving: "switch" } };
}

/** What of the variables says where the API is. */
function moved(before: ClusterState["variables"], after: ClusterState["variables"]): ClusterState["variables"] {
  const isEndpoint = (name: string): boolean =>
    /^(kube_vip_|loadbalancer_apiserver|apiserver_loadbalancer_|supplementary_addresses_|kpaas_endpoint$)/.test(name);
  const kept = Object.entries(before).filter(([name]) => !isEndpoint(name));
  return Object.fromEntries([...kept, ...Object.entries(after).filter(([name]) => isEndpoint(name))]);
}

/** switch-runtime: one node at a time, drained. */
export function switchRuntime(world: SimulatedWorld, step: ClusterStep, inventory: ClusterSpec): SimulatedWorld {
  const cluster = running(world);
  requireSpare(cluster, step);
  needFacts(world, step, inventory);
  if (inventory.etcd.length % 2 === 0 && step.extraVars.ignore_assert_errors !== true)
    throw new PlaybookFailure("even number of etcd hosts: the old runtime is gone by then");
  const { from, to } = step.extraVars;
  if (step.limit.length !== 1) throw new PlaybookFailure("one node at a time gets another container runtime");
  const nodes = step.limit.map((name) => {
    const node = cluster.nodes[name];
    if (!node) throw new PlaybookFailure(`nodes "${name}" not found`);
    if (!hasRuntime(node)) throw new PlaybookFailure(`${name} has no container runtime`);
    if (node.manager !== undefined && node.manager !== from && node.manager !== to)
      throw new PlaybookFailure(`${name} runs ${node.manager}, not ${String(from)}`);
    return [name, { ...node, manager: String(to) }] as const;
  });
  const after = withStates(cluster, nodes);
  const variables = inventory.variables.container_manager;
  // The cluster has the runtime that its control planes have.
  const all = cluster.controlPlane.every((name) => after.nodes[name]?.manager === variables);
  const facts = withFacts(world, step.limit);
  return { facts, cluster: all ? { ...after, variables: { ...after.variables, container_manager: variables } } : after };
}

/** reboot and patch: the marks of the hosts; never so many at once that etcd loses its quorum. */
export function reboot(world: SimulatedWorld, step: ClusterStep): SimulatedWorld {
  const cluster = running(world);
  requireSpare(cluster, step);
  const { since } = step.extraVars;
  const nodes = step.limit.map((name) => {
    const node = cluster.nodes[name];
    if (!node) throw new PlaybookFailure(`nodes "${name}" not found`);
    return [name, since === undefined ? node : { ...node, [step.playbook]: String(since) }] as const;
  });
  return { ...world, cluster: withStates(cluster, nodes) };
}

function requireSpare(cluster: ClusterState, step: ClusterStep): void {
  if (step.limit.length === 0) throw new PlaybookFailure(`${step.playbook} is for hosts of a limit`);
  const down = step.limit.filter((name) => cluster.controlPlane.includes(name) || cluster.etcd.includes(name));
  if (down.length > 1) throw new PlaybookFailure("one control plane or etcd member at a time");
  const left = cluster.etcd.filter((name) => !step.limit.includes(name) && cluster.nodes[name]?.ready).length;
  if (down.length > 0 && cluster.etcd.length > 2 && left * 2 <= cluster.etcd.length)
    throw new PlaybookFailure("etcd would lose its quorum");
}

/** etcd-restore: the keys on a bare host, the data once the cluster runs. */
export function restore(world: SimulatedWorld, step: ClusterStep): SimulatedWorld {
  if (step.extraVars.phase === "keys" && world.cluster) throw new PlaybookFailure("there is a cluster: its keys are not overwritten");
  if (step.extraVars.phase !== "keys") running(world);
  return world;
}
