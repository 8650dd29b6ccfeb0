import { type Block, contains, formatAddress, overlaps, parseAddress, parseCidr, parseRange } from "../ipv4";
import type { Findings } from "../problems";
import { everyMachine, machinePath } from "./machines";
import { describeNamed, type NamedAddress, namedAddresses } from "./named-addresses";
import type { Environment, WantedMachine } from "./types";

/** Networks that must not overlap and must have room. `network` is the machines' one, where it is known. */
export function checkClusterNetworks(environment: Environment, network: Block | undefined, findings: Findings): void {
  const { cluster } = environment;
  const pods = parseCidr(cluster.podCidr);
  const services = parseCidr(cluster.serviceCidr);
  const overlap = (path: string, value: string, with_: string) =>
    findings.error(path, `overlaps ${with_}`, "choose a network that overlaps neither the machines' nor the other one", value);
  if (pods && network && overlaps(pods, network))
    overlap("cluster.network.podCidr", cluster.podCidr, `the machines' network ${environment.network.cidr}`);
  if (services && network && overlaps(services, network))
    overlap("cluster.network.serviceCidr", cluster.serviceCidr, `the machines' network ${environment.network.cidr}`);
  if (pods && services && overlaps(pods, services))
    overlap("cluster.network.serviceCidr", cluster.serviceCidr, `cluster.network.podCidr ${cluster.podCidr}`);
  if (services && (services.prefix < 12 || services.prefix > 28)) {
    findings.error(
      "cluster.network.serviceCidr",
      "is no size the Kubernetes API server takes",
      "use a prefix between /12 and /28",
      cluster.serviceCidr,
    );
  }
  if (cluster.encapsulation !== "vxlan" && cluster.plugin !== "calico") {
    findings.error(
      "cluster.network.encapsulation",
      `${cluster.plugin} is set up with vxlan here`,
      "use vxlan, or the plugin calico",
      cluster.encapsulation,
    );
  }
  if (pods) {
    const nodes = everyMachine(environment).filter(({ group }) =>
      group.roles.some((role) => role === "worker" || role === "control-plane"),
    ).length;
    // Calico gives nodes blocks of its own size as they need them; the others give each node one block of nodePrefix.
    const calico = cluster.plugin === "calico";
    const block = calico ? Math.max(26, pods.prefix) : cluster.nodePrefix;
    const blocks = 2 ** (block - pods.prefix);
    const podsPerNode = Number(cluster.variables.kubelet_max_pods ?? 110);
    if (cluster.nodePrefix <= pods.prefix) {
      findings.error(
        "cluster.network.nodePrefix",
        `a node's /${cluster.nodePrefix} does not fit into the pod network ${cluster.podCidr}`,
        `use a prefix longer than /${pods.prefix}`,
        cluster.nodePrefix,
      );
    } else if (nodes > blocks) {
      findings.error(
        "cluster.network.podCidr",
        `has room for ${blocks} nodes of a /${block} each; ${nodes} are wanted`,
        calico ? "choose a larger pod network" : "choose a larger pod network or a longer nodePrefix",
        cluster.podCidr,
      );
    }
    if (!calico && 2 ** (32 - cluster.nodePrefix) - 2 < podsPerNode) {
      findings.error(
        "cluster.network.nodePrefix",
        `a /${cluster.nodePrefix} is too small for the ${podsPerNode} pods a node may run`,
        "use a shorter prefix",
        cluster.nodePrefix,
      );
    }
  }
}

