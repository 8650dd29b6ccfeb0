import { shortOf } from "../../plugin/faults-words";
import { ApiError, type Words } from "../cloud/cloud";
import type { Quota } from "./names";

/** What the services call what they keep. */
const LABELS: Readonly<Record<string, string>> = {
  network: "Network",
  subnet: "Subnet",
  router: "Router",
  port: "Port",
  secGroup: "Security group",
  keypair: "Keypair",
  instance: "Instance",
  serverGroup: "Server group",
  volume: "Volume",
  floatingIp: "Floating IP",
  loadBalancer: "Load Balancer",
  listener: "Listener",
  pool: "Pool",
  dnsZone: "Zone",
};

/** What OpenStack and its provider say. */
export const WORDS: Words = {
  throttled: (limit) => `429: Over Limit: This request was rate-limited. Only ${limit} request(s) can be made every second.`,
  expired: "401: Unauthorized: The request you have made requires authentication.",
  failed: "500: Internal Server Error: The server has either erred or is incapable of performing the requested operation.",
  lost: "read tcp: connection reset by peer",
  notFound: (type, id) => `404: ${shortOf(type)} ${id} could not be found.`,
  missing: (kind, id) => new ApiError(404, `${LABELS[kind] ?? kind} ${id} could not be found.`),
  held: (kind, id) =>
    kind === "secGroup"
      ? "Error deleting openstack_networking_secgroup_v2: context deadline exceeded"
      : `Error waiting for openstack_networking_${kind}_v2 ${id} to become deleted: context deadline exceeded`,
};

const ofNova = (quota: string) => (limit: number, more: number, used: number) =>
  new ApiError(403, `Quota exceeded for ${quota}: Requested ${more}, but already used ${used} of ${limit} ${quota}`);

const ofOthers = (resource: string) => () => new ApiError(409, `Quota exceeded for resources: ['${resource}'].`);

/** How the services refuse what would go over a quota. */
export const QUOTAS: Readonly<Record<Quota, (limit: number, more: number, used: number) => ApiError>> = {
  instances: ofNova("instances"),
  cores: ofNova("cores"),
  ram: ofNova("ram"),
  serverGroups: () => new ApiError(403, "Quota exceeded, too many server groups."),
  volumes: (limit) => new ApiError(413, `VolumeLimitExceeded: Maximum number of volumes allowed (${limit}) exceeded for quota 'volumes'.`),
  gigabytes: (limit, more, used) =>
    new ApiError(
      413,
      `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested ${more}G, quota is ${limit}G and ${used}G has been consumed.`,
    ),
  networks: ofOthers("network"),
  subnets: ofOthers("subnet"),
  routers: ofOthers("router"),
  ports: ofOthers("port"),
  floatingIps: ofOthers("floatingip"),
  securityGroups: ofOthers("security_group"),
  securityGroupRules: ofOthers("security_group_rule"),
  loadBalancers: ofOthers("load_balancer"),
};
