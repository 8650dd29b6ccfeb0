import type { EnvironmentPlan } from "../../model/plan/types";
import { encryptWith, type PolicyDocument, type Statement } from "./controllers-policy";
import { roleName } from "./names";
import { awsOf, balancersOf } from "./plan";

/** What making, changing, reading and deleting a resource calls. */
export interface Needs {
  /** Actions as `SERVICE:Operation`; one service after the other, its name once. */
  readonly actions: string;
  /** Where in github.com/hashicorp/terraform-provider-aws the calls stand, below internal/service/. */
  readonly source: string;
}

/** By type of resource; every type that the component registers, and the provider itself. */
export const NEEDS: Readonly<Record<string, Needs>> = {
  "pulumi:providers:aws": { actions: "sts:GetCallerIdentity", source: "sts (as the provider is configured)" },
  "aws:ec2/vpc:Vpc": {
    actions:
      "ec2:CreateVpc DescribeVpcs DescribeVpcAttribute ModifyVpcAttribute DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups DeleteVpc CreateTags DeleteTags",
    source: "ec2/vpc_.go",
  },
  "aws:ec2/subnet:Subnet": {
    actions: "ec2:CreateSubnet DescribeSubnets ModifySubnetAttribute DescribeNetworkInterfaces DeleteSubnet CreateTags DeleteTags",
    source: "ec2/vpc_subnet.go",
  },
  "aws:ec2/internetGateway:InternetGateway": {
    actions:
      "ec2:CreateInternetGateway AttachInternetGateway DescribeInternetGateways DetachInternetGateway DeleteInternetGateway CreateTags DeleteTags",
    source: "ec2/vpc_internet_gateway.go",
  },
  "aws:ec2/eip:Eip": {
    actions: "ec2:AllocateAddress DescribeAddresses DescribeAddressesAttribute DisassociateAddress ReleaseAddress CreateTags DeleteTags",
    source: "ec2/ec2_eip.go",
  },
  "aws:ec2/eipAssociation:EipAssociation": {
    actions: "ec2:AssociateAddress DescribeAddresses DisassociateAddress",
    source: "ec2/ec2_eip_association.go",
  },
  "aws:ec2/natGateway:NatGateway": {
    actions: "ec2:CreateNatGateway DescribeNatGateways DeleteNatGateway CreateTags DeleteTags",
    source: "ec2/vpc_nat_gateway.go",
  },
  "aws:ec2/routeTable:RouteTable": {
    actions: "ec2:CreateRouteTable DescribeRouteTables DisassociateRouteTable DeleteRouteTable CreateTags DeleteTags",
    source: "ec2/vpc_route_table.go",
  },
  "aws:ec2/route:Route": { actions: "ec2:CreateRoute ReplaceRoute DescribeRouteTables DeleteRoute", source: "ec2/vpc_route.go" },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    actions: "ec2:AssociateRouteTable ReplaceRouteTableAssociation DescribeRouteTables DisassociateRouteTable",
    source: "ec2/vpc_route_table_association.go",
  },
  "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": {
    actions: "ec2:CreateDhcpOptions DescribeDhcpOptions DescribeVpcs AssociateDhcpOptions DeleteDhcpOptions CreateTags DeleteTags",
    source: "ec2/vpc_dhcp_options.go",
  },
  "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": {
    actions: "ec2:AssociateDhcpOptions DescribeVpcs",
    source: "ec2/vpc_dhcp_options_association.go",
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    actions:
      "ec2:DescribeSecurityGroups DescribeSecurityGroupRules RevokeSecurityGroupIngress RevokeSecurityGroupEgress CreateTags DeleteTags",
    source: "ec2/vpc_default_security_group.go",
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    actions:
      "ec2:CreateSecurityGroup DescribeSecurityGroups DescribeSecurityGroupRules DescribeNetworkInterfaces RevokeSecurityGroupEgress DeleteSecurityGroup CreateTags DeleteTags",
    source: "ec2/vpc_security_group.go",
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    actions:
      "ec2:AuthorizeSecurityGroupIngress DescribeSecurityGroupRules ModifySecurityGroupRules RevokeSecurityGroupIngress CreateTags DeleteTags",
    source: "ec2/vpc_security_group_ingress_rule.go",
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
    actions:
      "ec2:AuthorizeSecurityGroupEgress DescribeSecurityGroupRules ModifySecurityGroupRules RevokeSecurityGroupEgress CreateTags DeleteTags",
    source: "ec2/vpc_security_group_egress_rule.go",
  },
  "aws:ec2/keyPair:KeyPair": {
    actions: "ec2:ImportKeyPair DescribeKeyPairs DeleteKeyPair CreateTags DeleteTags",
    source: "ec2/ec2_key_pair.go",
  },
  "aws:iam/role:Role": {
    actions:
      "iam:CreateRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole TagRole UntagRole DeleteRole",
    source: "iam/role.go",
  },
  "aws:iam/rolePolicy:RolePolicy": { actions: "iam:PutRolePolicy GetRolePolicy DeleteRolePolicy", source: "iam/role_policy.go" },
  "aws:iam/instanceProfile:InstanceProfile": {
    actions:
      "iam:CreateInstanceProfile GetInstanceProfile AddRoleToInstanceProfile RemoveRoleFromInstanceProfile PassRole GetRole TagInstanceProfile UntagInstanceProfile DeleteInstanceProfile",
    source: "iam/instance_profile.go",
  },
  "aws:ec2/instance:Instance": {
    actions:
      "ec2:RunInstances DescribeInstances DescribeInstanceAttribute DescribeInstanceTypes DescribeInstanceCreditSpecifications DescribeImages DescribeVolumes DescribeTags DescribeIamInstanceProfileAssociations ModifyInstanceAttribute ModifyInstanceMetadataOptions ModifyNetworkInterfaceAttribute AssociateIamInstanceProfile DisassociateIamInstanceProfile ReplaceIamInstanceProfileAssociation StartInstances StopInstances TerminateInstances CreateTags DeleteTags iam:PassRole GetInstanceProfile",
    source: "ec2/ec2_instance.go",
  },
  "aws:ebs/volume:Volume": {
    actions: "ec2:CreateVolume DescribeVolumes ModifyVolume DescribeVolumesModifications DeleteVolume CreateTags DeleteTags",
    source: "ec2/ebs_volume.go",
  },
  "aws:ec2/volumeAttachment:VolumeAttachment": {
    actions: "ec2:AttachVolume DetachVolume DescribeVolumes DescribeInstances",
    source: "ec2/ebs_volume_attachment.go",
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    actions:
      "elasticloadbalancing:CreateLoadBalancer DescribeLoadBalancers DescribeLoadBalancerAttributes DescribeCapacityReservation ModifyLoadBalancerAttributes SetSecurityGroups SetSubnets SetIpAddressType DeleteLoadBalancer DescribeTags AddTags RemoveTags ec2:DescribeNetworkInterfaces DescribeSubnets DescribeSecurityGroups DescribeVpcs DescribeInternetGateways",
    source: "elbv2/load_balancer.go",
  },
  "aws:lb/targetGroup:TargetGroup": {
    actions:
      "elasticloadbalancing:CreateTargetGroup DescribeTargetGroups DescribeTargetGroupAttributes ModifyTargetGroup ModifyTargetGroupAttributes DeleteTargetGroup DescribeTags AddTags RemoveTags",
    source: "elbv2/target_group.go",
  },
  "aws:lb/listener:Listener": {
    actions:
      "elasticloadbalancing:CreateListener DescribeListeners DescribeListenerAttributes ModifyListener ModifyListenerAttributes DeleteListener DescribeTags AddTags RemoveTags",
    source: "elbv2/listener.go",
  },
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": {
    actions: "elasticloadbalancing:RegisterTargets DescribeTargetHealth DeregisterTargets",
    source: "elbv2/target_group_attachment.go",
  },
};

