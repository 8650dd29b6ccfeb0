import type { CloudDefinition } from "../cloud";
import { infrastructureLeads } from "../cloud-parts";
import type { ClusterSpec } from "../cluster/types";
import type { Environment } from "../environment/types";
import { airGapFlows } from "./air-gap";
import { apiPort, endpointPort } from "./api-endpoint";
import { backupFlows } from "./backups";
import { planFloating } from "./floating";
import type { Flow, FlowPeer, MachinePlan, Role } from "./infrastructure-types";
import { ingressPorts } from "./platform";
import { registryFlows } from "./registry-logins";
import { anywhere, openEverywhere, peerOf } from "./servers";
import { variableFlows } from "./variable-flows";

/** What the flows depend on besides the file. */
interface FlowContext {
  readonly environment: Environment;
  readonly cloud: Pick<CloudDefinition, "flows" | "can" | "passing" | "dropsErrors" | "inCluster">;
  readonly machines: readonly MachinePlan[];
  /** What the services need between machines. */
  readonly services: readonly Flow[];
}

type Port = Flow["ports"][number];

/**
 * All traffic that is allowed, and why. Port numbers and directions follow Kubernetes' and kubespray's port requirements
 * (10257 is the controller manager, 10259 the scheduler; the removed insecure ports 10251, 10252 and 10255 stay closed).
 */
export function planFlows({ environment, cloud, machines, services }: FlowContext): Flow[] {
  const { access, cluster, network, platform } = environment;
  const has = (role: string): boolean => machines.some((machine) => machine.roles.some((each) => each === role));
  // Machines of etcd's own are no Kubernetes nodes: what those are let to, they are not.
  const apart = machines.some(({ roles }) => roles.includes("etcd") && !roles.includes("control-plane"));
  const inside: FlowPeer = `cidr:${network.cidr}`;
  const balanced = cluster.apiEndpoint.kind === "loadBalancer";
  // A balancer that hands packets on as they came is nobody's peer: who asks it, asks its members.
  const { passing } = cloud;
  const dials = balanced && passing === undefined;
  const api: FlowPeer = dials ? "load-balancer" : "control-plane";
  // Where no machine takes over an address, balancers lead in, and nodes reach the API by a proxy of their own.
  const led = !cloud.can.virtualAddresses;
  const outside = planFloating(environment);
  const ledToApi = dials || (led && passing === undefined && access.adminCidrs.length > 0 && network.floating !== "none");
  const admins = access.adminCidrs.map((cidr): FlowPeer => `cidr:${cidr}`);
  const flows: Flow[] = [];
  const tcp = (from: FlowPeer, to: FlowPeer, ports: readonly Port[], reason: string): void => {
    flows.push({ from, to, protocol: "tcp", ports, reason });
  };
  const udp = (from: FlowPeer, to: FlowPeer, ports: readonly Port[], reason: string): void => {
    flows.push({ from, to, protocol: "udp", ports, reason });
  };

  const runner: FlowPeer = access.bastion ? "bastion" : inside;
  const managed = ["nodes", ...(apart ? (["etcd"] as const) : []), ...(has("nfs") ? (["nfs"] as const) : [])] as const;
  for (const target of managed) tcp(runner, target, sshPorts(machines, target), "SSH for Ansible");
  if (access.bastion) for (const admin of admins) tcp(admin, "bastion", sshPorts(machines, "bastion"), "SSH of the administrators");
  // Hosts that were there before are managed from wherever their administrators are.
  if (environment.hosts && !access.bastion)
    for (const admin of admins) for (const target of managed) tcp(admin, target, sshPorts(machines, target), "SSH of the administrators");
  const port = endpointPort(environment);
  tcp(runner, api, [port], "Kubernetes API for this tool");
  for (const admin of admins) tcp(admin, ledToApi ? "load-balancer" : api, [port], "Kubernetes API of the administrators");

  tcp("nodes", led ? "control-plane" : api, [port], "Kubernetes API for kubelets and pods");
  if (ledToApi) tcp("load-balancer", "control-plane", [apiPort], "Kubernetes API behind the load balancer, and its health checks");
  if ((balanced && !led) || port !== apiPort) tcp("nodes", "control-plane", [apiPort], "Kubernetes API while a node joins");
  if (cluster.apiEndpoint.by === "keepalived") {
    tcp("control-plane", "control-plane", [apiPort], "API servers behind HAProxy, and its health checks");
    flows.push({
      from: "control-plane",
      to: "control-plane",
      protocol: "vrrp",
      ports: [],
      reason: "keepalived: who holds the API's address",
    });
  }
  tcp("control-plane", "etcd", [2379], "etcd clients");
  tcp("etcd", "etcd", ["2379-2380"], "etcd members among each other");
  tcp("nodes", "nodes", [10250], "kubelet API for the control plane and metrics-server");
  const icmp = (from: FlowPeer, to: FlowPeer): void => {
    flows.push({ from, to, protocol: "icmp", ports: [], reason: "reachability checks and path MTU discovery" });
  };
  icmp("nodes", "nodes");
  if (apart)
    for (const [from, to] of [
      ["etcd", "etcd"],
      ["control-plane", "etcd"],
      ["etcd", "control-plane"],
    ] as const)
      icmp(from, to);
  flows.push(...overlayFlows(environment));
  flows.push(...services);
  const web: FlowPeer = (led && passing === undefined) || platform.controller ? "load-balancer" : "worker";
  for (const cidr of new Set(access.ingressCidrs)) tcp(`cidr:${cidr}`, web, [80, 443], "HTTP and HTTPS of the platform");
  if (infrastructureLeads(environment, cloud) && passing === undefined)
    tcp("load-balancer", "worker", Object.values(ingressPorts), "HTTP and HTTPS behind the load balancer, and its health checks");
  if (passing !== undefined) {
    const checks = (inside: boolean, from: boolean): FlowPeer[] =>
      [...new Set([...(inside ? passing.inside : []), ...(from ? passing.outside : [])])].map((cidr): FlowPeer => `cidr:${cidr}`);
    for (const range of checks(balanced, outside.api !== undefined))
      tcp(range, "control-plane", [apiPort], "the balancer's health checks of the Kubernetes API");
    if (infrastructureLeads(environment, cloud))
      for (const range of checks(true, outside.ingress !== undefined))
        tcp(range, "worker", [80], "the balancer's health checks of the ingress");
  }

  if (has("nfs")) tcp("nodes", "nfs", [2049], "NFS 4 volumes");
  if (platform.storage.kind === "nfs" && platform.storage.server !== undefined) {
    tcp("nodes", peerOf(platform.storage.server), [2049], "NFS 4 volumes of the given server");
  }
  const sources = (["nodes", "etcd", "bastion", "nfs"] as const).filter(
    (each) => each === "nodes" || (each === "etcd" ? apart : has(each)),
  );
  const resolvers: FlowPeer[] = network.dns.length > 0 ? network.dns.map((each): FlowPeer => `cidr:${each}/32`) : [inside];
  for (const source of sources) {
    for (const resolver of resolvers) {
      udp(source, resolver, [53], "DNS");
      tcp(source, resolver, [53], "DNS");
    }
    udp(source, anywhere, [123], "time");
    tcp(source, anywhere, openEverywhere, "packages, binaries and images");
    flows.push(...cloud.flows(source, network.cidr, environment.cloud));
  }
  if (cluster.registries) flows.push(...registryFlows(cluster.registries, apart ? ["nodes", "etcd"] : ["nodes"]));
  if (cluster.airGap) flows.push(...airGapFlows(cluster.airGap, apart ? ["nodes", "etcd"] : ["nodes"]));
  if (cluster.backups) flows.push(...backupFlows(cluster.backups));
  if (cloud.dropsErrors) {
    const met = flows.filter(({ from, to }) => from.startsWith("cidr:") && from !== inside && (to === "load-balancer" || to === "bastion"));
    const ways = new Map(met.map(({ from, to }) => [`${from} ${to}`, { from, to }]));
    for (const { from, to } of ways.values()) flows.push({ from, to, protocol: "icmp", ports: [], reason: "path MTU discovery" });
  }
  const asked = variableFlows(cluster);
  // What is fetched for a node is fetched for etcd's own machines too.
  const fetched = asked.filter(({ from, to }) => from === "nodes" && to.startsWith("cidr:"));
  flows.push(...asked, ...(apart ? fetched.map((flow): Flow => ({ ...flow, from: "etcd" })) : []));
  return flows;
}

