import assert from "node:assert/strict";
import type { Properties } from "../../../plugin/rpc/provider";
import { cloudUnderTest, type Short, type TestCloud } from "./fixture";

const NOWHERE = "00000000-0000-4000-8000-000000000000";

interface Case {
  readonly what: string;
  readonly type: Short;
  readonly inputs: (cloud: TestCloud) => Promise<Properties> | Properties;
  readonly says: RegExp;
}

const CREATES: readonly Case[] = [
  {
    what: "an unknown input, naming the near one",
    type: "network",
    inputs: () => ({ adminStateup: true }),
    says: /"adminStateup" is not expected here. Did you mean "adminStateUp"/,
  },
  { what: "a missing input", type: "port", inputs: () => ({}), says: /"networkId" is required/ },
  { what: "a value of the wrong kind", type: "volume", inputs: () => ({ size: "10" }), says: /expected a number, got a string/ },
  {
    what: "a subnet of no network",
    type: "subnet",
    inputs: () => ({ networkId: NOWHERE, cidr: "10.0.0.0/24" }),
    says: /Network .* could not be found/,
  },
  {
    what: "a cidr that is none",
    type: "subnet",
    inputs: async (c) => ({ networkId: (await c.create("network", {})).id, cidr: "10.0.0.1/24" }),
    says: /no IPv4 network/,
  },
  {
    what: "overlapping subnets",
    type: "subnet",
    inputs: async (c) => ({ networkId: (await c.base()).network.id, cidr: "10.0.0.128/25" }),
    says: /overlaps with another subnet/,
  },
  {
    what: "an allocation pool outside the cidr",
    type: "subnet",
    inputs: async (c) => ({
      networkId: (await c.create("network", {})).id,
      cidr: "10.0.0.0/24",
      allocationPools: [{ start: "10.0.0.9", end: "10.0.1.9" }],
    }),
    says: /spans beyond the subnet cidr/,
  },
  {
    what: "a gateway in the allocation pool",
    type: "subnet",
    inputs: async (c) => ({
      networkId: (await c.create("network", {})).id,
      cidr: "10.0.0.0/24",
      allocationPools: [{ start: "10.0.0.1", end: "10.0.0.9" }],
    }),
    says: /conflicts with allocation pool/,
  },
  {
    what: "an address outside the subnet",
    type: "port",
    inputs: async (c) => on(await c.base(), "10.0.1.10"),
    says: /not a valid IP for the specified subnet/,
  },
  { what: "an address twice", type: "port", inputs: async (c) => on(await c.base(), "10.0.0.10"), says: /already allocated in subnet/ },
  {
    what: "a port in no security group",
    type: "port",
    inputs: async (c) => ({ networkId: (await c.base()).network.id, securityGroupIds: [NOWHERE] }),
    says: /Security group .* could not be found/,
  },
  {
    what: "a slash in a server's metadata",
    type: "instance",
    inputs: async (c) => ({ ...c.machine((await c.base()).port), metadata: { "a.io/b": "c" } }),
    says: /400: .*'a\.io\/b' was unexpected/,
  },
  {
    what: "more metadata than nova keeps",
    type: "instance",
    inputs: async (c) => ({
      ...c.machine((await c.base()).port),
      metadata: Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`k${index}`, "v"])),
    }),
    says: /Maximum number of metadata items/,
  },
  {
    what: "a comma in a volume's metadata",
    type: "volume",
    inputs: () => ({ size: 1, metadata: { "a,b": "c" } }),
    says: /'a,b' was unexpected/,
  },
  {
    what: "a value of metadata that is too long",
    type: "volume",
    inputs: () => ({ size: 1, metadata: { a: "x".repeat(256) } }),
    says: /at most 255/,
  },
  { what: "a tag that is too long", type: "network", inputs: () => ({ tags: ["x".repeat(256)] }), says: /exceeds maximum length of 255/ },
  { what: "two tags that differ in capitals", type: "network", inputs: () => ({ tags: ["a=b", "A=b"] }), says: /Duplicate items/ },
  {
    what: "too many tags",
    type: "network",
    inputs: () => ({ tags: Array.from({ length: 51 }, (_, index) => `t${index}`) }),
    says: /limit of 50/,
  },
  { what: "a name that is too long", type: "network", inputs: () => ({ name: "x".repeat(256) }), says: /exceeds maximum length of 255/ },
  { what: "a blank at the end of a key pair's name", type: "keypair", inputs: () => ({ name: "a " }), says: /Leading or trailing spaces/ },
  {
    what: "more resolvers than a subnet has",
    type: "subnet",
    inputs: async (c) => ({
      networkId: (await c.create("network", {})).id,
      cidr: "10.0.0.0/24",
      dnsNameservers: ["1", "2", "3", "4", "5", "6"].map((last) => `192.0.2.${last}`),
    }),
    says: /exceeds the limit 5/,
  },
  {
    what: "more address pairs than a port has",
    type: "port",
    inputs: async (c) => ({
      networkId: (await c.base()).network.id,
      allowedAddressPairs: Array.from({ length: 11 }, (_, index) => ({ ipAddress: `192.0.2.${index}` })),
    }),
    says: /exceeds the maximum 10/,
  },
  {
    what: "a router to a network that is not external",
    type: "router",
    inputs: async (c) => ({ externalNetworkId: (await c.base()).network.id }),
    says: /not an external network/,
  },
  {
    what: "a floating address of no pool",
    type: "floatingIp",
    inputs: () => ({ pool: "nowhere" }),
    says: /No network found with name: nowhere/,
  },
  {
    what: "a floating address without a router",
    type: "associate",
    inputs: async (c) => ({
      portId: (await c.base()).port.id,
      floatingIp: (await c.create("floatingIp", { pool: "public" })).properties.address,
    }),
    says: /is not reachable from subnet/,
  },
  {
    what: "an unknown protocol",
    type: "rule",
    inputs: async (c) => rule(await c.create("secGroup", {}), { protocol: "tcpp" }),
    says: /unknown "protocol" tcpp/,
  },
  {
    what: "ports the wrong way round",
    type: "rule",
    inputs: async (c) => rule(await c.create("secGroup", {}), { portRangeMin: 9, portRangeMax: 1 }),
    says: /must not be greater/,
  },
  { what: "a rule twice", type: "rule", inputs: async (c) => twice(c), says: /Security group rule already exists/ },
  { what: "a rule of no group", type: "rule", inputs: () => rule({ id: NOWHERE }, {}), says: /Security group .* could not be found/ },
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
  {
    what: "a member of no pool",
    type: "member",
    inputs: () => ({ poolId: NOWHERE, address: "10.0.0.1", protocolPort: 6443 }),
    says: /Pool .* could not be found/,
  },
  {
    what: "a listener's port twice",
    type: "listener",
    inputs: async (c) => ({ loadbalancerId: (await balancer(c)).balancer.id, protocol: "TCP", protocolPort: 6443 }),
    says: /already using protocol TCP and protocol_port 6443/,
  },
  {
    what: "a balancer of a provider that is not there",
    type: "loadBalancer",
    inputs: async (c) => {
      const { subnet } = await c.base();
      c.world({ loadBalancerProviders: ["amphora"] });
      return { vipSubnetId: subnet.id, loadbalancerProvider: "ovn" };
    },
    says: /400: Provider 'ovn' is not enabled/,
  },
  {
    what: "allowed ranges at OVN's balancer",
    type: "listener",
    inputs: async (c) => ({ ...(await ovn(c)).listening, allowedCidrs: ["10.0.0.0/8"] }),
    says: /501: Provider 'ovn' does not support a requested option: OVN provider does not support allowed_cidrs option/,
  },
  {
    what: "what OVN's balancer does not speak",
    type: "listener",
    inputs: async (c) => ({ ...(await ovn(c)).listening, protocol: "HTTP" }),
    says: /OVN provider does not support HTTP protocol/,
  },
  {
    what: "a way of spreading that OVN does not know",
    type: "pool",
    inputs: async (c) => ({ loadbalancerId: (await ovn(c)).listening.loadbalancerId, protocol: "TCP", lbMethod: "ROUND_ROBIN" }),
    says: /OVN provider does not support ROUND_ROBIN algorithm/,
  },
  {
    what: "a health check that OVN does not know",
    type: "monitor",
    inputs: async (c) => {
      const { loadbalancerId } = (await ovn(c)).listening;
      const pool = await c.create("pool", { loadbalancerId, protocol: "TCP", lbMethod: "SOURCE_IP_PORT" });
      return { poolId: pool.id, type: "HTTPS", delay: 5, timeout: 2, maxRetries: 3 };
    },
    says: /OVN provider does not support HTTPS health monitor type/,
  },
  {
    what: "a record of a zone that is not there",
    type: "recordSet",
    inputs: () => ({ zoneId: NOWHERE, name: "a.example.org.", type: "A", records: ["10.0.0.1"] }),
    says: /404: Zone .* could not be found/,
  },
  {
    what: "a record outside its zone",
    type: "recordSet",
    inputs: async (c) => ({ ...(await record(c)), name: "a.example.com." }),
    says: /a\.example\.com\. is not in the zone example\.org\./,
  },
  { what: "a record of no address", type: "recordSet", inputs: async (c) => ({ ...(await record(c)), records: ["host"] }), says: /IPv4/ },
  {
    what: "a record there is already",
    type: "recordSet",
    inputs: async (c) => {
      await c.create("recordSet", await record(c));
      return { ...(await record(c)), records: ["10.0.0.2"] };
    },
    says: /409: Duplicate RecordSet/,
  },
  {
    what: "a login with a role that its maker lacks",
    type: "credential",
    inputs: () => ({ name: "ours", roles: ["member", "admin"] }),
    says: /400: Invalid application credential: Cannot create an application credential with unassigned role/,
  },
  {
    what: "a second login of a name",
    type: "credential",
    inputs: async (c) => {
      await c.create("credential", { name: "ours" });
      return { name: "ours" };
    },
    says: /409: .*application_credential - Duplicate entry/,
  },
  {
    what: "a monitor that waits longer than its delay",
    type: "monitor",
    inputs: async (c) => ({ poolId: (await balancer(c)).pool.id, type: "TCP", delay: 5, timeout: 9, maxRetries: 3 }),
    says: /must not be greater than delay/,
  },
];

