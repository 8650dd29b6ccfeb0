import { isFields } from "../data";
import { kubesprayRelease } from "./releases";
import { type ClusterHost, type ClusterNode, type ClusterSpec, HOST_GROUPS } from "./types";

/** What an inventory says of a node, but for how it is reached. */
export function hostVariables(node: ClusterNode): Record<string, unknown> {
  return {
    ip: node.address,
    access_ip: node.address,
    ...(node.etcdMember === undefined ? {} : { etcd_member_name: node.etcdMember }),
    ...(Object.keys(node.labels).length > 0 ? { node_labels: node.labels } : {}),
    ...(node.taints.length > 0 ? { node_taints: node.taints } : {}),
    // A run before its switch must not put the cluster's own beside it.
    ...(node.runtime === undefined ? {} : { container_manager: node.runtime }),
    ...(node.volumes === undefined
      ? {}
      : {
          kpaas_volumes: node.volumes.map(({ fileSystem, ...volume }) => ({ ...volume, ...(fileSystem && { file_system: fileSystem }) })),
        }),
  };
}

/**
 * What kubelet is told of the machine it runs on. It registers with it once, whatever it is told later. A variable of one host takes the place of
 * that of all, so it holds what all have too.
 * @param id the cloud's id of the machine
 */
export function kubeletVariables({ providerId }: ClusterNode, id: string, variables: ClusterSpec["variables"]): Record<string, unknown> {
  if (providerId === undefined) return {};
  const all = variables[KUBELET_CONFIGURATION];
  return { [KUBELET_CONFIGURATION]: { ...(isFields(all) ? all : {}), providerID: providerId.replace("{id}", id) } };
}

/** kubespray's variable with more fields of kubelet's configuration, of control planes and workers alike. */
export const KUBELET_CONFIGURATION = "kubelet_config_extra_args";

/** What an inventory says of a host beside the cluster. */
export function besideVariables({ address }: Pick<ClusterHost, "address">): Record<string, unknown> {
  return { ip: address, access_ip: address };
}

/** Whether a machine is a node, or a host beside them. */
export function hasTask({ nodes, hosts }: Pick<ClusterSpec, "nodes" | "hosts">, machine: string): boolean {
  return nodes[machine] !== undefined || hosts?.[machine] !== undefined;
}

/** Groups of hosts beside the cluster; those without one are left out. */
export function besideGroups({ hosts = {} }: Pick<ClusterSpec, "hosts">): Record<string, readonly string[]> {
  const members = HOST_GROUPS.map((group) => [
    group,
    Object.entries(hosts).flatMap(([name, { groups }]) => (groups.includes(group) ? [name] : [])),
  ]);
  return Object.fromEntries(members.filter(([, names = []]) => names.length > 0));
}

/** The variables of the group `all`, as the tag that a run is made from takes them: those of the cluster, and what follows from them. */
export function inventoryVariables({ kubespray, kubernetes, variables }: ClusterSpec): Record<string, unknown> {
  return { kube_version: kubeVersion(kubespray, kubernetes), ...variables, ...podSecurity(variables) };
}

/** Up to v2.27 kubespray writes the version with a leading v. */
function kubeVersion(kubespray: string, kubernetes: string): string {
  return kubesprayRelease(kubespray)?.kubernetes.writtenWithV ? `v${kubernetes}` : kubernetes;
}

/**
 * kubespray writes the standard for namespaces only where the API server reads admission's configuration and PodSecurity is named, and what is
 * named takes the place of kubeadm's own NodeRestriction.
 */
function podSecurity(variables: ClusterSpec["variables"]): Record<string, unknown> {
  if (variables.kube_pod_security_use_default !== true) return {};
  const named = variables.kube_apiserver_enable_admission_plugins;
  return {
    kube_apiserver_admission_control_config_file: true,
    kube_apiserver_enable_admission_plugins: [...new Set(["NodeRestriction", ...(Array.isArray(named) ? named : []), "PodSecurity"])],
  };
}

/**
 * Groups of a cluster by name; the order of hosts in one is kubespray's order.
 * @param broken hosts that are given up: nodes of the inventory, that may be in no other group any more
 */
export function inventoryGroups(cluster: ClusterSpec, broken: readonly string[] = []): Record<string, readonly string[]> {
  const workers = Object.entries(cluster.nodes).flatMap(([name, { roles }]) => (roles.includes("worker") ? [name] : []));
  const brokenOf = (role: ClusterNode["roles"][number]) => broken.filter((name) => cluster.nodes[name]?.roles.includes(role));
  return {
    kube_control_plane: cluster.controlPlane,
    etcd: cluster.etcd,
    kube_node: workers,
    calico_rr: [],
    ...(broken.length === 0 ? {} : { broken_kube_control_plane: brokenOf("control-plane"), broken_etcd: brokenOf("etcd") }),
  };
}

/** Groups that hold other groups. */
export const INVENTORY_PARENTS: Readonly<Record<string, readonly string[]>> = {
  k8s_cluster: ["calico_rr", "kube_control_plane", "kube_node"],
};

/**
 * What must not go through an HTTP proxy: every node by address and name, the API's endpoint, pods, Services and their names, and what the
 * variables add.
 */
export function proxyExceptions({ nodes, apiEndpoint, variables }: ClusterSpec): string {
  const domain = typeof variables.dns_domain === "string" ? variables.dns_domain : String(variables.cluster_name ?? "cluster.local");
  const own = Object.entries(nodes).flatMap(([name, { address }]) => [address, name, `${name}.${domain}`]);
  const networks = [variables.kube_service_addresses ?? "10.233.0.0/18", variables.kube_pods_subnet ?? "10.233.64.0/18"].map(String);
  const more = [variables.additional_no_proxy, variables.no_proxy].flatMap((each) => (typeof each === "string" ? each.split(",") : []));
  const all = ["127.0.0.1", "localhost", apiEndpoint.host, ...own, ...networks, ".svc", `.${domain}`, ...more];
  return [...new Set(all.map((each) => each.trim()).filter((each) => each !== ""))].join(",");
}
