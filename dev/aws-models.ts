import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Profile } from "../model/plan/types";
import { controllersPolicy } from "../providers/aws/controllers-policy";
import { actionsIn, NEEDS, permissions, SURVEY } from "../providers/aws/permissions";
import { awsPlan, buildAws } from "../test/support/aws";

/*
 * Holds what an environment on AWS is made of against botocore's service models: `node dist/dev/aws-models.js BOTOCORE/data`, with the folder that
 * the Python package botocore has. Prints what was compared; ends with 1 where something differs.
 */

interface Shape {
  readonly type: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

const FOLDERS: Readonly<Record<string, string>> = {
  ec2: "ec2",
  elasticloadbalancing: "elbv2",
  iam: "iam",
  sts: "sts",
  servicequotas: "service-quotas",
  kms: "kms",
};

/** Actions that are no calls. */
const NO_CALLS: readonly string[] = ["iam:PassRole", "kms:ReEncryptFrom", "kms:ReEncryptTo"];

/** By type, the call that makes it, and which inputs it takes as which members. */
const CALLS: Readonly<Record<string, readonly [service: string, operation: string, inputs: Readonly<Record<string, string>>]>> = {
  "aws:ec2/vpc:Vpc": ["ec2", "CreateVpc", { cidrBlock: "CidrBlock" }],
  "aws:ec2/subnet:Subnet": ["ec2", "CreateSubnet", { vpcId: "VpcId", cidrBlock: "CidrBlock", availabilityZone: "AvailabilityZone" }],
  "aws:ec2/eip:Eip": ["ec2", "AllocateAddress", { domain: "Domain" }],
  "aws:ec2/natGateway:NatGateway": [
    "ec2",
    "CreateNatGateway",
    { subnetId: "SubnetId", allocationId: "AllocationId", connectivityType: "ConnectivityType", privateIp: "PrivateIpAddress" },
  ],
  "aws:ec2/securityGroup:SecurityGroup": ["ec2", "CreateSecurityGroup", { name: "GroupName", description: "Description", vpcId: "VpcId" }],
  "aws:ec2/keyPair:KeyPair": ["ec2", "ImportKeyPair", { keyName: "KeyName", publicKey: "PublicKeyMaterial" }],
  "aws:ec2/route:Route": [
    "ec2",
    "CreateRoute",
    { routeTableId: "RouteTableId", destinationCidrBlock: "DestinationCidrBlock", gatewayId: "GatewayId", natGatewayId: "NatGatewayId" },
  ],
  "aws:ec2/routeTable:RouteTable": ["ec2", "CreateRouteTable", { vpcId: "VpcId" }],
  "aws:ebs/volume:Volume": [
    "ec2",
    "CreateVolume",
    { availabilityZone: "AvailabilityZone", size: "Size", type: "VolumeType", encrypted: "Encrypted" },
  ],
  "aws:ec2/volumeAttachment:VolumeAttachment": [
    "ec2",
    "AttachVolume",
    { deviceName: "Device", instanceId: "InstanceId", volumeId: "VolumeId" },
  ],
  "aws:ec2/instance:Instance": [
    "ec2",
    "RunInstances",
    {
      ami: "ImageId",
      instanceType: "InstanceType",
      subnetId: "SubnetId",
      privateIp: "PrivateIpAddress",
      keyName: "KeyName",
      userData: "UserData",
    },
  ],
  "aws:iam/role:Role": [
    "iam",
    "CreateRole",
    { name: "RoleName", assumeRolePolicy: "AssumeRolePolicyDocument", description: "Description" },
  ],
  "aws:iam/rolePolicy:RolePolicy": ["iam", "PutRolePolicy", { name: "PolicyName", role: "RoleName", policy: "PolicyDocument" }],
  "aws:iam/instanceProfile:InstanceProfile": ["iam", "CreateInstanceProfile", { name: "InstanceProfileName" }],
  "aws:lb/loadBalancer:LoadBalancer": [
    "elasticloadbalancing",
    "CreateLoadBalancer",
    { name: "Name", loadBalancerType: "Type", ipAddressType: "IpAddressType" },
  ],
  "aws:lb/targetGroup:TargetGroup": [
    "elasticloadbalancing",
    "CreateTargetGroup",
    { name: "Name", protocol: "Protocol", port: "Port", vpcId: "VpcId", targetType: "TargetType" },
  ],
  "aws:lb/listener:Listener": [
    "elasticloadbalancing",
    "CreateListener",
    { loadBalancerArn: "LoadBalancerArn", protocol: "Protocol", port: "Port", defaultActions: "DefaultActions" },
  ],
};

/** What is given in a map of a resource's, by the shape that it must fit. */
const INNER: readonly (readonly [type: string, input: string, member: string, service: string, shape: string])[] = [
  ["aws:ec2/instance:Instance", "metadataOptions", "httpTokens", "ec2", "HttpTokensState"],
  ["aws:ec2/instance:Instance", "metadataOptions", "httpEndpoint", "ec2", "InstanceMetadataEndpointState"],
  ["aws:ec2/instance:Instance", "rootBlockDevice", "volumeType", "ec2", "VolumeType"],
  ["aws:lb/targetGroup:TargetGroup", "healthCheck", "protocol", "elasticloadbalancing", "ProtocolEnum"],
  ["aws:lb/targetGroup:TargetGroup", "healthCheck", "path", "elasticloadbalancing", "Path"],
  ["aws:lb/targetGroup:TargetGroup", "healthCheck", "interval", "elasticloadbalancing", "HealthCheckIntervalSeconds"],
  ["aws:lb/targetGroup:TargetGroup", "healthCheck", "timeout", "elasticloadbalancing", "HealthCheckTimeoutSeconds"],
  ["aws:lb/targetGroup:TargetGroup", "healthCheck", "healthyThreshold", "elasticloadbalancing", "HealthCheckThresholdCount"],
];

function readModel(data: string, service: string): Model {
  const folder = join(data, FOLDERS[service] ?? service);
  const version = readdirSync(folder).sort().at(-1) ?? "";
  return JSON.parse(gunzipSync(readFileSync(join(folder, version, "service-2.json.gz"))).toString("utf8"));
}

/** What a value has that its shape does not take. */
function misfit(shape: Shape | undefined, value: unknown): string | undefined {
  if (shape === undefined) return "is of no shape";
  if (shape.enum && !shape.enum.includes(String(value))) return `is none of ${shape.enum.join(", ")}`;
  const size = typeof value === "number" ? value : String(value).length;
  if (shape.max !== undefined && size > shape.max) return `is above ${shape.max}`;
  if (shape.min !== undefined && size < shape.min) return `is below ${shape.min}`;
  // The documents' classes of characters are Java's: those of whole planes are left to what is above.
  if (shape.pattern && typeof value === "string" && !/\\u|\\p/.test(shape.pattern) && !new RegExp(`^(?:${shape.pattern})$`).test(value))
    return `does not match ${shape.pattern}`;
  return undefined;
}

async function main(data: string): Promise<void> {
  const models = Object.fromEntries(Object.keys(FOLDERS).map((service) => [service, readModel(data, service)]));
  let [compared, wrong] = [0, 0];
  const hold = (what: string, problem: string | undefined): void => {
    compared += 1;
    if (problem === undefined) return;
    wrong += 1;
    console.log(`✗ ${what} ${problem}`);
  };
  for (const profile of ["minimal", "standard", "highAvailability"] as const satisfies readonly Profile[]) {
    const plan = awsPlan(profile);
    const { resources } = await buildAws(plan);
    const before = compared;
    for (const { type, name, inputs } of resources) {
      const call = CALLS[type];
      if (call) {
        const [service, operation, members] = call;
        const model = models[service];
        const input = model?.shapes[model.operations[operation]?.input?.shape ?? ""];
        const given = Object.entries(members).flatMap(([key, member]) => (inputs[key] === undefined ? [] : [[key, member] as const]));
        for (const required of input?.required ?? []) {
          // Counted by the provider, and named by Pulumi.
          if (["MinCount", "MaxCount", "GroupName"].includes(required)) continue;
          hold(`${name} ${operation}`, given.some(([, member]) => member === required) ? undefined : `lacks ${required}`);
        }
        for (const [key, member] of given) {
          const value = inputs[key];
          if (typeof value === "object") continue;
          hold(`${name}.${key}`, misfit(model?.shapes[input?.members?.[member]?.shape ?? ""], value));
        }
      }
      for (const [of, input, member, service, shape] of INNER) {
        const value = (inputs[input] as Record<string, unknown> | undefined)?.[member];
        if (type === of && value !== undefined) hold(`${name}.${input}.${member}`, misfit(models[service]?.shapes[shape], value));
      }
      for (const [key, value] of Object.entries((inputs.tags ?? {}) as Record<string, string>)) {
        hold(`${name}.tags`, misfit(models.iam?.shapes.tagKeyType, key));
        hold(`${name}.tags.${key}`, misfit(models.iam?.shapes.tagValueType, value));
      }
    }
    console.log(`✓ ${profile}: ${resources.length} resources, ${compared - before} members, values and tags`);
  }
  const actions = new Set([
    ...Object.values(NEEDS).flatMap(({ actions: row }) => actionsIn(row)),
    ...actionsIn(SURVEY),
    ...permissions(awsPlan("highAvailability")).Statement.flatMap(({ Action }) => Action),
    ...controllersPolicy(awsPlan("highAvailability")).Statement.flatMap(({ Action }) => Action),
  ]);
  for (const action of actions) {
    if (NO_CALLS.includes(action)) continue;
    const [service = "", operation = ""] = action.split(":");
    hold(action, models[service]?.operations[operation] === undefined ? "is no call of the service" : undefined);
  }
  console.log(`✓ ${actions.size} actions of the policies\n${compared} compared, ${wrong} wrong`);
  if (wrong > 0) process.exitCode = 1;
}

const [data] = process.argv.slice(2);
if (data === undefined) {
  console.error("usage: node dist/dev/aws-models.js BOTOCORE/data");
  process.exitCode = 2;
} else void main(data);
