import assert from "node:assert/strict";
import { GcpInfrastructure } from "../../../providers/gcp/infrastructure";
import { demandOf, findShortages, limitIn, QUOTA_IDS } from "../../../providers/gcp/quotas";
import type { Bag, Invokes } from "../../../testing/mocks";
import { buildGcp, gcpPlan } from "../../support/gcp";
import type { FileContent } from "../../support/plan";
import { fails, surveyed } from "../../support/survey";

/** How a look at this cloud ends. */
function survey(overrides: FileContent, invokes: Invokes): Promise<string[]> {
  return surveyed(() => new GcpInfrastructure("seoul", { plan: gcpPlan("minimal", overrides), secrets: {} }), invokes);
}

const link = (kind: string, name: string) =>
  `https://www.googleapis.com/compute/v1/projects/acme-platform/regions/asia-northeast3/${kind}/${name}`;
const types = {
  "gcp:compute/getMachineTypes:getMachineTypes": ({ filter }: Bag) => ({
    machineTypes: [{ name: /"(.*)"/.exec(String(filter))?.[1], guestCpus: 4 }],
  }),
};
const quotas = (limits: Readonly<Record<string, string>>): Invokes => ({
  ...types,
  "gcp:cloudquota/getSQuotaInfo:getSQuotaInfo": ({ quotaId }) => ({
    dimensionsInfos: [{ dimensions: { region: "asia-northeast3" }, details: [{ value: limits[String(quotaId)] ?? "-1" }] }],
  }),
});

const floating = { infrastructure: { network: { floating: { api: "203.0.113.9" } } } };
const address = (more: Bag): Invokes => ({
  "gcp:compute/getAddresses:getAddresses": () => ({
    addresses: [{ address: "203.0.113.9", name: "ours", addressType: "EXTERNAL", status: "IN_USE", ...more }],
  }),
  "gcp:compute/getAddress:getAddress": ({ name }) => ({ name, networkTier: "PREMIUM", ...more }),
});

/** By name, the addresses of balancers that stand. */
const rule = (standing: Readonly<Record<string, string>>): Invokes => ({
  "gcp:compute/getForwardingRule:getForwardingRule": ({ name }) => {
    const ipAddress = standing[String(name)];
    return ipAddress === undefined ? fails("projects/acme-platform/regions/r/forwardingRules/x not found")() : { ipAddress };
  },
});

const within = (nat?: boolean): FileContent => ({
  infrastructure: {
    network: { existing: { network: "shared", subnets: { node: "nodes" } } },
    ...(nat === undefined ? {} : { gcp: { nat } }),
  },
});
const nats = (serves: string, network = "shared", name = "theirs"): Invokes => ({
  "gcp:compute/getRouters:getRouters": () => ({
    routers: [{ name: "r", network: link("networks", network), nats: [{ name, sourceSubnetworkIpRangesToNat: serves }] }],
  }),
  "gcp:compute/getRouterNat:getRouterNat": () => ({ subnetworks: [{ name: link("subnetworks", "others") }] }),
});
/** An instance of a node's name in another zone of the region, with labels. */
const instance = (labels: Bag): Invokes => ({
  ...types,
  "gcp:compute/getZones:getZones": () => ({ names: ["asia-northeast3-a", "asia-northeast3-b"] }),
  "gcp:compute/getInstance:getInstance": ({ zone, name }) =>
    zone === "asia-northeast3-b" && name === "cp-1" ? { labels } : fails("projects/acme-platform/zones/z/instances/x not found")(),
});
const SERVICES: FileContent = { platform: { loadBalancer: { kind: "cloud", services: true } } };
const ALL = "ALL_SUBNETWORKS_ALL_IP_RANGES";

