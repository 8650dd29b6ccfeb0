import { contains, formatAddress, parseAddress, parseCidr } from "../../model/ipv4";
import { ApiError } from "../cloud/cloud";
import type { Stored } from "../store";
import { maps, text } from "../values";
import type { OpenStack } from "./names";

/** Where floating addresses and router gateways come from (documentation addresses, RFC 5737). */
const EXTERNAL_CIDR = "203.0.113.0/24";

/** The ports on a network. */
export function portsOn(cloud: OpenStack, networkId: string): Stored[] {
  return cloud.store.list("port").filter((port) => port.networkId === networkId);
}

/** The ports with an address in a subnet. */
export function portsIn(cloud: OpenStack, subnetId: string): Stored[] {
  return cloud.store.list("port").filter((port) => maps(port, "addresses").some((address) => address.subnetId === subnetId));
}

/** The subnets of a network, created here or existing. */
export function subnetsOf(cloud: OpenStack, networkId: string): Stored[] {
  const world = cloud.things("subnets").map(({ id }) => cloud.find("subnet", id));
  return [...cloud.store.list("subnet"), ...world].filter((subnet) => subnet.networkId === networkId);
}

/** Takes an address: the wanted one, checked, or the first free one of the subnet's allocation pools. */
export function allocate(cloud: OpenStack, subnet: Stored, wanted: string, ownPort?: string): string {
  const others = portsIn(cloud, subnet.id).filter((port) => port.id !== ownPort);
  const taken = new Set(others.flatMap((port) => maps(port, "addresses").map((address) => text(address, "ipAddress"))));
  if (wanted !== "") {
    const block = parseCidr(text(subnet, "cidr"));
    const address = parseAddress(wanted);
    const valid =
      address !== undefined && (block === undefined || (contains(block, address) && address !== block.first && address !== block.last));
    if (!valid) throw new ApiError(400, `IP address ${wanted} is not a valid IP for the specified subnet ${subnet.id}.`);
    if (taken.has(wanted)) throw new ApiError(409, `IP address ${wanted} already allocated in subnet ${subnet.id}`);
    return wanted;
  }
  for (const pool of maps(subnet, "allocationPools")) {
    const [first, last] = [parseAddress(text(pool, "start")), parseAddress(text(pool, "end"))];
    if (first === undefined || last === undefined) continue;
    for (let address = first; address <= last; address++) {
      if (!taken.has(formatAddress(address))) return formatAddress(address);
    }
  }
  throw new ApiError(409, `No more IP addresses available on network ${text(subnet, "networkId")}.`);
}

/** The next free address outside. */
export function allocateExternal(cloud: OpenStack, wanted: string): string {
  const taken = new Set([
    ...cloud.store.list("floatingIp").map((floating) => floating.address),
    ...cloud.existing("floatingIps"),
    ...cloud.store.list("router").flatMap((router) => maps(router, "externalFixedIps").map((address) => address.ipAddress)),
  ]);
  if (wanted !== "") {
    if (taken.has(wanted)) throw new ApiError(409, `The floating IP address ${wanted} is already in use.`);
    return wanted;
  }
  const block = parseCidr(EXTERNAL_CIDR);
  for (let address = (block?.first ?? 0) + 10; address < (block?.last ?? 0); address++) {
    if (!taken.has(formatAddress(address))) return formatAddress(address);
  }
  throw new ApiError(409, "No more IP addresses available on the external network.");
}

/** The router through which a subnet reaches an external network, or undefined. Routers that exist from the start reach them all. */
export function routeOut(cloud: OpenStack, subnetId: string, networkId: string): string | undefined {
  if (cloud.byId("subnets", subnetId) && cloud.existing("routers").length > 0) return cloud.things("routers")[0]?.id;
  const routers = cloud.store
    .list("routerInterface")
    .filter((one) => one.subnetId === subnetId)
    .map((one) => text(one, "routerId"));
  return routers.find((id) => cloud.byId("routers", id) !== undefined || cloud.store.get("router", id)?.externalNetworkId === networkId);
}

/** The floating address, made here or there from the start. */
export function floatingAt(cloud: OpenStack, address: string): Stored | undefined {
  const made = cloud.store.list("floatingIp").find((each) => each.address === address);
  const there = cloud.byName("floatingIps", address);
  return made ?? (there && { id: there.id, address, description: "", pool: cloud.things("externalNetworks")[0]?.name ?? "" });
}

/** Has a floating address point to nothing. One that was there from the start is no object of this cloud's any more then. */
export function freeFloating(cloud: OpenStack, { portId: _port, fixedIp: _fixed, ...free }: Stored): void {
  if (cloud.byId("floatingIps", free.id)) cloud.store.delete("floatingIp", free.id);
  else cloud.store.put("floatingIp", free);
}
