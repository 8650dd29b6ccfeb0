import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Field } from "../../../sandbox/cloud/fields";
import { BLOCKSTORAGE } from "../../../sandbox/openstack/blockstorage";
import { COMPUTE } from "../../../sandbox/openstack/compute";
import { DNS } from "../../../sandbox/openstack/dns";
import { FLOATING } from "../../../sandbox/openstack/floating";
import { IDENTITY } from "../../../sandbox/openstack/identity";
import { LOADBALANCER } from "../../../sandbox/openstack/loadbalancer";
import { NETWORKING } from "../../../sandbox/openstack/networking";
import { SECURITY } from "../../../sandbox/openstack/security";
import { cloudUnderTest, type Short, TOKENS } from "./fixture";

const TYPES = { ...NETWORKING, ...FLOATING, ...SECURITY, ...COMPUTE, ...BLOCKSTORAGE, ...LOADBALANCER, ...DNS, ...IDENTITY };

/** The inputs of a resource class in the installed SDK, which is generated from the schema of the provider of the same version. */
function sdkInputs(token: string): { all: string[]; required: string[] } {
  const [, path = ""] = token.split(":");
  const source = readFileSync(require.resolve(`@pulumi/openstack/${path}`), "utf8").split("const args = argsOrState;")[1] ?? "";
  const all = [...source.matchAll(/resourceInputs\["(\w+)"\] = (?!undefined \/\*out)/g)];
  const required = [...source.matchAll(/Missing required property '(\w+)'/g)];
  const sorted = (matches: RegExpExecArray[]): string[] => matches.map(([, name = ""]) => name).sort();
  return { all: sorted(all), required: sorted(required) };
}

describe("the simulated OpenStack's inputs", () => {
  const cloud = cloudUnderTest();

  for (const [token, type] of Object.entries(TYPES)) {
    it(`are those of the SDK: ${token}`, () => {
      const { all, required } = sdkInputs(token);
      const names = (fields: readonly Field[]): string[] => fields.map(({ name }) => name).sort();
      assert.deepEqual(names(type.fields), all);
      assert.deepEqual(names(type.fields.filter((field) => field.required)), required);
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
