import { type Findable, memberOf, textOf, type Values, type Way } from "../../model/findable";

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const foundId = (found: Values): string => textOf(found.id);

/** A lookup with one question. */
const asked = (
  token: string,
  args: (inputs: Values) => Values,
  id: Way["id"] = foundId,
  more: Pick<Way, "unfinished"> = {},
): Extract<Findable, { how: "lookup" }> => ({
  how: "lookup",
  ways: [{ ask: [{ token, args }], id, ...more }],
});

/** Filters for what bears the name and the environment that the inputs have as tags. */
const byTags = ({ tags }: Values): readonly object[] =>
  ["Name", "kpaas-environment"].map((key) => ({ name: `tag:${key}`, values: [textOf(memberOf({ tags }, "tags")[key])] }));

const filter = (name: string, ...values: unknown[]): object => ({ name, values });

/** Making it again does no harm: the provider takes the one that is there. */
const again: Extract<Findable, { how: "id" }> = { how: "id", id: () => "" };

/** How every type of resource is found that an infrastructure on AWS registers. AWS takes tags with the creation: nothing of ours is without. */
export const findable: Readonly<Record<string, Findable>> = {
  "aws:ec2/vpc:Vpc": asked("aws:ec2/getVpc:getVpc", (inputs) => ({ filters: byTags(inputs) })),
  "aws:ec2/subnet:Subnet": asked("aws:ec2/getSubnet:getSubnet", ({ vpcId, cidrBlock }) => ({ vpcId, cidrBlock })),
  // It is made, and joined to its VPC by a second call: one that was not joined goes.
  "aws:ec2/internetGateway:InternetGateway": {
    how: "lookup",
    ways: [
      {
        ask: [
          {
            token: "aws:ec2/getInternetGateway:getInternetGateway",
            args: ({ vpcId }) => ({ filters: [filter("attachment.vpc-id", vpcId)] }),
          },
        ],
        id: foundId,
      },
      {
        ask: [{ token: "aws:ec2/getInternetGateway:getInternetGateway", args: (inputs) => ({ filters: byTags(inputs) }) }],
        id: foundId,
        unfinished: true,
      },
    ],
  },
  "aws:ec2/eip:Eip": asked("aws:ec2/getElasticIp:getElasticIp", (inputs) => ({ filters: byTags(inputs) })),
  "aws:ec2/eipAssociation:EipAssociation": asked(
    "aws:ec2/getElasticIp:getElasticIp",
    ({ allocationId }) => ({ id: allocationId }),
    (found, { instanceId }) => (textOf(found.instanceId) === textOf(instanceId) ? textOf(found.associationId) : ""),
  ),
  "aws:ec2/natGateway:NatGateway": asked("aws:ec2/getNatGateway:getNatGateway", ({ subnetId }) => ({ subnetId, state: "available" })),
  "aws:ec2/routeTable:RouteTable": asked(
    "aws:ec2/getRouteTable:getRouteTable",
    (inputs) => ({ vpcId: inputs.vpcId, filters: byTags(inputs) }),
    ({ routeTableId }) => textOf(routeTableId),
  ),
  "aws:ec2/route:Route": asked("aws:ec2/getRoute:getRoute", ({ routeTableId, destinationCidrBlock }) => ({
    routeTableId,
    destinationCidrBlock,
  })),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": asked(
    "aws:ec2/getRouteTable:getRouteTable",
    ({ subnetId }) => ({ subnetId }),
    (found, { routeTableId, subnetId }) => {
      const own = list(found.associations).find((each) => memberOf({ each }, "each").subnetId === subnetId);
      return textOf(found.routeTableId) === textOf(routeTableId) ? textOf(memberOf({ own }, "own").routeTableAssociationId) : "";
    },
  ),
  "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": asked("aws:ec2/getVpcDhcpOptions:getVpcDhcpOptions", (inputs) => ({ filters: byTags(inputs) })),
  "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": {
    how: "id",
    id: ({ dhcpOptionsId, vpcId }) => `${textOf(dhcpOptionsId)}-${textOf(vpcId)}`,
  },
  // The VPC has it from its birth on.
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    ...again,
    standing: asked("aws:ec2/getSecurityGroup:getSecurityGroup", ({ vpcId }) => ({ vpcId, name: "default" })),
  },
  // The provider takes AWS's own rule, which lets everything out, away after it has made the group: one that is found may have it still.
  "aws:ec2/securityGroup:SecurityGroup": {
    ...asked("aws:ec2/getSecurityGroup:getSecurityGroup", ({ vpcId, name }) => ({ vpcId, name }), foundId, { unfinished: true }),
    // The provider gives it a name, which nobody knows any more then.
    standing: asked("aws:ec2/getSecurityGroup:getSecurityGroup", (inputs) => ({ vpcId: inputs.vpcId, filters: byTags(inputs) })),
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule(),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule(),
  // Its name holds a digest of the key, so one of that name is the same.
  "aws:ec2/keyPair:KeyPair": { how: "id", id: ({ keyName }) => textOf(keyName) },
  "aws:iam/role:Role": { how: "id", id: ({ name }) => textOf(name) },
  "aws:iam/rolePolicy:RolePolicy": { how: "id", id: ({ role, name }) => `${textOf(role)}:${textOf(name)}` },
  "aws:iam/instanceProfile:InstanceProfile": { how: "id", id: ({ name }) => textOf(name) },
  // A subnet has each of its addresses once; a machine that is gone still shows for an hour.
  "aws:ec2/instance:Instance": asked("aws:ec2/getInstance:getInstance", ({ subnetId, privateIp }) => ({
    filters: [
      filter("subnet-id", subnetId),
      filter("private-ip-address", privateIp),
      filter("instance-state-name", "pending", "running", "stopping", "stopped"),
    ],
  })),
  "aws:ebs/volume:Volume": asked("aws:ebs/getVolume:getVolume", (inputs) => ({
    filters: [...byTags(inputs), filter("status", "creating", "available", "in-use")],
  })),
  // The provider looks first whether the volume is attached so.
  "aws:ec2/volumeAttachment:VolumeAttachment": {
    ...again,
    standing: { how: "id", id: ({ instanceId, volumeId }) => `vai-${textOf(instanceId)}${textOf(volumeId)}` },
  },
  "aws:lb/loadBalancer:LoadBalancer": asked(
    "aws:lb/getLoadBalancer:getLoadBalancer",
    ({ name }) => ({ name }),
    ({ arn }) => textOf(arn),
  ),
  "aws:lb/targetGroup:TargetGroup": asked(
    "aws:lb/getTargetGroup:getTargetGroup",
    ({ name }) => ({ name }),
    ({ arn }) => textOf(arn),
  ),
  "aws:lb/listener:Listener": asked(
    "aws:lb/getListener:getListener",
    ({ loadBalancerArn, port }) => ({ loadBalancerArn, port }),
    ({ arn }) => textOf(arn),
  ),
  // A target that is one already is no other.
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": again,
};

function rule(): Findable {
  return asked(
    "aws:vpc/getSecurityGroupRules:getSecurityGroupRules",
    (inputs) => ({ filters: [filter("group-id", inputs.securityGroupId), ...byTags(inputs)] }),
    ({ ids }) => textOf(list(ids)[0]),
  );
}
