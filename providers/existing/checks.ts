import type { Environment } from "../../model/environment/types";
import { unusable } from "../../model/environment/unusable-addresses";
import { contains, parseAddress, parseCidr } from "../../model/ipv4";
import type { Findings } from "../../model/problems";

/** What can be wrong between hosts, and with where they are. */
export function checkHosts(environment: Environment, findings: Findings): void {
  const { field, hosts } = environment.hosts ?? { field: "", hosts: {} };
  const addresses = new Map<string, string>();
  const doors = new Map<string, string>();
  for (const [key, { address, accessAddress, port = 22 }] of Object.entries(hosts)) {
    const path = `${field}.hosts.${key}`;
    once(addresses, address, key, `${path}.address`, "the address", "give each host the address that is its own", findings);
    const door = `${accessAddress ?? address}:${port}`;
    if (addresses.get(address) === key)
      once(
        doors,
        door,
        key,
        `${path}.${accessAddress === undefined ? "address" : "accessAddress"}`,
        "the way in",
        "give each its own address or port",
        findings,
      );
    checkAddress(environment, `${path}.address`, address, findings);
    if (accessAddress !== undefined) checkUsable(`${path}.accessAddress`, accessAddress, findings);
  }
  checkAnswers(environment, findings);
}

function once(seen: Map<string, string>, value: string, key: string, path: string, what: string, remedy: string, findings: Findings): void {
  const other = seen.get(value);
  if (other === undefined) seen.set(value, key);
  else findings.error(path, `is ${what} of the host ${other} already`, remedy, value);
}

function checkAddress({ cluster }: Environment, path: string, text: string, findings: Findings): void {
  const address = parseAddress(text);
  if (address === undefined || !checkUsable(path, text, findings)) return;
  for (const [name, cidr] of [
    ["podCidr", cluster.podCidr],
    ["serviceCidr", cluster.serviceCidr],
  ] as const) {
    const block = parseCidr(cidr);
    if (block && contains(block, address))
      findings.error(
        `cluster.network.${name}`,
        `holds ${text}, the address of a host (${path})`,
        "choose a network that no host is in",
        cidr,
      );
  }
}

function checkUsable(path: string, text: string, findings: Findings): boolean {
  const address = parseAddress(text);
  const why = address === undefined ? undefined : unusable.find(({ block }) => contains(block, address))?.what;
  if (why !== undefined) findings.error(path, why, "give the address that the other hosts reach it at", text);
  return why === undefined;
}

/** Addresses that no host has are answered for by nodes of their network: somebody must be in it. */
function checkAnswers({ cluster, groups, network, hosts, platform }: Environment, findings: Findings): void {
  const block = parseCidr(network.cidr);
  if (block === undefined) return;
  const outside = (role: string): string[] =>
    groups
      .filter(({ roles }) => roles.some((each) => each === role))
      .flatMap(({ machines }) => machines.flatMap(({ key, address = "" }) => (contains(block, parseAddress(address) ?? -1) ? [] : [key])));
  const workers = groups.filter(({ roles }) => roles.includes("worker")).flatMap(({ machines }) => machines);
  if (workers.length > 0 && outside("worker").length === workers.length)
    findings.error(
      "infrastructure.network.cidr",
      "no worker is in it, so nobody would answer for the addresses of platform.loadBalancer.range",
      `give the network that workers are in, as ${hosts?.field}.hosts has their addresses`,
      network.cidr,
    );
  const { storage } = platform;
  const far = [...outside("control-plane"), ...outside("worker")];
  if (storage.kind === "nfs" && storage.server === undefined && hosts?.nfs !== undefined && far.length > 0)
    findings.error(
      `${hosts.field}.nfs`,
      `gives its share to ${network.cidr} only, and ${far.join(", ")} ${far.length > 1 ? "are" : "is"} outside`,
      "choose a larger infrastructure.network.cidr, or give platform.storage a server that is there",
    );
  const strangers = cluster.apiEndpoint.kind === "virtualIp" ? outside("control-plane") : [];
  if (strangers.length > 0)
    findings.error(
      "cluster.apiEndpoint.kind",
      `a virtual address moves between control planes of one network, and ${strangers.join(", ")} ${strangers.length > 1 ? "are" : "is"} outside ${network.cidr}`,
      "use node, or control planes of the network",
      "virtualIp",
    );
}
