import type { Environment } from "../../model/environment/types";
import { parseCidr } from "../../model/ipv4";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Findings } from "../../model/problems";
import { warnOfNoWayOut } from "../way-out";
import { checkController, checkDriver } from "./checks-in-cluster";
import { sharedLun } from "./devices";
import { azureLimits, imageReference, ownTags, refusedUsers } from "./names";
import { neutralNames } from "./neutral";
import { azureOptions, keptText, lies, subnetsOf } from "./plan";
import { resourceId } from "./resource-id";
import { compileRules } from "./security-rules";

/** What is wrong between the file's fields for Azure alone. */
export function checkAzure(environment: Environment, findings: Findings): void {
  checkPlace(environment, findings);
  checkPods(environment, findings);
  checkNetwork(environment, findings);
  checkExisting(environment, findings);
  checkVolumes(environment, findings);
  checkNames(environment, findings);
  checkController(environment, findings);
  checkDriver(environment, findings);
}

/** Everything lies in a region, whose zones have numbers. */
function checkPlace({ region, zones, groups }: Environment, findings: Findings): void {
  if (region === undefined)
    findings.error("infrastructure.region", "is required: on Azure everything lies in a region", "name it, such as koreacentral");
  if (zones.length === 0 && groups.some(({ machines, roles }) => roles.includes("etcd") && machines.length > 1))
    findings.warn(
      "infrastructure.zones",
      "there are none, and nothing else keeps members of etcd apart on Azure: one rack, or one update of hosts, may take several of them",
      "name zones, or a region that has some, where the cluster is to outlive that",
    );
  for (const zone of zones)
    if (!/^[1-3]$/.test(zone))
      findings.error(
        "infrastructure.zones",
        "is no zone of Azure's, which are called 1, 2 and 3 in every region that has some",
        'write them in quotes, such as ["1", "2", "3"], or name none in a region without',
        zone,
      );
}

/** Azure's network looks at every packet, and drops what it does not know. */
function checkPods({ cluster }: Environment, findings: Findings): void {
  const path = "cluster.network.encapsulation";
  if (cluster.plugin !== "calico") return;
  if (cluster.encapsulation === "ipip")
    findings.error(path, "Azure drops packets of IP in IP (protocol 4) between machines", "use vxlan", "ipip");
  if (cluster.encapsulation === "none")
    findings.error(path, "Azure leads no packets between machines that bear pods' addresses", "use vxlan", "none");
}

function checkNetwork({ network, access }: Environment, findings: Findings): void {
  if (network.gateway !== undefined)
    findings.error(
      "infrastructure.network.gateway",
      "Azure's router has the first address of every subnet, and no other",
      "take it out",
      network.gateway,
    );
  if (network.existing !== undefined)
    findings.error(
      "infrastructure.network.existing",
      "names a network by another cloud's words",
      "name network and subnets at infrastructure.azure.existing",
    );
  if (access.keyPair !== undefined)
    findings.error(
      "infrastructure.access.ssh.keyPair",
      "machines of Azure are given the key itself",
      "give publicKey and privateKey in its place",
      access.keyPair,
    );
  if (access.publicKey !== undefined && !/^ssh-(rsa|ed25519) /.test(access.publicKey))
    findings.error(
      "infrastructure.access.ssh.publicKey",
      "is of a kind that Azure gives no machine",
      "use one of RSA from 2048 bits or of Ed25519, or leave both halves out to have one made",
    );
  if (refusedUsers.includes(access.sshUser))
    findings.error(
      "infrastructure.access.ssh.user",
      "is a name that Azure gives no user of a machine",
      "choose another, such as ubuntu",
      access.sshUser,
    );
}

/** A network that is there, and addresses that were made beforehand: Azure knows both by their resource ids. */
function checkExisting(environment: Environment, findings: Findings): void {
  const { network, access, cloud } = environment;
  const { existing, addresses = {}, natGateways, subscription } = azureOptions(cloud);
  const floating = typeof network.floating === "object" ? network.floating : {};
  for (const [what, address] of Object.entries(floating))
    if (typeof address === "string" && addresses[address] === undefined)
      findings.error(
        `infrastructure.network.floating.${what}`,
        "is an address that Azure has to be told the resource of",
        `add it to infrastructure.azure.addresses, ${address}: /subscriptions/…/publicIPAddresses/NAME`,
        address,
      );
  for (const address of Object.keys(addresses))
    if (!Object.values(floating).includes(address))
      findings.error(
        `infrastructure.azure.addresses.${address}`,
        "is an address that nothing uses",
        "name it at infrastructure.network.floating, or take it out",
      );
  if (existing === undefined) {
    if (natGateways === "none")
      warnOfNoWayOut(environment, { path: "infrastructure.azure.natGateways", value: natGateways, toCloud: false }, findings);
    return;
  }
  const path = "infrastructure.azure.existing";
  const block = parseCidr(network.cidr);
  for (const [what, { cidr }] of Object.entries(existing.subnets)) {
    const own = parseCidr(cidr);
    if (own && block && !(lies(cidr.split("/")[0] ?? "", network.cidr) && own.prefix >= block.prefix))
      findings.error(
        `${path}.subnets.${what}.cidr`,
        `lies outside infrastructure.network.cidr ${network.cidr}`,
        "set that to the virtual network's own address space",
        cidr,
      );
    if (own && own.prefix > azureLimits.prefix.longest)
      findings.error(`${path}.subnets.${what}.cidr`, `has no room: Azure keeps ${keptText(cidr)}`, "name a larger subnet", cidr);
  }
  if (existing.subnets.outer === undefined && access.bastion)
    findings.warn(
      `${path}.subnets`,
      "has no subnet of the bastion's own: it stands among the machines",
      "name one as outer to have it apart",
    );
  if (natGateways === "one" || natGateways === "perZone")
    findings.error(path, "has its own way out, and no NAT gateway is made for it", "take infrastructure.azure.natGateways out");
  const of = resourceId(existing.network)?.subscription;
  if (subscription !== undefined && of !== undefined && of.toLowerCase() !== subscription.toLowerCase())
    findings.error(
      `${path}.network`,
      "lies in another subscription than infrastructure.azure.subscription",
      "name one of the same",
      existing.network,
    );
}

