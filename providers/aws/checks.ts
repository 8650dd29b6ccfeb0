import type { Environment } from "../../model/environment/types";
import { contains, formatAddress, parseCidr } from "../../model/ipv4";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Findings } from "../../model/problems";
import { warnOfNoWayOut } from "../way-out";
import { awsLimits, imageQuery, ownTags, reservedBeginnings } from "./names";
import { neutralNames } from "./neutral";
import { awsOptions, lies, standsOutside, subnetsOf } from "./plan";
import { compileRules } from "./security-groups";

/** What is wrong between the file's fields for AWS alone. */
export function checkAws(environment: Environment, findings: Findings): void {
  checkPlace(environment, findings);
  checkNetwork(environment, findings);
  checkExisting(environment, findings);
  checkNames(environment, findings);
  checkParts(environment, findings);
}

/** What runs in the cluster does what control planes may do. */
function checkParts({ cloud, platform }: Environment, findings: Findings): void {
  if (awsOptions(cloud).controllers) return;
  for (const [runs, needs, instead] of [
    [platform.storage.kind === "cloud", "make and attach volumes, which platform.storage of kind cloud needs", "use nfs or existing"],
    [platform.controller, "make balancers, which platform.loadBalancer.services needs", "leave the other out"],
  ] as const)
    if (runs)
      findings.error("infrastructure.aws.controllers", `without it control planes may not ${needs}`, `take it out, or ${instead}`, false);
}

/** Everything lies in a zone of a region. */
function checkPlace({ region, zones, cluster }: Environment, findings: Findings): void {
  if (region === undefined)
    findings.error("infrastructure.region", "is required: on AWS everything lies in a region", "name it, such as ap-northeast-2");
  if (zones.length === 0)
    findings.error(
      "infrastructure.zones",
      "is required: on AWS every subnet, and so every machine, lies in one zone",
      `name them, such as [${region ?? "ap-northeast-2"}a, ${region ?? "ap-northeast-2"}c]; one suffices where its loss may stop everything`,
    );
  // Behind the region's name comes a letter; a local zone has its town's before that, as in us-west-2-lax-1a.
  for (const zone of zones)
    if (region !== undefined && !(zone.startsWith(region) && /^(-[a-z]{3}-\d+)?[a-z]$/.test(zone.slice(region.length))))
      findings.error("infrastructure.zones", `is no zone of ${region}`, `zones of ${region} begin with its name: ${region}a`, zone);
  if (zones.length > 1 && cluster.plugin === "calico" && cluster.encapsulation === "none")
    findings.error(
      "cluster.network.encapsulation",
      "AWS leads no packets of pods from one zone's subnet to another's",
      "use vxlan or ipip, or name one zone",
      "none",
    );
}

function checkNetwork(environment: Environment, findings: Findings): void {
  const { network, access, cloud } = environment;
  const { natGateways, existing } = awsOptions(cloud);
  if (natGateways === "none" && existing === undefined)
    warnOfNoWayOut(environment, { path: "infrastructure.aws.natGateways", value: natGateways, toCloud: false }, findings);
  const block = parseCidr(network.cidr);
  const { shortest, longest } = awsLimits.prefix;
  if (block && (block.prefix < shortest || block.prefix > longest))
    findings.error(
      "infrastructure.network.cidr",
      `a VPC of AWS has a prefix from /${shortest} to /${longest}`,
      "choose a network of that size",
      network.cidr,
    );
  if (network.gateway !== undefined)
    findings.error(
      "infrastructure.network.gateway",
      "AWS's router has the first address of every subnet, and no other",
      "take it out",
      network.gateway,
    );
  if (network.dns.length > awsLimits.resolvers)
    findings.error(
      "infrastructure.network.dns",
      `AWS hands out ${awsLimits.resolvers} resolvers at most`,
      `leave ${awsLimits.resolvers} of them`,
    );
  if (network.existing !== undefined)
    findings.error(
      "infrastructure.network.existing",
      "has one subnet, and on AWS each zone has its own",
      "name VPC and subnets at infrastructure.aws.existing",
    );
  if (access.sshUser === "root")
    findings.error(
      "infrastructure.access.ssh.user",
      "images on AWS let nobody in as root",
      "name the image's own user, such as ubuntu",
      "root",
    );
}

