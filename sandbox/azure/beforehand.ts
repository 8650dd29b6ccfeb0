import type { Stored } from "../store";
import { type Azure, groupId, lastOf } from "./names";

/**
 * What nobody created and is there all the same, by world.json: resource groups by name; networks as `ID CIDR`, subnets as `ID CIDR`, public
 * addresses as `ID ADDRESS`.
 */
export function beforehand(cloud: Azure, kind: string, id: string): Stored | undefined {
  const entry = (list: "networks" | "subnets" | "addresses"): string | undefined =>
    cloud
      .existing(list)
      .map((each) => each.split(" "))
      .find(([own = ""]) => own.toLowerCase() === id.toLowerCase())?.[1];
  if (kind === "resourceGroup") {
    const name = cloud.existing("resourceGroups").find((each) => groupId(each) === id);
    return name === undefined ? undefined : { id, name };
  }
  if (kind === "virtualNetwork") {
    const cidr = entry("networks");
    return cidr === undefined ? undefined : { id, name: lastOf(id), location: cloud.region, addressSpace: { addressPrefixes: [cidr] } };
  }
  if (kind === "subnet") {
    const addressPrefix = entry("subnets");
    return addressPrefix === undefined ? undefined : { id, name: lastOf(id), addressPrefix };
  }
  if (kind !== "publicIp") return undefined;
  const ipAddress = entry("addresses");
  return ipAddress === undefined ? undefined : { id, name: lastOf(id), ipAddress, sku: { name: "Standard" } };
}
