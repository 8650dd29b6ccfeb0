import assert from "node:assert/strict";
import { AwsInfrastructure } from "../../../providers/aws/infrastructure";
import { demandOf, findShortages } from "../../../providers/aws/quotas";
import type { Bag, Invokes } from "../../../testing/mocks";
import { awsPlan, buildAws } from "../../support/aws";
import type { FileContent } from "../../support/plan";
import { fails, surveyed } from "../../support/survey";

/** How a look at this cloud ends. */
function survey(overrides: FileContent, invokes: Invokes): Promise<string[]> {
  return surveyed(() => new AwsInfrastructure("seoul", { plan: awsPlan("minimal", overrides), secrets: {} }), invokes);
}

const floating = { infrastructure: { network: { floating: { api: "203.0.113.9" } } } };
const MISSING: readonly (readonly [what: string, overrides: FileContent, invokes: Invokes, expected: RegExp])[] = [
  ["image", {}, { "aws:ec2/getAmi:getAmi": fails("Your query returned no results.") }, /^infrastructure\.image: the cloud has no image/],
  [
    "image for another processor",
    {},
    { "aws:ec2/getAmi:getAmi": () => ({ id: "ami-1", architecture: "arm64" }) },
    /^infrastructure\.image: is for arm64/,
  ],
  [
    "zone",
    {},
    { "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({ names: ["ap-northeast-2c"] }) },
    /^infrastructure\.zones: the region has no availability zone/,
  ],
  [
    "type in the zone",
    {},
    { "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": () => ({ locations: ["ap-northeast-2b"] }) },
    /^cluster\.controlPlane\.size: is not offered in ap-northeast-2a/,
  ],
  [
    "type",
    {},
    { "aws:ec2/getInstanceType:getInstanceType": fails("InvalidInstanceType: The following supplied instance types do not exist") },
    /size: the cloud has no instance type/,
  ],
  [
    "type for another processor",
    {},
    { "aws:ec2/getInstanceType:getInstanceType": () => ({ supportedArchitectures: ["arm64"] }) },
    /size: is for arm64, and images are for x86_64/,
  ],
  [
    "elastic address",
    floating,
    { "aws:ec2/getElasticIp:getElasticIp": fails("no matching EC2 EIP found") },
    /^infrastructure\.network\.floating\.api: the cloud has no such elastic address/,
  ],
  [
    "elastic address of another machine",
    floating,
    { "aws:ec2/getElasticIp:getElasticIp": () => ({ id: "e", instanceId: "i-9", privateIp: "10.9.0.1" }) },
    /^infrastructure\.network\.floating\.api: belongs to the machine i-9/,
  ],
  [
    "room in a quota",
    {},
    {
      "aws:servicequotas/getServiceQuota:getServiceQuota": ({ quotaCode }) => (quotaCode === "L-1216C47A" ? { value: 5 } : {}),
      "aws:ec2/getInstanceType:getInstanceType": () => ({ defaultVcpus: 4 }),
    },
    /^cluster\.pools: 16 processors are needed, and the account's quota is 5/,
  ],
];

describe("a look at AWS before anything is made", function () {
  this.timeout(60_000);
  for (const [what, overrides, invokes, expected] of MISSING)
    it(`tells of a missing ${what} at its field`, async () => {
      const problems = await survey(overrides, invokes);
      assert.ok(
        problems.some((each) => expected.test(each)),
        problems.join("\n") || "no problem",
      );
    });

  it("gives machines the id that the image's whole name and owner stand for, also when it is deprecated", async () => {
    const asked: Bag[] = [];
    const g = await buildAws(
      awsPlan("minimal"),
      {},
      {
        invokes: {
          "aws:ec2/getAmi:getAmi": (args) => {
            asked.push(args);
            return { id: "ami-0123456789abcdef0", architecture: "x86_64" };
          },
        },
      },
    );
    assert.equal(g.get("seoul-machine-cp-1").inputs.ami, "ami-0123456789abcdef0");
    const [{ owners, mostRecent, includeDeprecated } = {}] = asked;
    assert.deepEqual([owners, mostRecent, includeDeprecated, asked.length], [["099720109477"], false, true, 1]);
  });

  it("counts what is wanted as the resources are made", async () => {
    const plan = awsPlan("highAvailability");
    const names = new Set((await buildAws(plan)).resources.map(({ name }) => name));
    const demands = demandOf(plan, "seoul", { "t3.small": 2, "m6i.xlarge": 4 });
    assert.deepEqual(
      demands.filter(({ resource }) => !names.has(resource)),
      [],
    );
    const total = (quota: string): number => demands.filter((each) => each.quota === quota).reduce((sum, { amount }) => sum + amount, 0);
    assert.deepEqual([total("processors"), total("addresses"), total("vpcs"), total("balancers")], [14, 4, 1, 4]);
    const short = await findShortages(demands, { addresses: { limit: 5, used: 3 } }, async () => new Set());
    assert.match(short[0]?.reason ?? "", /4 elastic addresses are to be made, and of the account's 5 only 2 are left/);
  });
});
