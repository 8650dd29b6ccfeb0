import type { Properties } from "../../plugin/rpc/provider";
import { text } from "../values";
import { coresOf, ramOf } from "./instances";
import type { OpenStack, Quota } from "./names";

/** The project there is. */
export const PROJECT = "5eed0000000040008000000000000001";

/** The services that there are, by type, with port and path. */
const SERVICES = {
  identity: ":5000/v3",
  compute: ":8774/v2.1",
  network: ":9696",
  volumev3: `:8776/v3/${PROJECT}`,
  "load-balancer": ":9876",
} as const;

/** What the services tell of the project and its quotas. */
export const PROJECT_LOOKUPS: Readonly<Record<string, (cloud: OpenStack, args: Properties) => Properties>> = {
  "openstack:identity/getAuthScope:getAuthScope": (cloud, args) => ({
    id: text(args, "name"),
    name: text(args, "name"),
    projectId: PROJECT,
    projectName: "sandbox",
    roles: cloud.existing("roles").map((roleName) => ({ roleId: roleName, roleName })),
    serviceCatalogs: Object.entries(SERVICES).map(([type, address]) => ({
      id: type,
      name: type,
      type,
      endpoints: [
        { id: type, interface: "public", region: cloud.region, regionId: cloud.region, url: `https://${type}.sandbox${address}` },
      ],
    })),
    region: cloud.region,
  }),
  "openstack:compute/getLimitsV2:getLimitsV2": (cloud, args) => {
    const machines = cloud.store.list("instance").map((machine) => text(machine, "flavorName"));
    const sum = (of: (flavor: string) => number): number => machines.reduce((total, flavor) => total + of(flavor), 0);
    return {
      id: PROJECT,
      projectId: text(args, "projectId"),
      maxTotalInstances: limit(cloud, "instances"),
      totalInstancesUsed: machines.length,
      maxTotalCores: limit(cloud, "cores"),
      totalCoresUsed: sum(coresOf),
      maxTotalRamSize: limit(cloud, "ram"),
      totalRamUsed: sum(ramOf),
      maxServerGroups: limit(cloud, "serverGroups"),
      totalServerGroupsUsed: cloud.store.list("serverGroup").length,
      region: cloud.region,
    };
  },
  "openstack:networking/getQuotaV2:getQuotaV2": (cloud) => ({
    id: PROJECT,
    projectId: PROJECT,
    port: limit(cloud, "ports"),
    floatingip: limit(cloud, "floatingIps"),
    securityGroup: limit(cloud, "securityGroups"),
    securityGroupRule: limit(cloud, "securityGroupRules"),
    network: limit(cloud, "networks"),
    subnet: limit(cloud, "subnets"),
    router: limit(cloud, "routers"),
    region: cloud.region,
  }),
  "openstack:blockstorage/getQuotasetV3:getQuotasetV3": (cloud) => ({
    id: PROJECT,
    projectId: PROJECT,
    volumes: limit(cloud, "volumes"),
    gigabytes: limit(cloud, "gigabytes"),
    volumeTypeQuota: Object.fromEntries(cloud.things("volumeTypes").map(({ name }) => [`volumes_${name}`, "-1"])),
    region: cloud.region,
  }),
};

function limit(cloud: OpenStack, quota: Quota): number {
  return cloud.quota(quota) ?? -1;
}
