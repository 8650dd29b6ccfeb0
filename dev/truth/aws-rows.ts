import type { Made } from "./samples";

/** Services of AWS, by botocore's names. */
export type Service = "ec2" | "elbv2" | "iam" | "service-quotas";

/** A call as botocore takes it. */
export interface Call {
  readonly service: Service;
  readonly operation: string;
  readonly params: Params;
}

export type Inputs = Made["inputs"];
export type Params = Readonly<Record<string, unknown>>;
/** A call of the row's service. */
export type Told = readonly [operation: string, params: Params];

/** How a type is made, found and deleted. */
export interface Row {
  readonly service: Service;
  readonly make: string;
  /** What the call takes an input as: by this name, or as what is made of it. */
  readonly members: Readonly<Record<string, string | ((value: never, inputs: Inputs) => Params)>>;
  /** What it takes beside them. */
  readonly always?: (inputs: Inputs, name: string) => Params;
  /** Where the answer has the id, in JMESPath: what an answer has not stands for itself. */
  readonly id: string;
  /** Where it has what others name beside the id, by the end of the text that stands for that. */
  readonly others?: Readonly<Record<string, string>>;
  /** Calls that the provider makes afterwards: of an input, or always. */
  readonly later?: Readonly<Record<string, (value: never, inputs: Inputs) => Told | undefined>>;
  readonly afterwards?: (inputs: Inputs) => readonly Told[];
  /** Lists it, and where in the answer; which member has its id (without one it is what tells all that was given), and what the call takes. */
  readonly read: readonly [operation: string, at: string, id?: string, params?: (inputs: Inputs) => Params];
  readonly remove: (inputs: Inputs) => readonly Told[];
}

/** Inputs that the provider keeps for itself. */
export const OWN: Readonly<Record<string, readonly string[]>> = {
  "aws:ec2/instance:Instance": ["userDataReplaceOnChange"],
};

/** Stands for what AWS has the resource by. */
export const ID = "{id}";

function pairs(tags: Readonly<Record<string, string>>): object[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags that are given along with what they are of. */
const tagged = (ResourceType: string) => (tags: Readonly<Record<string, string>>) => ({
  TagSpecifications: [{ ResourceType, Tags: pairs(tags) }],
});
const Tags = (tags: Readonly<Record<string, string>>) => ({ Tags: pairs(tags) });

/** The members of a map, renamed. */
function renamed(value: Params, names: Readonly<Record<string, string>>): Params {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [names[key] ?? `${key[0]?.toUpperCase()}${key.slice(1)}`, each]));
}

const EVERYTHING = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];

function rule(direction: "Ingress" | "Egress"): Row {
  const permission = ({ ipProtocol, fromPort, toPort, cidrIpv4, referencedSecurityGroupId, description }: Inputs): Params => ({
    IpProtocol: ipProtocol,
    ...(fromPort === undefined ? {} : { FromPort: fromPort, ToPort: toPort }),
    ...(cidrIpv4 === undefined
      ? { UserIdGroupPairs: [{ GroupId: referencedSecurityGroupId, Description: description }] }
      : { IpRanges: [{ CidrIp: cidrIpv4, Description: description }] }),
  });
  const inPermission = (): Params => ({});
  return {
    service: "ec2",
    make: `AuthorizeSecurityGroup${direction}`,
    members: {
      ...{ securityGroupId: "GroupId", tags: tagged("security-group-rule") },
      ...{ ipProtocol: inPermission, fromPort: inPermission, toPort: inPermission, description: inPermission },
      ...{ cidrIpv4: inPermission, referencedSecurityGroupId: inPermission },
    },
    always: (inputs) => ({ IpPermissions: [permission(inputs)] }),
    id: "SecurityGroupRules[0].SecurityGroupRuleId",
    read: ["DescribeSecurityGroupRules", "SecurityGroupRules[]", "SecurityGroupRuleId"],
    remove: ({ securityGroupId }) => [[`RevokeSecurityGroup${direction}`, { GroupId: securityGroupId, SecurityGroupRuleIds: [ID] }]],
  };
}

