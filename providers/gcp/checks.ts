import type { Environment } from "../../model/environment/types";
import { parseAddress, parseCidr } from "../../model/ipv4";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Findings } from "../../model/problems";
import { sizePath } from "../asking/fields";
import { warnOfNoWayOut } from "../way-out";
import { checkController, checkControllerPlan } from "./checks-controller";
import { accountsIn, accountsOf } from "./firewalls";
import { DATA_DISK, gcpLabels, gcpLimits, ownLabels } from "./names";
import { imageQuery, neutralNames } from "./neutral";
import { balancesServices, gcpOf, gcpOptions, makesNat } from "./plan";

/** What is wrong between the file's fields for GCP alone. */
export function checkGcp(environment: Environment, findings: Findings): void {
  checkPlace(environment, findings);
  const { platform, cloud } = environment;
  if (platform.storage.kind === "cloud" && gcpOptions(cloud).controllers === false)
    findings.error(
      "infrastructure.gcp.controllers",
      "is false, and the driver of persistent disks has its rights by the control planes' account",
      "take it out, or use another kind of platform.storage",
      false,
    );
  if (platform.controller) checkController(environment, findings);
  checkNetwork(environment, findings);
  checkNames(environment, findings);
}

/** Everything lies in a project, and in zones of a region. */
function checkPlace({ region, zones, cluster, cloud }: Environment, findings: Findings): void {
  if (gcpOptions(cloud).project === "")
    findings.error("infrastructure.gcp.project", "is required: on GCP everything lies in a project", "name its id, such as acme-platform");
  if (region === undefined)
    findings.error("infrastructure.region", "is required: on GCP every subnet lies in a region", "name it, such as asia-northeast3");
  if (zones.length === 0)
    findings.error(
      "infrastructure.zones",
      "is required: on GCP every machine lies in a zone",
      `name them, such as [${region ?? "asia-northeast3"}-a, ${region ?? "asia-northeast3"}-b]; one suffices where its loss may stop everything`,
    );
  for (const zone of zones)
    if (region !== undefined && !(zone.startsWith(`${region}-`) && /^[a-z]$/.test(zone.slice(region.length + 1))))
      findings.error("infrastructure.zones", `is no zone of ${region}`, `zones of ${region} begin with its name: ${region}-a`, zone);
  if (cluster.plugin === "calico" && cluster.encapsulation === "none")
    findings.error(
      "cluster.network.encapsulation",
      "GCP leads packets by its own routes alone, and knows none to pods",
      "use vxlan or ipip",
      "none",
    );
}

function checkNetwork(environment: Environment, findings: Findings): void {
  const { network, access, name, cloud } = environment;
  const block = parseCidr(network.cidr);
  const { shortest, longest } = gcpLimits.prefix;
  if (block && (block.prefix < shortest || block.prefix > longest))
    findings.error(
      "infrastructure.network.cidr",
      `a subnet of GCP has a prefix from /${shortest} to /${longest}`,
      "choose a network of that size",
      network.cidr,
    );
  if (network.gateway !== undefined && block && parseAddress(network.gateway) !== block.first + 1)
    findings.error(
      "infrastructure.network.gateway",
      "GCP's router has the second address of every subnet, and no other",
      "take it out",
      network.gateway,
    );
  if (network.dns.length > gcpLimits.resolvers)
    findings.error(
      "infrastructure.network.dns",
      `GCP asks ${gcpLimits.resolvers} resolvers at most`,
      `leave ${gcpLimits.resolvers} of them`,
    );
  if (network.existing?.router !== undefined)
    findings.error(
      "infrastructure.network.existing.router",
      "is not needed: a network on GCP is reached without one, and gets out by its own NAT",
      "take it out; with infrastructure.gcp.nat: true a router and NAT are made for the subnet",
      network.existing.router,
    );
  if (network.existing !== undefined && network.dns.length > 0)
    findings.error(
      "infrastructure.network.dns",
      "a network on GCP has one DNS policy, and this one is not ours",
      "set the resolvers in the network's own policy, and take them out",
    );
  if (access.sshUser === "root")
    findings.error("infrastructure.access.ssh.user", "images on GCP let nobody in as root", "name another user, such as ubuntu", "root");
  if (access.keyPair !== undefined)
    findings.error(
      "infrastructure.access.ssh.keyPair",
      "GCP keeps no key pairs: a machine has its keys in its own metadata",
      "give publicKey and privateKey, or neither to have a pair generated",
      access.keyPair,
    );
  if (!/^[a-z]/.test(name)) findings.error("name", "GCP takes no name that begins with a digit", "begin it with a letter", name);
  // Google's APIs are reached from its subnets by themselves.
  if (!makesNat({ cloud, network }) && network.existing === undefined)
    warnOfNoWayOut(environment, { path: "infrastructure.gcp.nat", value: false, toCloud: true }, findings);
}

