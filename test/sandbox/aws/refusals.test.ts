import assert from "node:assert/strict";
import type { Properties } from "../../../plugin/rpc/provider";
import { AWS } from "../../../sandbox/aws/cloud";
import { createCloudProvider } from "../../../sandbox/cloud/provider";
import { Store } from "../../../sandbox/store";
import { SMALL_WORLD } from "../../support/aws";
import { CloudClient, type Created } from "../../support/cloud-client";
import { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";

const OWNER = "099720109477/ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20251015";
const WORLD = {
  ...SMALL_WORLD,
  images: [...SMALL_WORLD.images, OWNER],
  instanceTypes: [...SMALL_WORLD.instanceTypes, "p5.48xlarge in b"],
};

/** A simulated AWS spoken to over gRPC. */
class Cloud extends CloudClient {
  /** A VPC with a subnet in the zone a, and a group. */
  async base(): Promise<Record<"vpc" | "subnet" | "group", Created>> {
    const vpc = await this.create("Vpc", { cidrBlock: "10.0.0.0/16" });
    const subnet = await this.create("Subnet", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24", availabilityZone: "a" });
    const group = await this.create("SecurityGroup", { name: "nodes", vpcId: vpc.id });
    return { vpc, subnet, group };
  }

  machine({ subnet, group }: Record<"subnet" | "group", Created>, more: Properties = {}): Properties {
    return {
      ami: "ami-0123456789abcdef0",
      instanceType: "m6i.large",
      subnetId: subnet.id,
      privateIp: "10.0.0.10",
      vpcSecurityGroupIds: [group.id],
      ...more,
    };
  }
}

type Inputs = (cloud: Cloud) => Promise<Properties> | Properties;

const rule =
  (more: Properties): Inputs =>
  async (c) => ({
    securityGroupId: (await c.base()).group.id,
    ipProtocol: "tcp",
    fromPort: 22,
    toPort: 22,
    cidrIpv4: "10.0.0.0/8",
    ...more,
  });
const machine =
  (more: Properties): Inputs =>
  async (c) =>
    c.machine(await c.base(), more);
const balancer =
  (more: Properties): Inputs =>
  async (c) => {
    const { subnet, group } = await c.base();
    return {
      name: "api",
      loadBalancerType: "network",
      internal: true,
      securityGroups: [group.id],
      subnetMappings: [{ subnetId: subnet.id }],
      ...more,
    };
  };

const REFUSED: readonly (readonly [what: string, type: string, inputs: Inputs, says: RegExp])[] = [
  [
    "a misspelt input, naming the near one",
    "Vpc",
    () => ({ cidrBlok: "10.0.0.0/16" }),
    /"cidrBlok" is not expected here. Did you mean "cidrBlock"/,
  ],
  ["a VPC too large", "Vpc", () => ({ cidrBlock: "10.0.0.0/8" }), /between 16 and 28 significant bits/],
  [
    "a subnet of no VPC",
    "Subnet",
    () => ({ vpcId: "vpc-0", cidrBlock: "10.0.0.0/24" }),
    /InvalidVpcID\.NotFound: The vpc ID 'vpc-0' does not exist/,
  ],
  [
    "a subnet outside its VPC",
    "Subnet",
    async (c) => ({ vpcId: (await c.base()).vpc.id, cidrBlock: "10.1.0.0/24" }),
    /InvalidSubnet\.Range/,
  ],
  [
    "overlapping subnets",
    "Subnet",
    async (c) => ({ vpcId: (await c.base()).vpc.id, cidrBlock: "10.0.0.128/25" }),
    /InvalidSubnet\.Conflict.*conflicts with another subnet/,
  ],
  [
    "a zone that is none",
    "Subnet",
    async (c) => ({ vpcId: (await c.base()).vpc.id, cidrBlock: "10.0.1.0/24", availabilityZone: "z" }),
    /Value \(z\) for parameter availabilityZone is invalid/,
  ],
  [
    "a gateway before the internet's",
    "NatGateway",
    async (c) => ({ subnetId: (await c.base()).subnet.id, allocationId: (await c.create("Eip", {})).id }),
    /Gateway\.NotAttached/,
  ],
  [
    "a group that begins as an id",
    "SecurityGroup",
    async (c) => ({ vpcId: (await c.base()).vpc.id, name: "sg-x" }),
    /may not be in the format sg-\*/,
  ],
  ["a group twice", "SecurityGroup", async (c) => ({ vpcId: (await c.base()).vpc.id, name: "nodes" }), /InvalidGroup\.Duplicate/],
  [
    "a description with an apostrophe",
    "SecurityGroup",
    async (c) => ({ vpcId: (await c.base()).vpc.id, name: "b", description: "the cloud's" }),
    /Invalid value 'the cloud's' for GroupDescription/,
  ],
  ["a rule of nobody", "SecurityGroupIngressRule", rule({ cidrIpv4: undefined }), /exactly one of \[cidrIpv4/],
  ["a rule without ports", "SecurityGroupIngressRule", rule({ fromPort: undefined, toPort: undefined }), /ports must be given with tcp/],
  ["ports of IP in IP", "SecurityGroupIngressRule", rule({ ipProtocol: "4" }), /no ports may be given with the protocol 4/],
  ["an unknown protocol", "SecurityGroupEgressRule", rule({ ipProtocol: "tcpp" }), /Unknown protocol/],
  [
    "an AMI that is not there",
    "Instance",
    machine({ ami: "ami-00000000" }),
    /InvalidAMIID\.NotFound: The image id '\[ami-00000000\]' does not exist/,
  ],
  ["an unknown type", "Instance", machine({ instanceType: "m1.huge" }), /Invalid value 'm1\.huge' for InstanceType/],
  [
    "a type of other zones",
    "Instance",
    machine({ instanceType: "p5.48xlarge" }),
    /Unsupported: .* not supported in your requested Availability Zone \(a\)/,
  ],
  ["an address outside the subnet", "Instance", machine({ privateIp: "10.0.1.10" }), /does not fall within the subnet's address range/],
  ["an address of AWS's own", "Instance", machine({ privateIp: "10.0.0.3" }), /is in subnet's reserved address range/],
  ["an unknown key pair", "Instance", machine({ keyName: "none" }), /InvalidKeyPair\.NotFound/],
  ["a profile that is not there", "Instance", machine({ iamInstanceProfile: "none" }), /Invalid IAM Instance Profile name/],
  ["more user data than there may be", "Instance", machine({ userData: "x".repeat(16_385) }), /User data is limited to 16384 bytes/],
  ["tokens that are no choice", "Instance", machine({ metadataOptions: { httpTokens: "maybe" } }), /expected one of \[optional required\]/],
  [
    "an address twice",
    "Instance",
    async (c) => {
      const base = await c.base();
      await c.create("Instance", c.machine(base));
      return c.machine(base);
    },
    /InvalidIPAddress\.InUse: Address 10\.0\.0\.10 is in use/,
  ],
  [
    "a volume without the operations it has to be told",
    "Volume",
    () => ({ availabilityZone: "a", size: 1, type: "io2" }),
    /MissingParameter: .*iops/,
  ],
  [
    "a machine without them for its boot volume",
    "Instance",
    machine({ rootBlockDevice: { volumeType: "io1" } }),
    /MissingParameter: .*iops/,
  ],
  ["a volume of no zone", "Volume", () => ({ availabilityZone: "z", size: 1 }), /InvalidZone\.NotFound/],
  [
    "a volume of another zone",
    "VolumeAttachment",
    async (c) => ({
      deviceName: "/dev/xvdba",
      volumeId: (await c.create("Volume", { availabilityZone: "b", size: 1 })).id,
      instanceId: (await c.create("Instance", c.machine(await c.base()))).id,
    }),
    /InvalidVolume\.ZoneMismatch/,
  ],
  [
    "a device that is none",
    "VolumeAttachment",
    async (c) => ({
      deviceName: "/dev/vdb",
      volumeId: (await c.create("Volume", { availabilityZone: "a", size: 1 })).id,
      instanceId: (await c.create("Instance", c.machine(await c.base()))).id,
    }),
    /not a valid EBS device name/,
  ],
  ["a balancer's name of 33 characters", "LoadBalancer", balancer({ name: "x".repeat(33) }), /at most 32 letters/],
  ["a balancer's name that AWS keeps", "LoadBalancer", balancer({ name: "internal-x" }), /cannot begin with 'internal-'/],
  ["a balancer to the world without a gateway", "LoadBalancer", balancer({ internal: false }), /has no internet gateway/],
  [
    "an elastic address inside",
    "LoadBalancer",
    async (c) => ({ ...(await balancer({})(c)), subnetMappings: [{ subnetId: "", allocationId: "" }] }),
    /The subnet ID '' does not exist|Elastic IPs are not supported/,
  ],
  [
    "a check beyond its limits",
    "TargetGroup",
    async (c) => ({ vpcId: (await c.base()).vpc.id, name: "t", port: 1, protocol: "TCP", healthCheck: { interval: 2 } }),
    /range \(5 - 300\)/,
  ],
  [
    "a target outside the VPC",
    "TargetGroupAttachment",
    async (c) => ({
      targetGroupArn: (
        await c.create("TargetGroup", { vpcId: (await c.base()).vpc.id, name: "t", port: 1, protocol: "TCP", targetType: "ip" })
      ).id,
      targetId: "192.0.2.1",
    }),
    /not within any of the VPC's networks/,
  ],
  ["a tag beyond its limits", "Vpc", () => ({ cidrBlock: "10.0.0.0/16", tags: { "aws:x": "y" } }), /none that begins with aws:/],
  [
    "51 tags",
    "Vpc",
    () => ({ cidrBlock: "10.0.0.0/16", tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, ""])) }),
    /TagLimitExceeded/,
  ],
];

describe("the simulated AWS", () => {
  const folders = temporaryFolders();
  let cloud: Cloud;
  beforeEach(async () => {
    const folder = folders();
    cloud = new Cloud(await ProviderClient.serve(createCloudProvider(AWS, folder)), folder, AWS, WORLD);
    cloud.world({});
  });
  afterEach(() => cloud.client.close());

  for (const [what, type, inputs, says] of REFUSED)
    it(`refuses ${what}`, async () => {
      await assert.rejects(async () => cloud.create(type, await inputs(cloud)), says);
    });

  it("refuses to delete what something is on", async () => {
    const { vpc, subnet, group } = await cloud.base();
    const other = await cloud.create("SecurityGroup", { name: "other", vpcId: vpc.id });
    const named = await cloud.create("SecurityGroupIngressRule", {
      securityGroupId: other.id,
      ipProtocol: "-1",
      referencedSecurityGroupId: group.id,
    });
    await assert.rejects(cloud.delete(group), /deleting EC2 securityGroup .*DependencyViolation: resource sg-\w+ has a dependent object/);
    await cloud.delete(named);
    const instance = await cloud.create("Instance", cloud.machine({ subnet, group }));
    await assert.rejects(cloud.delete(group), /DependencyViolation/);
    await assert.rejects(cloud.delete(subnet), /DependencyViolation: The subnet '.*' has dependencies/);
    await assert.rejects(cloud.delete(vpc), /DependencyViolation: The vpc '.*' has dependencies/);
    for (const each of [instance, group, other, subnet, vpc]) await cloud.delete(each);
  });

  it("keeps a gateway as long as anything is reached from outside, and an address as long as it is used", async () => {
    const { vpc, subnet, group } = await cloud.base();
    const gateway = await cloud.create("InternetGateway", { vpcId: vpc.id });
    const address = await cloud.create("Eip", { domain: "vpc" });
    const nat = await cloud.create("NatGateway", { subnetId: subnet.id, allocationId: address.id });
    await assert.rejects(cloud.delete(gateway), /has some mapped public address/);
    await assert.rejects(cloud.delete(address), /is in use/);
    const instance = await cloud.create("Instance", cloud.machine({ subnet, group }));
    await assert.rejects(
      cloud.create("EipAssociation", { instanceId: instance.id, allocationId: address.id }),
      /Resource\.AlreadyAssociated/,
    );
    for (const each of [instance, nat, address, gateway]) await cloud.delete(each);
  });

  it("leads where it is told: one route to a destination, one table for a subnet, one balancer for targets", async () => {
    const { vpc, subnet, group } = await cloud.base();
    const gateway = await cloud.create("InternetGateway", { vpcId: vpc.id });
    const table = await cloud.create("RouteTable", { vpcId: vpc.id });
    const route = { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id };
    await cloud.create("Route", route);
    await assert.rejects(cloud.create("Route", route), /RouteAlreadyExists/);
    await cloud.create("RouteTableAssociation", { routeTableId: table.id, subnetId: subnet.id });
    await assert.rejects(
      cloud.create("RouteTableAssociation", { routeTableId: table.id, subnetId: subnet.id }),
      /Resource\.AlreadyAssociated/,
    );
    await assert.rejects(cloud.delete(table), /DependencyViolation/);
    const balancer = (name: string, more: Properties = {}) =>
      cloud.create("LoadBalancer", {
        name,
        loadBalancerType: "network",
        internal: true,
        securityGroups: [group.id],
        subnetMappings: [{ subnetId: subnet.id, ...more }],
      });
    const one = await balancer("one", { privateIpv4Address: "10.0.0.200" });
    await assert.rejects(balancer("one"), /already exists/);
    await assert.rejects(balancer("two", { privateIpv4Address: "10.0.0.200" }), /InvalidIPAddress\.InUse/);
    const two = await balancer("two");
    const targets = await cloud.create("TargetGroup", { vpcId: vpc.id, name: "t", port: 6443, protocol: "TCP", targetType: "ip" });
    const listener = (of: Created, port: number) =>
      cloud.create("Listener", {
        loadBalancerArn: of.id,
        port,
        protocol: "TCP",
        defaultActions: [{ type: "forward", targetGroupArn: targets.id }],
      });
    const listening = await listener(one, 6443);
    await assert.rejects(listener(one, 6443), /DuplicateListener/);
    await assert.rejects(listener(two, 6443), /TargetGroupAssociationLimit/);
    await assert.rejects(cloud.delete(targets), /ResourceInUse/);
    const attached = async (targetId: string) =>
      await cloud.create("TargetGroupAttachment", { targetGroupArn: targets.id, targetId, port: 6443 });
    const leadsTo = () => new Store(`${cloud.folder}/aws`).get("loadBalancer", one.id)?.leadsTo;
    const first = await attached("10.0.0.10");
    await attached("10.0.0.11");
    assert.deepEqual(leadsTo(), ["10.0.0.10", "10.0.0.11"]);
    await cloud.delete(first);
    assert.deepEqual(leadsTo(), ["10.0.0.11"], "to a target no more that has gone");
    await cloud.delete(listening);
    assert.deepEqual(leadsTo(), [], "nowhere without a listener");
  });

  it("holds to quotas in AWS's words, and has no room where it is crowded", async () => {
    cloud.world({ quotas: { processors: 3, addresses: 0, vpcs: 1, rules: 1 }, crowded: ["b"] });
    const { vpc, subnet, group } = await cloud.base();
    await assert.rejects(cloud.create("Vpc", { cidrBlock: "10.1.0.0/16" }), /VpcLimitExceeded/);
    await assert.rejects(cloud.create("Eip", {}), /AddressLimitExceeded/);
    const rule = { securityGroupId: group.id, ipProtocol: "tcp", fromPort: 1, toPort: 1 };
    await cloud.create("SecurityGroupIngressRule", { ...rule, cidrIpv4: "10.0.0.0/8" });
    await assert.rejects(cloud.create("SecurityGroupIngressRule", { ...rule, cidrIpv4: "10.0.0.0/8" }), /InvalidPermission\.Duplicate/);
    await assert.rejects(
      cloud.create("SecurityGroupIngressRule", { ...rule, cidrIpv4: "10.9.0.0/16" }),
      /RulesPerSecurityGroupLimitExceeded/,
    );
    await cloud.create("Instance", cloud.machine({ subnet, group }));
    await assert.rejects(
      cloud.create("Instance", cloud.machine({ subnet, group }, { privateIp: "10.0.0.11" })),
      /VcpuLimitExceeded: .* vCPU limit of 3/,
    );
    cloud.world({ crowded: ["b"] });
    const far = await cloud.create("Subnet", { vpcId: vpc.id, cidrBlock: "10.0.9.0/24", availabilityZone: "b" });
    await assert.rejects(
      cloud.create("Instance", cloud.machine({ subnet: far, group }, { privateIp: "10.0.9.9" })),
      /InsufficientInstanceCapacity/,
    );
  });

  it("replaces a machine for another image, and none for another size or labels", async () => {
    const type = cloud.token("Instance");
    const diff = (news: Properties) =>
      cloud.client.diff({ type, id: "1" }, { oldInputs: { ami: "a", instanceType: "t", tags: { a: "b" } }, news });
    assert.match((await diff({ ami: "b", instanceType: "t", tags: { a: "b" } })).detailed.ami ?? "", /_REPLACE$/);
    const { detailed } = await diff({ ami: "a", instanceType: "u", tags: { a: "c" } });
    assert.deepEqual(
      Object.values(detailed).filter((each) => /_REPLACE$/.test(each)),
      [],
    );
  });

  it("finds an AMI by its whole name and owner, and no other", async () => {
    const [owner = "", ...name] = OWNER.split("/");
    const ask = (wanted: string) =>
      cloud.client.invoke("aws:ec2/getAmi:getAmi", { owners: [owner], filters: [{ name: "name", values: [wanted] }] });
    assert.match(String((await ask(name.join("/"))).properties.id), /^ami-0[0-9a-f]{16}$/);
    await assert.rejects(ask("ubuntu/images/hvm-ssd/ubuntu-jammy"), /returned no results/);
  });
});
