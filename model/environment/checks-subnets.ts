import { contains, overlaps, parseCidr } from "../ipv4";
import type { Findings } from "../problems";
import type { Environment } from "./types";

const PATH = "infrastructure.network.existing";

/** Several subnets of a network that is there: of machines that there are, inside the network, beside each other. */
export function checkSubnets(environment: Environment, findings: Findings): void {
  const { network, groups, cluster } = environment;
  const { cidr, groups: elsewhere = {} } = network.existing ?? {};
  const others = Object.entries(elsewhere);
  const whole = parseCidr(network.cidr);
  if (whole === undefined) return;
  if (others.length > 0 && cidr === undefined) {
    findings.error(
      `${PATH}.cidr`,
      `is required beside groups: infrastructure.network.cidr is all of the network then, and ${network.existing?.subnet} a part of it`,
      "give the range of the subnet that subnets.node names",
    );
    return;
  }
  const names = groups.map(({ name }) => name);
  const ranges = [...(cidr === undefined ? [] : [{ path: `${PATH}.cidr`, subnet: network.existing?.subnet ?? "", cidr }])];
  for (const [group, { subnet, cidr: own }] of others) {
    if (!names.includes(group))
      findings.error(`${PATH}.groups.${group}`, "names no machines of the environment", `use one of: ${names.join(", ")}`);
    ranges.push({ path: `${PATH}.groups.${group}.cidr`, subnet, cidr: own });
  }
  for (const [index, { path, subnet, cidr: text }] of ranges.entries()) {
    const block = parseCidr(text);
    if (block === undefined) continue;
    if (!contains(whole, block.first) || !contains(whole, block.last))
      findings.error(
        path,
        `leaves the network ${network.cidr}`,
        "choose an infrastructure.network.cidr that holds all of the subnets",
        text,
      );
    for (const other of ranges.slice(0, index)) {
      const theirs = parseCidr(other.cidr);
      if (theirs === undefined || (other.subnet === subnet && other.cidr === text)) continue;
      if (other.subnet === subnet)
        findings.error(path, `${subnet} is ${other.cidr} at ${other.path}: a subnet has one range`, "give the same range at both", text);
      else if (overlaps(block, theirs))
        findings.error(path, `overlaps ${other.cidr} of ${other.path}`, "give each subnet its own range", text);
    }
  }
  const away = (role: string): boolean =>
    groups.filter(({ roles }) => roles.some((each) => each === role)).every(({ name }) => name in elsewhere);
  if (others.length > 0 && away("worker"))
    findings.error(
      `${PATH}.groups`,
      "puts every worker elsewhere, so nobody would answer for the addresses of platform.loadBalancer.range, which are in the nodes' subnet",
      "leave a pool in the subnet that subnets.node names",
    );
  if (cluster.apiEndpoint.kind === "virtualIp" && others.length > 0 && away("control-plane"))
    findings.error(
      `${PATH}.groups.control-plane`,
      "a virtual address is one of the nodes' subnet, and moves between control planes that are in it",
      "leave the control planes in the subnet that subnets.node names, or use loadBalancer or node",
    );
}
