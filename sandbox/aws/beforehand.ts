import type { Stored } from "../store";
import { type Aws, idOfName } from "./names";

/** VPCs and subnets of world.json, `vpc-… CIDR` and `subnet-… vpc-… ZONE CIDR`. */
export function knownNetworks(cloud: Aws, kind: string): Stored[] {
  if (kind === "vpc")
    return cloud.existing("vpcs").map((entry) => {
      const [id = "", cidrBlock = ""] = entry.split(" ");
      return { id, cidrBlock };
    });
  if (kind !== "subnet") return [];
  return cloud.existing("subnets").map((entry) => {
    const [id = "", vpcId = "", availabilityZone = "", cidrBlock = ""] = entry.split(" ");
    return { id, vpcId, availabilityZone, cidrBlock };
  });
}

/** What nobody created and is there all the same. */
export function beforehand(cloud: Aws, kind: string, id: string): Stored | undefined {
  if (kind === "keyPair") return cloud.byName("keyPairs", id) && { id, keyName: id };
  if (kind === "eip") {
    const publicIp = cloud.existing("elasticIps").find((address) => idOfName("eipalloc", address) === id);
    return publicIp === undefined ? undefined : { id, publicIp };
  }
  return knownNetworks(cloud, kind).find((each) => each.id === id);
}
