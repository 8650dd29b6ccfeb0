import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AWS } from "../../sandbox/aws/cloud";
import { AZURE } from "../../sandbox/azure/cloud";
import type { Field } from "../../sandbox/cloud/fields";
import { GCP } from "../../sandbox/gcp/cloud";
import { OPENSTACK } from "../../sandbox/openstack/cloud";
import { VSPHERE } from "../../sandbox/vsphere/cloud";
import { Comparison, type Definitions } from "./comparison";

type Tables = Readonly<Record<string, { readonly fields: readonly Field[] }>>;

/** By the simulated type, CloudFormation's of the same resource. */
const CLOUD_FORMATION: Readonly<Record<string, string>> = {
  "aws:ec2/vpc:Vpc": "AWS::EC2::VPC",
  "aws:ec2/subnet:Subnet": "AWS::EC2::Subnet",
  "aws:ec2/internetGateway:InternetGateway": "AWS::EC2::InternetGateway",
  "aws:ec2/eip:Eip": "AWS::EC2::EIP",
  "aws:ec2/eipAssociation:EipAssociation": "AWS::EC2::EIPAssociation",
  "aws:ec2/natGateway:NatGateway": "AWS::EC2::NatGateway",
  "aws:ec2/routeTable:RouteTable": "AWS::EC2::RouteTable",
  "aws:ec2/route:Route": "AWS::EC2::Route",
  "aws:ec2/routeTableAssociation:RouteTableAssociation": "AWS::EC2::SubnetRouteTableAssociation",
  "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": "AWS::EC2::DHCPOptions",
  "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": "AWS::EC2::VPCDHCPOptionsAssociation",
  "aws:ec2/securityGroup:SecurityGroup": "AWS::EC2::SecurityGroup",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "AWS::EC2::SecurityGroupIngress",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "AWS::EC2::SecurityGroupEgress",
  "aws:ec2/keyPair:KeyPair": "AWS::EC2::KeyPair",
  "aws:iam/role:Role": "AWS::IAM::Role",
  "aws:iam/rolePolicy:RolePolicy": "AWS::IAM::RolePolicy",
  "aws:iam/instanceProfile:InstanceProfile": "AWS::IAM::InstanceProfile",
  "aws:ec2/instance:Instance": "AWS::EC2::Instance",
  "aws:ebs/volume:Volume": "AWS::EC2::Volume",
  "aws:ec2/volumeAttachment:VolumeAttachment": "AWS::EC2::VolumeAttachment",
  "aws:lb/loadBalancer:LoadBalancer": "AWS::ElasticLoadBalancingV2::LoadBalancer",
  "aws:lb/targetGroup:TargetGroup": "AWS::ElasticLoadBalancingV2::TargetGroup",
  "aws:lb/listener:Listener": "AWS::ElasticLoadBalancingV2::Listener",
};

/** Where the provider does otherwise than CloudFormation, by type: the inputs, each with the reason. */
const PROVIDER_OTHERWISE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Vpc: { instanceTenancy: "CloudFormation too replaces but from dedicated to default" },
  Eip: { domain: "said once, in AllocateAddress", publicIpv4Pool: "said once, in AllocateAddress" },
  NatGateway: { secondaryPrivateIpAddressCount: "the provider has no call that changes a count" },
  RouteTableAssociation: { routeTableId: "ReplaceRouteTableAssociation" },
  VpcDhcpOptionsAssociation: { dhcpOptionsId: "AssociateDhcpOptions, again" },
  SecurityGroupIngressRule: ofRule(),
  SecurityGroupEgressRule: ofRule(),
  KeyPair: { tags: "CreateTags" },
  Instance: {
    hostId: "CloudFormation moves a stopped machine; the provider makes another",
    hostResourceGroupArn: "the provider takes no other for a difference",
    ipv6Addresses: "AssignIpv6Addresses",
    privateDnsNameOptions: "the provider makes another machine",
    privateIp: "CloudFormation replaces by its own reckoning: no call changes it",
    tenancy: "CloudFormation moves a stopped machine; the provider makes another",
  },
  Volume: {
    ...Object.fromEntries(
      ["availabilityZone", "encrypted", "kmsKeyId", "outpostArn", "snapshotId", "volumeInitializationRate"].map((input) => [
        input,
        "CloudFormation refuses a change: no call makes it",
      ]),
    ),
    multiAttachEnabled: "the provider makes another volume",
  },
  TargetGroup: { targetControlPort: "the provider has no call that changes it" },
};

function ofRule(): Readonly<Record<string, string>> {
  return Object.fromEntries(["cidrIpv6", "fromPort", "ipProtocol", "toPort"].map((input) => [input, "ModifySecurityGroupRules"]));
}

interface CloudFormationSchema {
  readonly properties: object;
  readonly createOnlyProperties?: readonly string[];
}