/** What the cloud is asked for before anything is made; the provider's lookups ask for more of a thing than is wanted of them. */
export const SURVEY =
  "ec2:DescribeAvailabilityZones DescribeImages DescribeInstanceTypeOfferings DescribeInstanceTypes DescribeKeyPairs DescribeAddresses DescribeAddressesAttribute DescribeVpcs DescribeVpcAttribute DescribeSubnets servicequotas:GetServiceQuota GetAWSDefaultServiceQuota";

/** Of what changes or ends something there is, that of which AWS looks at the thing's own tags: it is allowed for this environment's alone. */
const OF_OURS: readonly string[] = [
  "ec2:AttachVolume",
  "ec2:DeleteDhcpOptions",
  "ec2:DeleteInternetGateway",
  "ec2:DeleteKeyPair",
  "ec2:DeleteNatGateway",
  "ec2:DeleteRoute",
  "ec2:DeleteRouteTable",
  "ec2:DeleteSecurityGroup",
  "ec2:DeleteSubnet",
  "ec2:DeleteVolume",
  "ec2:DeleteVpc",
  "ec2:DetachInternetGateway",
  "ec2:DetachVolume",
  "ec2:ModifyInstanceAttribute",
  "ec2:ModifyInstanceMetadataOptions",
  "ec2:ModifyVolume",
  "ec2:ReleaseAddress",
  "ec2:StartInstances",
  "ec2:StopInstances",
  "ec2:TerminateInstances",
  "elasticloadbalancing:CreateListener",
  "elasticloadbalancing:DeleteListener",
  "elasticloadbalancing:DeleteLoadBalancer",
  "elasticloadbalancing:DeleteTargetGroup",
  "elasticloadbalancing:DeregisterTargets",
  "elasticloadbalancing:ModifyListener",
  "elasticloadbalancing:ModifyListenerAttributes",
  "elasticloadbalancing:ModifyLoadBalancerAttributes",
  "elasticloadbalancing:ModifyTargetGroup",
  "elasticloadbalancing:ModifyTargetGroupAttributes",
  "elasticloadbalancing:RegisterTargets",
  "elasticloadbalancing:SetSecurityGroups",
  "elasticloadbalancing:SetSubnets",
];

