import type { CloudState, InTheWay } from "../../model/cloud";
import { findable } from "./findable";

const held =
  (name: string) =>
  ({ id }: { readonly id?: string | undefined }) => ({ filters: [{ name, values: [id] }] });

/** Networks, subnets and security groups cannot go as long as an interface is on them: of a machine, or of a balancer that somebody else has made. */
const inTheWay: InTheWay = {
  held: {
    "aws:ec2/vpc:Vpc": held("vpc-id"),
    "aws:ec2/subnet:Subnet": held("subnet-id"),
    "aws:ec2/securityGroup:SecurityGroup": held("group-id"),
  },
  all: { token: "aws:ec2/getNetworkInterfaces:getNetworkInterfaces", ids: ({ ids }) => (Array.isArray(ids) ? ids : []) },
  one: (id) => ({ token: "aws:ec2/getNetworkInterface:getNetworkInterface", args: () => ({ id }) }),
  describe({ id, description, privateIp, interfaceType, requesterId }) {
    const known = [
      typeof description === "string" && description !== "" ? `"${description}"` : "",
      typeof privateIp === "string" && privateIp !== "" ? `(${privateIp})` : "",
      typeof interfaceType === "string" && interfaceType !== "interface" ? `of a ${interfaceType.replaceAll("_", " ")}` : "",
      typeof requesterId === "string" && requesterId !== "" ? `made for ${requesterId}` : "",
    ];
    return `network interface ${[id, ...known].filter((one) => one !== "").join(" ")}`;
  },
};

/** What has to be known of AWS's resources where something broke, was lost or goes for good. */
export const state: CloudState = {
  findable,
  kinds: { machine: "aws:ec2/instance:Instance", volume: "aws:ebs/volume:Volume", floatingAddress: "aws:ec2/eip:Eip" },
  // User data is kept as a digest, and whether other data would replace a machine cannot be read at all.
  readsBack: false,
  commands: {
    show: (id) => `aws ec2 describe-instances --instance-ids ${id}`,
    remove: (id) => `aws ec2 terminate-instances --instance-ids ${id}`,
  },
  inTheWay,
  remedies: [
    [
      /InsufficientInstanceCapacity/,
      "The zone has no room for machines of that type just now. Run the same command again later, or have the machine in another zone or of another size: one that does not stand yet may change both.",
    ],
    [
      /VcpuLimitExceeded|AddressLimitExceeded|VpcLimitExceeded|NatGatewayLimitExceeded|TooManyLoadBalancers|VolumeLimitExceeded|RulesPerSecurityGroupLimitExceeded/,
      "A quota of the account is used up: have it raised under Service Quotas in that region, which takes minutes to days, then run the same command again.",
    ],
    [
      /InvalidIPAddress\.InUse|Address [\d.]+ is in use/i,
      "AWS has given the planned address to something of its own, mostly a balancer's interface in the same subnet: take that away, or give the machine another address at its key, then run the same command again.",
    ],
    [
      /UnauthorizedOperation|AccessDenied/,
      "The credentials may not do this: `kpaas plan ENV --show permissions` prints the policy they need. `aws sts decode-authorization-message` says what was refused.",
    ],
    [
      /DependencyViolation/,
      "Something is on it that is not in the state, as a balancer that a controller of the cluster has made: delete that, then run the same command again.",
    ],
    [
      /OptInRequired|You are not subscribed/i,
      "The AMI is of the AWS Marketplace: subscribe to it there once, with this account, then run the same command again.",
    ],
  ],
};
