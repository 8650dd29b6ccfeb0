/** Why a variable cannot change on a running cluster, and what to do instead of setting it back. */
export interface Fixed {
  readonly reason: string;
  readonly instead: string;
  /** Set where only the change away from this value is refused. */
  readonly from?: unknown;
  /** Set where a change among these values is not refused. */
  readonly among?: readonly unknown[];
}

/** The way to what no running cluster can become. */
export const BESIDE = "bring up a second environment with the new one and move the workloads there";

const because = (reason: string): Fixed => ({ reason, instead: BESIDE });

const addressing = because("pod, service and node address ranges are given once, when the cluster is created");
const identity = because("the cluster's internal domain is in every certificate and every pod's resolver");
const networkPlugin = because("kubespray cannot replace the network plugin of a running cluster");
const pool = because("kubespray refuses to run when this differs from the address pool that Calico already has");
const overlay = because("nodes of two kinds of overlay do not reach each other's pods, and kubespray changes them one after another");
const runtime = because("the container runtime changes between crio and containerd only");
const etcd = because("kubespray cannot move a running etcd to another deployment type or place");
const proxy = because(
  "kubespray writes kube-proxy's mode only when the cluster is created; the rules of the old mode would stay on every node",
);
const certificates = because("who signs the cluster's certificates is decided when it is created");
const folders = because("kubespray would build a second cluster beside what the running one has in the old place");
const encryption = because("kubespray reads the key of the stored Secrets under the name of its algorithm, and would not find it");

/** Variables that kubespray cannot change on a running cluster, by name. */
const fixed: Readonly<Record<string, Fixed>> = {
  kube_pods_subnet: addressing,
  kube_pods_subnet_ipv6: addressing,
  kube_service_addresses: addressing,
  kube_service_addresses_ipv6: addressing,
  kube_service_subnets: addressing,
  kube_pods_subnets: addressing,
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
  calico_pool_name: pool,
  calico_pool_cidr: pool,
  calico_pool_cidr_ipv6: pool,
  calico_pool_blocksize: pool,
  calico_pool_blocksize_ipv6: pool,
  calico_ipip_mode: pool,
  calico_ipip_mode_ipv6: pool,
  calico_vxlan_mode: pool,
  calico_vxlan_mode_ipv6: pool,
  calico_vxlan_vni: overlay,
  calico_vxlan_port: overlay,
  cilium_tunnel_mode: overlay,
  cilium_identity_allocation_mode: networkPlugin,
  cilium_ipam_mode: addressing,
  cilium_pool_cidr: addressing,
  cilium_pool_mask_size: addressing,
  flannel_backend_type: overlay,
  flannel_vxlan_vni: overlay,
  flannel_vxlan_port: overlay,
  container_manager: { ...runtime, among: ["crio", "containerd"] },
  containerd_storage_dir: folders,
  kube_config_dir: folders,
  kube_cert_dir: folders,
  etcd_cert_dir: folders,
  etcd_deployment_type: etcd,
  etcd_data_dir: etcd,
  etcd_events_cluster_enabled: etcd,
  kube_proxy_mode: proxy,
  kube_encrypt_secret_data: { ...because("the API server could no longer read the Secrets that are stored encrypted"), from: true },
  kube_encryption_algorithm: encryption,
  kube_encrypt_token: because("the API server could no longer read the Secrets that are encrypted with it"),
  cert_management: certificates,
  kube_external_ca_mode: certificates,
};

/** Names of the variables that cannot change on a running cluster, or not in every direction. */
export const fixedVariables: readonly string[] = Object.keys(fixed);

/** Variables whose change a running cluster refuses, in order of name, with the reason; `cluster.yml` applies all others. */
export function refusedVariables(recorded: Variables, wanted: Variables): { readonly name: string; readonly why: Fixed }[] {
  return changedVariables(recorded, wanted).flatMap((name) => {
    const why = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
    if (why === undefined || ("from" in why && !sameValue(recorded[name], why.from))) return [];
    return why.among?.includes(recorded[name]) && why.among.includes(wanted[name]) ? [] : [{ name, why }];
  });
}

type Variables = Readonly<Record<string, unknown>>;

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
