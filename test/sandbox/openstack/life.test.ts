import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { NOT_FOUND, SEVERAL } from "../../../engine/state/findable";
import { PartialFailure, SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWN } from "../../../plugin/rpc/provider";
import { Store } from "../../../sandbox/store";
import { isMap, texts } from "../../../sandbox/values";
import type { Created } from "../../support/cloud-client";
import { cloudUnderTest, type Short, type TestCloud, TOKENS } from "./fixture";

describe("the simulated OpenStack", () => {
  const cloud = cloudUnderTest();

  it("gives a machine the groups of its ports by name, and its port the zone it was placed in", async () => {
    const { network, subnet } = await cloud.it.base();
    const group = await cloud.it.create("secGroup", { name: "workers" });
    const port = await cloud.it.create("port", {
      networkId: network.id,
      fixedIps: [{ subnetId: subnet.id, ipAddress: "10.0.0.20" }],
      securityGroupIds: [group.id],
    });
    const { availabilityZone: _zone, ...inputs } = cloud.it.machine(port);
    const machine = await cloud.it.create("instance", inputs);
    assert.deepEqual(machine.properties.securityGroups, ["workers"]);
    assert.equal((await cloud.it.read(port)).properties.deviceOwner, "compute:az-1");
  });

  it("knows in a preview what is given, and nothing that is computed", async () => {
    const ref = { type: TOKENS.port };
    const { inputs, failures } = await cloud.it.client.check(ref, {
      networkId: UNKNOWN,
      fixedIps: [{ subnetId: UNKNOWN, ipAddress: "10.0.0.9" }],
    });
    assert.deepEqual(failures, []);
    assert.match(String(inputs.name), /^it-[0-9a-f]{7}$/);
    const { id, properties } = await cloud.it.client.create(ref, inputs, { preview: true });
    assert.equal(id, "");
    assert.deepEqual(properties.fixedIps, [{ subnetId: UNKNOWN, ipAddress: "10.0.0.9" }]);
    for (const key of ["allFixedIps", "macAddress"]) assert.equal(properties[key], UNKNOWN);
  });

  it("gives what a real cloud gives", async () => {
    const { port } = await cloud.it.base();
    const instance = await cloud.it.create("instance", cloud.it.machine(port));
    assert.match(instance.id, /^[0-9a-f-]{36}$/);
    assert.equal(instance.properties.accessIpV4, "10.0.0.10");
    assert.match(String(port.properties.macAddress), /^fa:16:3e(:[0-9a-f]{2}){3}$/);
    assert.deepEqual(port.properties.allFixedIps, ["10.0.0.10"]);
    assert.match(String((await cloud.it.create("floatingIp", { pool: "public" })).properties.address), /^203\.0\.113\.\d+$/);
  });

  it("keeps the same name at every check", async () => {
    const one = await cloud.it.client.check({ type: TOKENS.network }, {});
    const two = await cloud.it.client.check({ type: TOKENS.network }, {}, one.inputs);
    assert.equal(one.inputs.name, two.inputs.name);
  });

  it("replaces for what cannot change in place, and honours ignored changes", async () => {
    const ref = { type: TOKENS.instance, id: "1" };
    const oldInputs = { flavorName: "m1.large", userData: "a", networks: [{ port: "1" }], metadata: { a: "1" } };
    const news = { flavorName: "m1.huge", userData: "b", networks: [{ port: UNKNOWN }], metadata: { a: "2" } };
    const diff = await cloud.it.client.diff(ref, { oldInputs, news });
    assert.deepEqual(diff.detailed, {
      flavorName: "UPDATE",
      userData: "UPDATE_REPLACE",
      "networks[0].port": "UPDATE_REPLACE",
      "metadata.a": "UPDATE",
    });
    const ignored = await cloud.it.client.diff(ref, { oldInputs, news, ignoreChanges: ["userData", "networks", "flavorName"] });
    assert.deepEqual(ignored.detailed, { "metadata.a": "UPDATE" });
  });

  it("sees no change in another order of a set", async () => {
    const states = { oldInputs: { networkId: "n", securityGroupIds: ["a", "b"] }, news: { networkId: "n", securityGroupIds: ["b", "a"] } };
    assert.equal((await cloud.it.client.diff({ type: TOKENS.port, id: "1" }, states)).changed, false);
  });

  it("shows an edited file as drift, and a removed one as gone", async () => {
    const { port } = await cloud.it.base();
    const instance = await cloud.it.create("instance", { ...cloud.it.machine(port), metadata: { a: "1" } });
    assert.deepEqual((await cloud.it.read(instance)).inputs, instance.inputs);
    cloud.it.edit("instance", (object) => {
      object.name = "edited";
      object.metadata = { a: "edited" };
    });
    // As the real provider, which does not read a machine's metadata back.
    assert.deepEqual((await cloud.it.read(instance)).inputs, { ...instance.inputs, name: "edited" });
    const imported = await cloud.it.client.read(instance, {}, {});
    assert.deepEqual([imported.inputs.metadata, imported.properties.name], [{ a: "edited" }, "edited"]);
    await cloud.it.delete(instance);
    assert.equal((await cloud.it.read(instance)).id, "");
  });

  it("makes a machine in error where the quota of volumes is used up, which its next reading shows and nothing else does", async () => {
    cloud.it.world({ quotas: { volumes: 0 } });
    const { port } = await cloud.it.base();
    const { properties: image } = await cloud.it.client.invoke("openstack:images/getImage:getImage", { name: "ubuntu-22.04" });
    const boot = { uuid: image.id, sourceType: "image", destinationType: "volume", bootIndex: 0, volumeSize: 20 };
    const { imageName: _image, ...machine } = cloud.it.machine(port);
    const news = { ...machine, blockDevices: [boot] };
    let failure: unknown;
    await cloud.it.create("instance", news).catch((error) => {
      failure = error;
    });
    assert.ok(failure instanceof PartialFailure && /unexpected state 'ERROR'/.test(failure.message));
    const { id, properties } = failure;
    assert.equal(properties.powerState, "active");
    const type = TOKENS.instance;
    const { inputs } = await cloud.it.client.check({ type }, { ...news, name: "it" });
    const read = await cloud.it.client.read({ type, id }, inputs, properties);
    assert.equal(read.properties.powerState, "error");
    const { changed } = await cloud.it.client.diff(
      { type, id },
      { oldInputs: read.inputs, olds: read.properties, news: { ...inputs, name: read.inputs.name } },
    );
    assert.equal(changed, false);
    await cloud.it.client.delete({ type, id }, properties, inputs);
  });

  it("gives a listener's networks back sorted, and names what keeps a subnet from going only by the time that is over", async () => {
    const { subnet } = await cloud.it.base();
    const balancer = await cloud.it.create("loadBalancer", { vipSubnetId: subnet.id });
    const allowedCidrs = ["203.0.113.0/24", "10.0.0.0/24"];
    const listener = await cloud.it.create("listener", { loadbalancerId: balancer.id, protocol: "TCP", protocolPort: 6443, allowedCidrs });
    assert.deepEqual((await cloud.it.read(listener)).inputs.allowedCidrs, [...allowedCidrs].sort());
    await assert.rejects(cloud.it.delete(subnet), /to become deleted: context deadline exceeded/);
  });

  it("updates in place and gives the port back when its machine goes", async () => {
    const { port } = await cloud.it.base();
    const instance = await cloud.it.create("instance", cloud.it.machine(port));
    const news = { ...instance.inputs, metadata: { a: "2" } };
    const { properties } = await cloud.it.client.update(instance, { oldInputs: instance.inputs, olds: instance.properties, news });
    assert.deepEqual(properties.metadata, { a: "2" });
    assert.equal(properties.accessIpV4, "10.0.0.10");
    await cloud.it.delete(instance);
    await cloud.it.create("instance", cloud.it.machine(port));
  });

  it("grows volumes and never shrinks them", async () => {
    const volume = await cloud.it.create("volume", { size: 10 });
    const resize = (size: number) =>
      cloud.it.client.update(volume, { oldInputs: volume.inputs, olds: volume.properties, news: { ...volume.inputs, size } });
    assert.equal((await resize(20)).properties.size, 20);
    await assert.rejects(resize(5), /New size for extend must be greater/);
  });

  it("ends the boot volume with the machine", async () => {
    const { port } = await cloud.it.base();
    const { properties } = await cloud.it.client.invoke("openstack:images/getImage:getImage", { name: "ubuntu-22.04" });
    const { imageName: _image, ...machine } = cloud.it.machine(port);
    const boot = {
      uuid: properties.id,
      sourceType: "image",
      destinationType: "volume",
      bootIndex: 0,
      volumeSize: 20,
      deleteOnTermination: true,
    };
    const instance = await cloud.it.create("instance", { ...machine, blockDevices: [boot] });
    const volumes = () => new Store(join(cloud.it.folder, "openstack")).list("volume").length;
    assert.equal(volumes(), 1);
    await cloud.it.delete(instance);
    assert.equal(volumes(), 0);
  });

  it("marks secrets, and keeps neither them nor user data in its files", async () => {
    const keypair = await cloud.it.create("keypair", { name: "generated" });
    const key = keypair.properties.privateKey;
    assert.ok(isMap(key) && key[SIGNATURE_KEY] === SECRET_SIGNATURE);
    const { port } = await cloud.it.base();
    const instance = await cloud.it.create("instance", { ...cloud.it.machine(port), adminPass: "canary-password" });
    assert.ok(isMap(instance.properties.adminPass));
    assert.doesNotMatch(cloud.it.content(), /canary|PRIVATE KEY/);
  });

  it("finds what exists, and says so when nothing does", async () => {
    cloud.it.world({ networks: ["old-net"], subnets: ["old-subnet"], routers: ["old-router"] });
    const { client } = cloud.it;
    const lookups = {
      "openstack:images/getImage:getImage": "ubuntu-22.04",
      "openstack:compute/getFlavor:getFlavor": "m1.large",
      "openstack:networking/getNetwork:getNetwork": "old-net",
      "openstack:networking/getSubnet:getSubnet": "old-subnet",
      "openstack:networking/getRouter:getRouter": "old-router",
    };
    const ids: Record<string, string> = {};
    for (const [token, name] of Object.entries(lookups)) {
      const { properties } = await client.invoke(token, { name });
      assert.equal(properties.name, name);
      ids[name] = String(properties.id);
      await assert.rejects(client.invoke(token, { name: "none" }), NOT_FOUND);
    }
    assert.deepEqual((await client.invoke("openstack:images/getImageIds:getImageIds", { name: "none" })).properties.ids, []);
    await cloud.it.create("port", {
      networkId: ids["old-net"],
      fixedIps: [{ subnetId: ids["old-subnet"], ipAddress: "192.168.0.5" }],
    });
  });

  it("takes names where the services take names, and ids where they take ids", async () => {
    const id = "8f84ceab-0000-4dfb-9ef6-000000000001";
    cloud.it.world({ networks: ["old-net"], flavors: [id, "m1.large"], externalNetworks: [id, "public"], volumeTypes: [id], images: [id] });
    const { client } = cloud.it;
    const { port } = await cloud.it.base();
    const machine = { ...cloud.it.machine(port), imageName: undefined, imageId: id };
    await assert.rejects(cloud.it.create("instance", { ...machine, flavorName: id }), /Flavor 8f84ceab.* could not be found/);
    await assert.rejects(cloud.it.create("instance", { ...machine, imageId: undefined, imageName: id }), /Can not find requested image/);
    const made = await cloud.it.create("instance", { ...machine, flavorName: undefined, flavorId: id });
    assert.notEqual(made.properties.flavorName, id);
    await assert.rejects(cloud.it.create("floatingIp", { pool: id }), /No network found with name/);
    await assert.rejects(cloud.it.create("router", { externalNetworkId: "public" }), /404/);
    await cloud.it.create("router", { externalNetworkId: id });
    await assert.rejects(cloud.it.create("port", { networkId: "old-net" }), /404/);
    await assert.rejects(client.invoke("openstack:compute/getFlavor:getFlavor", { name: id }), /no results/);
    const volume = await cloud.it.create("volume", { size: 1, volumeType: id });
    assert.notEqual((await cloud.it.read(volume)).properties?.volumeType, id, "cinder tells a type's name");
  });

  it("has key pairs and floating addresses that were made beforehand, and takes nothing of them away", async () => {
    cloud.it.world({ keyPairs: ["ours"], floatingIps: ["198.51.100.7"] });
    const { client } = cloud.it;
    const { network, subnet, port } = await cloud.it.base();
    const router = await cloud.it.create("router", {
      externalNetworkId: String((await client.invoke("openstack:networking/getNetwork:getNetwork", { name: "public" })).properties.id),
    });
    await cloud.it.create("routerInterface", { routerId: router.id, subnetId: subnet.id });
    await cloud.it.create("instance", { ...cloud.it.machine(port), keyPair: "ours" });
    await assert.rejects(cloud.it.create("instance", { ...cloud.it.machine(port), keyPair: "theirs" }), /404/);
    const associate = await cloud.it.create("associate", { floatingIp: "198.51.100.7", portId: port.id });
    const find = async () =>
      (await client.invoke("openstack:networking/getFloatingIp:getFloatingIp", { address: "198.51.100.7" })).properties;
    assert.deepEqual([(await find()).portId, (await find()).fixedIp], [port.id, "10.0.0.10"]);
    await cloud.it.delete(associate);
    assert.equal((await find()).portId, undefined);
    assert.ok(network.id);
  });

  it("tells of its quotas, and what is used of them where a cloud does", async () => {
    cloud.it.world({ quotas: { instances: 2, ram: 20_000, ports: 7, gigabytes: 100 } });
    const { client } = cloud.it;
    const { port } = await cloud.it.base();
    await cloud.it.create("instance", cloud.it.machine(port));
    const ask = async (token: string) => (await client.invoke(`openstack:${token}`, { projectId: "" })).properties;
    const nova = await ask("compute/getLimitsV2:getLimitsV2");
    assert.deepEqual([nova.maxTotalInstances, nova.totalInstancesUsed, nova.maxTotalCores, nova.totalRamUsed], [2, 1, -1, 8192]);
    assert.equal((await ask("networking/getQuotaV2:getQuotaV2")).port, 7);
    const cinder = await ask("blockstorage/getQuotasetV3:getQuotasetV3");
    assert.deepEqual([cinder.gigabytes, cinder.volumeTypeQuota], [100, { volumes_ssd: "-1" }]);
  });

  it("tells by name, tag or use what a broken creation may have left", async () => {
    const { create, client } = { create: cloud.it.create.bind(cloud.it), client: cloud.it.client };
    const { network, port } = await cloud.it.base();
    const machine = await create("instance", cloud.it.machine(port));
    const group = await create("secGroup", { name: "nodes", tags: ["kpaas-environment=seoul"] });
    const volume = await create("volume", { name: "data", size: 10, metadata: { "kpaas-volume": "data" } });
    const floating = await create("floatingIp", { pool: "public", description: "kpaas seoul: api", tags: ["a"] });
    const ask = async (token: string, args: Record<string, unknown>) => (await client.invoke(`openstack:${token}`, args)).properties;
    const getPort = "networking/getPort:getPort";
    assert.equal((await ask(getPort, { portId: port.id })).deviceId, machine.id);
    assert.equal((await ask(getPort, { networkId: network.id, fixedIp: "10.0.0.10" })).id, port.id);
    assert.equal((await ask("networking/getSecGroup:getSecGroup", { name: "nodes", tags: ["kpaas-environment=seoul"] })).id, group.id);
    assert.equal((await ask("blockstorage/getVolumeV3:getVolumeV3", { metadata: { "kpaas-volume": "data" } })).id, volume.id);
    assert.equal((await ask("networking/getFloatingIp:getFloatingIp", { tags: ["a"] })).id, floating.id);
    await assert.rejects(ask(getPort, { name: "none" }), /No openstack_networking_port_v2 found/);
    await assert.rejects(
      ask("networking/getSecGroup:getSecGroup", { name: "nodes", tags: ["kpaas-environment=busan"] }),
      /No Security Group found/,
    );
    await create("volume", { name: "data", size: 10 });
    await assert.rejects(ask("blockstorage/getVolumeV3:getVolumeV3", { name: "data" }), SEVERAL);
  });

  it("never has a reference to something that is gone, whatever is created and deleted in which order", async () => {
    const command = fc.record({ create: fc.boolean(), kind: fc.constantFrom(...MAKERS.keys()), pick: fc.nat(50) });
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 40 }), async (commands) => {
        const made: Created[] = [];
        for (const { create, kind, pick } of commands) {
          const target = create ? undefined : made[pick % Math.max(1, made.length)];
          try {
            if (target !== undefined) {
              await cloud.it.delete(target);
              made.splice(made.indexOf(target), 1);
            } else {
              made.push(await make(cloud.it, kind, made, pick));
            }
          } catch (error) {
            assert.match(String(error), /4\d\d: |is required|must be given|deadline exceeded/, "a refusal in the cloud's words");
          }
          assertWhole(cloud.it);
        }
      }),
      { numRuns: 15 },
    );
  });
});

