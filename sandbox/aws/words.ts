import { shortOf } from "../../plugin/faults-words";
import { ApiError, type Words } from "../cloud/cloud";
import type { Quota } from "./names";

/** By kind, the code of what is not there, and what EC2 calls it. */
const MISSING: Readonly<Record<string, readonly [code: string, words: string]>> = {
  vpc: ["InvalidVpcID.NotFound", "The vpc ID"],
  subnet: ["InvalidSubnetID.NotFound", "The subnet ID"],
  internetGateway: ["InvalidInternetGatewayID.NotFound", "The internetGateway ID"],
  eip: ["InvalidAllocationID.NotFound", "The allocation ID"],
  natGateway: ["NatGatewayNotFound", "The Nat Gateway"],
  routeTable: ["InvalidRouteTableID.NotFound", "The routeTable ID"],
  dhcpOptions: ["InvalidDhcpOptionID.NotFound", "The dhcpOption ID"],
  securityGroup: ["InvalidGroup.NotFound", "The security group"],
  instance: ["InvalidInstanceID.NotFound", "The instance ID"],
  volume: ["InvalidVolume.NotFound", "The volume"],
  keyPair: ["InvalidKeyPair.NotFound", "The key pair"],
  loadBalancer: ["LoadBalancerNotFound", "Load balancer"],
  targetGroup: ["TargetGroupNotFound", "Target group"],
  role: ["NoSuchEntity", "The role with name"],
};

/** What AWS and its provider say. */
export const WORDS: Words = {
  throttled: (limit) => `RequestLimitExceeded: Request limit exceeded: only ${limit} call(s) a second.`,
  expired: "ExpiredToken: The security token included in the request is expired",
  failed: "InternalError: An internal error has occurred",
  lost: "request send failed: read tcp: connection reset by peer",
  notFound: (type, id) => `${shortOf(type)}.NotFound: ${id} does not exist`,
  missing: (kind, id) => {
    const [code, words] = MISSING[kind] ?? ["InvalidParameterValue", kind];
    return new ApiError(code, `${words} '${id}' does not exist`);
  },
  held: (kind, id, refusal) => `deleting EC2 ${kind} (${id}): ${refusal.message}`,
};

/** How AWS refuses what would go over a quota. */
export const QUOTAS: Readonly<Record<Quota, (limit: number, more: number, used: number) => ApiError>> = {
  processors: (limit) =>
    new ApiError(
      "VcpuLimitExceeded",
      `You have requested more vCPU capacity than your current vCPU limit of ${limit} allows for the instance bucket that the specified instance type belongs to.`,
    ),
  addresses: () => new ApiError("AddressLimitExceeded", "The maximum number of addresses has been reached."),
  vpcs: () => new ApiError("VpcLimitExceeded", "The maximum number of VPCs has been reached."),
  balancers: () => new ApiError("TooManyLoadBalancers", "The maximum number of network load balancers has been reached."),
  rules: () => new ApiError("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached."),
  volumes: (limit) => new ApiError("VolumeLimitExceeded", `Maximum number of volumes, ${limit}, exceeded.`),
};
