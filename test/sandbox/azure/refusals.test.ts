import assert from "node:assert/strict";
import type { Properties } from "../../../plugin/rpc/provider";
import { AZURE } from "../../../sandbox/azure/cloud";
import { createCloudProvider } from "../../../sandbox/cloud/provider";
import { CloudClient, type Created } from "../../support/cloud-client";
import { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";

const IMAGE = "Canonical:ubuntu-24_04-lts:server:24.04.202601010";
const WORLD = {
  images: [IMAGE],
  sizes: ["Standard_D2s_v5", "Standard_E4s_v5 in 2"],
  zones: ["1", "2", "3"],
  resourceGroups: [],
  networks: [],
  subnets: [],
  addresses: [],
  crowded: [],
  subscriptions: [],
  region: "koreacentral",
};
const within = { resourceGroupName: "it", location: "koreacentral" };

/** A simulated Azure spoken to over gRPC. */
class Cloud extends CloudClient {
  /** Checks and creates; throws what either refuses. Its id. */
  async made(short: string, news: Properties): Promise<string> {
    return (await this.create(short, news)).id;
  }

  /** A subnet, in a network of a group. */
  async subnet(): Promise<string> {
    await this.create("ResourceGroup", { resourceGroupName: "it", location: "koreacentral" });
    await this.create("VirtualNetwork", { ...within, virtualNetworkName: "net", addressSpace: { addressPrefixes: ["10.0.0.0/16"] } });
    const names = { resourceGroupName: "it", virtualNetworkName: "net", subnetName: "node" };
    return this.made("Subnet", { ...names, addressPrefix: "10.0.0.0/24", defaultOutboundAccess: false });
  }

  interface(subnet: string, name: string, privateIPAddress: string): Promise<string> {
    const main = { name: "main", subnet: { id: subnet }, privateIPAllocationMethod: "Static", privateIPAddress };
    return this.made("NetworkInterface", { ...within, networkInterfaceName: name, ipConfigurations: [main] });
  }

  /** A rule of a group that lets some come in. */
  rule(securityRuleName: string, priority: number, more: Properties = {}): Promise<string> {
    const sides = { sourceAddressPrefix: "*", sourcePortRange: "*", destinationAddressPrefix: "*", destinationPortRange: "22" };
    const names = { resourceGroupName: "it", networkSecurityGroupName: "machines", securityRuleName };
    return this.made("SecurityRule", { ...names, priority, direction: "Inbound", access: "Allow", protocol: "Tcp", ...sides, ...more });
  }

  /** A security group, with a rule of somebody else. */
  async guarded(): Promise<Created> {
    await this.create("ResourceGroup", { resourceGroupName: "it", location: "koreacentral" });
    const theirs = { name: "theirs", priority: 500, direction: "Inbound", access: "Allow", protocol: "Tcp" };
    const sides = { sourceAddressPrefix: "*", sourcePortRange: "*", destinationAddressPrefix: "*", destinationPortRange: "80" };
    return this.create("NetworkSecurityGroup", {
      ...within,
      networkSecurityGroupName: "machines",
      securityRules: [{ ...theirs, ...sides }],
    });
  }

  disk(name: string, more: Properties = {}): Promise<string> {
    const own = { diskName: name, zones: ["1"], diskSizeGB: 10, creationData: { createOption: "Empty" }, sku: { name: "Premium_LRS" } };
    return this.made("Disk", { ...within, ...own, ...more });
  }

  async machine(name: string, nic: string, disks: readonly string[] = [], more: Properties = {}): Promise<string> {
    const [publisher = "", offer = "", sku = "", version = ""] = IMAGE.split(":");
    const { user = "ubuntu", key = "ssh-ed25519 AAAA", image = { publisher, offer, sku, version }, ...rest } = more;
    const linuxConfiguration = { disablePasswordAuthentication: true, ssh: { publicKeys: [{ path: "/home/u/k", keyData: key }] } };
    return this.made("VirtualMachine", {
      ...within,
      vmName: name,
      zones: ["1"],
      hardwareProfile: { vmSize: "Standard_D2s_v5" },
      networkProfile: { networkInterfaces: [{ id: nic, primary: true }] },
      osProfile: { computerName: name, adminUsername: user, linuxConfiguration },
      storageProfile: {
        imageReference: image,
        dataDisks: disks.map((id, lun) => ({ lun, createOption: "Attach", managedDisk: { id } })),
      },
      ...rest,
    });
  }
}

/** What Azure refuses, with its words. */
const REFUSED: readonly (readonly [what: string, attempt: (cloud: Cloud) => Promise<unknown>, expected: RegExp])[] = [
  ["a network without a group", (c) => c.create("VirtualNetwork", { ...within, virtualNetworkName: "net" }), /ResourceGroupNotFound/],
  ["a second of a name", async (c) => [await c.subnet(), await c.subnet()], /already existing resource/],
  [
    "an address twice",
    async (c) => {
      const subnet = await c.subnet();
      await c.interface(subnet, "a", "10.0.0.9");
      await c.interface(subnet, "b", "10.0.0.9");
    },
    /PrivateIPAddressInUse|PrivateIPAddressIsAllocated/,
  ],
  ["an address that Azure keeps", async (c) => c.interface(await c.subnet(), "a", "10.0.0.3"), /PrivateIPAddressInReservedRange/],
  [
    "an interface of another machine",
    async (c) => {
      const nic = await c.interface(await c.subnet(), "a", "10.0.0.9");
      await c.machine("a", nic);
      await c.machine("b", nic);
    },
    /NicInUse/,
  ],
  [
    "a disk of another machine",
    async (c) => {
      const subnet = await c.subnet();
      const disk = await c.disk("osd");
      await c.machine("a", await c.interface(subnet, "a", "10.0.0.9"), [disk]);
      await c.machine("b", await c.interface(subnet, "b", "10.0.0.10"), [disk]);
    },
    /cannot be attached as the disk is already owned by VM/,
  ],
  [
    "a disk of another zone",
    async (c) => {
      const nic = await c.interface(await c.subnet(), "a", "10.0.0.9");
      await c.machine("a", nic, [await c.disk("osd", { zones: ["2"] })]);
    },
    /a zonal disk is attached in its zone only/,
  ],
  [
    "a disk of all zones in one",
    async (c) => [await c.subnet(), await c.disk("osd", { sku: { name: "Premium_ZRS" } })],
    /InvalidParameter: A disk of the type Premium_ZRS is in every zone/,
  ],
  [
    "a size that the zone does not have",
    async (c) =>
      c.machine("a", await c.interface(await c.subnet(), "a", "10.0.0.9"), [], { hardwareProfile: { vmSize: "Standard_E4s_v5" } }),
    /SkuNotAvailable/,
  ],
  [
    "an image that nobody has",
    async (c) =>
      c.machine("a", await c.interface(await c.subnet(), "a", "10.0.0.9"), [], {
        image: { publisher: "a", offer: "b", sku: "c", version: "1.0.0" },
      }),
    /PlatformImageNotFound/,
  ],
  [
    "a user that Azure does not make",
    async (c) => c.machine("a", await c.interface(await c.subnet(), "a", "10.0.0.9"), [], { user: "console" }),
    /The Admin Username specified is not allowed/,
  ],
  [
    "a key of elliptic curves",
    async (c) => c.machine("a", await c.interface(await c.subnet(), "a", "10.0.0.9"), [], { key: "ecdsa-sha2-nistp256 AAAA" }),
    /keyData is invalid/,
  ],
  ["a rule without its group", async (c) => [await c.subnet(), await c.rule("ours", 500)], /ResourceNotFound/],
  ["a rule of a number that another has", async (c) => [await c.guarded(), await c.rule("ours", 500)], /SecurityRuleConflict/],
  ["a rule of another's name", async (c) => [await c.guarded(), await c.rule("theirs", 501)], /already existing resource/],
  ["a rule of no such number", async (c) => [await c.guarded(), await c.rule("ours", 99)], /SecurityRuleInvalidPriority/],
  ["a rule of too long a name", async (c) => [await c.guarded(), await c.rule("o".repeat(81), 501)], /InvalidResourceName/],
  [
    "a rule for all, and for some",
    async (c) => [await c.guarded(), await c.rule("ours", 501, { destinationPortRanges: ["1"] })],
    /SecurityRuleInvalidPortRange/,
  ],
  [
    "a rule beyond the quota",
    async (c) => {
      c.world({ quotas: { rules: 2 } });
      await c.guarded();
      for (const priority of [501, 502]) await c.rule(`ours-${priority}`, priority);
    },
    /MaxSecurityRulesPerNsgLimitReached/,
  ],
  [
    "processors beyond the quota",
    async (c) => {
      c.world({ quotas: { processors: 1 } });
      await c.machine("a", await c.interface(await c.subnet(), "a", "10.0.0.9"));
    },
    /exceeding approved Total Regional Cores quota/,
  ],
];

describe("what the simulated Azure refuses", () => {
  const folders = temporaryFolders();
  let cloud: Cloud;
  beforeEach(async () => {
    const folder = folders();
    cloud = new Cloud(await ProviderClient.serve(createCloudProvider(AZURE, folder)), folder, AZURE, WORLD);
    cloud.world({});
  });
  afterEach(() => cloud.client.close());

  for (const [what, attempt, expected] of REFUSED)
    it(what, async () => {
      await assert.rejects(attempt(cloud), expected);
    });

  it("no rule of a number in the other direction, and keeps those of a group that is written without any", async () => {
    const group = await cloud.guarded();
    await cloud.rule("ours", 500, { direction: "Outbound" });
    const lookup = async () => (await cloud.client.invoke("azure-native:network:getSecurityRule", { securityRuleName: "ours" })).properties;
    const { securityRules, ...bare } = group.inputs;
    await cloud.client.update(group, { oldInputs: group.inputs, olds: group.properties, news: bare });
    assert.deepEqual((await cloud.read({ ...group, inputs: bare })).properties.securityRules, securityRules);
    assert.equal((await lookup()).priority, 500);
    await cloud.client.update(group, { oldInputs: bare, news: { ...bare, securityRules: [] } });
    await assert.rejects(lookup(), /ResourceNotFound/, "given ones take the place of all");
    await cloud.rule("ours", 500, { direction: "Outbound" });
    await cloud.delete(group);
    await assert.rejects(lookup(), /ResourceNotFound/, "they go with it");
  });

  it("nothing of what is as it should be, and tells which machine a disk is attached to", async () => {
    const subnet = await cloud.subnet();
    const disk = await cloud.disk("osd");
    const holder = async () =>
      (await cloud.client.invoke("azure-native:compute:getDisk", { resourceGroupName: "it", diskName: "osd" })).properties.managedBy;
    assert.equal(await holder(), "");
    const machine = await cloud.machine("a", await cloud.interface(subnet, "a", "10.0.0.9"), [disk]);
    assert.equal(await holder(), machine);
  });

  it("whoever asks its resource manager without the token that is for it", async () => {
    cloud.world({ quotas: { addresses: 3 } });
    const { token } = (await cloud.client.invoke("azure-native:authorization:getClientToken", {})).properties;
    const { aud } = JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString()) as { aud: string };
    const ask = (path: string, bearer = token) =>
      fetch(`${aud}/subscriptions/x/providers/${path}?api-version=1`, { headers: { authorization: `Bearer ${bearer}` } });
    assert.equal((await ask("Microsoft.Compute/skus", "other")).status, 401);
    const { value } = (await (await ask("Microsoft.Compute/skus")).json()) as { value: { name: string; locationInfo: unknown }[] };
    assert.deepEqual(
      value.map(({ name, locationInfo }) => [name, locationInfo]),
      [
        ["Standard_D2s_v5", [{ location: "koreacentral", zones: ["1", "2", "3"] }]],
        ["Standard_E4s_v5", [{ location: "koreacentral", zones: ["2"] }]],
      ],
    );
    assert.deepEqual(await (await ask("Microsoft.Network/locations/koreacentral/usages")).json(), {
      value: [{ name: { value: "StandardSkuPublicIpAddresses" }, limit: 3, currentValue: 0 }],
    });
    const image = "Microsoft.Compute/locations/koreacentral/publishers/Canonical/artifacttypes/vmimage/offers/ubuntu-24_04-lts/skus/server";
    assert.equal((await ask(`${image}/versions/24.04.202601010`)).status, 200);
    assert.equal((await ask(`${image}/versions/1.0.0`)).status, 404);
  });
});
