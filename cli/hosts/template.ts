import { parseAddress, parseRange } from "../../model/ipv4";
import type { Found, FoundHost, Task } from "./found";

/** The parts of an environment file that speak of hosts, as text below their headings. */
export interface HostsText {
  readonly infrastructure: string;
  readonly cluster: string;
  readonly platform: string;
}

/** Writes what a file of hosts says as fields; what nobody knows stands there as a comment to complete. */
export function hostsText(found: Found, keyFile: string): HostsText {
  const { hosts } = found;
  const of = (task: Task): FoundHost[] => hosts.filter(({ tasks }) => tasks.has(task));
  const etcd = of("etcd").filter(({ tasks }) => !tasks.has("control-plane"));
  const [bastion] = of("bastion");
  const nfs = found.nfsServer === undefined ? (of("nfs")[0] ?? of("control-plane")[0]) : undefined;
  const map = (members: readonly FoundHost[]): string => `{ ${members.map(({ name }) => `${name}: {}`).join(", ")} }`;
  const range = found.loadBalancerRange === undefined ? undefined : parseRange(found.loadBalancerRange);
  const ingress = found.ingressAddress === undefined ? undefined : parseAddress(found.ingressAddress);
  const inside = range !== undefined && ingress !== undefined && ingress >= range.first && ingress <= range.last;
  return {
    infrastructure: [
      "  network:",
      `    cidr: ${commonNetwork(hosts)}                  # the hosts' network: check it`,
      "  access:",
      "    ssh:",
      ...(found.user === undefined
        ? ["      # user: ubuntu                      # who logs in and may become root by sudo"]
        : [`      user: ${found.user}`]),
      `      privateKey: { file: ${keyFile} }`,
      "    # adminCidrs: [203.0.113.0/24]       # who may reach SSH and the Kubernetes API, where a firewall is kept",
      "  existing:",
      "    hosts:                               # address: the one their peers use; accessAddress: the one SSH reaches from here",
      ...hosts.map((host) => `      ${host.name}: ${described(host)}`),
      ...(bastion === undefined
        ? ["    # bastion: KEY                       # the host that SSH goes through to all others"]
        : [`    bastion: ${bastion.name}`]),
      ...(nfs === undefined
        ? []
        : [`    nfs: ${nfs.name}                              # serves the platform's volumes; or give platform.storage a server`]),
      "    # firewall: nftables                 # keep out on the hosts what the plan does not allow",
      ...found.leftOut.map((line) => `  # not taken: ${line}`),
    ].join("\n"),
    cluster: [
      "cluster:",
      "  controlPlane:",
      `    nodes: ${map(of("control-plane"))}`,
      ...(etcd.length === 0 ? [] : [`  etcd: { placement: external, nodes: ${map(etcd)} }`]),
      "  pools:",
      `    worker: { nodes: ${map(of("worker"))} }`,
      ...(found.endpointDomain === undefined ? [] : [`  apiEndpoint: { domain: ${found.endpointDomain} }`]),
    ].join("\n"),
    platform: platformText([
      ...(range === undefined
        ? [
            "  # addresses of the hosts' network that nothing has, outside what DHCP gives; the first is the ingress's",
            "  # loadBalancer: { kind: metallb, range: FIRST-LAST }",
          ]
        : [`  loadBalancer: { kind: metallb, range: ${found.loadBalancerRange} }`]),
      ...(inside ? [`  ingress: { address: ${found.ingressAddress} }`] : []),
      ...(ingress !== undefined && !inside
        ? [`  # not taken: INGRESS_NGINX_IP ${found.ingressAddress}, which is outside the range: widen it, or take the first`]
        : []),
      ...(found.nfsServer === undefined ? [] : [`  storage: { kind: nfs, server: ${found.nfsServer}, path: /home/share/nfs }`]),
    ]),
  };
}

/** A section of nothing but comments is one itself. */
function platformText(lines: readonly string[]): string {
  const heading = lines.every((line) => line.startsWith("  #")) ? "# platform:" : "platform:";
  return [heading, ...lines].join("\n");
}

function described({ address, accessAddress, user, port }: FoundHost): string {
  const fields = [
    `address: ${address}`,
    accessAddress && `accessAddress: ${accessAddress}`,
    user && `user: ${user}`,
    port && `port: ${port}`,
  ];
  return `{ ${fields.filter(Boolean).join(", ")} }`;
}

/** The network of the most hosts, as far as addresses tell. */
function commonNetwork(hosts: readonly FoundHost[]): string {
  const count = new Map<string, number>();
  for (const { address } of hosts) {
    const network = `${address.split(".").slice(0, 3).join(".")}.0/24`;
    count.set(network, (count.get(network) ?? 0) + 1);
  }
  return [...count].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "10.0.0.0/24";
}
