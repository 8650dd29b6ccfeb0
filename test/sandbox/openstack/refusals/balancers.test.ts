import assert from "node:assert/strict";
import { cloudUnderTest, type TestCloud } from "../fixture";
import { NOWHERE, refusesToCreate } from "../refused";

refusesToCreate([
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
    what: "a monitor that waits longer than its delay",
    type: "monitor",
    inputs: async (c) => ({ poolId: (await balancer(c)).pool.id, type: "TCP", delay: 5, timeout: 9, maxRetries: 3 }),
    says: /must not be greater than delay/,
  },
]);

describe("the simulated OpenStack refuses to delete", () => {
  const cloud = cloudUnderTest();

  it("a balancer with listeners", async () => {
    const { balancer: made, listener, pool } = await balancer(cloud.it);
    await assert.rejects(cloud.it.delete(made), /it has children/);
    for (const one of [pool, listener, made]) await cloud.it.delete(one);
  });
});

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