function checkNames(environment: Environment, findings: Findings): void {
  const { labels, image, cloud } = environment;
  const keys = Object.keys(labels);
  for (const key of keys.filter((each) => ownLabels.includes(each)))
    findings.error(`labels.${key}`, "is set by the plan", "take it out", labels[key]);
  const most = gcpLimits.label.items - ownLabels.length;
  if (keys.length > most)
    findings.error(
      "labels",
      `${keys.length} labels are more than GCP keeps beside ours: an object has at most ${gcpLimits.label.items}`,
      `leave ${most} or fewer`,
    );
  for (const key of keys) {
    const value = labels[key] ?? "";
    const [[theirs, becomes] = [key, value]] = Object.entries(gcpLabels({ [key]: value }));
    if (theirs !== key || becomes !== value)
      findings.warn(
        `labels.${key}`,
        `GCP takes small letters, digits, _ and - alone: it becomes ${theirs}=${becomes}`,
        "change it, where somebody looks for it on GCP",
        value,
      );
  }
  const { images } = neutralNames(cloud);
  const stands = (text: string): string => images[text]?.[0] ?? text;
  for (const [path, each] of [
    ...(image === undefined ? [] : [["infrastructure.image", image] as const]),
    ...Object.entries(gcpOptions(cloud).images ?? {}).map(([key, text]) => [`infrastructure.gcp.images.${key}`, text] as const),
  ]) {
    if (/-arm64\b/.test(stands(each)))
      findings.error(path, "is for Arm processors, and machines are made for x86-64", "name one for x86-64", each);
    if (stands(each).startsWith("debian-cloud/"))
      findings.error(
        path,
        "has no cloud-init, by which a machine's first boot is told what to do",
        "name an image with cloud-init and Google's guest agent, such as ubuntu-22.04",
        each,
      );
    if (imageQuery(stands(each)) === undefined)
      findings.error(
        path,
        "is no image that is pinned",
        `use ${Object.keys(images).join(" or ")}, PROJECT/NAME with the image's whole name, or PROJECT/family/FAMILY, of which the newest is copied once`,
        each,
      );
  }
}

/**
 * Series that take Hyperdisk and nothing else, those that take no hyperdisk-balanced (cloud.google.com/compute/docs/disks/hyperdisks), and those that take
 * no pd-standard (the table of the driver of persistent disks, deploy/kubernetes/overlays/node-labeler at v1.26.0).
 */
const SERIES = {
  hyperdiskAlone: /^(a4|c4|c4d|g4|h4d|m4|n4|n4d|x4)-/,
  noHyperdisk: /^(e2|n1|n2|n2d|t2d|c2|c2d|f1|g1)-/,
  noStandard: /^(a3|c3|c3d|h3|z3)-/,
};

/** What to take in place of a type that machines of that size take none of; undefined where they do, or nobody knows. */
function otherDisk(size: string, type: string): string | undefined {
  if (type.startsWith("pd-") && SERIES.hyperdiskAlone.test(size)) return "hyperdisk-balanced";
  const wrong = type === "pd-standard" ? SERIES.noStandard : type.startsWith("hyperdisk-balanced") ? SERIES.noHyperdisk : undefined;
  return wrong?.test(size) ? DATA_DISK : undefined;
}

/** A machine is made after its disks, and only then does GCP say that it takes none of their type. */
function checkTypes(plan: EnvironmentPlan, findings: Findings): void {
  const { bootVolumeType } = gcpOf(plan);
  const { storage } = plan.platform;
  const classes = storage.kind === "cloud" ? storage.classes : [];
  const told = new Set<string>();
  for (const { size, volumes, roles } of plan.machines)
    for (const [field, type] of [
      ["infrastructure.gcp.bootVolumeType", bootVolumeType],
      ...volumes.map((volume) => [`volume ${volume.name}`, volume.type ?? DATA_DISK] as const),
      // Pods with claims run on workers, and where their volumes can be attached at all.
      ...(roles.includes("worker") ? classes : []).map((each) => [`the storage class ${each.name}`, each.type ?? DATA_DISK] as const),
    ] as const) {
      const other = otherDisk(size, type);
      if (other === undefined || told.has(`${size} ${field} ${type}`)) continue;
      told.add(`${size} ${field} ${type}`);
      findings.error(
        sizePath(plan, size),
        `takes no disk of the type ${type}, which ${field} is`,
        `choose a type of another series, or ${other} there`,
        size,
      );
    }
}

/** What only the plan shows to be wrong. */
export function checkGcpPlan(plan: EnvironmentPlan, findings: Findings): void {
  checkTypes(plan, findings);
  if (balancesServices(plan)) checkControllerPlan(plan, findings);
  const most = gcpLimits.rule.accounts;
  const counted = accountsOf(plan, "nodes").length;
  if (Math.max(counted, accountsIn(plan).length) > most)
    findings.error("cluster.pools", `need ${counted} service accounts, and a firewall rule names ${most} at most`, "join some of them");
  // The last but one is Google's; the plan gives away neither it nor the last.
  const [{ cidr }] = plan.network.subnets;
  const block = parseCidr(cidr);
  for (const [path, address] of [
    ["cluster.apiEndpoint.address", plan.apiEndpoint.kind === "loadBalancer" ? plan.apiEndpoint.address : undefined],
    ["platform.ingress.address", plan.platform.ingress.address],
  ] as const) {
    const value = address === undefined ? undefined : parseAddress(address);
    if (value !== undefined && block && (value < block.first + 2 || value > block.last - 2))
      findings.error(
        path,
        `is none that GCP gives in ${cidr}: it keeps the first two addresses of a subnet and the last two`,
        "choose another address of the subnet",
        address,
      );
  }
}