/** Holds which of AWS's inputs replace against the schemas of CloudFormation that cfn-lint ships: those properties that can be said only at creation. */
export function holdAwsFields({ packages, versions }: Definitions): Comparison {
  const comparison = new Comparison(`CloudFormation's schemas in cfn-lint ${versions["cfn-lint"]}`);
  const folder = join(packages, "cfnlint", "data", "schemas");
  const read = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), "utf8"));
  const files: Readonly<Record<string, string>> = read("providers", "ap-northeast-2.json");
  const unused = new Set(
    Object.entries(PROVIDER_OTHERWISE).flatMap(([type, inputs]) => Object.keys(inputs).map((each) => `${type}.${each}`)),
  );
  for (const [token, name] of Object.entries(CLOUD_FORMATION)) {
    const schema: CloudFormationSchema = read("resources", `${files[name]}.json`);
    const known = new Set(Object.keys(schema.properties).map(bare));
    const once = new Set(
      (schema.createOnlyProperties ?? []).flatMap((path) =>
        [path.split("/")].filter(({ length }) => length === 3).map((parts) => bare(parts[2] ?? "")),
      ),
    );
    const type = token.split(":").at(-1) ?? "";
    for (const { name: input, replaces } of AWS.types[token]?.fields ?? []) {
      if (!known.has(bare(input))) continue;
      const same = replaces === once.has(bare(input));
      const reason = PROVIDER_OTHERWISE[type]?.[input];
      if (!same && reason !== undefined) unused.delete(`${type}.${input}`);
      comparison.hold(
        `${token} ${input}`,
        same || reason !== undefined ? undefined : `${replaces ? "replaces" : "is changed in place"}, and there not`,
      );
    }
  }
  for (const each of unused) comparison.hold(each, "is no difference any more: take it out of PROVIDER_OTHERWISE");
  return comparison;
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

const TABLES: Readonly<Record<string, Tables>> = {
  aws: AWS.types,
  "azure-native": AZURE.types,
  gcp: GCP.types,
  openstack: OPENSTACK.types,
  vsphere: VSPHERE.types,
};

/** What a schema of Pulumi says of an input, or of a member of it. */
interface Property {
  readonly willReplaceOnChanges?: boolean;
  readonly replaceOnChanges?: boolean;
  readonly $ref?: string;
  readonly items?: Property;
}

interface PulumiSchema {
  readonly name: string;
  readonly version?: string;
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly inputProperties?: Readonly<Record<string, Property>>;
        readonly requiredInputs?: readonly string[];
        readonly required?: readonly string[];
      }
    >
  >;
  readonly types: Readonly<Record<string, { readonly properties?: Readonly<Record<string, Property>> }>>;
}

/** Whether another value of an input means a new resource: it says so itself, or everything in it does. */
function replacing(schema: PulumiSchema, { willReplaceOnChanges, replaceOnChanges, $ref, items }: Property): boolean {
  if (willReplaceOnChanges === true || replaceOnChanges === true) return true;
  if (items !== undefined) return replacing(schema, items);
  const members = Object.values(schema.types[$ref?.replace("#/types/", "") ?? ""]?.properties ?? {});
  return members.length > 0 && members.every((member) => replacing(schema, member));
}

/** Holds a simulated cloud's table of inputs against its provider's own schema: what `pulumi package get-schema NAME@VERSION` prints. */
export function holdSchema(file: string): Comparison {
  const schema: PulumiSchema = JSON.parse(readFileSync(file, "utf8"));
  const comparison = new Comparison(`the schema of ${schema.name} ${schema.version ?? ""}`.trimEnd());
  for (const [token, { fields }] of Object.entries(TABLES[schema.name] ?? {})) {
    const there = schema.resources[token];
    if (there === undefined) {
      comparison.hold(token, "is no resource of the provider");
      continue;
    }
    const inputs = there.inputProperties ?? {};
    for (const { name, required, replaces, chosen } of fields) {
      const own = inputs[name];
      const what = `${token} ${name}`;
      comparison.hold(what, own === undefined ? "is no input" : undefined);
      if (own === undefined) continue;
      const says = (mine: boolean, its: boolean, words: string): void =>
        comparison.hold(what, mine === its ? undefined : `${words}: ${mine} here, ${its} there`);
      const needed = there.requiredInputs?.includes(name) === true;
      says(required, needed, "required");
      says(replaces, replacing(schema, own), "replaces");
      says(chosen, !needed && there.required?.includes(name) === true, "chosen by the cloud");
    }
    const named = new Set(fields.map(({ name }) => name));
    for (const name of Object.keys(inputs)) comparison.hold(`${token} ${name}`, named.has(name) ? undefined : "is not in the table");
  }
  return comparison;
}
