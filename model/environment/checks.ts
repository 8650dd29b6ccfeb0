import { type Block, contains, formatAddress, overlaps, parseAddress, parseCidr, parseRange } from "../ipv4";
import { machineName } from "../lock";
import { type Findings, nearest } from "../problems";
import { checkPools } from "./checks-pools";
import type { Environment, WantedGroup, WantedMachine } from "./types";
import { fieldOfVariable } from "./variables";

/**
 * Everything that can be wrong between fields of an environment file that are right by themselves.
 * `broken` names the fields whose defaults stand in for what could not be used.
 */
export function checkEnvironment(environment: Environment, findings: Findings, broken: readonly string[] = []): void {
  checkNames(environment, findings);
  checkControlPlane(environment, findings);
  checkWorkers(environment, findings);
  checkPools(environment, findings);
  checkZones(environment, findings);
  checkAccess(environment, findings);
  checkVariables(environment, findings);
  checkServices(environment, findings);
  const known = !broken.some((path) => ["", "infrastructure", "infrastructure.network", "infrastructure.network.cidr"].includes(path));
  const network = known ? parseCidr(environment.network.cidr) : undefined;
  checkClusterNetworks(environment, network, findings);
  if (network) checkAddresses(environment, network, findings);
}

/** The path of one machine's field, or of the number that declares it. */
export function machinePath(group: WantedGroup, machine: WantedMachine, field?: string): string {
  const declared = isOwn(group) ? group.path : `${group.path}.nodes`;
  return field ? `${declared}.${machine.key}.${field}` : declared;
}

/** Whether the machines beside the cluster are meant, whose keys the file does not choose. */
function isOwn(group: WantedGroup): boolean {
  return group.roles.includes("bastion") || group.roles.includes("nfs");
}

function everyMachine(environment: Environment): { group: WantedGroup; machine: WantedMachine }[] {
  return environment.groups.flatMap((group) => group.machines.map((machine) => ({ group, machine })));
}

function checkNames(environment: Environment, findings: Findings): void {
  const taken = new Map<string, string>();
  for (const { group, machine } of everyMachine(environment)) {
    if (!["all", "etcd", "localhost", "ungrouped"].includes(machine.key)) continue;
    findings.error(machinePath(group, machine), `"${machine.key}" has a meaning of its own in Ansible's inventory`, "choose another key");
  }
  // The environment's own machines first: it is the file that can choose other keys.
  const machines = everyMachine(environment).sort((a, b) => Number(isOwn(b.group)) - Number(isOwn(a.group)));
  for (const { group, machine } of machines) {
    for (const name of new Set([machine.key, machineName(machine.key, machine.generation)])) {
      const other = taken.get(name);
      if (other !== undefined && other !== `${group.path} ${machine.key}`) {
        findings.error(
          machinePath(group, machine),
          `the machine key "${name}" is taken already by ${other.split(" ")[0]}; keys are unique in an environment`,
          "rename the pool or give its machines keys of their own",
        );
      }
      taken.set(name, `${group.path} ${machine.key}`);
    }
  }
}

function checkControlPlane(environment: Environment, findings: Findings): void {
  for (const group of environment.groups) {
    if (!group.roles.includes("etcd")) continue;
    const count = group.machines.length;
    if (count % 2 === 0) {
      findings.error(
        `${group.path}.nodes`,
        `${count} etcd members cannot keep a majority better than ${Math.max(1, count - 1)}: the number must be odd`,
        `use ${Math.max(1, count - 1)} or ${count + 1}`,
        count,
      );
    }
    if (count >= 3 && environment.zones.length === 2) {
      findings.warn(
        "infrastructure.zones",
        `two zones for ${count} etcd members: losing the zone that holds the majority stops the cluster`,
        "name a third zone, or accept it",
      );
    }
  }
  const { kind, address } = environment.cluster.apiEndpoint;
  if (kind === "node" && address) {
    findings.error(
      "cluster.apiEndpoint.address",
      "an endpoint of kind node has the first control plane's address",
      "take the address out, or fix it at cluster.controlPlane.nodes.KEY.address",
      address,
    );
  }
}

function checkWorkers(environment: Environment, findings: Findings): void {
  const pools = environment.groups.filter((group) => group.roles.includes("worker"));
  const filled = pools.filter((group) => group.machines.length > 0);
  if (filled.length === 0) {
    findings.error("cluster.pools", "there is no worker: the platform would have nowhere to run", "give at least one pool one node");
  } else if (filled.every((group) => group.taints.some((taint) => !taint.endsWith(":PreferNoSchedule")))) {
    findings.error(
      "cluster.pools",
      "every pool has a taint, so the platform's services would have nowhere to run",
      "leave one pool without NoSchedule and NoExecute taints",
    );
  }
}

