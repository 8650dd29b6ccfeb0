import { defineCloud } from "../define-cloud";
import { bill } from "./bill";
import { checkAws, checkAwsPlan } from "./checks";
import { controllersPolicy } from "./controllers-policy";
import { credentials } from "./credentials";
import { inCluster } from "./in-cluster";
import { neutralNames } from "./neutral";
import { permissions } from "./permissions";
import { type AwsOptions, awsOf, awsOptions } from "./plan";
import { preview } from "./preview";
import { state } from "./state";
import { takes } from "./takes";

export const aws = defineCloud({
  name: "aws",
  title: "AWS",
  sdk: "@pulumi/aws",
  options: (z, { network, pinned, positive, text, zone }) => {
    const subnet = (means: string) =>
      z.strictObject({
        id: text.regex(/^subnet-[0-9a-f]{8,17}$/, "must be the id of a subnet, subnet-…").meta({ description: `its id: ${means}` }),
        cidr: network.meta({ description: "its network, as AWS has it" }),
      });
    return {
      account: z
        .string()
        .regex(/^\d{12}$/, "must be the twelve digits of an account, in quotes")
        .optional()
        .meta({
          description: "the only account that anything is made in, in quotes: credentials of another one are refused",
          byDefault: "that of the credentials",
        }),
      natGateways: z.enum(["perZone", "one", "none"]).optional().meta({
        description:
          "how machines without a public address get out: by a gateway in each zone, by one in the first zone, which the others are lost with, or not at all",
        byDefault: "`perZone`",
      }),
      bootVolumeGiB: positive.optional().meta({ description: "the size of each machine's boot volume in GiB", byDefault: "`40`" }),
      bootVolumeType: z.enum(["gp3", "gp2"]).optional().meta({ description: "its type", byDefault: "`gp3`" }),
      kmsKey: text
        .regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, "must be the ARN of a key, arn:aws:kms:REGION:ACCOUNT:key/ID")
        .optional()
        .meta({ description: "the ARN of the key that all volumes are encrypted with", byDefault: "the account's key for EBS" }),
      controllers: z.boolean().optional().meta({
        description: "whether control planes may do what the cloud controller and the driver of EBS volumes do, by a role of their own",
        byDefault: "`true`",
      }),
      existing: z
        .strictObject({
          vpc: text.regex(/^vpc-[0-9a-f]{8,17}$/, "must be the id of a VPC, vpc-…").meta({ description: "the VPC's id" }),
          subnets: z
            .record(
              zone,
              z.strictObject({
                node: subnet("machines stand in it").meta({ description: "the machines' subnet, with a way out of its own" }),
                outer: subnet("the bastion and the balancers that are met from outside stand in it")
                  .optional()
                  .meta({ description: "the subnet with a route to an internet gateway", byDefault: "none: nothing is met from outside" }),
              }),
            )
            .meta({ description: "its subnets by zone" }),
        })
        .optional()
        .meta({ description: "a VPC that is there already, with its subnets, in place of one that is made" }),
      images: z.record(z.string(), pinned).optional().meta({
        description: "what names of images stand for, before the table's: an AMI's id, or OWNER/NAME",
        byDefault: "the table in docs/aws.md",
      }),
      sizes: z.record(z.string(), text).optional().meta({
        description: "what names of sizes stand for, before the table's: an instance type",
        byDefault: "the table in docs/aws.md",
      }),
    };
  },
  resolve: ({ natGateways, bootVolumeGiB = 40, bootVolumeType = "gp3", controllers = true, ...rest }: Partial<AwsOptions>): AwsOptions => ({
    // A network that was there has its own way out.
    natGateways: natGateways ?? (rest.existing === undefined ? "perZone" : "none"),
    ...{ bootVolumeGiB, bootVolumeType, controllers },
    ...rest,
  }),
  neutral: neutralNames,
  defaults: {
    image: "ubuntu-22.04",
    sshUser: "ubuntu",
    sizes: { controlPlane: "large", worker: "xlarge", bastion: "small", nfs: "medium" },
    apiEndpoint: "loadBalancer",
    onDelete: "forget",
  },
  // Within a zone AWS keeps at most seven machines of a group apart, and starts no eighth: zones are what machines are spread over.
  can: { machines: true, balancers: true, floatingAddresses: true, zones: true, spread: false, virtualAddresses: false },
  inCluster,
  takes,
  enforces: () => true,
  subnets: "perZone",
  outerSubnets: true,
  outerPublicOnly: true,
  // The first is the router's, the second the resolver's, the third is kept for later; the last is nobody's.
  reserved: ({ first }) => [first + 1, first + 2, first + 3],
  given: (options) => {
    const { existing } = awsOptions(options);
    return (
      existing &&
      Object.entries(existing.subnets).flatMap(([zone, { node, outer }]) => [
        { zone, cidr: node.cidr },
        ...(outer ? [{ zone, cidr: outer.cidr, outer: true as const }] : []),
      ])
    );
  },
  // Security groups do not look at what goes to AWS's own resolver, DHCP, clock and metadata.
  flows: () => [],
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
  dropsErrors: true,
  check: checkAws,
  checkPlan: checkAwsPlan,
  place: (options) => {
    const { account, existing } = awsOptions(options);
    const ids = existing && [
      existing.vpc,
      ...Object.entries(existing.subnets).flatMap(([zone, { node, outer }]) => [zone, node.id, ...(outer ? [outer.id] : [])]),
    ];
    return { ...(account === undefined ? {} : { account }), existing: ids?.join(" ") ?? "" };
  },
  firstBoot: (options) => {
    const { bootVolumeGiB, bootVolumeType, kmsKey } = awsOptions(options);
    return { bootVolumeGiB, bootVolumeType, ...(kmsKey === undefined ? {} : { kmsKey }) };
  },
  changes: {
    refused: ["account", "existing"],
    built: ["bootVolumeGiB", "bootVolumeType", "kmsKey", "images"],
    applied: ["natGateways", "controllers"],
    follows: ["sizes"],
  },
  credentials,
  permissions,
  controlPlanePermissions: (plan) => (awsOf(plan).controllers ? controllersPolicy(plan) : undefined),
  bill,
  template: `  region: ap-northeast-2
  zones: [ap-northeast-2a, ap-northeast-2b, ap-northeast-2c]    # of this account; one suffices where its loss may stop everything
  # credentials: { vault: secret/AWS/1 }  # default: AWS's own ways: AWS_* variables, a profile, a role
  # aws: { account: "123456789012", natGateways: perZone, bootVolumeGiB: 40 }
`,
  state,
  preview,
  mocks: () => (require("./mocks") as typeof import("./mocks")).mocks,
  infrastructure: () => (require("./infrastructure") as typeof import("./infrastructure")).AwsInfrastructure,
});