describe("the simulated OpenStack refuses to create", () => {
  const cloud = cloudUnderTest();
  for (const { what, type, inputs, says } of CREATES) {
    it(what, async () => {
      await assert.rejects(async () => cloud.it.create(type, await inputs(cloud.it), "refused"), says);
    });
  }
});

describe("the simulated OpenStack refuses to delete", () => {
  const cloud = cloudUnderTest();

  it("a network and a subnet with ports", async () => {
    const { network, subnet, port } = await cloud.it.base();
    await assert.rejects(cloud.it.delete(network), /one or more ports still in use on the network/);
    await assert.rejects(
      cloud.it.delete(subnet),
      /waiting for openstack_networking_subnet_v2 .* to become deleted: context deadline exceeded/,
    );
    await cloud.it.delete(port);
    await cloud.it.delete(subnet);
    await cloud.it.delete(network);
  });

  it("a router with interfaces, and an interface that a floating address needs", async () => {
    const { router, uplink, association } = await reachable(cloud.it);
    await assert.rejects(cloud.it.delete(router), /has ports still attached/);
    await assert.rejects(cloud.it.delete(uplink), /required by one or more floating IPs/);
    await cloud.it.delete(association);
    await cloud.it.delete(uplink);
    await cloud.it.delete(router);
  });

  it("a security group that a port has", async () => {
    const { network } = await cloud.it.base();
    const group = await cloud.it.create("secGroup", {});
    const port = await cloud.it.create("port", { networkId: network.id, securityGroupIds: [group.id] });
    await assert.rejects(cloud.it.delete(group), /deleting openstack_networking_secgroup_v2: context deadline exceeded/);
    await cloud.it.delete(port);
    await cloud.it.delete(group);
  });

  it("no volume that is attached: its provider takes it off its machine", async () => {
    const { port } = await cloud.it.base();
    const instance = await cloud.it.create("instance", cloud.it.machine(port));
    const volume = await cloud.it.create("volume", { size: 10 });
    const attached = await cloud.it.create("volumeAttach", { instanceId: instance.id, volumeId: volume.id });
    assert.equal(attached.properties.device, "/dev/vdb");
    await cloud.it.delete(volume);
    assert.equal((await cloud.it.read(attached)).id, "");
  });

  it("a balancer with listeners", async () => {
    const { balancer: made, listener, pool } = await balancer(cloud.it);
    await assert.rejects(cloud.it.delete(made), /it has children/);
    for (const one of [pool, listener, made]) await cloud.it.delete(one);
  });
});

