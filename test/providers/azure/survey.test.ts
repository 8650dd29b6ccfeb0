import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AzureInfrastructure } from "../../../providers/azure/infrastructure";
import { demandOf, findShortages } from "../../../providers/azure/quotas";
import type { Bag, Invokes } from "../../../testing/mocks";
import { azurePlan, buildAzure } from "../../support/azure";
import type { FileContent } from "../../support/plan";
import { fails, surveyed } from "../../support/survey";

/** What the resource manager answers by the end of a path; undefined: there is nothing. */
type Answers = Readonly<Record<string, unknown>>;

const sku = (name: string, more: Bag = {}, can: Readonly<Record<string, string>> = {}): Bag => ({
  resourceType: "virtualMachines",
  name,
  family: "standardDSv5Family",
  locationInfo: [{ zones: ["1", "2", "3"] }],
  restrictions: [],
  capabilities: Object.entries({ vCPUs: "4", PremiumIO: "True", HyperVGenerations: "V1,V2", ...can }).map(([key, value]) => ({
    name: key,
    value,
  })),
  ...more,
});
const LARGE = "Standard_D4s_v5";
const skus = (...large: Bag[]): Bag => ({
  "Microsoft.Compute/skus": { value: [...large, sku("Standard_D8s_v5"), sku("Standard_D2s_v5", {}, { vCPUs: "2" })] },
});
const VERSION = "skus/22_04-lts-gen2/versions/22.04.202510230";
const FINE: Answers = {
  ...skus(sku(LARGE)),
  [VERSION]: { properties: { architecture: "x64", hyperVGeneration: "V2" } },
  "Microsoft.Compute/locations/koreacentral/usages": { value: [{ name: { value: "cores" }, limit: 100, currentValue: 0 }] },
  "Microsoft.Network/locations/koreacentral/usages": { value: [] },
};

const existing = (cidr: string) => ({
  infrastructure: {
    azure: {
      existing: {
        network: "/subscriptions/0/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub",
        subnets: { node: { name: "nodes", cidr } },
      },
    },
  },
});
const api = "/subscriptions/0/resourceGroups/net/providers/Microsoft.Network/publicIPAddresses/api";
const floating = { infrastructure: { network: { floating: { api: "203.0.113.9" } }, azure: { addresses: { "203.0.113.9": api } } } };

const rebuilt = { cluster: { pools: { worker: { nodes: { a: { generation: 2 }, b: {} }, volumes: [{ name: "osd", sizeGiB: 10 }] } } } };
const heldBy = (machine: string): Invokes => ({
  "azure-native:compute:getDisk": () => ({
    managedBy: `/subscriptions/0/resourceGroups/SEOUL/providers/Microsoft.Compute/virtualMachines/${machine}`,
  }),
});

const MISSING: readonly (readonly [
  what: string,
  overrides: FileContent,
  of: { answers?: Answers; invokes?: Invokes },
  expected: RegExp,
])[] = [
  ["size", {}, { answers: skus() }, /^cluster\.controlPlane\.size: the cloud has no size of that name in the region/],
  [
    "zone of a size",
    {},
    { answers: skus(sku(LARGE, { locationInfo: [{ zones: ["2"] }] })) },
    /^cluster\.controlPlane\.size: is not offered to this subscription in zone 1/,
  ],
  [
    "zone of a size that is kept from the subscription",
    {},
    { answers: skus(sku(LARGE, { restrictions: [{ type: "Zone", restrictionInfo: { zones: ["1"] } }] })) },
    /^cluster\.controlPlane\.size: is not offered to this subscription in zone 1/,
  ],
  [
    "size that is kept from the subscription",
    {},
    { answers: skus(sku(LARGE, { restrictions: [{ type: "Location" }] })) },
    /size: is not offered/,
  ],
  ["size for these processors", {}, { answers: skus(sku(LARGE, {}, { CpuArchitectureType: "Arm64" })) }, /size: is for Arm64/],
  ["size of generation 2", {}, { answers: skus(sku(LARGE, {}, { HyperVGenerations: "V1" })) }, /size: cannot be launched trusted/],
  ["size with premium disks", {}, { answers: skus(sku(LARGE, {}, { PremiumIO: "False" })) }, /size: takes no disk of the type Premium_LRS/],
  ["image", {}, { answers: { [VERSION]: undefined } }, /^infrastructure\.image: the cloud has no image/],
  ["image for these processors", {}, { answers: { [VERSION]: { properties: { architecture: "Arm64" } } } }, /image: is for Arm64/],
  ["image without a plan", {}, { answers: { [VERSION]: { properties: { plan: { name: "p" } } } } }, /image: is sold under a plan/],
  [
    "room in a quota",
    {},
    {
      answers: { "Microsoft.Compute/locations/koreacentral/usages": { value: [{ name: { value: "cores" }, limit: 5, currentValue: 0 }] } },
    },
    /^cluster\.pools: 14 processors are needed, and the subscription's quota is 5/,
  ],
  [
    "room in a family's quota",
    {},
    {
      answers: {
        "Microsoft.Compute/locations/koreacentral/usages": {
          value: [{ name: { value: "standardDSv5Family" }, limit: 10, currentValue: 0 }],
        },
      },
    },
    /^cluster\.pools: 14 processors of standardDSv5Family are needed, and the subscription's quota is 10/,
  ],
  [
    "subscription",
    { infrastructure: { azure: { subscription: "00000000-0000-4000-8000-000000000001" } } },
    {},
    /^infrastructure\.azure\.subscription: is not the subscription that the credentials are used with/,
  ],
  [
    "resource group",
    { infrastructure: { azure: { resourceGroup: "theirs" } } },
    { invokes: { "azure-native:resources:getResourceGroup": fails('Code="ResourceGroupNotFound"') } },
    /^infrastructure\.azure\.resourceGroup: the cloud has no resource group of that name/,
  ],
  [
    "subnet of that range",
    existing("10.20.1.0/24"),
    { invokes: { "azure-native:network:getSubnet": () => ({ addressPrefix: "10.20.2.0/24" }) } },
    /^infrastructure\.azure\.existing\.subnets\.node\.cidr: is not the subnet's network, which is 10\.20\.2\.0\/24/,
  ],
  [
    "address of that resource",
    floating,
    { invokes: { "azure-native:network:getPublicIPAddress": () => ({ ipAddress: "203.0.113.8" }) } },
    /^infrastructure\.azure\.addresses\.203\.0\.113\.9: is the address 203\.0\.113\.8/,
  ],
];

