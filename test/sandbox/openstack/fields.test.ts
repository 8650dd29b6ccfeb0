import assert from "node:assert/strict";
import { BLOCKSTORAGE } from "../../../sandbox/openstack/blockstorage";
import { COMPUTE } from "../../../sandbox/openstack/compute";
import { DNS } from "../../../sandbox/openstack/dns";
import { FLOATING } from "../../../sandbox/openstack/floating";
import { IDENTITY } from "../../../sandbox/openstack/identity";
import { LOADBALANCER } from "../../../sandbox/openstack/loadbalancer";
import { NETWORKING } from "../../../sandbox/openstack/networking";
import { SECURITY } from "../../../sandbox/openstack/security";
import { holdToSdk } from "../../support/sdk-inputs";
import { cloudUnderTest, type Short, TOKENS } from "./fixture";

const TYPES = { ...NETWORKING, ...FLOATING, ...SECURITY, ...COMPUTE, ...BLOCKSTORAGE, ...LOADBALANCER, ...DNS, ...IDENTITY };

describe("the simulated OpenStack's inputs", () => {
  const cloud = cloudUnderTest();

  for (const [token, type] of Object.entries(TYPES)) {
    it(`are those of the SDK: ${token}`, () => {
      holdToSdk(`@pulumi/openstack/${token.split(":")[1]}`, type.fields);
    });
  }

  const replacing: [Short, Record<string, unknown>, Record<string, unknown>, string][] = [
    ["volume", { size: 1 }, { size: 1, volumeType: "ssd" }, "volumeType"],
    [
      "pool",
      { protocol: "TCP", persistence: { type: "SOURCE_IP" } },
      { protocol: "TCP", persistence: { type: "HTTP_COOKIE" } },
      "persistence.type",
    ],
  ];
  for (const [short, oldInputs, news, path] of replacing) {
    it(`replace a ${short} for another ${path}, as the provider does`, async () => {
      const { detailed } = await cloud.it.client.diff({ type: TOKENS[short], id: "1" }, { oldInputs, news });
      assert.match(detailed[path] ?? "", /_REPLACE$/);
    });
  }

  it("know the health checks that this provider knows", async () => {
    await assert.rejects(
      cloud.it.create("monitor", { poolId: "1", type: "SCTP", delay: 5, timeout: 2, maxRetries: 3 }),
      /expected type to be one of \[TCP /,
    );
  });
});