/** The types of the resources that an environment is made of. */
export function resourceTypes(plan: EnvironmentPlan): string[] {
  const { existing, natGateways, controllers } = awsOf(plan);
  const types = [
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:ec2/instance:Instance",
  ];
  const { floating, dns } = plan.network;
  const add = (when: boolean, ...more: readonly string[]): void => void (when && types.push(...more));
  add(
    existing === undefined,
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
  );
  add(
    existing === undefined && dns.length > 0,
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
  );
  const nat = existing === undefined && natGateways !== "none";
  add(nat, "aws:ec2/natGateway:NatGateway");
  const bastion = plan.machines.some(({ roles }) => roles.includes("bastion")) ? floating.bastion : undefined;
  add(nat || (bastion !== undefined && bastion.address === undefined), "aws:ec2/eip:Eip");
  add(bastion !== undefined, "aws:ec2/eipAssociation:EipAssociation");
  add(plan.access.ssh.keyPair === undefined, "aws:ec2/keyPair:KeyPair");
  add(controllers, "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy", "aws:iam/instanceProfile:InstanceProfile");
  add(
    plan.machines.some(({ volumes }) => volumes.length > 0),
    "aws:ebs/volume:Volume",
    "aws:ec2/volumeAttachment:VolumeAttachment",
  );
  add(
    balancersOf(plan).length > 0,
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:lb/targetGroup:TargetGroup",
    "aws:lb/listener:Listener",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
  );
  return types.sort();
}

/** What the credentials must be allowed to do, as a policy for them: no more than this environment's resources need. */
export function permissions(plan: EnvironmentPlan): PolicyDocument {
  const needed = [...resourceTypes(plan), "pulumi:providers:aws"].flatMap((type) => NEEDS[type]?.actions ?? []);
  const actions = new Set([...needed, SURVEY].flatMap(actionsIn));
  const aws = awsOf(plan);
  // IAM's calls with a role in the account have no region, the others this one.
  const within: Statement["Condition"] = aws.region === undefined ? undefined : { StringEquals: { "aws:RequestedRegion": aws.region } };
  const looks = [...actions].filter((action) => /:(Describe|Get|List)/.test(action) && !action.startsWith("iam:"));
  const ours = [...actions].filter((action) => OF_OURS.includes(action));
  const roles = [...actions].filter((action) => action.startsWith("iam:") && action !== "iam:PassRole");
  const rest = [...actions].filter((action) => !looks.includes(action) && !ours.includes(action) && !action.startsWith("iam:"));
  const own = { StringEquals: { ...within?.StringEquals, "aws:ResourceTag/kpaas-environment": plan.environment } };
  const name = roleName(plan, "control-plane");
  const account = aws.account ?? "*";
  return {
    Version: "2012-10-17",
    Statement: [
      statement("Look", looks, "*"),
      statement("Make", rest, "*", within),
      statement("ChangeOwn", ours, "*", own),
      ...(aws.controllers
        ? [
            statement("Roles", roles, [`arn:*:iam::${account}:role/${name}`, `arn:*:iam::${account}:instance-profile/${name}`]),
            statement("GiveRoles", ["iam:PassRole"], `arn:*:iam::${account}:role/${name}`, {
              StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" },
            }),
          ]
        : []),
      ...(balancersOf(plan).length === 0
        ? []
        : [
            // The first balancer of an account makes the role that all of them have.
            statement("FirstBalancer", ["iam:CreateServiceLinkedRole"], "*", {
              StringEquals: { "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com" },
            }),
          ]),
      ...(aws.kmsKey === undefined ? [] : encryptWith(aws.kmsKey)),
    ],
  };
}

function statement(
  Sid: string,
  actions: readonly string[],
  Resource: string | readonly string[],
  condition?: Statement["Condition"],
): Statement {
  return { Sid, Effect: "Allow", Action: [...actions].sort(), Resource, ...(condition ? { Condition: condition } : {}) };
}

/** The actions of a row of the table, each with its service. */
export function actionsIn(row: string): string[] {
  let service = "";
  return row.split(" ").map((word) => {
    const [first = "", operation] = word.split(":");
    if (operation === undefined) return `${service}:${first}`;
    service = first;
    return word;
  });
}