describe("the simulated OpenStack's quotas", () => {
  const cloud = cloudUnderTest();

  it("are enforced with the cloud's words", async () => {
    cloud.it.world({ quotas: { instances: 0, ports: 1, floatingIps: 0, volumes: 1, gigabytes: 10, securityGroups: 0 } });
    const { network, port } = await cloud.it.base();
    await assert.rejects(cloud.it.create("port", { networkId: network.id }), /Quota exceeded for resources: \['port'\]/);
    await assert.rejects(
      cloud.it.create("instance", cloud.it.machine(port)),
      /Quota exceeded for instances: Requested 1, but already used 0 of 0/,
    );
    await assert.rejects(cloud.it.create("floatingIp", { pool: "public" }), /Quota exceeded for resources: \['floatingip'\]/);
    await assert.rejects(cloud.it.create("secGroup", {}), /security_group/);
    await assert.rejects(cloud.it.create("volume", { size: 11 }), /Requested 11G, quota is 10G and 0G/);
    await cloud.it.create("volume", { size: 1 });
    await assert.rejects(cloud.it.create("volume", { size: 1 }), /VolumeLimitExceeded/);
  });

  it("count cores by flavor", async () => {
    cloud.it.world({ quotas: { cores: 3 } });
    const { port } = await cloud.it.base();
    await assert.rejects(cloud.it.create("instance", cloud.it.machine(port)), /Quota exceeded for cores: Requested 4/);
  });
});

