import type { CloudDefinition } from "../cloud";
import { knowsCalicoNftables } from "../cluster/checks-variables";
import { besideVariables, hostVariables, INVENTORY_PARENTS, inventoryGroups, inventoryVariables } from "../cluster/inventory";
import type { ClusterNode, ClusterSpec } from "../cluster/types";
import type { Environment } from "../environment/types";
import { airGapVariables } from "./air-gap";
import { endpointVariables } from "./api-endpoint";
import { backupSettings, backupVariable } from "./backups";
import type { ApiEndpointPlan, Inventory, MachinePlan } from "./infrastructure-types";
import { loginVariables } from "./registry-logins";
import type { ProxyMode } from "./types";

/** What of the cluster is chosen by file, lock and release together. */
interface ClusterVersions {
  readonly kubespray: string;
  readonly kubernetes: string;
  readonly proxyMode: ProxyMode;
}

/** The cluster as the kubespray provider takes it. `outside`: the API's floating address, where it was made beforehand; `images`: the platform's. */
export function planCluster(
  environment: Environment,
  cloud: Pick<CloudDefinition, "can" | "inCluster">,
  versions: ClusterVersions,
  machines: readonly MachinePlan[],
  endpoint: ApiEndpointPlan,
  outside: string | undefined,
  images: readonly string[],
): ClusterSpec {
  const nodes = machines.filter(isNode);
  const providerId = environment.platform.controller ? cloud.inCluster?.controller?.providerId : undefined;
  const named = (role: ClusterNode["roles"][number]): string[] =>
    nodes.filter((machine) => machine.roles.includes(role)).map(({ name }) => name);
  return {
    name: environment.name,
    kubespray: versions.kubespray,
    kubernetes: versions.kubernetes,
    nodes: Object.fromEntries(nodes.map((machine) => [machine.name, clusterNode(machine, providerId)])),
    controlPlane: named("control-plane"),
    etcd: named("etcd"),
    variables: planVariables(environment, cloud, versions, endpoint, outside, images),
    apiEndpoint: {
      host: endpoint.domain ?? endpoint.address,
      port: endpoint.port,
      ...(endpoint.kind === "virtualIp" ? { kind: endpoint.kind } : {}),
    },
    onDelete: environment.cluster.onDelete,
  };
}

function clusterRoles(machine: MachinePlan): ClusterNode["roles"] {
  return machine.roles.filter(isClusterRole);
}

function isClusterRole(role: string): role is ClusterNode["roles"][number] {
  return role === "control-plane" || role === "etcd" || role === "worker";
}

/** Whether a machine is a node of the cluster, by its roles. */
export function isNode({ roles }: { readonly roles: readonly string[] }): boolean {
  return roles.some(isClusterRole);
}

function clusterNode(machine: MachinePlan, providerId: string | undefined): ClusterNode {
  const volumes = machine.volumes.flatMap(({ name, device, mount, fileSystem }) =>
    mount === undefined || fileSystem === undefined ? [] : [{ name, device, mount, fileSystem }],
  );
  return {
    key: machine.key,
    generation: machine.generation,
    roles: clusterRoles(machine),
    address: machine.address,
    // What a host that was there before stands in is a label, which can be mended.
    ...(machine.zone === undefined || machine.login ? {} : { zone: machine.zone }),
    ...(machine.roles.includes("etcd") ? { etcdMember: machine.etcdMember ?? machine.name } : {}),
    labels: machine.labels,
    taints: machine.taints,
    ...(providerId === undefined ? {} : { providerId: providerId.replace("{zone}", machine.zone ?? "") }),
    ...(volumes.length > 0 ? { volumes } : {}),
    ...machine.maintenance,
  };
}

