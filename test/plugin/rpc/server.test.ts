import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { PartialFailure, type Provider, SECRET_SIGNATURE, SIGNATURE_KEY, secret, UNKNOWN } from "../../../plugin/rpc/provider";
import { engineAddressOf } from "../../../plugin/rpc/server";
import { ProviderClient } from "../../support/provider-client";

const ref = { type: "test:index:Thing", name: "it" };

function provider(overrides: Partial<Provider> = {}): Provider {
  return {
    name: "test",
    version: "1.2.3",
    check: async ({ news }) => ({ inputs: news, failures: [] }),
    diff: async () => ({ changes: {} }),
    create: async ({ inputs }) => ({ id: "id-1", properties: inputs }),
    update: async ({ news }) => ({ properties: news }),
    read: async ({ id, inputs, properties }) => ({ id, inputs, properties }),
    delete: async () => {},
    ...overrides,
  };
}

describe("the provider server", () => {
  let client: ProviderClient | undefined;
  afterEach(() => client?.close());
  const serve = async (overrides: Partial<Provider> = {}): Promise<ProviderClient> => {
    client = await ProviderClient.serve(provider(overrides));
    return client;
  };

  it("asks for plain values, previews, and answers its version", async () => {
    const test = await serve();
    assert.deepEqual(await test.handshake(), { acceptSecrets: false });
    assert.deepEqual(await test.configure(), { supportsPreview: true });
    assert.equal(await test.version(), "1.2.3");
    assert.equal(await test.getMapping("terraform"), "");
    await test.attach("127.0.0.1:1");
  });

  it("hands the configuration to the provider and never replaces for it", async () => {
    const seen: unknown[] = [];
    const test = await serve({
      configure: async (args) => void seen.push(args),
      checkConfig: async () => [{ property: "region", reason: "must be given" }],
    });
    await test.configure({ region: "one" });
    assert.deepEqual(seen, [{ region: "one" }]);
    assert.deepEqual(await test.checkConfig({ a: 1 }), { inputs: { a: 1 }, failures: [{ property: "region", reason: "must be given" }] });
    assert.deepEqual((await test.diffConfig({ a: 1 }, { a: 2 })).changed, true);
    assert.deepEqual((await test.diffConfig({ a: 1 }, { a: 2 })).replaces, []);
    assert.equal((await test.diffConfig({ a: 1 }, { a: 1 })).changed, false);
  });

  it("passes type, name, seed and failures of a check", async () => {
    const test = await serve({
      check: async ({ type, name, news, randomSeed }) => {
        assert.deepEqual([type, name, randomSeed.length], [ref.type, ref.name, 32]);
        return { inputs: { ...news, filled: true }, failures: [{ property: "a.b", reason: "is wrong" }] };
      },
    });
    const checked = await test.check(ref, { a: { b: 1 }, none: undefined });
    assert.deepEqual(checked, { inputs: { a: { b: 1 }, filled: true }, failures: [{ property: "a.b", reason: "is wrong" }] });
  });

  it("turns changes into a detailed difference and the paths that replace", async () => {
    const test = await serve({
      diff: async () => ({ changes: { "nodes.a": "add", "fixedIps[0].ipAddress": "update-replace" }, deleteBeforeReplace: true }),
    });
    assert.deepEqual(await test.diff({ ...ref, id: "1" }, { oldInputs: {}, news: {} }), {
      changed: true,
      replaces: ["fixedIps[0].ipAddress"],
      diffs: ["nodes", "fixedIps"],
      deleteBeforeReplace: true,
      detailed: { "nodes.a": "ADD", "fixedIps[0].ipAddress": "UPDATE_REPLACE" },
    });
  });

  it("carries secrets and unknowns both ways", async () => {
    const test = await serve({
      create: async ({ inputs, preview }) => ({ id: preview ? "" : "x", properties: { ...inputs, key: secret("k"), later: UNKNOWN } }),
    });
    const created = await test.create(ref, { given: UNKNOWN }, { preview: true });
    const key = { [SIGNATURE_KEY]: SECRET_SIGNATURE, value: "k" };
    assert.deepEqual(created, { id: "", properties: { given: UNKNOWN, key, later: UNKNOWN } });
  });

  it("records what was done when a create or an update fails half-way", async () => {
    const fail = async () => Promise.reject(new PartialFailure("node 2 failed", "id-7", { nodes: [1] }, { nodes: 2 }));
    const test = await serve({ create: fail, update: fail });
    const expected = { name: "PartialFailure", message: "node 2 failed", id: "id-7", properties: { nodes: [1] }, inputs: { nodes: 2 } };
    await assert.rejects(test.create(ref, {}), expected);
    await assert.rejects(test.update({ ...ref, id: "id-7" }, { oldInputs: {}, news: {} }), expected);
  });

  it("gives the message of whatever a provider throws", async () => {
    const test = await serve({
      delete: async () => Promise.reject(new Error("409: still in use")),
      read: () => Promise.reject(new Error("no answer")),
    });
    await assert.rejects(test.delete({ ...ref, id: "1" }), { details: "409: still in use" });
    await assert.rejects(test.read({ ...ref, id: "1" }), { details: "no answer" });
    await assert.rejects(test.invoke("test:index:f", {}), { details: "test has no function test:index:f" });
  });

  it("reads, updates and invokes", async () => {
    const test = await serve({
      invoke: async ({ token, args }) => ({ properties: { token, ...args }, failures: [{ property: "x", reason: "y" }] }),
    });
    assert.deepEqual(await test.read({ ...ref, id: "1" }, { a: 1 }, { b: 2 }), { id: "1", inputs: { a: 1 }, properties: { b: 2 } });
    assert.deepEqual(await test.update({ ...ref, id: "1" }, { oldInputs: {}, news: { a: [1, { b: null }] } }), {
      properties: { a: [1, { b: null }] },
    });
    assert.deepEqual(await test.invoke("f", { a: 1 }), { properties: { token: "f", a: 1 }, failures: [{ property: "x", reason: "y" }] });
  });

  it("aborts what runs when the engine cancels, and refuses what comes after", async () => {
    let started: () => void = () => {};
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const test = await serve({
      create: async ({ signal }) => {
        started();
        await once(signal, "abort");
        throw new PartialFailure("stopped", "id-1", { done: 1 });
      },
    });
    const creating = assert.rejects(test.create(ref, {}), { name: "PartialFailure", properties: { done: 1 } });
    await running;
    await test.cancel();
    await creating;
    await assert.rejects(test.create(ref, {}), { details: "the operation was cancelled" });
  });

  it("logs lines beside the resource", async () => {
    const test = await serve({
      delete: async (call) => {
        await call.log("warning", "draining");
        await call.status("1 of 3");
      },
    });
    await test.delete({ ...ref, id: "1" });
    assert.deepEqual(
      test.logs.map(({ severity, message, ephemeral }) => [severity, message, ephemeral]),
      [
        ["warning", "draining", false],
        ["info", "1 of 3", true],
      ],
    );
  });

  it("takes the engine's address from the last argument only", () => {
    assert.equal(engineAddressOf(["--logtostderr", "127.0.0.1:1234"]), "127.0.0.1:1234");
    assert.equal(engineAddressOf(["127.0.0.1:1", "-v=3"]), undefined);
    assert.equal(engineAddressOf([]), undefined);
  });

  it("serves as a process of its own", async () => {
    const spawned = await ProviderClient.spawn(join(__dirname, "../../../sandbox/main.js"), ["random", "."]);
    try {
      assert.match(await spawned.version(), /^\d+\.\d+\.\d+$/);
    } finally {
      spawned.close();
    }
  });
});
