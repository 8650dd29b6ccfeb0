import assert from "node:assert/strict";
import { cloudUnderTest } from "../fixture";

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