/** Every address the file fixes: inside the network, and held by one thing only. */
export function checkAddresses(environment: Environment, network: Block, findings: Findings): void {
  const { network: wanted, platform, cluster } = environment;
  const hosts = { first: network.first + 1, last: network.last - 1 };
  const inside = (path: string, text: string | undefined): number | undefined => {
    const value = text === undefined ? undefined : parseAddress(text);
    if (value === undefined || text === undefined) return undefined;
    if (contains(hosts, value)) return value;
    const why = contains(network, value) ? "is the network's own or its broadcast address" : `is outside the network ${wanted.cidr}`;
    findings.error(path, why, `choose an address between ${formatAddress(hosts.first)} and ${formatAddress(hosts.last)}`, text);
    return undefined;
  };
  const others = namedAddresses(environment).filter(({ kind }) => kind !== "caller");
  for (const { kind, path, text, first, last } of others) {
    if (kind === "reserved" && !(contains(network, first) && contains(network, last)))
      findings.error(path, `leaves the network ${wanted.cidr}`, "reserve addresses of the network; others are never used", text);
  }
  const ofOthers = (value: number): NamedAddress | undefined => others.find((each) => contains(each, value));
  const taken = new Map<number, string>();
  /** A host may be in any network; which two have one address is told by whoever knows them all. */
  const takeHost = (path: string, { key, address = "" }: WantedMachine): void => {
    const value = parseAddress(address);
    if (value !== undefined && !taken.has(value)) claim(path, `the host ${key}`, value);
  };
  const claim = (path: string, what: string, value: number | undefined): void => {
    if (value === undefined) return;
    const holder = taken.get(value);
    const other = what === "the gateway" ? undefined : ofOthers(value);
    if (other) findings.error(path, `is ${describeNamed(other)}`, "choose another address", formatAddress(value));
    else if (holder) findings.error(path, `is the address of ${holder} already`, "choose another address", formatAddress(value));
    else taken.set(value, what);
  };
  // The gateway of a network that was there before is not known, and no matter of ours.
  if (environment.hosts === undefined) {
    const gateway = wanted.gateway === undefined ? network.first + 1 : inside("infrastructure.network.gateway", wanted.gateway);
    claim("infrastructure.network.gateway", "the gateway", gateway);
  }
  claim(
    "cluster.apiEndpoint.address",
    "the API endpoint",
    cluster.apiEndpoint.kind === "node" ? undefined : inside("cluster.apiEndpoint.address", cluster.apiEndpoint.address),
  );
  const range = platform.loadBalancerRange
    ? parseRange(`${platform.loadBalancerRange.first}-${platform.loadBalancerRange.last}`)
    : undefined;
  const rangePath = "platform.loadBalancer.range";
  const rangeText = platform.loadBalancerRange ? `${platform.loadBalancerRange.first}-${platform.loadBalancerRange.last}` : "";
  if (range && (!contains(hosts, range.first) || !contains(hosts, range.last))) {
    findings.error(
      rangePath,
      `leaves the network ${wanted.cidr}`,
      `choose a range between ${formatAddress(hosts.first)} and ${formatAddress(hosts.last)}`,
      rangeText,
    );
  }
  for (const { group, machine } of everyMachine(environment)) {
    const path = machinePath(group, machine, "address");
    if (machine.address !== undefined && machine.generation > 1) {
      findings.error(
        path,
        `a fixed address and generation ${machine.generation} exclude each other: the new machine stands beside the old one for a while and cannot have its address`,
        "take the address out, or add a machine under a new key and remove this one",
        machine.address,
      );
    }
    if (machine.host === undefined) claim(path, `the machine ${machine.key}`, inside(path, machine.address));
    else takeHost(path, machine);
  }
  const within = [
    ...[...taken]
      .filter(([value]) => range && contains(range, value))
      .map(([value, holder]) => `${formatAddress(value)}, the address of ${holder}`),
    ...others.filter((each) => range && overlaps(range, each)).map(({ path, text }) => `${text} of ${path}`),
  ];
  if (within.length > 0) {
    findings.error(rangePath, `contains ${within.join("; ")}`, "choose a range of addresses nothing else has", rangeText);
  }
  const ingress = inside("platform.ingress.address", platform.ingressAddress);
  if (ingress !== undefined && range && !contains(range, ingress)) {
    findings.error(
      "platform.ingress.address",
      `lies outside platform.loadBalancer.range ${rangeText}, which it is given from`,
      "choose an address in the range",
      platform.ingressAddress,
    );
  }
  if (!range) claim("platform.ingress.address", "the ingress", ingress);
}