/** kubespray's variables: the fields of the file, K-PaaS's own choices, and what the file passes through. */
function planVariables(
  environment: Environment,
  cloud: Pick<CloudDefinition, "can">,
  { kubespray, proxyMode }: ClusterVersions,
  endpoint: ApiEndpointPlan,
  outside: string | undefined,
  images: readonly string[],
): Record<string, unknown> {
  const { cluster } = environment;
  const names = [endpoint.address, endpoint.domain, outside].filter((each): each is string => each !== undefined);
  return {
    kube_network_plugin: cluster.plugin,
    ...(cluster.plugin === "calico"
      ? {
          calico_network_backend: cluster.encapsulation === "vxlan" ? "vxlan" : "bird",
          calico_vxlan_mode: cluster.encapsulation === "vxlan" ? "Always" : "Never",
          calico_ipip_mode: cluster.encapsulation === "ipip" ? "Always" : "Never",
        }
      : {}),
    ...(cluster.plugin === "cilium" ? { kube_owner: "root" } : {}),
    kube_pods_subnet: cluster.podCidr,
    kube_service_addresses: cluster.serviceCidr,
    kube_network_node_prefix: cluster.nodePrefix,
    kube_proxy_mode: proxyMode,
    // MetalLB answers ARP for Service addresses itself; kube-proxy in ipvs mode must not.
    kube_proxy_strict_arp: proxyMode === "ipvs",
    // Calico's iptables rules and a kube-proxy by nftables do not go together.
    ...(cluster.plugin === "calico" && proxyMode === "nftables" && knowsCalicoNftables(kubespray)
      ? { calico_nftable_mode: "Enabled" }
      : {}),
    container_manager: cluster.runtime,
    etcd_deployment_type: "host",
    ansible_user: environment.access.sshUser,
    ansible_become: true,
    kubernetes_audit: cluster.hardening.auditLog,
    kube_encrypt_secret_data: cluster.hardening.encryptSecrets,
    tls_cipher_suites: cluster.hardening.tlsCipherSuites,
    ...(cluster.hardening.podSecurity
      ? { kube_pod_security_use_default: true, kube_pod_security_default_enforce: cluster.hardening.podSecurity }
      : {}),
    auto_renew_certificates: cluster.autoRenewCertificates,
    supplementary_addresses_in_ssl_keys: names,
    ...endpointVariables(environment, cloud, endpoint),
    ...(environment.network.dns.length > 0 ? { upstream_dns_servers: environment.network.dns } : {}),
    ...(cluster.registries ? loginVariables(cluster.registries) : {}),
    ...(cluster.airGap ? airGapVariables(cluster.airGap, cluster, images) : {}),
    ...(cluster.backups ? { [backupVariable]: backupSettings(environment.name, cluster.backups) } : {}),
    ...cluster.variables,
  };
}

/**
 * kubespray's inventory of the environment, in the form `ansible-inventory --list` prints. No playbook has work on the bastion, and where one
 * is named kubespray would lead SSH through it without checking any host key; how hosts are reached is this tool's own.
 */
export function planInventory(cluster: ClusterSpec, machines: readonly MachinePlan[]): Inventory {
  const hosts = machines.filter((machine) => cluster.nodes[machine.name] !== undefined || machine.roles.includes("nfs"));
  const groups = inventoryGroups(cluster);
  const group = (name: string): { hosts: string[] } => ({ hosts: [...(groups[name] ?? [])] });
  const hostvars = Object.fromEntries(
    hosts.map((machine) => {
      const node = cluster.nodes[machine.name];
      return [
        machine.name,
        {
          ansible_host: machine.login?.address ?? machine.address,
          ...(machine.login?.user === undefined ? {} : { ansible_user: machine.login.user }),
          ...(machine.login?.port === undefined ? {} : { ansible_port: machine.login.port }),
          ...(node ? hostVariables(node) : besideVariables(machine)),
        },
      ];
    }),
  );
  return {
    _meta: { hostvars },
    all: {
      children: ["ungrouped", "bastion", "calico_rr", "etcd", "k8s_cluster", "nfs_server"],
      vars: inventoryVariables(cluster),
    },
    // Empty: kubespray's playbooks name it.
    bastion: { hosts: [] },
    calico_rr: group("calico_rr"),
    etcd: group("etcd"),
    ...Object.fromEntries(Object.entries(INVENTORY_PARENTS).map(([name, children]) => [name, { children }])),
    kube_control_plane: group("kube_control_plane"),
    kube_node: group("kube_node"),
    // Not `nfs`: Ansible mixes up a host and a group of one name.
    nfs_server: { hosts: machines.filter(({ roles }) => roles.includes("nfs")).map(({ name }) => name) },
    ungrouped: { hosts: [] },
  };
}
