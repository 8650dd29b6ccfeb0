import assert from "node:assert/strict";
import type { Properties } from "../../../../plugin/rpc/provider";
import { cloudUnderTest, type TestCloud } from "../fixture";
import { NOWHERE, refusesToCreate } from "../refused";

refusesToCreate([
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
]);

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

async function reachable(cloud: TestCloud) {
  const { subnet, port } = await cloud.base();
  const { properties } = await cloud.client.invoke("openstack:networking/getNetwork:getNetwork", { name: "public", external: true });
  const router = await cloud.create("router", { externalNetworkId: properties.id });
  const uplink = await cloud.create("routerInterface", { routerId: router.id, subnetId: subnet.id });
  const floating = await cloud.create("floatingIp", { pool: "public" });
  const association = await cloud.create("associate", { floatingIp: floating.properties.address, portId: port.id });
  return { router, uplink, floating, association };
}