/** The ports that SSH listens at on the machines of a group. */
function sshPorts(machines: readonly MachinePlan[], group: Role | "nodes"): number[] {
  const roles: readonly Role[] = group === "nodes" ? ["control-plane", "worker"] : [group];
  const own = machines.filter((machine) => machine.roles.some((role) => roles.includes(role)));
  const ports = new Set(own.map(({ login }) => login?.port ?? 22));
  return ports.size === 0 ? [22] : [...ports].sort((a, b) => a - b);
}

/** What the pod network needs between nodes. */
function overlayFlows({ cluster }: Environment): Flow[] {
  const between = (protocol: Flow["protocol"], ports: readonly Port[], reason: string): Flow => ({
    from: "nodes",
    to: "nodes",
    protocol,
    ports,
    reason,
  });
  if (cluster.plugin === "cilium") {
    return [between("udp", [8472], "Cilium VXLAN"), between("tcp", [4240, 4244], "Cilium health checks and Hubble")];
  }
  if (cluster.plugin === "flannel") return [between("udp", [8472], "flannel VXLAN")];
  if (cluster.encapsulation === "vxlan") return [between("udp", [4789], "Calico VXLAN")];
  const bgp = between("tcp", [179], "Calico BGP");
  if (cluster.encapsulation === "ipip") return [bgp, between("ipip", [], "Calico IP in IP")];
  return [bgp, between("any", [], "pod traffic, which is not encapsulated")];
}

/** True where packets between nodes carry pod addresses: Calico without VXLAN and without IP in IP. */
export function podsUnwrapped(variables: ClusterSpec["variables"]): boolean {
  return (
    (variables.kube_network_plugin ?? "calico") === "calico" &&
    variables.calico_vxlan_mode === "Never" &&
    (variables.calico_ipip_mode ?? "Never") === "Never"
  );
}
