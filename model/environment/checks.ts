import { parseCidr } from "../ipv4";
import { machineName } from "../lock";
import { operatingSystem } from "../plan/operating-system";
import { loginVariable } from "../plan/registry-logins";
import { type Findings, nearest } from "../problems";
import type { Registry } from "../registry";
import { checkCeph } from "./checks-ceph";
import { checkCloud } from "./checks-cloud";
import { checkExtra } from "./checks-extra";
import { checkAddresses, checkClusterNetworks } from "./checks-networks";
import { checkPlatform } from "./checks-platform";
import { checkPools } from "./checks-pools";
import { checkReach } from "./checks-reach";
import { checkServices } from "./checks-services";
import { checkSubnets } from "./checks-subnets";
import { checkTenants } from "./checks-tenants";
import { checkVariables } from "./checks-variables";
import { everyMachine, isOwn, machinePath } from "./machines";
import { checkNamedAddresses } from "./named-addresses";
import type { Environment } from "./types";

/**
 * Everything that can be wrong between fields of an environment file that are right by themselves.
 * `broken` names the fields whose defaults stand in for what could not be used.
 */
export function checkEnvironment(environment: Environment, registry: Registry, findings: Findings, broken: readonly string[] = []): void {
  checkNames(environment, findings);
  checkCloud(environment, registry, findings);
  checkControlPlane(environment, findings);
  checkWorkers(environment, findings);
  checkPools(environment, findings);
  checkZones(environment, findings);
  checkAccess(environment, findings);
  checkReach(environment, findings);
  checkSubnets(environment, findings);
  checkVariables(environment, registry, findings);
  checkBackups(environment, findings);
  checkRegistries(environment, findings);
  checkAirGap(environment, findings);
  checkNetworkPolicies(environment, findings);
  checkLaterLife(environment, findings);
  checkImage(environment, findings);
  checkServices(environment, registry, findings);
  checkPlatform(environment, findings);
  checkCeph(environment, findings);
  checkTenants(environment, registry, findings);
  checkExtra(environment, registry, findings);
  const known = !broken.some((path) => ["", "infrastructure", "infrastructure.network", "infrastructure.network.cidr"].includes(path));
  const network = known ? parseCidr(environment.network.cidr) : undefined;
  checkClusterNetworks(environment, network, findings);
  checkNamedAddresses(environment, network, findings);
  if (network) checkAddresses(environment, network, findings);
}

