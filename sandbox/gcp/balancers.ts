import { nodeTag } from "../../providers/gcp/names";
import { ApiError } from "../cloud/cloud";
import type { Balanced, SimulatedParts } from "../cloud/in-cluster";
import { texts } from "../values";
import { refuseInside, refuseUse, takeOutside } from "./addresses";
import { type Gcp, linked, linkOf } from "./names";
import { refuseWithout } from "./rights";

/** What the controller is told, as gcfg writes it. */
function read(settings: string): Record<string, string> {
  const lines = [...settings.matchAll(/^(\S+) = "(.*)"$/gm)];
  return Object.fromEntries(lines.map(([, key = "", value = ""]) => [key, value]));
}

/** The cloud's controller for balancers, as far as the cloud sees what it does. */
export const CONTROLLER: NonNullable<SimulatedParts<Gcp>["controller"]> = {
  workload: "cloud-controller-manager",
  reads: { secret: "gce-cloud-config", key: "gce.conf" },
  balance(cloud, service, settings) {
    const found = cloud.store.list("loadBalancer").find((each) => each.service === service.uid);
    return found === undefined ? lead(cloud, service, read(settings)) : String(found.ipAddress);
  },
  release(cloud, standing) {
    for (const kind of ["loadBalancer", "firewall"])
      for (const one of cloud.store.list(kind))
        if (typeof one.service === "string" && !standing.has(one.service)) cloud.store.delete(kind, one.id);
    const left = cloud.store.list("loadBalancer").some(({ service }) => service !== undefined);
    // What balancers share goes with the last of them.
    if (!left)
      for (const kind of ["member", "instanceGroup"])
        for (const one of cloud.store.list(kind)) if (one.shared === true) cloud.store.delete(kind, one.id);
  },
};

/** A Service's balancer: its rule of the firewall first, then who is led to, then the forwarding rule. */
function lead(cloud: Gcp, { uid, annotations, wanted, nodes, ranges }: Balanced, config: Record<string, string>): string {
  const { "project-id": project = "", "network-name": network = "", "subnetwork-name": subnet = "" } = config;
  const name = `a${uid.replaceAll("-", "")}`.slice(0, 32);
  const internal = annotations["networking.gke.io/load-balancer-type"] === "Internal";
  const members = cloud.store.list("instance").filter((each) => nodes.includes(String(each.name)));
  if (members.length === 0) throw new ApiError("InstanceNotFound", "instance not found");
  const id = `projects/${project}/regions/${cloud.region}/forwardingRules/${name}`;
  const subnetwork = `projects/${project}/regions/${cloud.region}/subnetworks/${subnet}`;
  if (internal && wanted === undefined)
    throw new ApiError("Error 400", "the simulated GCP gives no address inside a network by itself, invalid");
  const ipAddress = wanted ?? takeOutside(cloud);
  if (internal) refuseInside(linked(cloud, "subnetwork", subnetwork), ipAddress);
  if (internal || wanted !== undefined) refuseUse(cloud, ipAddress, id, !internal);
  if (internal) group(cloud, project, members);
  else refuseWithout(cloud, "compute.targetPools.create", "targetPools", name);
  open(cloud, { name: `k8s-fw-${name}`, project, network, service: uid, ranges, tag: config["node-tags"] });
  refuseWithout(cloud, "compute.forwardingRules.create", "forwardingRules", name);
  cloud.store.put("loadBalancer", {
    ...{ id, selfLink: linkOf(id), name, service: uid, ipAddress, loadBalancingScheme: internal ? "INTERNAL" : "EXTERNAL" },
    ...(internal ? { subnetwork: linkOf(subnetwork) } : {}),
    outside: internal ? [] : [ipAddress],
    leadsTo: members.map((each) => each.privateIp),
  });
  return ipAddress;
}

/** Its own group in each zone: a machine may be in one that is balanced. */
function group(cloud: Gcp, project: string, members: ReturnType<Gcp["store"]["list"]>): void {
  for (const { id: machine, zone, name: called } of members) {
    const name = "k8s-ig";
    const id = `projects/${project}/zones/${String(zone)}/instanceGroups/${name}`;
    const other = cloud.store.list("member").find((each) => each.machine === machine && each.group !== id);
    if (other !== undefined)
      throw new ApiError(
        "Error 400",
        `Validation failed for instance '${machine}': instance may belong to at most one load-balanced instance group., instanceInMultipleLoadBalancedIgs`,
      );
    refuseWithout(cloud, "compute.instanceGroups.create", "instanceGroups", name);
    cloud.store.put("instanceGroup", { id, name, zone, shared: true });
    cloud.store.put("member", { id: `${project}/${String(zone)}/${name}/${String(called)}`, machine, group: id, shared: true });
  }
}

/** Its rule lets in whom the Service says, at machines of the tag. */
function open(
  cloud: Gcp,
  {
    name,
    project,
    network,
    service,
    ranges,
    tag,
  }: { name: string; project: string; network: string; service: string; ranges: readonly string[]; tag: string | undefined },
): void {
  refuseWithout(cloud, "compute.firewalls.create", "firewalls", name);
  refuseWithout(cloud, "compute.networks.updatePolicy", "networks", network);
  const tagged = cloud.store.list("instance").some((each) => tag !== undefined && texts(each, "tags").includes(tag));
  if (!tagged)
    throw new ApiError("Error 400", `no machine has the network tag '${String(tag)}', as ${nodeTag({ environment: "ENV" })}, invalid`);
  const id = `projects/${project}/global/firewalls/${name}`;
  const sourceRanges = ranges.length === 0 ? ["0.0.0.0/0"] : [...ranges];
  cloud.store.put("firewall", {
    ...{ id, selfLink: linkOf(id), name, service, direction: "INGRESS", priority: 1000, sourceRanges, targetTags: [tag] },
    network: linkOf(`projects/${project}/global/networks/${network}`),
  });
}
