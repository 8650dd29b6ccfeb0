import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withFaults } from "../../../plugin/faults";
import { ApiError, type SimulatedCloud } from "../../../sandbox/cloud/cloud";
import { fieldsOf } from "../../../sandbox/cloud/fields";
import { createCloudProvider } from "../../../sandbox/cloud/provider";
import { text } from "../../../sandbox/values";
import { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";

const NET = "brook:net:Net";
const BOX = "brook:box:Box";

/** A cloud that is no OpenStack: other codes, other words, other ids. */
const BROOK: SimulatedCloud<"shapes", "boxes"> = {
  name: "brook",
  version: "1.0.0",
  region: "here",
  types: {
    [NET]: {
      kind: "net",
      fields: fieldsOf("range!* name"),
      outputs: ["arn"],
      references: {},
      waits: "Busy",
      create: (cloud, inputs) => ({ ...inputs, arn: `arn:${cloud.region}`, id: `net-${cloud.store.list("net").length + 1}` }),
      remove(cloud, { id }) {
        if (cloud.store.list("instance").some((box) => box.net === id)) throw new ApiError("Busy", `${id} has boxes in it`);
      },
    },
    [BOX]: {
      kind: "instance",
      fields: fieldsOf("net! shape!* size:n token notes:l"),
      unread: ["notes"],
      secrets: ["token"],
      outputs: ["state"],
      references: { net: "net" },
      create(cloud, inputs) {
        if (cloud.byName("shapes", text(inputs, "shape")) === undefined) throw new ApiError("NoShape", "there is no such shape");
        cloud.charge("boxes", 1, cloud.store.list("instance").length);
        return { ...inputs, state: inputs.size === 0 ? "broken" : "running", id: `box-${cloud.store.list("instance").length + 1}` };
      },
      failure: ({ id, state }) => (state === "broken" ? `box ${id} broke` : undefined),
    },
  },
  invokes: { "brook:index:getShapes": (cloud) => ({ names: cloud.existing("shapes") }) },
  quotas: { boxes: (limit) => new ApiError("TooMany", `${limit} boxes are allowed`) },
  words: {
    throttled: () => "slow down",
    expired: "who are you",
    failed: "oh no",
    lost: "EOF",
    notFound: (type, id) => `no ${type} ${id}`,
    missing: (kind, id) => new ApiError(`Invalid.${kind}`, `there is no ${kind} ${id}`),
    held: (kind, id, { message }) => `gave up waiting for ${kind} ${id}: ${message}`,
  },
  beforehand: (cloud, kind, id) => (kind === "net" && id === `net-${cloud.region}` ? { id, range: "10.0.0.0/8" } : undefined),
};

describe("A simulated cloud of two types", () => {
  const folder = temporaryFolders();
  let world: string;
  let client: ProviderClient;

  const exists = (content: object) => writeFileSync(join(world, "world.json"), JSON.stringify({ shapes: ["round"], ...content }));
  beforeEach(async () => {
    world = folder();
    exists({});
    client = await ProviderClient.serve(
      withFaults(createCloudProvider(BROOK, world), { words: BROOK.words, worldDir: world, packages: ["brook"] }),
    );
  });
  afterEach(() => client.close());

  const create = (type: string, inputs: object) => client.create({ type, name: "it" }, { ...inputs });
  const box = (more = {}) => ({ net: "net-here", shape: "round", ...more });

  it("keeps its objects in a folder of its own name, with its own ids and computed values", async () => {
    const { id, properties } = await create(NET, { range: "10.1.0.0/16" });
    assert.deepEqual([id, properties.arn], ["net-1", "arn:here"]);
    assert.deepEqual(readdirSync(join(world, "brook", "net")), ["net-1.json"]);
  });

  it("finds what was there beforehand and what world.json says", async () => {
    exists({ region: "there" });
    assert.equal((await create(BOX, box({ net: "net-there" }))).id, "box-1");
    assert.deepEqual((await client.invoke("brook:index:getShapes", {})).properties, { names: ["round"] });
  });

  it("refuses in its own words: references, values, quotas, what is held", async () => {
    await assert.rejects(create(BOX, box({ net: "net-9" })), /Error creating brook:box:Box: Invalid\.net: there is no net net-9/);
    await assert.rejects(create(BOX, box({ shape: "flat" })), /NoShape: there is no such shape/);
    exists({ quotas: { boxes: 1 } });
    const net = await create(NET, { range: "10.1.0.0/16" });
    await create(BOX, box({ net: net.id }));
    await assert.rejects(create(BOX, box()), /TooMany: 1 boxes are allowed/);
    await assert.rejects(
      client.delete({ type: NET, id: net.id }, net.properties, {}),
      /gave up waiting for net net-1: Busy: net-1 has boxes in it/,
    );
    await assert.rejects(client.invoke("brook:index:getTides", {}), /the simulated brook has no function brook:index:getTides/);
  });

  it("records what was made and did not become what was asked for", async () => {
    await assert.rejects(create(BOX, box({ size: 0 })), /box box-1 broke/);
    assert.deepEqual(readdirSync(join(world, "brook", "instance")), ["box-1.json"]);
  });

  it("checks, compares and previews by its table", async () => {
    const { failures } = await client.check({ type: BOX, name: "it" }, { net: "net-here", colour: "red" });
    assert.deepEqual(failures.map(({ property }) => property).sort(), ["colour", "shape"]);
    const changed = await client.diff({ type: BOX, id: "box-1" }, { oldInputs: box({ size: 1 }), news: box({ size: 2, shape: "square" }) });
    assert.deepEqual(changed.detailed, { shape: "UPDATE_REPLACE", size: "UPDATE" });
  });

  it("keeps secrets out of its files, and takes no drift from what cannot be read", async () => {
    const inputs = box({ token: "canary", notes: ["a"] });
    const made = await create(BOX, inputs);
    const read = await client.read({ type: BOX, id: made.id, name: "it" }, { ...inputs }, made.properties);
    assert.deepEqual(read.inputs.notes, ["a"]);
    assert.equal(JSON.stringify((await client.read({ type: BOX, id: made.id, name: "it" }, {}, {})).properties).includes("canary"), false);
  });

  it("has faults happen to it, in its words", async () => {
    const rules = [{ package: "brook", type: "Net", failAt: { call: 1 } }];
    writeFileSync(join(world, "faults.json"), JSON.stringify({ rules }));
    await assert.rejects(create(NET, { range: "10.1.0.0/16" }), /Error creating brook:net:Net: oh no/);
  });
});
