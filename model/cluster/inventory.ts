import { kubesprayRelease } from "./releases";
import type { ClusterNode, ClusterSpec } from "./types";

/** What an inventory says of a node, but for how it is reached. */
export function hostVariables(node: ClusterNode): Record<string, unknown> {
  return {
    ip: node.address,
    access_ip: node.address,
    ...(node.etcdMember === undefined ? {} : { etcd_member_name: node.etcdMember }),
    ...(Object.keys(node.labels).length > 0 ? { node_labels: node.labels } : {}),
    ...(node.taints.length > 0 ? { node_taints: node.taints } : {}),
  };
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
