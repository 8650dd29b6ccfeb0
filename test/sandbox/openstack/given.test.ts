import assert from "node:assert/strict";
import { join } from "node:path";
import { SECRET_SIGNATURE, SIGNATURE_KEY } from "../../../plugin/rpc/provider";
import { Store } from "../../../sandbox/store";
import { cloudUnderTest, TOKENS } from "./fixture";

const GROUP = "11111111-0000-4000-8000-00000000000a";

describe("what is there from the start in the simulated OpenStack", () => {
  const cloud = cloudUnderTest();

  it("has a server group that can be read and joined, and is nobody's to keep", async () => {
    const read = (id: string) => cloud.it.client.read({ type: TOKENS.serverGroup, id }, {}, {});
    assert.deepEqual((await read(GROUP)).properties.policies, ["soft-anti-affinity"]);
    assert.equal((await read("11111111-0000-4000-8000-00000000000b")).id, "", "another is not there");
    const { port } = await cloud.it.base();
    const machine = await cloud.it.create("instance", { ...cloud.it.machine(port), schedulerHints: [{ group: GROUP }] });
    await cloud.it.delete(machine);
    assert.deepEqual(new Store(join(cloud.it.folder, "openstack")).list("serverGroup"), []);
  });

  it("has a router that leads out, which a network can be joined to", async () => {
    cloud.it.world({ routers: ["edge"] });
    const lookup = async (name: string, args: object) =>
      (await cloud.it.client.invoke(`openstack:networking/${name}`, { ...args })).properties;
    const router = await lookup("getRouter:getRouter", { name: "edge" });
    assert.equal(router.externalNetworkId, (await lookup("getNetwork:getNetwork", { name: "public", external: true })).id);
    const { subnet, port } = await cloud.it.base();
    await cloud.it.create("routerInterface", { routerId: router.id, subnetId: subnet.id });
    const floating = await cloud.it.create("floatingIp", { pool: "public" });
    await cloud.it.create("associate", { floatingIp: floating.properties.address, portId: port.id });
  });

  it("gives a login's secret once, as a secret, and to no file", async () => {
    const made = await cloud.it.create("credential", { name: "ours", roles: ["member"] });
    const { secret } = made.properties as { secret: Record<string, unknown> };
    assert.equal(secret[SIGNATURE_KEY], SECRET_SIGNATURE);
    assert.ok(!cloud.it.content().includes(String(secret.value)));
    const { properties } = await cloud.it.client
      .diff({ ...made, type: TOKENS.credential }, { oldInputs: made.inputs, news: { ...made.inputs, roles: ["reader"] } })
      .then(({ replaces }) => ({ properties: replaces }));
    assert.ok(
      properties.some((path) => path.startsWith("roles")),
      "keystone changes none",
    );
  });

  it("changes what a name leads to in place", async () => {
    const zone = await cloud.it.client.invoke("openstack:dns/getDnsZone:getDnsZone", { name: "example.org." });
    const inputs = { zoneId: zone.properties.id, name: "a.example.org.", type: "A", records: ["10.0.0.1"] };
    const made = await cloud.it.create("recordSet", inputs);
    assert.ok(made.id.startsWith(`${zone.properties.id}/`));
    const other = { ...inputs, records: ["10.0.0.2"] };
    const { replaces } = await cloud.it.client.diff({ ...made, type: TOKENS.recordSet }, { oldInputs: inputs, news: other });
    assert.deepEqual(replaces, []);
    await cloud.it.client.update({ ...made, type: TOKENS.recordSet }, { oldInputs: inputs, olds: made.properties, news: other });
    assert.deepEqual((await cloud.it.read(made)).properties.records, ["10.0.0.2"]);
    await assert.rejects(cloud.it.client.invoke("openstack:dns/getDnsZone:getDnsZone", { name: "example.com." }), /returned no results/);
  });
});