/** By what is wrong; `none`: nothing. */
const LOOKS: readonly (readonly [what: string, overrides: FileContent, invokes: Invokes, expected: RegExp | "none"])[] = [
  [
    "image",
    {},
    { "gcp:compute/getImage:getImage": fails("Error 404: The resource was not found, notFound") },
    /^infrastructure\.image: the cloud has no image/,
  ],
  [
    "zone",
    {},
    { "gcp:compute/getZones:getZones": () => ({ names: ["asia-northeast3-c"] }) },
    /^infrastructure\.zones: the region has no zone/,
  ],
  [
    "type in the zone",
    {},
    { "gcp:compute/getMachineTypes:getMachineTypes": () => ({ machineTypes: [] }) },
    /^cluster\.controlPlane\.size: is no machine type of asia-northeast3-a/,
  ],
  [
    "address",
    floating,
    { "gcp:compute/getAddresses:getAddresses": () => ({ addresses: [] }) },
    /^infrastructure\.network\.floating\.api: the project has no such address/,
  ],
  ["address of another's", floating, { ...address({}), ...rule({}) }, /floating\.api: is used by something else already/],
  ["address that our own balancer has", floating, { ...address({}), ...rule({ "seoul-api-public": "203.0.113.9" }) }, "none"],
  ["address that nothing has", floating, { ...address({ status: "RESERVED" }), ...rule({}) }, "none"],
  ["address of another tier", floating, address({ status: "RESERVED", networkTier: "STANDARD" }), /floating\.api: is of the tier STANDARD/],
  ["address inside", floating, address({ status: "RESERVED", addressType: "INTERNAL" }), /floating\.api: is one inside a network/],
  [
    "NAT of a network that is there",
    within(),
    nats(ALL, "another"),
    /^infrastructure\.gcp\.nat: no NAT of the network shared serves the subnet nodes/,
  ],
  ["NAT for the subnet", within(), nats("LIST_OF_SUBNETWORKS"), /^infrastructure\.gcp\.nat: no NAT/],
  ["NAT that will be gone", within(), nats(ALL, "shared", "seoul-nat"), /^infrastructure\.gcp\.nat: no NAT/],
  ["NAT that is there", within(), nats(ALL), "none"],
  ["NAT beside another", within(true), nats(ALL), /^infrastructure\.gcp\.nat: the subnet has a NAT already, theirs of the router r/],
  ["NAT of our own", within(true), nats(ALL, "shared", "seoul-nat"), "none"],
  ["NAT that the file does without", within(false), nats(ALL, "another"), "none"],
  [
    "NAT that nobody may look at",
    within(),
    { "gcp:compute/getRouters:getRouters": fails("Error 403: Required 'compute.routers.list' permission") },
    "none",
  ],
  [
    "instances of its nodes' names",
    SERVICES,
    instance({ "kpaas-environment": "busan" }),
    /loadBalancer\.services: the project has an instance of that name in asia-northeast3-b/,
  ],
  ["instances of its nodes' names, which are its own", SERVICES, instance({ "kpaas-environment": "seoul" }), "none"],
  ["instances of others' names", {}, instance({}), "none"],
  ["room in a quota", {}, quotas({ [QUOTA_IDS.n2]: "8" }), /^cluster\.pools: 12 processors of N2 are needed, and the project's quota is 8/],
  [
    "room for disks",
    {},
    quotas({ [QUOTA_IDS.ssd]: "250" }),
    /^infrastructure\.gcp\.bootVolumeGiB: \d+ GB on pd-balanced and pd-ssd are needed/,
  ],
  [
    "quota, where it is not told",
    {},
    { ...types, "gcp:cloudquota/getSQuotaInfo:getSQuotaInfo": fails("Error 403: Cloud Quotas API has not been used in project 1") },
    "none",
  ],
];

describe("a look at GCP before anything is made", function () {
  this.timeout(60_000);
  for (const [what, overrides, invokes, expected] of LOOKS)
    it(`tells at its field what is wrong, if anything: ${what}`, async () => {
      const problems = await survey(overrides, invokes);
      if (expected === "none") return assert.deepEqual(problems, []);
      assert.ok(
        problems.some((each) => expected.test(each)),
        problems.join("\n") || "no problem",
      );
    });

  it("counts what is wanted as the resources are made", async () => {
    const plan = gcpPlan("highAvailability");
    const names = new Set((await buildGcp(plan)).resources.map(({ name }) => name));
    const demands = demandOf(plan, "seoul", { "e2-small": 2, "n2-standard-4": 4 });
    assert.deepEqual(
      demands.filter(({ resource }) => !names.has(resource)),
      [],
    );
    const total = (quota: string): number => demands.filter((each) => each.quota === quota).reduce((sum, { amount }) => sum + amount, 0);
    assert.deepEqual([total("processors"), total("e2"), total("n2"), total("addresses"), total("networks")], [14, 2, 12, 3, 1]);
    const rules = [...names].filter((name) => name.startsWith("seoul-rule-"));
    assert.equal(total("firewalls"), rules.length);
    const disks = plan.machines.flatMap(({ volumes }) => [40, ...volumes.map(({ sizeGiB = 0 }) => sizeGiB)]);
    assert.equal(
      total("ssd"),
      disks.reduce((sum, each) => sum + each, 0),
    );
    const short = await findShortages(demands, { addresses: { limit: 8, used: 6 } }, async () => new Set());
    assert.match(short[0]?.reason ?? "", /3 addresses outside are to be made, and of the project's 8 only 2 are left/);
  });

  it("goes by a quota's value in the region, else by the one that is for it", () => {
    const value = (limit: string, more: object) => ({ details: [{ value: limit }], ...more });
    const everywhere = value("24", { dimensions: {}, applicableLocations: ["asia-northeast3", "us-central1"] });
    const own = value("72", { dimensions: { region: "us-central1" }, applicableLocations: ["us-central1"] });
    assert.equal(limitIn([everywhere, own], "us-central1"), 72);
    assert.equal(limitIn([everywhere, own], "asia-northeast3"), 24);
    assert.equal(limitIn([value("5", { applicableLocations: ["global"] })], "asia-northeast3"), 5);
    assert.equal(limitIn([own], "asia-northeast3"), undefined);
  });
});