function on({ network, subnet }: { network: { id: string }; subnet: { id: string } }, ipAddress: string): Properties {
  return { networkId: network.id, fixedIps: [{ subnetId: subnet.id, ipAddress }] };
}

function rule(group: { id: string }, more: Properties): Properties {
  return {
    securityGroupId: group.id,
    direction: "ingress",
    ethertype: "IPv4",
    protocol: "tcp",
    portRangeMin: 22,
    portRangeMax: 22,
    ...more,
  };
}

async function twice(cloud: TestCloud): Promise<Properties> {
  const group = await cloud.create("secGroup", {});
  await cloud.create("rule", rule(group, {}));
  return rule(group, { description: "the words make no difference" });
}

async function used(cloud: TestCloud): Promise<Properties> {
  const { port } = await cloud.base();
  await cloud.create("instance", cloud.machine(port));
  return cloud.machine(port);
}

async function reachable(cloud: TestCloud) {
  const { subnet, port } = await cloud.base();
  const { properties } = await cloud.client.invoke("openstack:networking/getNetwork:getNetwork", { name: "public", external: true });
  const router = await cloud.create("router", { externalNetworkId: properties.id });
  const uplink = await cloud.create("routerInterface", { routerId: router.id, subnetId: subnet.id });
  const floating = await cloud.create("floatingIp", { pool: "public" });
  const association = await cloud.create("associate", { floatingIp: floating.properties.address, portId: port.id });
  return { router, uplink, floating, association };
}

async function balancer(cloud: TestCloud) {
  const { subnet } = await cloud.base();
  const made = await cloud.create("loadBalancer", { vipSubnetId: subnet.id, vipAddress: "10.0.0.200" });
  assert.equal(made.properties.vipAddress, "10.0.0.200");
  const listener = await cloud.create("listener", { loadbalancerId: made.id, protocol: "TCP", protocolPort: 6443 });
  const pool = await cloud.create("pool", { listenerId: listener.id, protocol: "TCP", lbMethod: "ROUND_ROBIN" });
  return { balancer: made, listener, pool };
}

/** OVN's balancer, and a listener that it takes. */
async function ovn(cloud: TestCloud) {
  const { subnet } = await cloud.base();
  const made = await cloud.create("loadBalancer", { vipSubnetId: subnet.id, loadbalancerProvider: "ovn" });
  return { listening: { loadbalancerId: made.id, protocol: "TCP", protocolPort: 6443 } };
}

async function record(cloud: TestCloud): Promise<Properties> {
  const { properties } = await cloud.client.invoke("openstack:dns/getDnsZone:getDnsZone", { name: "example.org." });
  return { zoneId: properties.id, name: "a.example.org.", type: "A", records: ["10.0.0.1"] };
}