describe("a look at Azure before anything is made", function () {
  this.timeout(60_000);
  let answers: Answers = FINE;
  const asked: string[] = [];
  let server: Server;
  let invokes: Invokes;
  before(async () => {
    server = createServer(({ url = "", headers }, response) => {
      const path = decodeURIComponent(url.split("?")[0] ?? "");
      const [, found] = Object.entries(answers).find(([end]) => path.endsWith(end)) ?? [];
      const { authorization = "" } = headers;
      asked.push(`${authorization.split(".").at(-1)} ${path}`);
      response
        .writeHead(found === undefined ? 404 : 200, { "content-type": "application/json", connection: "close" })
        .end(JSON.stringify(found ?? { error: { code: "NotFound", message: "not there" } }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const aud = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const token = ["e30", Buffer.from(JSON.stringify({ aud })).toString("base64url"), "signed"].join(".");
    invokes = {
      "azure-native:authorization:getClientToken": () => ({ token }),
      "azure-native:authorization:getClientConfig": () => ({ subscriptionId: "ours" }),
    };
  });
  after(() => server.close());

  /** How a look at this cloud ends. */
  async function survey(overrides: FileContent, of: { answers?: Answers; invokes?: Invokes }): Promise<string[]> {
    answers = { ...FINE, ...of.answers };
    const make = () => new AzureInfrastructure("seoul", { plan: azurePlan("minimal", overrides), secrets: {} });
    return surveyed(make, { ...invokes, ...of.invokes });
  }

  it("finds nothing wrong where all is there, and shows the token to whom it is for", async () => {
    asked.length = 0;
    assert.deepEqual(await survey({}, {}), []);
    assert.equal(asked.length, 4);
    assert.ok(asked.every((each) => each.startsWith("signed /subscriptions/ours/providers/Microsoft.")));
  });

  for (const [what, overrides, of, expected] of MISSING)
    it(`tells of a missing ${what} at its field`, async () => {
      const problems = await survey(overrides, of);
      assert.ok(
        problems.some((each) => expected.test(each)),
        problems.join("\n") || "no problem",
      );
    });

  it("gives a machine that is built anew its disks once nobody else has them", async () => {
    const free = { "azure-native:compute:getDisk": () => ({ managedBy: "" }) };
    for (const [held, disks] of [
      [heldBy("seoul-a"), 0],
      [heldBy("SEOUL-A-G2"), 1],
      [free, 1],
    ] as const) {
      assert.deepEqual(await survey(rebuilt, { invokes: held }), []);
      const g = await buildAzure(azurePlan("minimal", rebuilt), {}, { invokes: held });
      const { storageProfile } = g.get("seoul-machine-a-g2").inputs as { storageProfile: { dataDisks: unknown[] } };
      assert.equal(storageProfile.dataDisks.length, disks);
    }
  });

  it("stops nothing where the resource manager cannot be asked", async () => {
    assert.deepEqual(await survey({}, { invokes: { "azure-native:authorization:getClientToken": () => ({ token: "opaque" }) } }), []);
  });

  it("counts what is wanted as the resources are made", async () => {
    const plan = azurePlan("highAvailability");
    const names = new Set((await buildAzure(plan)).resources.map(({ name }) => name));
    const demands = demandOf(plan, "seoul", Object.fromEntries(plan.machines.map(({ size }) => [size, { processors: 4, family: "d" }])));
    assert.deepEqual(
      demands.filter(({ resource }) => !names.has(resource)),
      [],
    );
    const total = (quota: string): number => demands.filter((each) => each.quota === quota).reduce((sum, { amount }) => sum + amount, 0);
    const made = [...names].filter((name) => name.startsWith("seoul-floating-ip-"));
    const machines = plan.machines.length * 4;
    assert.deepEqual([total("cores"), total("d"), total("StandardSkuPublicIpAddresses")], [machines, machines, made.length]);
    const short = await findShortages(demands, { StandardSkuPublicIpAddresses: { limit: 10, used: 8 } }, async () => new Set());
    assert.match(short[0]?.reason ?? "", /6 public addresses are to be made, and of the subscription's 10 only 2 are left/);
  });
});
