import assert from "node:assert/strict";
import type { Profile } from "../../../model/plan/types";
import { findable } from "../../../providers/aws/findable";
import { AwsInfrastructure } from "../../../providers/aws/infrastructure";
import { actionsIn, NEEDS, permissions, resourceTypes } from "../../../providers/aws/permissions";
import { awsEnvironment, awsPlan, buildAws, ZONES } from "../../support/aws";
import { golden } from "../../support/golden";
import { ofType } from "../../support/openstack";
import { type FileContent, samplePlan } from "../../support/plan";

const profiles: readonly Profile[] = ["minimal", "standard", "highAvailability"];

describe("an AWS infrastructure", () => {
  for (const profile of profiles)
    it(`registers for the ${profile} profile what the golden file lists, also before anything exists`, async () => {
      const plan = awsPlan(profile);
      const g = await buildAws(plan);
      golden(`providers/aws-${profile}`, g.lines());
      assert.deepEqual((await buildAws(plan, {}, { unknowns: true })).urns(), g.urns());
    });

  it("gives every child the environment's own provider, and tags to all that can have some", async () => {
    const g = await buildAws(awsPlan("highAvailability"));
    for (const { type, name, options, parent, inputs } of g.resources.filter((each) => each.type.startsWith("aws:"))) {
      assert.equal(options.provider, "seoul-provider", name);
      assert.equal(parent, "seoul", name);
      const untagged = /:(Route|RouteTableAssociation|RolePolicy|VolumeAttachment|EipAssociation|TargetGroupAttachment)$/.test(type);
      assert.equal("tags" in inputs, !untagged, name);
      if (untagged) continue;
      const { team, "kpaas-environment": environment } = inputs.tags as Record<string, string>;
      assert.deepEqual([team, environment], ["platform", "seoul"], name);
    }
  });

  it("marks as the cluster's own what its controllers look for, and nothing that they must leave alone", async () => {
    const g = await buildAws(awsPlan("highAvailability"));
    const marked = g.resources.filter(
      ({ inputs }) => (inputs.tags as Record<string, string> | undefined)?.["kubernetes.io/cluster/seoul"] === "owned",
    );
    assert.deepEqual([...new Set(marked.map(({ type }) => type.split(":")[2]))].sort(), ["Instance", "SecurityGroup", "Subnet", "Volume"]);
    // Controllers refuse to work where a machine is in two groups that are marked.
    assert.deepEqual(
      marked.filter(({ type }) => type.endsWith(":SecurityGroup")).map(({ name }) => name),
      ["seoul-sg-nodes"],
    );
    const roles = ofType(g, "Subnet").map(({ name, inputs }) => [
      name.replace(/-ap.*/, ""),
      Object.keys(inputs.tags as object).filter((key) => key.includes("/role/")),
    ]);
    assert.deepEqual(Object.fromEntries(roles), {
      "seoul-subnet-node": ["kubernetes.io/role/internal-elb"],
      "seoul-subnet-outer": ["kubernetes.io/role/elb"],
    });
  });

  it("puts machines and their volumes where they are planned, closed as AWS can close them", async () => {
    const plan = awsPlan("highAvailability");
    const g = await buildAws(plan);
    for (const machine of plan.machines) {
      const { inputs } = g.get(`seoul-machine-${machine.name}`);
      const subnet = g.get(String(inputs.subnetId).replace(/-id$/, "")).inputs;
      assert.equal(subnet.availabilityZone, machine.zone, machine.name);
      assert.equal(inputs.privateIp, machine.address);
      assert.match(String(inputs.subnetId), machine.roles.includes("bastion") ? /-outer-/ : /-node-/);
      assert.deepEqual(inputs.metadataOptions, {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: "disabled",
      });
      const { encrypted, volumeType } = inputs.rootBlockDevice as Record<string, unknown>;
      assert.deepEqual([encrypted, volumeType, inputs.sourceDestCheck, inputs.associatePublicIpAddress], [true, "gp3", true, false]);
      assert.equal("iamInstanceProfile" in inputs, machine.roles.includes("control-plane"), machine.name);
      for (const volume of machine.volumes) {
        const { availabilityZone, encrypted: sealed } = g.get(`seoul-volume-${machine.key}.${volume.name}`).inputs;
        assert.deepEqual([availabilityZone, sealed], [machine.zone, true]);
      }
    }
  });

  it("leads in by balancers: with groups from the start, at planned addresses inside, and past nobody's own address there", async () => {
    const plan = awsPlan("highAvailability");
    const g = await buildAws(plan);
    const balancers = ofType(g, "LoadBalancer");
    assert.deepEqual(balancers.map(({ name, inputs }) => `${name} ${inputs.internal}`).sort(), [
      "seoul-api true",
      "seoul-api-public false",
      "seoul-ingress true",
      "seoul-ingress-public false",
    ]);
    const taken = new Set(plan.machines.map(({ address }) => address));
    for (const { name, inputs } of balancers) {
      assert.deepEqual(inputs.securityGroups, ["seoul-sg-load-balancer-id"], name);
      const mappings = inputs.subnetMappings as { subnetId: string; privateIpv4Address?: string }[];
      assert.equal(mappings.length, 3, name);
      for (const { subnetId, privateIpv4Address: address } of mappings) {
        assert.match(subnetId, inputs.internal === true ? /-node-/ : /-outer-/);
        assert.equal(address !== undefined, inputs.internal === true, name);
        if (address === undefined) continue;
        assert.ok(!taken.has(address), `${address} twice`);
        taken.add(address);
      }
    }
    assert.ok(taken.has(plan.apiEndpoint.address) && taken.has(plan.platform.ingress.address));
    const preserving = ofType(g, "TargetGroup").filter(({ inputs }) => inputs.preserveClientIp !== "false");
    assert.deepEqual(
      preserving.map(({ name }) => name),
      ["seoul-ingress-public-http-targets", "seoul-ingress-public-https-targets"],
    );
    assert.deepEqual(g.get("seoul-api-targets").inputs.healthCheck, {
      ...{ port: "6443", protocol: "HTTPS", path: "/readyz", matcher: "200" },
      ...{ interval: 10, timeout: 6, healthyThreshold: 3, unhealthyThreshold: 3 },
    });
    const members = (group: string) =>
      ofType(g, "TargetGroupAttachment")
        .filter(({ inputs }) => inputs.targetGroupArn === `${group}-id`)
        .map(({ inputs }) => String(inputs.targetId))
        .sort();
    const addresses = (role: string) =>
      plan.machines
        .filter(({ roles }) => roles.some((each) => each === role))
        .map(({ address }) => address)
        .sort();
    assert.deepEqual(members("seoul-api-public-targets"), addresses("control-plane"));
    assert.deepEqual(members("seoul-ingress-https-targets"), addresses("worker"));
  });

  it("has one gateway, one for each zone, or none, and none that machines of another zone need unasked", async () => {
    const gateways = async (natGateways: string | undefined): Promise<string[]> => {
      const g = await buildAws(awsPlan("highAvailability", { infrastructure: { aws: { natGateways } } }));
      return ofType(g, "Route").map(
        ({ name, inputs }) => `${name.slice("seoul-route-".length)} ${inputs.natGatewayId ?? inputs.gatewayId}`,
      );
    };
    const [a, b, c] = ["a", "b", "c"].map((zone) => `node-ap-northeast-2${zone}`);
    const own = (zone: string | undefined, of = zone): string => `${zone} seoul-nat-${of?.slice(5)}-id`;
    assert.deepEqual(await gateways(undefined), ["outer seoul-gateway-id", own(a), own(b), own(c)]);
    assert.deepEqual(await gateways("one"), ["outer seoul-gateway-id", own(a), own(b, a), own(c, a)]);
    assert.deepEqual(await gateways("none"), ["outer seoul-gateway-id"]);
  });

  it("uses a VPC that is there with its subnets, and addresses made beforehand", async () => {
    const subnets = Object.fromEntries(
      ["a", "b"].map((zone, index) => [
        `ap-northeast-2${zone}`,
        {
          node: { id: `subnet-0000000${index}`, cidr: `10.20.${index}.0/24` },
          outer: { id: `subnet-1111111${index}`, cidr: `10.20.1${index}.0/24` },
        },
      ]),
    );
    const infrastructure = {
      network: { floating: { bastion: "203.0.113.5", api: "203.0.113.6" } },
      aws: { existing: { vpc: "vpc-00000001", subnets } },
    };
    const plan = awsPlan("standard", { infrastructure });
    const allocated = {
      "aws:ec2/getElasticIp:getElasticIp": ({ publicIp }: Record<string, unknown>) => ({ id: `eipalloc-${String(publicIp)}` }),
    };
    const g = await buildAws(plan, {}, { invokes: allocated });
    for (const type of ["Vpc", "Subnet", "InternetGateway", "NatGateway", "RouteTable", "Route", "DefaultSecurityGroup", "Eip"])
      assert.deepEqual(ofType(g, type), [], type);
    assert.equal(g.get("seoul-machine-bastion").inputs.subnetId, "subnet-11111110");
    assert.equal(g.get("seoul-floating-ip-associate-bastion").inputs.allocationId, "eipalloc-203.0.113.5");
    assert.deepEqual(g.get("seoul-api-public").inputs.subnetMappings, [
      { subnetId: "subnet-11111110", allocationId: "eipalloc-203.0.113.6" },
    ]);
    assert.equal(g.get("seoul-sg-nodes").inputs.vpcId, "vpc-00000001");
  });

  it("lets packets of pods through, and the addresses on them, only where nothing wraps them", async () => {
    const plan = awsPlan("minimal", { cluster: { network: { encapsulation: "none" } } });
    const g = await buildAws(plan);
    assert.equal(g.get("seoul-machine-cp-1").inputs.sourceDestCheck, false);
    assert.equal(g.get("seoul-machine-nfs").inputs.sourceDestCheck, true);
    const cidrs = ofType(g, "SecurityGroupIngressRule").filter(({ inputs }) => inputs.cidrIpv4 === plan.network.podCidr);
    assert.deepEqual(
      cidrs.map(({ inputs }) => inputs.ipProtocol),
      ["-1"],
    );
    const ipip = await buildAws(awsPlan("minimal", { cluster: { network: { encapsulation: "ipip" } } }));
    assert.ok(ofType(ipip, "SecurityGroupIngressRule").some(({ inputs }) => inputs.ipProtocol === "4" && !("fromPort" in inputs)));
  });

  it("hands out the file's resolvers", async () => {
    const g = await buildAws(awsPlan("minimal", { infrastructure: { network: { dns: ["10.0.0.2"] } } }));
    assert.deepEqual(g.get("seoul-dhcp").inputs.domainNameServers, ["10.0.0.2"]);
  });

  it("refuses a plan of another cloud", () => {
    assert.throws(() => new AwsInfrastructure("seoul", { plan: samplePlan("minimal"), secrets: {} }), /is that of openstack, not AWS's/);
  });
});

describe("what is known of AWS's types", () => {
  const variants = [
    ["minimal", {}],
    ["highAvailability", {}],
    ["minimal", { infrastructure: { network: { dns: ["10.0.0.2"], floating: "none" }, aws: { natGateways: "none", controllers: false } } }],
    [
      "standard",
      {
        infrastructure: { access: { ssh: { keyPair: "ours", privateKey: { env: "KEY" } } } },
        platform: { storage: { kind: "existing", className: "x" } },
      },
    ],
  ] as const;

  it("covers all that is registered: how a lost creation is found, and what it takes to make it", async () => {
    for (const [profile, overrides] of variants) {
      const plan = awsPlan(profile, overrides);
      const registered = new Set((await buildAws(plan)).resources.map(({ type }) => type).filter((type) => type.startsWith("aws:")));
      assert.deepEqual(resourceTypes(plan), [...registered].sort());
      for (const type of registered) {
        assert.ok(findable[type] !== undefined, `${type} is not found again`);
        assert.ok(NEEDS[type] !== undefined, `${type} has no permissions`);
      }
    }
  });

  it("gives a policy with every action once, and with none that nothing needs", async () => {
    for (const [profile, overrides] of variants) {
      const plan = awsPlan(profile, overrides);
      const statements = permissions(plan).Statement;
      const given = statements.flatMap(({ Action }) => Action);
      assert.deepEqual([...new Set(given)].sort(), [...given].sort());
      const needed = new Set(resourceTypes(plan).flatMap((type) => actionsIn(NEEDS[type]?.actions ?? "")));
      for (const action of needed) if (!/^iam:(PassRole|GetInstanceProfile)$/.test(action)) assert.ok(given.includes(action), action);
      assert.ok(!given.some((action) => action.includes("*")));
      // The provider's lookups of a VPC, an elastic address and a quota make these calls too.
      for (const action of ["ec2:DescribeVpcAttribute", "ec2:DescribeAddressesAttribute", "servicequotas:GetAWSDefaultServiceQuota"])
        assert.ok(given.includes(action), action);
      assert.equal(
        given.includes("iam:CreateRole"),
        plan.cloud.provider === "aws" && !("infrastructure" in overrides && "aws" in overrides.infrastructure),
      );
    }
  });

  it("has a bastion that nobody outside meets among the machines, whose way out it has, and moves none that stands", async () => {
    const file = (floating: "none" | undefined, bastion = true): FileContent => ({
      infrastructure: { zones: ZONES, network: { floating }, access: { bastion, adminCidrs: undefined, ingressCidrs: undefined } },
    });
    const inside = awsEnvironment("highAvailability", file("none"));
    const g = await buildAws(inside.plan);
    const bastion = g.get("seoul-machine-bastion");
    assert.equal(bastion.inputs.subnetId, `seoul-subnet-node-${ZONES[0]}-id`);
    const met = awsEnvironment("highAvailability", file(undefined));
    assert.equal((await buildAws(met.plan)).get("seoul-machine-bastion").inputs.subnetId, `seoul-subnet-outer-${ZONES[0]}-id`);
    // One that stands keeps its place and is told of; made anew, it has the right one.
    const address = ({ plan }: typeof met) => plan.machines.find(({ key }) => key === "bastion")?.address;
    const closed = awsEnvironment("highAvailability", file("none"), met.lock);
    assert.equal(address(closed), address(met));
    assert.throws(() => awsEnvironment("highAvailability", file(undefined), inside.lock), /infrastructure\.network\.floating/);
    const without = awsEnvironment("highAvailability", file(undefined, false), inside.lock);
    assert.equal(address(awsEnvironment("highAvailability", file(undefined), without.lock)), address(met));
  });
});
