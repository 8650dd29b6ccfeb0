import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { PartialFailure, type Properties } from "../../../plugin/rpc/provider";
import { BLANKS } from "../../../sandbox/openstack/blanks";
import { OPENSTACK } from "../../../sandbox/openstack/cloud";
import type { Created } from "../../support/cloud-client";
import { cloudUnderTest, type TestCloud } from "./fixture";

/** What the real provider (3.15.2) was seen to tell, on OpenStack Zed; docs/sandbox.md says by which run. */
describe("the simulated OpenStack tells what the real one tells", () => {
  const cloud = cloudUnderTest();

  it("of what nobody gave: of every type, by names that the type has", () => {
    assert.deepEqual(
      Object.keys(OPENSTACK.types).filter((token) => !(token in BLANKS)),
      [
        // It has no such field.
        "openstack:networking/floatingIpAssociate:FloatingIpAssociate",
      ],
    );
    for (const [token, blank] of Object.entries(BLANKS)) {
      const type = OPENSTACK.types[token];
      const names = ["__meta", ...(type?.outputs ?? []), ...(type?.fields.map(({ name }) => name) ?? [])];
      assert.deepEqual(
        Object.keys(blank).filter((name) => !names.includes(name)),
        [],
        token,
      );
    }
  });

  it("of a network, whole", async () => {
    const { id, properties } = await cloud.it.create("network", { name: "net" });
    const { tenantId, ...rest } = properties;
    assert.match(String(tenantId), /^[0-9a-f]{32}$/);
    assert.deepEqual(rest, {
      __meta: '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":600000000000,"delete":600000000000}}',
      adminStateUp: true,
      allTags: [],
      availabilityZoneHints: [],
      description: "",
      dnsDomain: "",
      external: false,
      id,
      mtu: 1450,
      name: "net",
      portSecurityEnabled: true,
      qosPolicyId: "",
      region: "RegionOne",
      segments: [],
      shared: false,
      tags: [],
      transparentVlan: false,
    });
  });

  it("of what was given and is taken away again: as if it had never been there", async () => {
    const network = await cloud.it.create("network", { name: "net", description: "ours", tags: ["a"] });
    const { properties } = await cloud.it.client.update(network, {
      oldInputs: network.inputs,
      olds: network.properties,
      news: { name: "net" },
    });
    assert.deepEqual([properties.description, properties.tags, properties.allTags], ["", [], []]);
  });

  it("of sets, in the order of their hashes", async () => {
    const { network } = await cloud.it.base();
    const pairs = ["10.20.255.222", "10.20.255.222/31", "10.20.255.248/30", "10.20.255.252/31"];
    const groups = await Promise.all(
      ["seoul-control-plane", "seoul-etcd", "seoul-nodes"].map((name) => cloud.it.create("secGroup", { name })),
    );
    const port = await cloud.it.create("port", {
      networkId: network.id,
      allowedAddressPairs: pairs.map((ipAddress) => ({ ipAddress })),
      securityGroupIds: groups.map(({ id }) => id),
    });
    assert.deepEqual(
      port.properties.allowedAddressPairs,
      ["10.20.255.248/30", "10.20.255.222", "10.20.255.252/31", "10.20.255.222/31"].map((ipAddress) => ({ ipAddress, macAddress: "" })),
    );
    const machine = await cloud.it.create("instance", cloud.it.machine(port));
    assert.deepEqual(machine.properties.securityGroups, ["seoul-etcd", "seoul-control-plane", "seoul-nodes"]);
    const imported = await cloud.it.client.read(port, {}, {});
    assert.deepEqual(
      imported.inputs.allowedAddressPairs,
      ["10.20.255.248/30", "10.20.255.222", "10.20.255.252/31", "10.20.255.222/31"].map((ipAddress) => ({ ipAddress })),
    );
    const again = await cloud.it.read(port);
    assert.equal((await cloud.it.client.diff(port, { oldInputs: again.inputs, olds: again.properties, news: port.inputs })).changed, false);
  });

  it("of a machine's user data: its SHA-1", async () => {
    const { port } = await cloud.it.base();
    const machine = await cloud.it.create("instance", cloud.it.machine(port));
    const hash = createHash("sha1").update("#cloud-config canary").digest("hex");
    assert.equal(machine.properties.userData, hash);
    const { inputs, properties } = await cloud.it.read(machine);
    assert.deepEqual([inputs.userData, properties.userData], ["#cloud-config canary", hash]);
  });

  const imports: Readonly<Record<string, { make(cloud: TestCloud): Promise<Created>; inputs: readonly string[]; outputs: Properties }>> = {
    "a network": {
      make: (c) => c.create("network", { name: "net", tags: ["a"] }),
      inputs: ["adminStateUp", "mtu", "name", "portSecurityEnabled", "region", "tenantId"],
      outputs: { tags: [], allTags: ["a"] },
    },
    "a subnet": {
      make: async (c) => (await c.base()).subnet,
      inputs: ["allocationPools", "allocationPoolsCollection", "cidr", "gatewayIp", "name", "networkId", "region", "tenantId"],
      outputs: { enableDhcp: true, ipVersion: 4 },
    },
    "a port": {
      make: async (c) => (await c.base()).port,
      inputs: ["adminStateUp", "macAddress", "name", "networkId", "portSecurityEnabled", "region", "tenantId"],
      outputs: { fixedIps: [], allFixedIps: ["10.0.0.10"] },
    },
    "a pool": {
      async make(c) {
        const balancer = await c.create("loadBalancer", { vipSubnetId: (await c.base()).subnet.id });
        const listener = await c.create("listener", { loadbalancerId: balancer.id, protocol: "TCP", protocolPort: 6443 });
        return c.create("pool", { listenerId: listener.id, protocol: "TCP", lbMethod: "ROUND_ROBIN", name: "pool" });
      },
      inputs: ["lbMethod", "listenerId", "name", "protocol", "region", "tenantId"],
      outputs: { adminStateUp: true, loadbalancerId: undefined },
    },
    "a machine": {
      make: async (c) => c.create("instance", { ...c.machine((await c.base()).port), metadata: { a: "b" }, configDrive: true }),
      inputs: "accessIpV4 availabilityZone flavorId flavorName imageId imageName metadata name networks region".split(" "),
      outputs: { configDrive: undefined, userData: undefined, metadata: { a: "b" } },
    },
  };
  for (const [what, { make, inputs, outputs }] of Object.entries(imports)) {
    it(`of an import of ${what}`, async () => {
      const one = await make(cloud.it);
      const read = await cloud.it.client.read(one, {}, {});
      assert.deepEqual(Object.keys(read.inputs).sort(), inputs);
      for (const [name, value] of Object.entries(outputs)) assert.deepEqual(read.properties[name], value, name);
    });
  }

  it("of an import of a pool's member: by the pool and the member only", async () => {
    const { subnet } = await cloud.it.base();
    const balancer = await cloud.it.create("loadBalancer", { vipSubnetId: subnet.id });
    const pool = await cloud.it.create("pool", { loadbalancerId: balancer.id, protocol: "TCP", lbMethod: "ROUND_ROBIN" });
    const { type, id } = await cloud.it.create("member", { poolId: pool.id, address: "10.0.0.10", protocolPort: 6443 });
    await assert.rejects(cloud.it.client.read({ type, id }, {}, {}), /Format must be <pool id>\/<member id>/);
    assert.equal((await cloud.it.client.read({ type, id: `${pool.id}/${id}` }, {}, {})).id, id);
    assert.equal((await cloud.it.client.read({ type, id: `${balancer.id}/${id}` }, {}, {})).id, "");
  });

  for (const publicKey of ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA", "ssh-ed25519 !", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIHN0", "none"]) {
    it(`of a key that is none: ${publicKey}`, async () => {
      await assert.rejects(cloud.it.create("keypair", { publicKey }), /failed to generate fingerprint/);
    });
  }

  for (const crowded of ["m1.large", "az-1"]) {
    it(`of a machine where no host has room: ${crowded}`, async () => {
      cloud.it.world({ crowded: [crowded] });
      const { port } = await cloud.it.base();
      await assert.rejects(
        cloud.it.create("instance", cloud.it.machine(port)),
        (error) => error instanceof PartialFailure && /unexpected state 'ERROR'/.test(error.message),
      );
      assert.match(cloud.it.content(), /No valid host was found/);
    });
  }
});
