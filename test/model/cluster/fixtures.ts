import type { ClusterNode, ClusterSpec } from "../../../model/cluster/types";

/** A plain worker; `id` makes its address. */
export function worker(key: string, id: number, changes: Partial<ClusterNode> = {}): ClusterNode {
  return { key, generation: 1, roles: ["worker"], address: `10.20.1.${id}`, labels: {}, taints: [], ...changes };
}

/** A node of the control plane with etcd on it. */
export function controlPlane(key: string, id: number): ClusterNode {
  return { key, generation: 1, roles: ["control-plane", "etcd"], address: `10.20.0.${id}`, etcdMember: key, labels: {}, taints: [] };
}

/** A cluster of `masters` control-plane nodes and the workers given by name; two workers without them. */
export function cluster(
  workers: Readonly<Record<string, ClusterNode>> = { "worker-1": worker("worker-1", 1), "worker-2": worker("worker-2", 2) },
  changes: Partial<ClusterSpec> = {},
  masters = 1,
): ClusterSpec {
  const names = Array.from({ length: masters }, (_, index) => `cp-${index + 1}`);
  return {
    name: "demo",
    kubespray: "v2.29.0",
    kubernetes: "1.33.5",
    nodes: { ...Object.fromEntries(names.map((name, index) => [name, controlPlane(name, index + 10)])), ...workers },
    controlPlane: names,
    etcd: names,
    variables: { kube_pods_subnet: "10.233.64.0/18", kube_service_addresses: "10.233.0.0/18" },
    apiEndpoint: { host: "10.20.0.10", port: 6443 },
    onDelete: "forget",
    ...changes,
  };
}