/** The NFS server is prepared with Debian's packages, from the image of all machines. An id or a name without a hint is taken for Debian's. */
function checkImage({ image, platform: { storage } }: Environment, findings: Findings): void {
  if (image === undefined || storage.kind !== "nfs" || storage.server !== undefined || operatingSystem(image) === "debian") return;
  findings.error(
    "infrastructure.image",
    `the NFS server of platform.storage is made from it with packages of Debian and Ubuntu, and "${image}" is of neither`,
    "choose an image of Ubuntu or Debian, or give platform.storage a server of your own",
    image,
  );
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
        const [reason, remedy] = machine.host
          ? ["each host has one place", "name it in one of the two"]
          : ["keys are unique in an environment", "rename the pool or give its machines keys of their own"];
        findings.error(
          machinePath(group, machine),
          `the machine key "${name}" is taken already by ${other.split(" ")[0]}; ${reason}`,
          remedy,
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
        environment.hosts ? `${environment.hosts.field}.hosts` : "infrastructure.zones",
        `two zones for ${count} etcd members: losing the zone that holds the majority stops the cluster`,
        environment.hosts ? "have one in a third zone, or accept it" : "name a third zone, or accept it",
      );
    }
  }
  const { kind, by, address } = environment.cluster.apiEndpoint;
  if (kind !== "virtualIp" && by !== undefined)
    findings.error(
      "cluster.apiEndpoint.by",
      `holds a virtual address, and the endpoint is of kind ${kind}`,
      "take it out, or set kind to virtualIp",
      by,
    );
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
  // Where one pool is all there is, its field is the one to mend.
  const only = pools.length === 1 ? pools[0] : undefined;
  if (filled.length === 0) {
    findings.error(
      only ? `${only.path}.nodes` : "cluster.pools",
      "there is no worker: the platform would have nowhere to run",
      "give at least one pool one node",
      only?.machines.length,
    );
  } else if (filled.every((group) => group.taints.some((taint) => !taint.endsWith(":PreferNoSchedule")))) {
    findings.error(
      only ? `${only.path}.taints` : "cluster.pools",
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
  if (environment.platform.tls.kind === "acme" && !access.ingressCidrs.includes("0.0.0.0/0")) {
    findings.warn(
      "platform.tls",
      "an ACME authority must reach the ingress on port 80, and infrastructure.access.ingressCidrs does not let the world in",
      "add 0.0.0.0/0 to ingressCidrs, or use selfSigned or provided",
    );
  }
}

/** Nobody inside looks up names of the internet, and no authority of it reaches the ingress. */
function checkAirGap({ cluster: { airGap }, platform: { domain, tls } }: Environment, findings: Findings): void {
  if (airGap === undefined) return;
  if (domain === undefined)
    findings.error(
      "platform.domain",
      "is required with cluster.airGap: names under nip.io are looked up in the internet",
      "give a domain of your own",
    );
  if (tls.kind === "acme")
    findings.error("platform.tls.kind", "is out of reach with cluster.airGap", "use selfSigned or provided", tls.kind);
}

/** Kubespray tells CRI-O how to log in; of containerd 2 it writes no log-in, and its own downloads there know of none. */
function checkRegistries({ cluster: { registries, runtime, variables } }: Environment, findings: Findings): void {
  if (registries === undefined) return;
  if (runtime !== "crio")
    findings.error(
      "cluster.registries",
      `is for cluster.runtime: crio: kubespray tells ${runtime} no log-in`,
      "use crio, or a registry that gives images to every node",
    );
  if (variables[loginVariable] !== undefined)
    findings.error(`cluster.variables.${loginVariable}`, "is set by cluster.registries", "take it out here and use cluster.registries");
}

/** A backup is for the day on which the hosts are gone. */
function checkBackups({ cluster: { backups } }: Environment, findings: Findings): void {
  if (backups === undefined || !("local" in backups.to)) return;
  findings.warn(
    "cluster.backups.etcd.to",
    "backups on the hosts themselves are lost with them",
    "keep them elsewhere, by s3 or nfs, or accept it",
  );
}

/** The platform closes its services by NetworkPolicies, and so may its users: what does not enforce them leaves everything open. */
function checkNetworkPolicies(environment: Environment, findings: Findings): void {
  const { plugin, variables } = environment.cluster;
  const without = "no NetworkPolicy has an effect, the platform's own included: every pod reaches every other";
  if (plugin === "flannel") {
    findings.warn(
      "cluster.network.plugin",
      `flannel does not enforce network policies: ${without}`,
      "use calico or cilium, or accept it",
      plugin,
    );
  }
  for (const [name, off] of [
    ["enable_network_policy", false],
    ["cilium_policy_audit_mode", true],
  ] as const) {
    if (variables[name] === off) findings.warn(`cluster.variables.${name}`, without, "take it out, or accept it", off);
  }
}

/** Etcd's certificates last as long as kubespray's default has them, for ten years at least. */
const LASTING_DAYS = 3650;

/** What shows only once the cluster stands for a while. */
function checkLaterLife({ cluster: { variables } }: Environment, findings: Findings): void {
  const { etcd_events_cluster_enabled: events, certificates_duration: days } = variables;
  if (events === true) {
    findings.warn(
      "cluster.variables.etcd_events_cluster_enabled",
      "no member of etcd can be added, replaced or taken out later: kubespray does neither with the etcd for events",
      "take it out, or accept it",
      events,
    );
  }
  if (typeof days === "number" && days < LASTING_DAYS) {
    findings.warn(
      "cluster.variables.certificates_duration",
      "the certificates that etcd's members know each other by end after so many days, nothing renews them, and etcd stops then",
      "take it out: kubespray's default is 36500",
      days,
    );
  }
}
