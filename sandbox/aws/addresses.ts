import { contains, formatAddress, parseAddress, parseCidr } from "../../model/ipv4";
import { ApiError } from "../cloud/cloud";
import type { Stored } from "../store";
import { maps, text } from "../values";
import type { Aws } from "./names";

/** An interface that AWS has in a subnet. */
export interface Interface {
  readonly id: string;
  readonly subnetId: string;
  readonly privateIp: string;
  readonly groups: readonly string[];
  readonly type: "interface" | "nat_gateway" | "network_load_balancer";
  readonly description: string;
}

/** All interfaces there are: of machines, gateways and balancers. */
export function interfacesIn(cloud: Aws): Interface[] {
  const of = (kind: string, type: Interface["type"]): Interface[] =>
    cloud.store.list(kind).flatMap((object) =>
      maps(object, "interfaces").map((each) => ({
        id: text(each, "id"),
        subnetId: text(each, "subnetId"),
        privateIp: text(each, "privateIp"),
        groups: groupsOf(object),
        type,
        description:
          type === "interface" ? "" : type === "nat_gateway" ? `Interface for NAT Gateway ${object.id}` : `ELB net/${text(object, "name")}`,
      })),
    );
  return [...of("instance", "interface"), ...of("natGateway", "nat_gateway"), ...of("loadBalancer", "network_load_balancer")];
}

function groupsOf(object: Stored): string[] {
  const groups = object.vpcSecurityGroupIds ?? object.securityGroups;
  return Array.isArray(groups) ? groups.filter((each) => typeof each === "string") : [];
}

/** An address of a subnet for a new interface: the wanted one, or the lowest that is free, which AWS may choose as any other. */
export function takeAddress(cloud: Aws, subnet: Stored, wanted: string): string {
  const block = parseCidr(text(subnet, "cidrBlock"));
  if (block === undefined) throw new Error(`the subnet ${subnet.id} has no network`);
  const used = new Set(interfacesIn(cloud).flatMap((each) => (each.subnetId === subnet.id ? [each.privateIp] : [])));
  // AWS keeps the first four and the last.
  const hosts = { first: block.first + 4, last: block.last - 1 };
  if (wanted !== "") {
    const value = parseAddress(wanted);
    if (value === undefined || !contains(block, value))
      throw new ApiError("InvalidParameterValue", `Address ${wanted} does not fall within the subnet's address range`);
    if (!contains(hosts, value)) throw new ApiError("InvalidParameterValue", `Address ${wanted} is in subnet's reserved address range`);
    if (used.has(wanted)) throw new ApiError("InvalidIPAddress.InUse", `Address ${wanted} is in use.`);
    return wanted;
  }
  for (let value = hosts.first; value <= hosts.last; value += 1) if (!used.has(formatAddress(value))) return formatAddress(value);
  throw new ApiError(
    "InsufficientFreeAddressesInSubnet",
    "The specified subnet does not have enough free addresses to satisfy the request.",
  );
}

/** An address outside, that nobody else has. */
export function publicAddress(cloud: Aws): string {
  const used = new Set([...cloud.existing("elasticIps"), ...cloud.store.list("eip").map((each) => text(each, "publicIp"))]);
  for (let last = 1; last < 65_534; last += 1) {
    const address = `198.18.${Math.floor(last / 256)}.${last % 256}`;
    if (!used.has(address)) return address;
  }
  throw new ApiError("InsufficientAddressCapacity", "Not enough addresses available.");
}

/** What of a VPC is reached from outside at an address, and so keeps its gateway. */
export function mappedOutside(cloud: Aws, vpcId: string): boolean {
  const inside = (subnetId: string): boolean => cloud.has("subnet", subnetId) && text(cloud.find("subnet", subnetId), "vpcId") === vpcId;
  return (
    cloud.store
      .list("eipAssociation")
      .some((each) => inside(text(cloud.store.get("instance", text(each, "instanceId")) ?? {}, "subnetId"))) ||
    cloud.store.list("natGateway").some((each) => inside(text(each, "subnetId"))) ||
    cloud.store.list("loadBalancer").some((each) => each.internal !== true && text(each, "vpcId") === vpcId)
  );
}

/** Whether a VPC has a way to the internet. One that was there before has. */
export function hasGateway(cloud: Aws, vpcId: string): boolean {
  return cloud.store.get("vpc", vpcId) === undefined || cloud.store.list("internetGateway").some((each) => each.vpcId === vpcId);
}