/** By type, the calls of the provider (hashicorp/terraform-provider-aws, internal/service/{ec2,elbv2,iam}). */
export const ROWS: Readonly<Record<string, Row>> = {
  "aws:ec2/vpc:Vpc": {
    ...{ service: "ec2", make: "CreateVpc", members: { cidrBlock: "CidrBlock", tags: tagged("vpc") }, id: "Vpc.VpcId" },
    later: {
      enableDnsHostnames: (Value: boolean) => ["ModifyVpcAttribute", { VpcId: ID, EnableDnsHostnames: { Value } }],
      enableDnsSupport: (Value: boolean) => ["ModifyVpcAttribute", { VpcId: ID, EnableDnsSupport: { Value } }],
    },
    read: ["DescribeVpcs", "Vpcs[]", "VpcId"],
    remove: () => [["DeleteVpc", { VpcId: ID }]],
  },
  "aws:ec2/subnet:Subnet": {
    ...{ service: "ec2", make: "CreateSubnet", id: "Subnet.SubnetId" },
    members: { vpcId: "VpcId", cidrBlock: "CidrBlock", availabilityZone: "AvailabilityZone", tags: tagged("subnet") },
    later: {
      mapPublicIpOnLaunch: (Value: boolean) =>
        Value ? ["ModifySubnetAttribute", { SubnetId: ID, MapPublicIpOnLaunch: { Value } }] : undefined,
    },
    read: ["DescribeSubnets", "Subnets[]", "SubnetId"],
    remove: () => [["DeleteSubnet", { SubnetId: ID }]],
  },
  "aws:ec2/internetGateway:InternetGateway": {
    ...{ service: "ec2", make: "CreateInternetGateway", members: { tags: tagged("internet-gateway") } },
    id: "InternetGateway.InternetGatewayId",
    later: { vpcId: (VpcId: string) => ["AttachInternetGateway", { InternetGatewayId: ID, VpcId }] },
    read: ["DescribeInternetGateways", "InternetGateways[]", "InternetGatewayId"],
    remove: ({ vpcId }) => [
      ["DetachInternetGateway", { InternetGatewayId: ID, VpcId: vpcId }],
      ["DeleteInternetGateway", { InternetGatewayId: ID }],
    ],
  },
  "aws:ec2/eip:Eip": {
    ...{ service: "ec2", make: "AllocateAddress", members: { domain: "Domain", tags: tagged("elastic-ip") }, id: "AllocationId" },
    read: ["DescribeAddresses", "Addresses[]", "AllocationId"],
    remove: () => [["ReleaseAddress", { AllocationId: ID }]],
  },
  "aws:ec2/eipAssociation:EipAssociation": {
    ...{
      service: "ec2",
      make: "AssociateAddress",
      members: { allocationId: "AllocationId", instanceId: "InstanceId" },
      id: "AssociationId",
    },
    read: ["DescribeAddresses", "Addresses[?AssociationId]", "AssociationId"],
    remove: () => [["DisassociateAddress", { AssociationId: ID }]],
  },
  "aws:ec2/natGateway:NatGateway": {
    ...{ service: "ec2", make: "CreateNatGateway", id: "NatGateway.NatGatewayId" },
    members: {
      ...{ subnetId: "SubnetId", allocationId: "AllocationId", connectivityType: "ConnectivityType", privateIp: "PrivateIpAddress" },
      tags: tagged("natgateway"),
    },
    read: ["DescribeNatGateways", "NatGateways[?State != 'deleted']", "NatGatewayId"],
    remove: () => [["DeleteNatGateway", { NatGatewayId: ID }]],
  },
  "aws:ec2/routeTable:RouteTable": {
    ...{
      service: "ec2",
      make: "CreateRouteTable",
      members: { vpcId: "VpcId", tags: tagged("route-table") },
      id: "RouteTable.RouteTableId",
    },
    read: ["DescribeRouteTables", "RouteTables[]", "RouteTableId"],
    remove: () => [["DeleteRouteTable", { RouteTableId: ID }]],
  },
  "aws:ec2/route:Route": {
    ...{ service: "ec2", make: "CreateRoute", id: "Return" },
    members: {
      ...{ routeTableId: "RouteTableId", destinationCidrBlock: "DestinationCidrBlock", gatewayId: "GatewayId" },
      natGatewayId: "NatGatewayId",
    },
    read: ["DescribeRouteTables", "RouteTables[].Routes[]", undefined, ({ routeTableId }) => ({ RouteTableIds: [routeTableId] })],
    remove: ({ routeTableId, destinationCidrBlock }) => [
      ["DeleteRoute", { RouteTableId: routeTableId, DestinationCidrBlock: destinationCidrBlock }],
    ],
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    ...{
      service: "ec2",
      make: "AssociateRouteTable",
      members: { routeTableId: "RouteTableId", subnetId: "SubnetId" },
      id: "AssociationId",
    },
    read: ["DescribeRouteTables", "RouteTables[].Associations[]", "RouteTableAssociationId"],
    remove: () => [["DisassociateRouteTable", { AssociationId: ID }]],
  },
  "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": {
    ...{ service: "ec2", make: "CreateDhcpOptions", id: "DhcpOptions.DhcpOptionsId" },
    members: {
      domainNameServers: (Values: readonly string[]) => ({ DhcpConfigurations: [{ Key: "domain-name-servers", Values }] }),
      tags: tagged("dhcp-options"),
    },
    read: ["DescribeDhcpOptions", "DhcpOptions[]", "DhcpOptionsId"],
    remove: () => [["DeleteDhcpOptions", { DhcpOptionsId: ID }]],
  },
  "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": {
    ...{ service: "ec2", make: "AssociateDhcpOptions", members: { dhcpOptionsId: "DhcpOptionsId", vpcId: "VpcId" }, id: "Return" },
    read: ["DescribeVpcs", "Vpcs[]", undefined, ({ vpcId }) => ({ VpcIds: [vpcId] })],
    remove: ({ vpcId }) => [["AssociateDhcpOptions", { DhcpOptionsId: "default", VpcId: vpcId }]],
  },
  // The group that a VPC comes with: looked up, and emptied. It goes with the VPC.
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    ...{ service: "ec2", make: "DescribeSecurityGroups", id: "SecurityGroups[0].GroupId" },
    members: {
      vpcId: (vpc: string) => ({
        Filters: [
          { Name: "vpc-id", Values: [vpc] },
          { Name: "group-name", Values: ["default"] },
        ],
      }),
    },
    later: { tags: (tags: Readonly<Record<string, string>>) => ["CreateTags", { Resources: [ID], Tags: pairs(tags) }] },
    afterwards: () => [
      ["RevokeSecurityGroupIngress", { GroupId: ID, IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: ID }] }] }],
      ["RevokeSecurityGroupEgress", { GroupId: ID, IpPermissions: EVERYTHING }],
    ],
    read: ["DescribeSecurityGroups", "SecurityGroups[?IpPermissions == `[]`]", "GroupId"],
    remove: () => [],
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    ...{ service: "ec2", make: "CreateSecurityGroup", id: "GroupId" },
    members: { description: "Description", vpcId: "VpcId", tags: tagged("security-group") },
    // Pulumi gives it a name of its own.
    always: (_inputs, name) => ({ GroupName: `${name}-0123456` }),
    afterwards: () => [["RevokeSecurityGroupEgress", { GroupId: ID, IpPermissions: EVERYTHING }]],
    read: ["DescribeSecurityGroups", "SecurityGroups[]", "GroupId"],
    remove: () => [["DeleteSecurityGroup", { GroupId: ID }]],
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule("Ingress"),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule("Egress"),
  "aws:ec2/keyPair:KeyPair": {
    ...{ service: "ec2", make: "ImportKeyPair", id: "KeyName" },
    members: { keyName: "KeyName", publicKey: "PublicKeyMaterial", tags: tagged("key-pair") },
    read: ["DescribeKeyPairs", "KeyPairs[]", "KeyName"],
    remove: () => [["DeleteKeyPair", { KeyName: ID }]],
  },
  "aws:iam/role:Role": {
    ...{ service: "iam", make: "CreateRole", id: "Role.RoleName" },
    members: { name: "RoleName", assumeRolePolicy: "AssumeRolePolicyDocument", description: "Description", tags: Tags },
    read: ["GetRole", "[Role]", "RoleName", ({ name }) => ({ RoleName: name })],
    remove: () => [["DeleteRole", { RoleName: ID }]],
  },
  "aws:iam/rolePolicy:RolePolicy": {
    ...{ service: "iam", make: "PutRolePolicy", members: { name: "PolicyName", role: "RoleName", policy: "PolicyDocument" }, id: "Return" },
    read: ["GetRolePolicy", "[@]", undefined, ({ name, role }) => ({ RoleName: role, PolicyName: name })],
    remove: ({ name, role }) => [["DeleteRolePolicy", { RoleName: role, PolicyName: name }]],
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    ...{ service: "iam", make: "CreateInstanceProfile", members: { name: "InstanceProfileName", tags: Tags } },
    id: "InstanceProfile.InstanceProfileName",
    later: { role: (RoleName: string) => ["AddRoleToInstanceProfile", { InstanceProfileName: ID, RoleName }] },
    read: ["GetInstanceProfile", "[InstanceProfile]", "InstanceProfileName", ({ name }) => ({ InstanceProfileName: name })],
    remove: ({ role }) => [
      ["RemoveRoleFromInstanceProfile", { InstanceProfileName: ID, RoleName: role }],
      ["DeleteInstanceProfile", { InstanceProfileName: ID }],
    ],
  },
  "aws:ec2/instance:Instance": {
    ...{ service: "ec2", make: "RunInstances", id: "Instances[0].InstanceId" },
    others: { "-eni": "Instances[0].NetworkInterfaces[0].NetworkInterfaceId" },
    members: {
      ...{ ami: "ImageId", instanceType: "InstanceType", keyName: "KeyName", userData: "UserData", tags: tagged("instance") },
      iamInstanceProfile: (Name: string) => ({ IamInstanceProfile: { Name } }),
      metadataOptions: (options: Params) => ({ MetadataOptions: renamed(options, {}) }),
      rootBlockDevice: ({ tags: _, ...device }: Params) => ({
        BlockDeviceMappings: [{ DeviceName: "/dev/sda1", Ebs: renamed(device, {}) }],
      }),
      // As soon as it says whether there is a public address, all of this is said of an interface.
      associatePublicIpAddress: (associate: boolean, { subnetId, privateIp, vpcSecurityGroupIds }) => ({
        NetworkInterfaces: [
          {
            ...{ DeviceIndex: 0, AssociatePublicIpAddress: associate, SubnetId: subnetId, PrivateIpAddress: privateIp },
            Groups: vpcSecurityGroupIds,
          },
        ],
      }),
      ...{ subnetId: () => ({}), privateIp: () => ({}), vpcSecurityGroupIds: () => ({}) },
    },
    always: () => ({ MinCount: 1, MaxCount: 1 }),
    later: {
      sourceDestCheck: (Value: boolean) =>
        Value ? undefined : ["ModifyInstanceAttribute", { InstanceId: ID, SourceDestCheck: { Value } }],
    },
    read: ["DescribeInstances", "Reservations[].Instances[] | [?State.Name != 'terminated']", "InstanceId"],
    remove: () => [["TerminateInstances", { InstanceIds: [ID] }]],
  },
  "aws:ebs/volume:Volume": {
    ...{ service: "ec2", make: "CreateVolume", id: "VolumeId" },
    members: {
      ...{ availabilityZone: "AvailabilityZone", size: "Size", type: "VolumeType", encrypted: "Encrypted", kmsKeyId: "KmsKeyId" },
      tags: tagged("volume"),
    },
    read: ["DescribeVolumes", "Volumes[]", "VolumeId"],
    remove: () => [["DeleteVolume", { VolumeId: ID }]],
  },
  "aws:ec2/volumeAttachment:VolumeAttachment": {
    ...{ service: "ec2", make: "AttachVolume", id: "VolumeId" },
    members: { deviceName: "Device", instanceId: "InstanceId", volumeId: "VolumeId" },
    read: ["DescribeVolumes", "Volumes[].Attachments[]", "VolumeId"],
    remove: ({ volumeId, instanceId }) => [["DetachVolume", { VolumeId: volumeId, InstanceId: instanceId }]],
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    ...{ service: "elbv2", make: "CreateLoadBalancer", id: "LoadBalancers[0].LoadBalancerArn" },
    members: {
      ...{ name: "Name", loadBalancerType: "Type", ipAddressType: "IpAddressType", securityGroups: "SecurityGroups", tags: Tags },
      internal: (internal: boolean) => ({ Scheme: internal ? "internal" : "internet-facing" }),
      subnetMappings: (mappings: readonly Params[]) => ({
        SubnetMappings: mappings.map((each) => renamed(each, { privateIpv4Address: "PrivateIPv4Address" })),
      }),
    },
    later: {
      enableCrossZoneLoadBalancing: (value: boolean) => [
        "ModifyLoadBalancerAttributes",
        { LoadBalancerArn: ID, Attributes: [{ Key: "load_balancing.cross_zone.enabled", Value: String(value) }] },
      ],
    },
    read: ["DescribeLoadBalancers", "LoadBalancers[]", "LoadBalancerArn"],
    remove: () => [["DeleteLoadBalancer", { LoadBalancerArn: ID }]],
  },
  "aws:lb/targetGroup:TargetGroup": {
    ...{ service: "elbv2", make: "CreateTargetGroup", id: "TargetGroups[0].TargetGroupArn" },
    members: {
      ...{ name: "Name", protocol: "Protocol", port: "Port", vpcId: "VpcId", targetType: "TargetType", tags: Tags },
      healthCheck: ({ matcher, ...check }: Params) => ({
        ...renamed(check, {
          ...{ protocol: "HealthCheckProtocol", port: "HealthCheckPort", path: "HealthCheckPath" },
          ...{ interval: "HealthCheckIntervalSeconds", timeout: "HealthCheckTimeoutSeconds" },
          ...{ healthyThreshold: "HealthyThresholdCount", unhealthyThreshold: "UnhealthyThresholdCount" },
        }),
        ...(matcher === undefined ? {} : { Matcher: { HttpCode: matcher } }),
      }),
    },
    later: {
      deregistrationDelay: (value: number) => targetGroupAttribute("deregistration_delay.timeout_seconds", value),
      preserveClientIp: (value: string) => targetGroupAttribute("preserve_client_ip.enabled", value),
    },
    read: ["DescribeTargetGroups", "TargetGroups[]", "TargetGroupArn"],
    remove: () => [["DeleteTargetGroup", { TargetGroupArn: ID }]],
  },
  "aws:lb/listener:Listener": {
    ...{ service: "elbv2", make: "CreateListener", id: "Listeners[0].ListenerArn" },
    members: {
      ...{ loadBalancerArn: "LoadBalancerArn", protocol: "Protocol", port: "Port", tags: Tags },
      defaultActions: (actions: readonly Params[]) => ({ DefaultActions: actions.map((each) => renamed(each, {})) }),
    },
    later: {
      tcpIdleTimeoutSeconds: (value: number) => [
        "ModifyListenerAttributes",
        { ListenerArn: ID, Attributes: [{ Key: "tcp.idle_timeout.seconds", Value: String(value) }] },
      ],
    },
    read: ["DescribeListeners", "Listeners[]", "ListenerArn", ({ loadBalancerArn }) => ({ LoadBalancerArn: loadBalancerArn })],
    remove: () => [["DeleteListener", { ListenerArn: ID }]],
  },
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": {
    ...{ service: "elbv2", make: "RegisterTargets", id: "Return" },
    members: { targetGroupArn: "TargetGroupArn", targetId: () => ({}), port: () => ({}) },
    always: ({ targetId, port }) => ({ Targets: [{ Id: targetId, Port: port }] }),
    read: [
      "DescribeTargetHealth",
      "TargetHealthDescriptions[].Target",
      undefined,
      ({ targetGroupArn, targetId, port }) => ({ TargetGroupArn: targetGroupArn, Targets: [{ Id: targetId, Port: port }] }),
    ],
    remove: ({ targetGroupArn, targetId, port }) => [
      ["DeregisterTargets", { TargetGroupArn: targetGroupArn, Targets: [{ Id: targetId, Port: port }] }],
    ],
  },
};

function targetGroupAttribute(Key: string, value: unknown): Told {
  return ["ModifyTargetGroupAttributes", { TargetGroupArn: ID, Attributes: [{ Key, Value: String(value) }] }];
}
