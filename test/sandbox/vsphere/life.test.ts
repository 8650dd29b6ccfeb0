import assert from "node:assert/strict";
import { UNKNOWN } from "../../../plugin/rpc/provider";
import { findable } from "../../../providers/vsphere/findable";
import { VSPHERE } from "../../../sandbox/vsphere/cloud";
import { TOKENS, vcenterUnderTest } from "./fixture";

describe("the simulated vCenter", () => {
  const vcenter = vcenterUnderTest();
  const boot = { label: "boot disk", unitNumber: 0, size: 40 };

  it("gives a machine its UUID, its guest's address, and each disk a UUID that it keeps", async () => {
    const v = vcenter.it;
    const { attached } = await v.volume();
    const machine = await v.create("machine", await v.machine({ disks: [boot, attached] }));
    const { id, properties } = machine;
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.deepEqual([properties.uuid, properties.powerState, properties.defaultIpAddress], [id, "on", "10.20.0.3"]);
    const uuids = (disks: unknown) => (disks as { uuid: string }[]).map(({ uuid }) => uuid);
    for (const uuid of uuids(properties.disks)) assert.match(uuid, /^6000C29/);
    const grown = await v.update(machine, { numCpus: 8 });
    assert.deepEqual(uuids(grown.properties.disks), uuids(properties.disks));
    assert.deepEqual((await v.read(grown)).properties.numCpus, 8);
  });

  it("knows in a preview what is given, and nothing that is computed", async () => {
    const ref = { type: TOKENS.machine };
    const { inputs, failures } = await vcenter.it.client.check(ref, await vcenter.it.machine({ resourcePoolId: UNKNOWN }));
    assert.deepEqual(failures, []);
    const { id, properties } = await vcenter.it.client.create(ref, inputs, { preview: true });
    assert.equal(id, "");
    for (const key of ["uuid", "defaultIpAddress"]) assert.equal(properties[key], UNKNOWN);
  });

  it("replaces a machine for another template only, and a disk for everything but its size", async () => {
    const v = vcenter.it;
    const oldInputs = await v.machine();
    const diff = async (type: string, before: object, after: object) => {
      const { replaces } = await v.client.diff({ type, id: "1" }, { oldInputs: { ...before }, news: { ...before, ...after } });
      return replaces;
    };
    assert.deepEqual(await diff(TOKENS.machine, oldInputs, { numCpus: 8, memory: 1, tags: ["t"], folder: "other", extraConfig: {} }), []);
    assert.deepEqual(await diff(TOKENS.machine, oldInputs, { clone: { templateUuid: "other" } }), ["clone.templateUuid"]);
    const disk = { datastore: "datastore1", vmdkPath: "a.vmdk", size: 1, type: "thin" };
    assert.deepEqual(await diff(TOKENS.disk, disk, { size: 2 }), []);
    assert.deepEqual(await diff(TOKENS.disk, disk, { type: "lazy", datastore: "b" }), ["datastore", "type"]);
  });

  it("keeps what guests are told out of its files", async () => {
    const v = vcenter.it;
    const canary = Buffer.from("canary").toString("base64");
    const inputs = await v.machine({ extraConfig: { "guestinfo.userdata": canary } });
    await v.create("machine", inputs);
    assert.ok(!v.content().includes(canary));
  });

  it("finds what a creation that broke off has left, by the environment's own folder and pools", async () => {
    const v = vcenter.it;
    const folder = await v.create("folder", { path: "seoul", type: "vm", datacenterId: "d" });
    const parentResourcePoolId = (await v.machine()).resourcePoolId;
    const made = {
      folder,
      pool: await v.create("pool", { name: "seoul", parentResourcePoolId }),
      machine: await v.create("machine", await v.machine()),
      category: await v.create("category", { name: "kpaas-seoul", cardinality: "MULTIPLE", associableTypes: ["VirtualMachine"] }),
    };
    for (const [what, { type, id, inputs }] of Object.entries(made)) {
      const way = findable[type];
      assert.ok(way?.how === "lookup", what);
      const [question] = way.ways[0]!.ask;
      assert.ok(question && "token" in question);
      const { properties } = await v.client.invoke(question.token, question.args(inputs, {}));
      assert.equal(way.ways[0]!.id(properties, inputs), id, what);
    }
  });

  it("knows every type that is found again, and no other", () => {
    assert.deepEqual(Object.keys(VSPHERE.types).sort(), Object.keys(findable).sort());
  });
});
