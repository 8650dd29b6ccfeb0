import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Properties } from "../../../plugin/rpc/provider";
import { createCloudProvider } from "../../../sandbox/cloud/provider";
import { NHN } from "../../../sandbox/nhn/cloud";
import { cloudIn } from "../../../sandbox/world-file";
import type { Created } from "../../support/cloud-client";
import { ProviderClient } from "../../support/provider-client";
import { type Short, TestCloud } from "../openstack/fixture";

const WORLD = {
  cloud: "nhn",
  images: ["Ubuntu Server 22.04.5 LTS (2025.07.15)"],
  flavors: ["m2.c4m8", "u2.c2m4"],
  zones: ["kr-pub-a", "kr-pub-b"],
  externalNetworks: ["Public Network"],
  volumeTypes: ["General SSD"],
  networks: ["Default Network"],
  subnets: ["Default Network"],
  routers: ["internet gateway"],
};

describe("the simulated NHN Cloud", () => {
  let cloud: TestCloud;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "kpaas-test-"));
    cloud = new TestCloud(await ProviderClient.serve(createCloudProvider(NHN, folder)), folder);
    cloud.world(WORLD);
  });
  afterEach(() => {
    cloud.client.close();
    rmSync(folder, { recursive: true });
  });

  const lookup = async (token: string, args: Properties): Promise<Properties> =>
    (await cloud.client.invoke(`openstack:${token}`, args)).properties;
  const place = async () => {
    const [network, subnet] = [
      await lookup("networking/getNetwork:getNetwork", { name: "Default Network" }),
      await lookup("networking/getSubnet:getSubnet", { name: "Default Network" }),
    ];
    return { networkId: network.id, fixedIps: [{ subnetId: subnet.id, ipAddress: "192.168.0.10" }] };
  };
  const machine = async (more: Properties = {}, device: Properties = {}): Promise<Properties> => {
    const key = await cloud.create("keypair", { name: "ours" });
    const port = await cloud.create("port", await place());
    const image = await lookup("images/getImage:getImage", { name: WORLD.images[0] });
    return {
      flavorName: "m2.c4m8",
      keyPair: key.id,
      availabilityZone: "kr-pub-a",
      networks: [{ port: port.id }],
      blockDevices: [
        {
          uuid: image.id,
          sourceType: "image",
          destinationType: "volume",
          bootIndex: 0,
          volumeSize: 40,
          volumeType: "General SSD",
          ...device,
        },
      ],
      ...more,
    };
  };

  const refused: readonly (readonly [what: string, type: Short, inputs: () => Promise<Properties> | Properties, says: RegExp])[] = [
    ["a network", "network", () => ({ name: "vpc" }), /only lists networks and subnets/],
    [
      "a subnet",
      "subnet",
      async () => ({ networkId: (await place()).networkId, cidr: "192.168.1.0/24" }),
      /only lists networks and subnets/,
    ],
    ["a router", "router", () => ({ name: "r" }), /only lists networks/],
    ["tags", "port", async () => ({ ...(await place()), tags: ["a=b"] }), /nothing of the network has tags/],
    ["tags of a security group", "secGroup", () => ({ name: "g", tags: ["a=b"] }), /nothing of the network has tags/],
    [
      "a port's description",
      "port",
      async () => ({ ...(await place()), description: "ours" }),
      /Unrecognized attribute\(s\) 'description'/,
    ],
    ["a floating address's description", "floatingIp", () => ({ pool: "Public Network", description: "ours" }), /Unrecognized attribute/],
    [
      "a rule of IPv6",
      "rule",
      async () => ({ direction: "ingress", ethertype: "IPv6", securityGroupId: (await cloud.create("secGroup", { name: "g" })).id }),
      /a security rule is IPv4/,
    ],
    ["soft anti-affinity", "serverGroup", () => ({ name: "g", policies: ["soft-anti-affinity"] }), /Only anti-affinity can be set/],
    [
      "a machine without a key pair",
      "instance",
      async () => {
        const { keyPair: _key, ...inputs } = await machine();
        return inputs;
      },
      /'key_name' is a required property/,
    ],
    ["a drive for the first boot", "instance", () => machine({ configDrive: true }), /Unrecognized attribute\(s\) 'config_drive'/],
    ["a small boot volume", "instance", () => machine({}, { volumeSize: 10 }), /a root volume has 20 to 2000 GB, not 10/],
    ["a boot volume of a local flavor", "instance", () => machine({ flavorName: "u2.c2m4" }), /boots from local storage, not volume/],
    ["a zone that is not there", "instance", () => machine({ availabilityZone: "az-1" }), /availability zone is not available/],
    [
      "a balancer",
      "loadBalancer",
      async () => ({ vipSubnetId: (await lookup("networking/getSubnet:getSubnet", { name: "Default Network" })).id }),
      /No suitable endpoint could be found in the service catalog/,
    ],
    ["a record", "recordSet", () => ({ zoneId: "z", name: "a.example.org.", type: "A", records: ["10.0.0.1"] }), /No suitable endpoint/],
    ["an application credential", "credential", () => ({ name: "ours" }), /v3\/auth\/tokens\], but got 404/],
  ];
  for (const [what, type, inputs, says] of refused)
    it(`refuses ${what}`, async () => {
      await assert.rejects(cloud.create(type, await inputs()), says);
    });

  it("goes on by itself with a machine of another flavor, which the provider has to know", async () => {
    cloud.world({ ...WORLD, flavors: [...WORLD.flavors, "m2.c8m16"] });
    const to = (flavorName: string, made: Created) =>
      cloud.client.update(made, { oldInputs: made.inputs, olds: made.properties, news: { ...made.inputs, flavorName } });
    const told = await cloud.create("instance", await machine({ vendorOptions: { ignoreResizeConfirmation: true } }));
    assert.equal((await to("m2.c8m16", told)).properties.flavorName, "m2.c8m16");
    await assert.rejects(to("u2.c2m4", told), /boots from local storage, not volume/);
    await cloud.delete(told);
    const waiting = await cloud.create("instance", { ...told.inputs, vendorOptions: undefined }, "other");
    await assert.rejects(to("m2.c8m16", waiting), /unexpected state 'ACTIVE', wanted target 'VERIFY_RESIZE'/);
  });

  it("attaches a volume within its zone only", async () => {
    const made = await cloud.create("instance", await machine());
    const attach = async (availabilityZone: string) => {
      const volume = await cloud.create("volume", { size: 10, volumeType: "General SSD", availabilityZone });
      return cloud.create("volumeAttach", { instanceId: made.id, volumeId: volume.id });
    };
    await attach("kr-pub-a");
    await assert.rejects(attach("kr-pub-b"), /are not in the same availability_zone. Instance is in kr-pub-a. Volume is in kr-pub-b/);
  });

  it("leads a floating address in where the subnet has an internet gateway", async () => {
    const port = await cloud.create("port", await place());
    const floating = await cloud.create("floatingIp", { pool: "Public Network" });
    const associate = { floatingIp: floating.properties.address, portId: port.id };
    cloud.world({ ...WORLD, routers: [] });
    await assert.rejects(cloud.create("associate", associate), /is not reachable from subnet/);
    cloud.world(WORLD);
    await cloud.create("associate", associate);
  });

  it("tells no project and no routers", async () => {
    await assert.rejects(lookup("identity/getAuthScope:getAuthScope", { name: "kpaas" }), /got 404/);
    await assert.rejects(lookup("networking/getRouter:getRouter", { name: "internet gateway" }), /Unable to list Routers/);
  });

  it("is the one that its world says, under the provider that it shares", () => {
    const clouds = { openstack: 1, nhn: 2 };
    assert.equal(cloudIn(folder, clouds), 2);
    for (const world of [{}, { cloud: "toString" }, { cloud: 7 }]) {
      writeFileSync(join(folder, "world.json"), JSON.stringify(world));
      assert.equal(cloudIn(folder, clouds), 1, JSON.stringify(world));
    }
    assert.equal(cloudIn(join(folder, "nowhere"), clouds), 1);
  });
});
