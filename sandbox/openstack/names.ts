import type { Cloud } from "../cloud/cloud";
import type { ResourceType } from "../cloud/type";

/** The lists of world.json: what exists in the simulated OpenStack although nobody created it there. */
export type List =
  | "images"
  | "flavors"
  | "zones"
  | "externalNetworks"
  | "volumeTypes"
  | "networks"
  | "subnets"
  | "routers"
  | "keyPairs"
  | "floatingIps"
  | "serverGroups"
  | "dnsZones"
  | "roles"
  | "loadBalancerProviders"
  | "crowded";

/** What a quota can be set on. */
export type Quota =
  | "instances"
  | "cores"
  | "ram"
  | "serverGroups"
  | "networks"
  | "subnets"
  | "routers"
  | "ports"
  | "floatingIps"
  | "volumes"
  | "gigabytes"
  | "securityGroups"
  | "securityGroupRules"
  | "loadBalancers";

/** The simulated OpenStack at work. */
export type OpenStack = Cloud<List, Quota>;

/** Its resource types by token. */
export type Types = Readonly<Record<string, ResourceType<OpenStack>>>;
