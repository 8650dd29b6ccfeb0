import type { Stored } from "../store";
import { type Gcp, linkOf } from "./names";

/** Networks and subnets of world.json, `ID` and `ID NETWORK CIDR`. */
export function beforehand(cloud: Gcp, kind: string, id: string): Stored | undefined {
  if (kind === "network" && cloud.existing("networks").includes(id)) return { id, name: id.split("/").at(-1), selfLink: linkOf(id) };
  const subnet = kind === "subnetwork" ? cloud.existing("subnetworks").find((each) => each.startsWith(`${id} `)) : undefined;
  if (subnet === undefined) return undefined;
  const [, network = "", ipCidrRange = ""] = subnet.split(" ");
  return { id, name: id.split("/").at(-1), network: linkOf(network), ipCidrRange, selfLink: linkOf(id) };
}