/** Subnets that are there: one for every zone, inside the network, beside each other. */
function checkExisting(environment: Environment, findings: Findings): void {
  const { existing, natGateways } = awsOptions(environment.cloud);
  if (existing === undefined) return;
  const field = "infrastructure.aws.existing";
  const network = parseCidr(environment.network.cidr);
  const met = environment.access.bastion || environment.network.floating !== "none";
  for (const zone of environment.zones) {
    const there = existing.subnets[zone];
    if (there === undefined) {
      findings.error(
        `${field}.subnets`,
        `has none for the zone ${zone}`,
        "name the zone's subnet, or take the zone out of infrastructure.zones",
      );
      continue;
    }
    const { floating } = environment.network;
    if (there.outer === undefined && environment.access.bastion && floating !== "none")
      findings.error(
        `${field}.subnets.${zone}`,
        "has no subnet that the bastion could stand in",
        "name one with a route to an internet gateway as outer, or set infrastructure.access.bastion to false or infrastructure.network.floating to none",
      );
    else if (there.outer === undefined && met && environment.access.adminCidrs.length > 0)
      findings.error(
        `${field}.subnets.${zone}`,
        "has no subnet that a balancer could be reached in from outside",
        "name one with a route to an internet gateway as outer, or set infrastructure.network.floating to none",
      );
  }
  const blocks = Object.entries(existing.subnets).flatMap(([zone, each]) =>
    Object.entries(each).map(([what, subnet]) => ({
      path: `${field}.subnets.${zone}.${what}.cidr`,
      block: parseCidr(subnet.cidr),
      ...subnet,
    })),
  );
  for (const { path, block, cidr } of blocks) {
    if (block && network && !(contains(network, block.first) && contains(network, block.last)))
      findings.error(
        path,
        `lies outside infrastructure.network.cidr ${environment.network.cidr}`,
        "set that to the VPC's own network",
        cidr,
      );
    if (block && block.prefix > awsLimits.prefix.longest)
      findings.error(
        path,
        `has no room: AWS keeps ${formatAddress(block.first)} to ${formatAddress(block.first + 3)} and the last`,
        "name a larger subnet",
        cidr,
      );
  }
  if (natGateways === "one")
    findings.error(`${field}`, "has its own way out, and no NAT gateway is made for it", "take infrastructure.aws.natGateways out");
}

function checkNames(environment: Environment, findings: Findings): void {
  const { name, labels, image } = environment;
  const begins = reservedBeginnings.find((each) => name.startsWith(each));
  if (begins !== undefined)
    findings.error("name", `AWS takes no name of a balancer or security group that begins with ${begins}`, "choose another name", name);
  const keys = Object.keys(labels);
  for (const key of keys.filter((each) => ownTags.includes(each)))
    findings.error(`labels.${key}`, "is set by the plan", "take it out", labels[key]);
  // A machine has five of its own, the cluster's among them.
  const most = awsLimits.tag.items - ownTags.length;
  if (keys.length > most)
    findings.error(
      "labels",
      `${keys.length} labels are more than AWS keeps beside ours: an object has at most ${awsLimits.tag.items} tags`,
      `leave ${most} or fewer`,
    );
  const { images } = neutralNames(environment.cloud);
  for (const [path, each] of [
    ...(image === undefined ? [] : [["infrastructure.image", image] as const]),
    ...Object.entries(awsOptions(environment.cloud).images ?? {}).map(([key, text]) => [`infrastructure.aws.images.${key}`, text] as const),
  ])
    if (imageQuery(images[each]?.[0] ?? each) === undefined)
      findings.error(
        path,
        "is no AMI that is pinned",
        `use ${Object.keys(images).join(" or ")}, an id (ami-…), or OWNER/NAME with the owner's account and the AMI's whole name`,
        each,
      );
}

/** What only the plan shows to be wrong. */
export function checkAwsPlan(plan: EnvironmentPlan, findings: Findings): void {
  const counts = new Map<string, number>();
  for (const { group, direction } of compileRules(plan)) {
    const key = `${group} ${direction}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, count] of counts) {
    if (count <= awsLimits.rules) continue;
    const [group, direction] = key.split(" ");
    findings.warn(
      "infrastructure.access",
      `the security group of ${group} has ${count} ${direction} rules, and AWS's default quota is ${awsLimits.rules}`,
      "join ranges, or have the quota L-0EA8095F raised in the account",
    );
  }
  checkBastion(plan, findings);
  for (const [path, address] of [
    ["cluster.apiEndpoint.address", plan.apiEndpoint.kind === "loadBalancer" ? plan.apiEndpoint.address : undefined],
    ["platform.ingress.address", plan.platform.ingress.address],
  ] as const)
    if (address !== undefined && subnetsOf(plan, false).length > 0 && !subnetsOf(plan, false).some(({ cidr }) => lies(address, cidr)))
      findings.error(
        path,
        "lies in no subnet of the machines, where the balancer inside the network stands",
        `choose one in ${subnetsOf(plan, false)
          .map(({ cidr }) => cidr)
          .join(" or ")}`,
        address,
      );
  const apart = subnetsOf(plan, false).filter(({ cidr }) => (parseCidr(cidr)?.prefix ?? 0) > awsLimits.prefix.longest);
  for (const { cidr } of apart)
    findings.error(
      "infrastructure.network.cidr",
      `gives the subnet ${cidr}, and AWS has none smaller than /${awsLimits.prefix.longest}`,
      "choose a larger network",
      cidr,
    );
}

/** One that stands keeps its subnet, whether it is met from outside by now or not. */
function checkBastion(plan: EnvironmentPlan, findings: Findings): void {
  const bastion = plan.machines.find(({ roles }) => roles.includes("bastion"));
  if (bastion === undefined) return;
  const [met, outside] = [plan.network.floating.bastion !== undefined, standsOutside(plan, bastion)];
  const anew = "have it made anew: apply infrastructure.access.bastion: false, then take that out again";
  const path = "infrastructure.network.floating";
  if (met && !outside)
    findings.error(path, `the bastion stands among the machines, at ${bastion.address}, where no address outside leads to`, anew);
  if (!met && outside)
    findings.warn(path, `the bastion stands at ${bastion.address}, where nothing gets out without an address outside`, anew);
}
