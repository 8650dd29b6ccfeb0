/** Why a variable cannot change on a running cluster. */
interface Fixed {
  readonly reason: string;
  readonly remedy: string;
}

const rebuild = "Keep the recorded value, or bring up a second environment with the new one and move the workloads there.";

const addressing: Fixed = { reason: "pod, service and node address ranges are given once, when the cluster is created", remedy: rebuild };
const identity: Fixed = { reason: "the cluster's internal domain is in every certificate and every pod's resolver", remedy: rebuild };
const networkPlugin: Fixed = { reason: "kubespray cannot replace the network plugin of a running cluster", remedy: rebuild };
const calicoPool: Fixed = {
  reason: "kubespray refuses to run when this differs from the address pool that Calico already has",
  remedy: "Keep the recorded value; change the pool with calicoctl first if it must change, then refresh.",
};
const runtime: Fixed = {
  reason: "kubespray cannot replace the container runtime of nodes that are in use",
  remedy: rebuild,
};
const etcd: Fixed = { reason: "kubespray cannot move a running etcd to another deployment type or place", remedy: rebuild };
const proxy: Fixed = {
  reason: "kubespray writes kube-proxy's mode only when the cluster is created; the rules of the old mode would stay on every node",
  remedy: rebuild,
};
const certificates: Fixed = { reason: "who signs the cluster's certificates is decided when it is created", remedy: rebuild };

/** Variables that kubespray cannot change on a running cluster, by name. */
const fixed: Readonly<Record<string, Fixed>> = {
  kube_pods_subnet: addressing,
  kube_pods_subnet_ipv6: addressing,
  kube_service_addresses: addressing,
  kube_service_addresses_ipv6: addressing,
  kube_network_node_prefix: addressing,
  kube_network_node_prefix_ipv6: addressing,
  ipv4_stack: addressing,
  ipv6_stack: addressing,
  enable_dual_stack_networks: addressing,
  cluster_name: identity,
  dns_domain: identity,
  kube_network_plugin: networkPlugin,
  calico_datastore: networkPlugin,
  calico_network_backend: networkPlugin,
  calico_pool_name: calicoPool,
  calico_pool_cidr: calicoPool,
  calico_pool_blocksize: calicoPool,
  calico_ipip_mode: calicoPool,
  calico_vxlan_mode: calicoPool,
  container_manager: runtime,
  etcd_deployment_type: etcd,
  etcd_data_dir: etcd,
  kube_proxy_mode: proxy,
  cert_management: certificates,
  kube_external_ca_mode: certificates,
};

/** Why the variable cannot change on a running cluster, or undefined where `cluster.yml` applies the change. */
export function fixedVariable(name: string): Fixed | undefined {
  return Object.hasOwn(fixed, name) ? fixed[name] : undefined;
}

/** True for what tells Ansible how to reach hosts: a change of it changes no host. */
export function isConnectionVariable(name: string): boolean {
  return name.startsWith("ansible_");
}

/** Names of variables whose values differ, in order of name; the order of keys inside a value does not matter. */
export function changedVariables(recorded: Readonly<Record<string, unknown>>, wanted: Readonly<Record<string, unknown>>): string[] {
  const names = new Set([...Object.keys(recorded), ...Object.keys(wanted)]);
  return [...names].filter((name) => !sameValue(recorded[name], wanted[name])).sort();
}

/** Deep equality of plain data. A member that is undefined counts as absent. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const left = definedEntries(a);
  const right = new Map(definedEntries(b));
  return left.length === right.size && left.every(([key, value]) => right.has(key) && sameValue(value, right.get(key)));
}

function definedEntries(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, member]) => member !== undefined);
}