const MAKERS = new Map<Short, (id: (kind: Short) => string | undefined, pick: number) => Record<string, unknown>>([
  ["network", () => ({})],
  ["subnet", (id, pick) => ({ networkId: id("network"), cidr: `10.${pick}.0.0/24` })],
  ["secGroup", () => ({})],
  [
    "rule",
    (id, pick) => ({
      securityGroupId: id("secGroup"),
      direction: "ingress",
      ethertype: "IPv4",
      protocol: "tcp",
      portRangeMin: pick,
      portRangeMax: pick,
      remoteGroupId: id("secGroup"),
    }),
  ],
  ["port", (id) => ({ networkId: id("network"), securityGroupIds: [id("secGroup")].filter((one) => one !== undefined) })],
  ["router", () => ({})],
  ["routerInterface", (id) => ({ routerId: id("router"), subnetId: id("subnet") })],
  ["instance", (id) => ({ flavorName: "m1.large", imageName: "ubuntu-22.04", networks: [{ port: id("port") }] })],
  ["volume", () => ({ size: 1 })],
  ["volumeAttach", (id) => ({ instanceId: id("instance"), volumeId: id("volume") })],
  ["loadBalancer", (id) => ({ vipSubnetId: id("subnet") })],
  ["pool", (id) => ({ loadbalancerId: id("loadBalancer"), protocol: "TCP", lbMethod: "ROUND_ROBIN" })],
  ["member", (id, pick) => ({ poolId: id("pool"), address: `10.0.0.${pick}`, protocolPort: 80 })],
]);

