import { awsPlan, buildAws, ZONES } from "../../test/support/aws";
import type { Bag } from "../../testing/mocks";
import type { Call, Params, Service } from "./aws-rows";

/** By the provider's lookup, the call that answers it (hashicorp/terraform-provider-aws, the data sources of these names). */
const LOOKUPS: Readonly<Record<string, (asked: Bag) => readonly [Service, operation: string, params: Params]>> = {
  "aws:ec2/getAmi:getAmi": ({ owners, filters, includeDeprecated }) => [
    ...(["ec2", "DescribeImages"] as const),
    { IncludeDeprecated: includeDeprecated, Filters: named(filters), ...(owners === undefined ? {} : { Owners: owners }) },
  ],
  "aws:ec2/getInstanceType:getInstanceType": ({ instanceType }) => ["ec2", "DescribeInstanceTypes", { InstanceTypes: [instanceType] }],
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": ({ locationType, filters }) => [
    ...(["ec2", "DescribeInstanceTypeOfferings"] as const),
    { LocationType: locationType, Filters: named(filters) },
  ],
  "aws:index/getAvailabilityZones:getAvailabilityZones": ({ state }) => [
    ...(["ec2", "DescribeAvailabilityZones"] as const),
    { Filters: [{ Name: "state", Values: [state] }] },
  ],
  "aws:ec2/getKeyPair:getKeyPair": ({ keyName, includePublicKey }) => [
    ...(["ec2", "DescribeKeyPairs"] as const),
    { KeyNames: [keyName], IncludePublicKey: includePublicKey },
  ],
  "aws:ec2/getVpc:getVpc": ({ id }) => ["ec2", "DescribeVpcs", { VpcIds: [id] }],
  "aws:ec2/getVpcs:getVpcs": () => ["ec2", "DescribeVpcs", {}],
  "aws:ec2/getSubnet:getSubnet": ({ id }) => ["ec2", "DescribeSubnets", { SubnetIds: [id] }],
  "aws:ec2/getElasticIp:getElasticIp": ({ publicIp }) => ["ec2", "DescribeAddresses", { PublicIps: [publicIp] }],
  "aws:ec2/getEips:getEips": () => ["ec2", "DescribeAddresses", {}],
  "aws:servicequotas/getServiceQuota:getServiceQuota": ({ serviceCode, quotaCode }) => [
    ...(["service-quotas", "GetServiceQuota"] as const),
    { ServiceCode: serviceCode, QuotaCode: quotaCode },
  ],
};

function named(filters: unknown): object[] {
  return (filters as readonly { readonly name: string; readonly values: readonly string[] }[]).map(({ name, values }) => ({
    Name: name,
    Values: values,
  }));
}

const [zone] = ZONES;
const SUBNETS = { node: { id: "subnet-00000000", cidr: "10.20.0.0/24" }, outer: { id: "subnet-11111111", cidr: "10.20.10.0/24" } };

/** Everything that the look at AWS asks for, of environments that together name all that a file can. */
export async function lookups(): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const invokes = Object.fromEntries(
    Object.entries(LOOKUPS).map(([token, callOf]) => [
      token,
      (asked: Bag): Bag => {
        const [service, operation, params] = callOf(asked);
        calls.push({ service, operation, params });
        return { ...asked, id: token };
      },
    ]),
  );
  const ssh = { keyPair: "ours", privateKey: { env: "KEY" } };
  await buildAws(
    awsPlan("minimal", { infrastructure: { access: { ssh }, network: { floating: { api: "203.0.113.9" } } } }),
    {},
    { invokes },
  );
  const existing = { vpc: "vpc-00000001", subnets: { [zone]: SUBNETS } };
  await buildAws(awsPlan("minimal", { infrastructure: { image: "ami-0123456789abcdef0", aws: { existing } } }), {}, { invokes });
  const asked = new Set(calls.map(({ operation }) => operation));
  if (asked.size < 9) throw new Error(`the look at AWS asked for no more than ${[...asked].join(", ")}`);
  return calls;
}
