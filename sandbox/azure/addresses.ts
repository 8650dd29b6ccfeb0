import { contains, formatAddress, parseAddress, parseCidr } from "../../model/ipv4";
import type { Properties } from "../../plugin/rpc/provider";
import { ApiError } from "../cloud/cloud";
import type { Stored } from "../store";
import { isMap, maps, text } from "../values";
import type { Azure } from "./names";

/** The id in a member such as `subnet: { id }`. */
export function idIn(object: Properties, key: string): string {
  const member = object[key];
  return isMap(member) ? text(member, "id") : "";
}

/** The ids in a list of such members. */
export function idsIn(object: Properties, key: string): string[] {
  return maps(object, key).map((each) => text(each, "id"));
}

/** What has an address in a subnet, or one outside: interfaces and balancers' frontends. */
export interface Holder {
  readonly owner: string;
  readonly subnet: string;
  readonly address: string;
  readonly publicAddress: string;
}

/** All of them. */
export function holders(cloud: Azure): Holder[] {
  const of = (object: Stored, key: string): Holder[] =>
    maps(object, key).map((each) => ({
      owner: object.id,
      subnet: idIn(each, "subnet"),
      address: text(each, "privateIPAddress"),
      publicAddress: idIn(each, "publicIPAddress"),
    }));
  return [
    ...cloud.store.list("networkInterface").flatMap((each) => of(each, "ipConfigurations")),
    ...cloud.store.list("loadBalancer").flatMap((each) => of(each, "frontendIPConfigurations")),
  ];
}

/** Refuses an address of a subnet that nobody can have, or that somebody has. */
export function takeAddress(cloud: Azure, owner: string, configuration: Properties): void {
  const subnet = idIn(configuration, "subnet");
  const wanted = text(configuration, "privateIPAddress");
  if (subnet === "" || wanted === "") return;
  const block = parseCidr(text(cloud.find("subnet", subnet), "addressPrefix"));
  const value = parseAddress(wanted);
  if (block === undefined || value === undefined || !contains(block, value))
    throw new ApiError(
      "PrivateIPAddressNotInSubnet",
      `Private static IP address ${wanted} does not belong to the range of subnet prefix ${text(cloud.find("subnet", subnet), "addressPrefix")}.`,
    );
  // The first four and the last are Azure's.
  if (value < block.first + 4 || value === block.last)
    throw new ApiError(
      "PrivateIPAddressInReservedRange",
      `Private static IP address ${wanted} falls within reserved IP range of subnet prefix.`,
    );
  const other = holders(cloud).find((each) => each.owner !== owner && each.subnet === subnet && each.address === wanted);
  if (other !== undefined)
    throw new ApiError(
      "PrivateIPAddressInUse",
      `IP configuration is using the private IP address ${wanted} which is already allocated to resource ${other.owner}.`,
    );
}

/** Refuses an address outside that somebody has already, or that is not of a balancer's kind. */
export function takePublic(cloud: Azure, owner: string, configuration: Properties): void {
  const id = idIn(configuration, "publicIPAddress");
  if (id === "") return;
  const { sku } = cloud.find("publicIp", id);
  if (isMap(sku) && sku.name !== "Standard")
    throw new ApiError("DifferentSkuLoadBalancersAndPublicIPAddressNotAllowed", `Standard sku needs a Standard public IP address: ${id}`);
  refuseUsed(cloud, id, owner);
}

/** Refuses an address outside that something else has. */
export function refuseUsed(cloud: Azure, id: string, owner: string): void {
  const holder =
    holders(cloud).find((each) => each.owner !== owner && each.publicAddress === id)?.owner ??
    cloud.store.list("natGateway").find((each) => each.id !== owner && idsIn(each, "publicIpAddresses").includes(id))?.id;
  if (holder !== undefined)
    throw new ApiError(
      "PublicIPAddressInUse",
      `Resource ${owner} is referencing public IP address ${id} that is already allocated to resource ${holder}.`,
    );
}

/** An address outside that nobody else has. */
export function freePublic(cloud: Azure): string {
  const used = new Set(cloud.store.list("publicIp").map((each) => text(each, "ipAddress")));
  for (let index = 1; index < 65_534; index += 1) {
    const address = formatAddress((parseAddress("198.18.0.0") ?? 0) + index);
    if (!used.has(address)) return address;
  }
  throw new ApiError("PublicIPCountLimitReached", "No address is left.");
}
