import { parseAddress, parseCidr } from "../../model/ipv4";
import { ApiError } from "../cloud/cloud";
import type { Stored } from "../store";
import { maps, text } from "../values";
import { type Gcp, linked, linkOf } from "./names";

/** Refuses an address that is none of a subnet's, or that Google keeps there: the first two and the last two. */
export function refuseInside(subnet: Stored, address: string): void {
  const block = parseCidr(text(subnet, "ipCidrRange"));
  const value = parseAddress(address);
  if (block === undefined || value === undefined || value < block.first + 2 || value > block.last - 2)
    throw new ApiError(
      "Error 400",
      `Invalid value for field 'resource.address': '${address}'. Requested internal IP address is outside the subnetwork's range or reserved., invalid`,
    );
}

/** An address outside, that nobody else has. */
export function takeOutside(cloud: Gcp): string {
  const used = new Set([...cloud.existing("addresses"), ...cloud.store.list("address").map((each) => text(each, "address"))]);
  for (let last = 1; last < 65_534; last += 1) {
    const address = `198.18.${Math.floor(last / 256)}.${last % 256}`;
    if (!used.has(address)) return address;
  }
  throw new ApiError("Error 503", "Not enough addresses available.");
}

/** The machine or balancer that has an address. */
export function holderOf(cloud: Gcp, address: string): Stored | undefined {
  return (
    cloud.store.list("instance").find((each) => addressesOf(each).includes(address)) ??
    cloud.store.list("loadBalancer").find((each) => each.ipAddress === address)
  );
}

/** Refuses an address that something else has already, and one that nobody has reserved outside. */
export function refuseUse(cloud: Gcp, address: string, what: string, outside: boolean): void {
  const holder = holderOf(cloud, address);
  if (holder !== undefined && holder.id !== what)
    throw new ApiError(
      "Error 400",
      `IP_IN_USE_BY_ANOTHER_RESOURCE: IP '${address}' is already being used by another resource: ${holder.id}`,
    );
  const there = cloud.store.list("address").some((each) => each.address === address) || cloud.existing("addresses").includes(address);
  if (outside && !there)
    throw new ApiError(
      "Error 400",
      `Invalid value for field 'resource.natIP': '${address}'. The specified external IP address was not found., invalid`,
    );
}

/** All addresses of a machine. */
export function addressesOf(machine: Stored): string[] {
  return maps(machine, "networkInterfaces").flatMap((nic) => [
    text(nic, "networkIp"),
    ...maps(nic, "accessConfigs").map((access) => text(access, "natIp")),
  ]);
}

/** Has every balancer hold the addresses of the machines that it leads to; `changed` takes a group's place in what is stored, or goes. */
export function lead(cloud: Gcp, members: readonly Stored[] = cloud.store.list("member")): void {
  // The controller's own lead to machines by themselves.
  for (const balancer of cloud.store.list("loadBalancer").filter(({ service }) => service === undefined))
    cloud.store.put("loadBalancer", { ...balancer, leadsTo: leadsTo(cloud, balancer, members) });
}

/** The addresses inside of the machines behind a balancer. */
export function leadsTo(cloud: Gcp, balancer: Stored, members: readonly Stored[] = cloud.store.list("member")): string[] {
  const service = linked(cloud, "backendService", text(balancer, "backendService"));
  const groups = maps(service, "backends").map((each) => text(each, "group"));
  return members.flatMap((member) => {
    const machine = cloud.store.get("instance", text(member, "machine"));
    return machine === undefined || !groups.includes(linkOf(text(member, "group"))) ? [] : text(machine, "privateIp");
  });
}
