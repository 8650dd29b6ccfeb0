import assert from "node:assert/strict";
import type { Properties } from "../../../../plugin/rpc/provider";
import { cloudUnderTest, type TestCloud } from "../fixture";
import { refusesToCreate } from "../refused";

refusesToCreate([
  {
    what: "a key pair twice",
    type: "keypair",
    inputs: async (c) => ({ name: (await c.create("keypair", { name: "key" })).id }),
    says: /Key pair 'key' already exists/,
  },
  {
    what: "an unknown flavor",
    type: "instance",
    inputs: async (c) => ({ ...c.machine((await c.base()).port), flavorName: "m1.huge" }),
    says: /Flavor m1.huge could not be found/,
  },
  {
    what: "an unknown image",
    type: "instance",
    inputs: async (c) => ({ ...c.machine((await c.base()).port), imageName: "debian" }),
    says: /Can not find requested image debian/,
  },
  {
    what: "an unknown zone",
    type: "instance",
    inputs: async (c) => ({ ...c.machine((await c.base()).port), availabilityZone: "az-9" }),
    says: /availability zone is not available/,
  },
  {
    what: "an unknown key pair",
    type: "instance",
    inputs: async (c) => ({ ...c.machine((await c.base()).port), keyPair: "none" }),
    says: /Keypair none could not be found/,
  },
  { what: "a port of another machine", type: "instance", inputs: async (c) => used(c), says: /is still in use/ },
  {
    what: "an unknown volume type",
    type: "volume",
    inputs: () => ({ size: 1, volumeType: "gold" }),
    says: /Volume type with name gold could not be found/,
  },
]);

describe("the simulated OpenStack refuses to delete", () => {
  const cloud = cloudUnderTest();

  it("no volume that is attached: its provider takes it off its machine", async () => {
    const { port } = await cloud.it.base();
    const instance = await cloud.it.create("instance", cloud.it.machine(port));
    const volume = await cloud.it.create("volume", { size: 10 });
    const attached = await cloud.it.create("volumeAttach", { instanceId: instance.id, volumeId: volume.id });
    assert.equal(attached.properties.device, "/dev/vdb");
    await cloud.it.delete(volume);
    assert.equal((await cloud.it.read(attached)).id, "");
  });
});

async function used(cloud: TestCloud): Promise<Properties> {
  const { port } = await cloud.base();
  await cloud.create("instance", cloud.machine(port));
  return cloud.machine(port);
}
