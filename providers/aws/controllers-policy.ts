import type { EnvironmentPlan } from "../../model/plan/types";
import { clusterTag } from "./names";
import { awsOf } from "./plan";

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

/** What volumes that are encrypted with a key of the account's own are made and attached with. */
export function encryptWith(key: string): Statement[] {
  const uses = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"];
  return [
    // What is granted is granted to EC2, and to nobody else.
    {
      Sid: "LendKey",
      Effect: "Allow",
      Action: ["kms:CreateGrant"],
      Resource: key,
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
    { Sid: "UseKey", Effect: "Allow", Action: uses, Resource: key },
  ];
}

/** What the file says of who may come in from outside decides who the controller may open balancers to. */
type Opened = Pick<EnvironmentPlan, "environment" | "cloud"> & {
  readonly network: Pick<EnvironmentPlan["network"], "floating">;
  readonly access: Pick<EnvironmentPlan["access"], "ingressCidrs">;
};

/**
 * What the controller for balancers and the driver of EBS volumes call: of github.com/kubernetes/cloud-provider-aws v1.33.4 what `service` does
 * with network balancers whose groups are left alone (pkg/providers/v1/aws_loadbalancer.go, aws.go), of github.com/kubernetes-sigs/aws-ebs-csi-driver
 * docs/example-iam-policy.json. What they change bears the cluster's tag, or is given it as it is made; nobody's things are given it later.
 */
export function controllersPolicy(plan: Opened): PolicyDocument {
  const tag = clusterTag(plan);
  const { kmsKey } = awsOf(plan);
  const theirs = { [`aws:ResourceTag/${tag}`]: "owned" };
  const becomesTheirs = { [`aws:RequestTag/${tag}`]: "owned" };
  const [volumes, snapshots] = ["arn:*:ec2:*:*:volume/*", "arn:*:ec2:*:*:snapshot/*"] as const;
  const balancing = (what: string) => `arn:*:elasticloadbalancing:*:*:${what}/*`;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Look",
        Effect: "Allow",
        Action: [
          "ec2:DescribeAvailabilityZones",
          "ec2:DescribeInstances",
          "ec2:DescribeRouteTables",
          "ec2:DescribeSnapshots",
          "ec2:DescribeSubnets",
          "ec2:DescribeTags",
          "ec2:DescribeVolumeStatus",
          "ec2:DescribeVolumes",
          "ec2:DescribeVolumesModifications",
          "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeLoadBalancerAttributes",
          "elasticloadbalancing:DescribeLoadBalancers",
          "elasticloadbalancing:DescribeTargetGroupAttributes",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetHealth",
        ],
        Resource: "*",
      },
      // Of a request that names several things, each must be allowed: what is made by the tag it is given, what it is made of by its own.
      statement("MakeVolumes", "ec2:CreateVolume", volumes, becomesTheirs),
      statement("MakeSnapshots", "ec2:CreateSnapshot", snapshots, becomesTheirs),
      statement("SnapshotOfOurs", "ec2:CreateSnapshot", volumes, theirs),
      statement("VolumeOfOurs", "ec2:CreateVolume", snapshots, theirs),
      statement("TagVolumes", "ec2:CreateTags", [volumes, snapshots], { "ec2:CreateAction": ["CreateVolume", "CreateSnapshot"] }),
      // A balancer of the controller's has no group that would keep anybody out.
      statement("MakeBalancers", "elasticloadbalancing:CreateLoadBalancer", balancing("loadbalancer/net"), {
        ...becomesTheirs,
        ...(isOpen(plan) ? {} : { "elasticloadbalancing:Scheme": "internal" }),
      }),
      statement("MakeTargets", "elasticloadbalancing:CreateTargetGroup", balancing("targetgroup"), becomesTheirs),
      statement("TagBalancers", "elasticloadbalancing:AddTags", ["loadbalancer/net", "listener/net", "targetgroup"].map(balancing), {
        ...becomesTheirs,
        "elasticloadbalancing:CreateAction": ["CreateListener", "CreateLoadBalancer", "CreateTargetGroup"],
      }),
      {
        Sid: "ChangeOurs",
        Effect: "Allow",
        Action: [
          "ec2:AttachVolume",
          "ec2:DeleteSnapshot",
          "ec2:DeleteVolume",
          "ec2:DetachVolume",
          "ec2:ModifyVolume",
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
        ],
        Resource: "*",
        Condition: { StringEquals: theirs },
      },
      ...(kmsKey === undefined ? [] : encryptWith(kmsKey)),
    ],
  };
}

function statement(
  Sid: string,
  action: string,
  Resource: string | readonly string[],
  equal: Readonly<Record<string, string | readonly string[]>>,
): Statement {
  return { Sid, Effect: "Allow", Action: [action], Resource, Condition: { StringEquals: equal } };
}

/** Whether the file lets everybody in to what runs in the cluster. */
function isOpen({ network, access }: Opened): boolean {
  return network.floating.ingress !== undefined && access.ingressCidrs.includes("0.0.0.0/0");
}