async function make(cloud: TestCloud, kind: Short, made: readonly Created[], pick: number): Promise<Created> {
  const id = (wanted: Short) => {
    const all = made.filter(({ type }) => type === TOKENS[wanted]);
    return all[pick % Math.max(1, all.length)]?.id;
  };
  return cloud.create(kind, MAKERS.get(kind)?.(id, pick) ?? {}, `${kind}-${pick}`);
}

/** Which kind of object each of these fields names. */
const NAMES: Readonly<Record<string, string>> = {
  networkId: "network",
  subnetId: "subnet",
  securityGroupId: "secGroup",
  remoteGroupId: "secGroup",
  routerId: "router",
  instanceId: "instance",
  volumeId: "volume",
  loadbalancerId: "loadBalancer",
  poolId: "pool",
  vipPortId: "port",
};

function assertWhole(cloud: TestCloud): void {
  const store = new Store(join(cloud.folder, "openstack"));
  for (const kind of ["subnet", "port", "secGroupRule", "routerInterface", "instance", "volumeAttach", "loadBalancer", "pool", "member"]) {
    for (const object of store.list(kind)) {
      for (const [field, target] of Object.entries(NAMES)) {
        const id = object[field];
        if (typeof id === "string") assert.ok(store.get(target, id), `${kind}.${field} names a ${target} that is gone`);
      }
      for (const id of texts(object, "allSecurityGroupIds"))
        assert.ok(store.get("secGroup", id), "a port has a security group that is gone");
      for (const id of texts(object, "portIds")) assert.ok(store.get("port", id), "an instance has a port that is gone");
    }
  }
}