function checkVolumes({ groups, zones }: Environment, findings: Findings): void {
  for (const group of groups) {
    const shared = sharedLun(group.volumes.map(({ name }) => name));
    if (shared !== undefined)
      findings.error(
        `${group.path}.volumes`,
        `${shared.join(" and ")} would have one place on a machine: on Azure it follows from the volume's name`,
        "rename one of them",
      );
    for (const [index, { type }] of group.volumes.entries()) {
      const path = `${group.path}.volumes.${index}.type`;
      if (type === "PremiumV2_LRS" && zones.length === 0)
        findings.error(path, "lies in a zone on Azure, and the environment names none", "name zones, or use Premium_LRS", type);
    }
  }
}

function checkNames(environment: Environment, findings: Findings): void {
  const { labels, image } = environment;
  const { key: longest, value: longestValue, items, refused } = azureLimits.tag;
  for (const [key, value] of Object.entries(labels)) {
    const path = `labels.${key}`;
    if (ownTags.includes(key)) findings.error(path, "is set by the plan", "take it out", value);
    if ([...key].some((letter) => refused.includes(letter)))
      findings.error(path, `Azure takes no tag whose name holds one of ${refused}`, "rename it");
    if (key.length > longest || value.length > longestValue)
      findings.error(path, `Azure's tags have names of ${longest} and values of ${longestValue} characters at most`, "shorten it", value);
  }
  const most = items - ownTags.length;
  if (Object.keys(labels).length > most)
    findings.error(
      "labels",
      `${Object.keys(labels).length} labels are more than Azure keeps beside ours: a resource has at most ${items} tags`,
      `leave ${most} or fewer`,
    );
  const { images } = neutralNames(environment.cloud);
  for (const [path, each] of [
    ...(image === undefined ? [] : [["infrastructure.image", image] as const]),
    ...Object.entries(azureOptions(environment.cloud).images ?? {}).map(
      ([key, text]) => [`infrastructure.azure.images.${key}`, text] as const,
    ),
  ])
    if (imageReference(images[each]?.[0] ?? each) === undefined)
      findings.error(
        path,
        "is no image that is pinned",
        `use ${Object.keys(images).join(" or ")}, PUBLISHER:OFFER:SKU:VERSION, or the resource id of an image or of a gallery's version`,
        each,
      );
}

/** What only the plan shows to be wrong. */
export function checkAzurePlan(plan: EnvironmentPlan, findings: Findings): void {
  const rules = compileRules(plan);
  if (rules.length + 2 > azureLimits.rules)
    findings.error(
      "infrastructure.access",
      `the security group has ${rules.length + 2} rules, and Azure takes ${azureLimits.rules}`,
      "allow less apart, or join ranges",
    );
  for (const { peer, name } of rules)
    if ("prefixes" in peer && peer.prefixes.length > azureLimits.rulePrefixes)
      findings.error(
        "infrastructure.access",
        `the rule ${name} names ${peer.prefixes.length} ranges, and Azure takes ${azureLimits.rulePrefixes}`,
        "join ranges",
      );
  const inner = subnetsOf(plan, false);
  for (const [path, address] of [
    ["cluster.apiEndpoint.address", plan.apiEndpoint.kind === "loadBalancer" ? plan.apiEndpoint.address : undefined],
    ["platform.ingress.address", plan.platform.ingress.address],
  ] as const)
    if (address !== undefined && !inner.some(({ cidr }) => lies(address, cidr)))
      findings.error(
        path,
        "lies in no subnet of the machines, where the balancer inside the network stands",
        `choose one in ${inner.map(({ cidr }) => cidr).join(" or ")}`,
        address,
      );
  for (const { cidr } of plan.network.subnets)
    if ((parseCidr(cidr)?.prefix ?? 0) > azureLimits.prefix.longest)
      findings.error(
        "infrastructure.network.cidr",
        `gives the subnet ${cidr}, and Azure has none smaller than /${azureLimits.prefix.longest}`,
        "choose a larger network",
        cidr,
      );
}