function checkZones(environment: Environment, findings: Findings): void {
  for (const { group, machine } of everyMachine(environment)) {
    if (machine.zone === undefined || environment.zones.includes(machine.zone)) continue;
    const near = nearest(machine.zone, environment.zones);
    findings.error(
      machinePath(group, machine, "zone"),
      environment.zones.length === 0
        ? "infrastructure.zones names no zones"
        : `is none of infrastructure.zones (${environment.zones.join(", ")})${near ? `; did you mean "${near}"?` : ""}`,
      "use one of the zones or add it to infrastructure.zones",
      machine.zone,
    );
  }
}

function checkAccess(environment: Environment, findings: Findings): void {
  const { access } = environment;
  if (access.api === "bastion" && !access.bastion) {
    findings.error(
      "infrastructure.access.api",
      "there is no bastion to go through",
      "set infrastructure.access.bastion to true, or api to direct",
    );
  }
  if (access.publicKey && !access.privateKey) {
    findings.error(
      "infrastructure.access.ssh.privateKey",
      "is required beside publicKey: without it nothing can log in to the machines",
      "refer to the private key, or leave both out to have a pair generated",
    );
  }
  if (environment.platform.tls.kind === "acme" && !access.ingressCidrs.includes("0.0.0.0/0")) {
    findings.warn(
      "platform.tls",
      "an ACME authority must reach the ingress on port 80, and infrastructure.access.ingressCidrs does not let the world in",
      "add 0.0.0.0/0 to ingressCidrs, or use selfSigned or provided",
    );
  }
}

function checkVariables(environment: Environment, findings: Findings): void {
  for (const name of Object.keys(environment.cluster.variables)) {
    const field = fieldOfVariable(name);
    if (field) findings.error(`cluster.variables.${name}`, `is set by ${field}`, `take it out here and use ${field}`);
  }
}

const needs: readonly (readonly [service: string, needed: string])[] = [
  ["keycloak", "mariadb"],
  ["portal", "mariadb"],
  ["portal", "keycloak"],
];

function checkServices(environment: Environment, findings: Findings): void {
  const on = new Map(environment.platform.services.map((service) => [service.name as string, service]));
  for (const needed of new Set(needs.map(([, each]) => each))) {
    const needing = needs.filter(([service, each]) => each === needed && on.has(service)).map(([service]) => service);
    if (needing.length === 0 || on.has(needed)) continue;
    const names = needing.join(" and ");
    findings.error(
      `platform.services.${needed}`,
      `${names} ${needing.length > 1 ? "need" : "needs"} ${needed}, which is switched off`,
      `switch ${needed} on, or ${names} off too`,
      false,
    );
  }
  if (environment.platform.tls.kind === "acme" && !on.has("certManager")) {
    findings.error(
      "platform.services.certManager",
      "platform.tls of kind acme needs certManager, which is switched off",
      "switch certManager on, or use another kind",
      false,
    );
  }
  const mariadb = on.get("mariadb");
  if (mariadb?.replicas !== undefined && mariadb.replicas > 1) {
    findings.error(
      "platform.services.mariadb.replicas",
      "MariaDB runs as one instance in this version",
      "take replicas out",
      mariadb.replicas,
    );
  }
  for (const { name, sizeGiB, values } of on.values()) {
    if (sizeGiB !== undefined && name !== "mariadb")
      findings.error(`platform.services.${name}.sizeGiB`, `${name} keeps nothing on a volume`, "take it out", sizeGiB);
    if (values !== undefined && name !== "metricsServer" && name !== "certManager")
      findings.error(`platform.services.${name}.values`, `${name} is not installed from a chart, so it takes no values`, "take them out");
  }
}

function checkClusterNetworks(environment: Environment, network: Block | undefined, findings: Findings): void {
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

function checkAddresses(environment: Environment, network: Block, findings: Findings): void {
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
  const taken = new Map<number, string>();
  const claim = (path: string, what: string, value: number | undefined): void => {
    if (value === undefined) return;
    const holder = taken.get(value);
    if (holder) findings.error(path, `is the address of ${holder} already`, "choose another address", formatAddress(value));
    else taken.set(value, what);
  };
  const gateway = wanted.gateway === undefined ? network.first + 1 : inside("infrastructure.network.gateway", wanted.gateway);
  claim("infrastructure.network.gateway", "the gateway", gateway);
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
    claim(path, `the machine ${machine.key}`, inside(path, machine.address));
  }
  const within = [...taken].filter(([value]) => range && contains(range, value));
  if (within.length > 0) {
    findings.error(
      rangePath,
      `contains ${within.map(([value, holder]) => `${formatAddress(value)}, the address of ${holder}`).join("; ")}`,
      "choose a range of addresses nothing else has",
      rangeText,
    );
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
  if (ingress !== undefined && !range) {
    const holder = taken.get(ingress);
    if (holder)
      findings.error("platform.ingress.address", `is the address of ${holder} already`, "choose another address", platform.ingressAddress);
  }
}
