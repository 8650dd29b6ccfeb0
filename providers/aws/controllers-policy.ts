import type { EnvironmentPlan } from "../../model/plan/types";
import { clusterTag } from "./names";

/** A document of IAM's. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** One statement of it. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** Machines of EC2 may take a role. */
export const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
} as const;

/**
 * What the cloud controller (github.com/kubernetes/cloud-provider-aws, docs/prerequisites.md) and the driver of EBS volumes
 * (github.com/kubernetes-sigs/aws-ebs-csi-driver, docs/example-iam-policy.json) ask for, less what they have no use for here: no groups of
 * automatic scaling, no routes, which the pod network has its own way for. What they change bears the cluster's tag, or is given it as it is made.
 */
export function controllersPolicy({ environment }: Pick<EnvironmentPlan, "environment">): PolicyDocument {
  const tag = clusterTag({ environment });
  const theirs = { StringEquals: { [`aws:ResourceTag/${tag}`]: "owned" } };
  const becomesTheirs = { StringEquals: { [`aws:RequestTag/${tag}`]: "owned" } };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Look",
        Effect: "Allow",
        Action: [
          "ec2:DescribeAvailabilityZones",
          "ec2:DescribeInstanceTopology",
          "ec2:DescribeInstanceTypes",
          "ec2:DescribeInstances",
          "ec2:DescribeRegions",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSnapshots",
          "ec2:DescribeSubnets",
          "ec2:DescribeTags",
          "ec2:DescribeVolumeStatus",
          "ec2:DescribeVolumes",
          "ec2:DescribeVolumesModifications",
          "ec2:DescribeVpcs",
          "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeLoadBalancerAttributes",
          "elasticloadbalancing:DescribeLoadBalancers",
          "elasticloadbalancing:DescribeTargetGroupAttributes",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetHealth",
        ],
        Resource: "*",
      },
      {
        Sid: "Make",
        Effect: "Allow",
        Action: ["ec2:CreateVolume", "elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"],
        Resource: "*",
        Condition: becomesTheirs,
      },
      {
        // Of a request that names several things, each must be allowed: what is made by the tag it is given, what it is made in or of by its own.
        Sid: "MakeWithin",
        Effect: "Allow",
        Action: ["ec2:CreateSecurityGroup", "ec2:CreateSnapshot"],
        Resource: ["arn:*:ec2:*:*:security-group/*", "arn:*:ec2:*:*:snapshot/*"],
        Condition: becomesTheirs,
      },
      {
        Sid: "WithinVpc",
        Effect: "Allow",
        Action: ["ec2:CreateSecurityGroup"],
        Resource: "arn:*:ec2:*:*:vpc/*",
      },
      {
        Sid: "SnapshotOfOurs",
        Effect: "Allow",
        Action: ["ec2:CreateSnapshot"],
        Resource: "arn:*:ec2:*:*:volume/*",
        Condition: theirs,
      },
      {
        Sid: "TagWhatIsMade",
        Effect: "Allow",
        Action: ["ec2:CreateTags"],
        Resource: ["arn:*:ec2:*:*:volume/*", "arn:*:ec2:*:*:snapshot/*", "arn:*:ec2:*:*:security-group/*"],
        Condition: { StringEquals: { "ec2:CreateAction": ["CreateVolume", "CreateSnapshot", "CreateSecurityGroup"] } },
      },
      {
        Sid: "TagBalancers",
        Effect: "Allow",
        Action: ["elasticloadbalancing:AddTags"],
        Resource: "*",
        Condition: becomesTheirs,
      },
      {
        Sid: "ChangeOurs",
        Effect: "Allow",
        Action: [
          "ec2:AttachVolume",
          "ec2:AuthorizeSecurityGroupIngress",
          "ec2:DeleteSecurityGroup",
          "ec2:DeleteSnapshot",
          "ec2:DeleteVolume",
          "ec2:DetachVolume",
          "ec2:ModifyVolume",
          "ec2:RevokeSecurityGroupIngress",
          "elasticloadbalancing:CreateListener",
          "elasticloadbalancing:DeleteListener",
          "elasticloadbalancing:DeleteLoadBalancer",
          "elasticloadbalancing:DeleteTargetGroup",
          "elasticloadbalancing:DeregisterTargets",
          "elasticloadbalancing:ModifyListener",
          "elasticloadbalancing:ModifyLoadBalancerAttributes",
          "elasticloadbalancing:ModifyTargetGroup",
          "elasticloadbalancing:ModifyTargetGroupAttributes",
          "elasticloadbalancing:RegisterTargets",
          "elasticloadbalancing:SetSecurityGroups",
          "elasticloadbalancing:SetSubnets",
        ],
        Resource: "*",
        Condition: theirs,
      },
    ],
  };
}
