import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTick } from "node:timers/promises";
import { HARBOR_PROJECT } from "../../model/type-tokens";
import { latencyOf, withFaults } from "../../plugin/faults";
import { parseFaults } from "../../plugin/faults-file";
import type { Provider } from "../../plugin/rpc/provider";
import { WORDS } from "../../sandbox/openstack/words";
import { PACKAGES } from "../../sandbox/packages";
import { ProviderClient } from "../support/provider-client";
import { temporaryFolders } from "../support/temporary";

const NETWORK = { type: "openstack:networking/network:Network" };
const PORT = { type: "openstack:networking/port:Port" };

/** A cloud that does all it is asked; what reached it is in `calls`. */
function cloud(calls: string[]): Provider {
  return {
    name: "openstack",
    version: "1.0.0",
    check: async ({ news }) => ({ inputs: news, failures: [] }),
    diff: async () => ({ changes: {} }),
    create: async ({ name, inputs, preview }) => {
      if (!preview) calls.push(`create ${name}`);
      return { id: `id-${name}`, properties: inputs };
    },
    update: async ({ id, news }) => {
      calls.push(`update ${id}`);
      return { properties: news };
    },
    read: async ({ id, inputs, properties }) => ({ id, inputs, properties }),
    delete: async ({ id }) => {
      calls.push(`delete ${id}`);
    },
    invoke: async ({ token }) => ({ properties: { token } }),
  };
}

describe("faults.json", () => {
  const folder = temporaryFolders();
  let world: string;
  let calls: string[];
  let client: ProviderClient;
  let time = 0;

  /** Another process of the same world. */
  const restart = async () => {
    client?.close();
    client = await ProviderClient.serve(
      withFaults(cloud(calls), { words: WORDS, worldDir: world, packages: Object.keys(PACKAGES), now: () => time }),
    );
  };
  const write = (content: unknown) => writeFileSync(join(world, "faults.json"), JSON.stringify(content));
  const rules = (...all: readonly object[]) => write({ rules: all.map((rule) => ({ package: "openstack", ...rule })) });
  const create = (name = "it", inputs = {}, type = NETWORK) => client.create({ ...type, name }, inputs);
  /** Whether each of so many creations was let through. */
  const outcomes = async (count: number): Promise<string> => {
    let seen = "";
    for (let index = 0; index < count; index++) {
      seen += await create().then(
        () => ".",
        () => "x",
      );
    }
    return seen;
  };

  beforeEach(async () => {
    world = folder();
    calls = [];
    await restart();
  });
  afterEach(() => client.close());

  it("changes nothing and leaves nothing while it is not there", async () => {
    assert.equal(await outcomes(3), "...");
    assert.deepEqual(readdirSync(world), []);
  });

  it("lets the n-th call fail, with the cloud's words, before anything was done", async () => {
    rules({ failAt: { call: 2 } });
    await create("one");
    await assert.rejects(create("two"), /Error creating openstack:networking\/network:Network: 500: Internal Server Error/);
    await create("three");
    assert.deepEqual(calls, ["create one", "create three"]);
  });

  const windows: readonly [string, object, string][] = [
    ["the n-th and those after it", { call: 2, times: 2 }, ".xx..."],
    ["every n-th", { every: 2 }, ".x.x.x"],
    ["every n-th, so many times", { every: 2, times: 1 }, ".x...."],
    ["all from the n-th on", { from: 4 }, "...xxx"],
  ];
  for (const [title, failAt, expected] of windows) {
    it(`lets fail ${title}`, async () => {
      rules({ failAt });
      assert.equal(await outcomes(6), expected);
    });
  }

  it("counts on over the end of a process, and anew when the rule changes", async () => {
    rules({ failAt: { call: 3 } });
    assert.equal(await outcomes(2), "..");
    await restart();
    assert.equal(await outcomes(2), "x.");
    rules({ failAt: { call: 3, message: "409: Conflict" } });
    assert.equal(await outcomes(2), "..");
    await assert.rejects(create(), /Network: 409: Conflict/);
  });

  it("is read afresh at each call", async () => {
    rules({ failAt: { from: 1 } });
    assert.equal(await outcomes(2), "xx");
    write({});
    assert.equal(await outcomes(2), "..");
  });

  it("strikes only what a rule names: package, type, name and operation", async () => {
    rules({ type: "Port", operation: "create", failAt: { from: 1, message: "no port" } });
    await create();
    await assert.rejects(create("it", {}, PORT), /no port/);
    await client.delete({ ...PORT, id: "id-it" }, {}, {});
    rules({ type: NETWORK.type, name: "bad", failAt: { from: 1, message: "bad name" } });
    await create("good");
    await assert.rejects(create("bad"), /bad name/);
    write({ rules: [{ package: "kubernetes", failAt: { from: 1 } }] });
    await create("bad");
    rules({ operation: ["invoke", "delete"], failAt: { from: 1, message: "not now" } });
    await assert.rejects(client.invoke("openstack:images/getImage:getImage", {}), /Error calling .*getImage: not now/);
    await assert.rejects(client.delete({ ...PORT, id: "id-it" }, {}, {}), /Error deleting .*Port: not now/);
  });

  it("lets previews be: they call no cloud", async () => {
    rules({ failAt: { from: 1 } });
    await client.create(NETWORK, {}, { preview: true });
  });

  it("delays calls", async () => {
    rules({ latencyMs: 30 });
    const start = performance.now();
    await create();
    assert.ok(performance.now() - start >= 29);
    assert.deepEqual(calls, ["create it"]);
  });

  it("draws a delay from a range by the seed, alike in every run", () => {
    const draw = (seed: string) => latencyOf([20, 120], seed);
    const drawn = Array.from({ length: 50 }, (_, index) => draw(`1/rule/${index}`));
    assert.ok(drawn.every((wait) => wait >= 20 && wait <= 120));
    assert.ok(new Set(drawn).size > 20);
    assert.deepEqual(
      drawn.map((_, index) => draw(`1/rule/${index}`)),
      drawn,
    );
  });

  it("throttles with the cloud's words, and lets through again a second later", async () => {
    rules({ throttle: { callsPerSecond: 2 } });
    await create();
    await create();
    await assert.rejects(create(), /429: Over Limit: This request was rate-limited. Only 2 request\(s\) can be made every second/);
    time += 1_000;
    await create();
  });

  it("hides what was created for a time, from reading and from whatever refers to it", async () => {
    rules({ type: "Network", operation: "create", eventuallyConsistent: { calls: 2 } });
    const { id } = await create("net");
    await assert.rejects(create("port", { networkId: id }, PORT), /Error creating .*Port: 404: Network id-net could not be found/);
    assert.equal((await client.read({ ...NETWORK, id }, {}, {})).id, "");
    assert.equal((await client.read({ ...NETWORK, id }, {}, {})).id, id);
    await create("port", { fixedIps: [{ networkId: id }] }, PORT);
  });

  it("hides what was created for so many milliseconds", async () => {
    rules({ type: "Network", eventuallyConsistent: { ms: 500 } });
    const { id } = await create("net");
    await assert.rejects(create("port", { networkId: id }, PORT), /could not be found/);
    await create("labelled", { labels: { network: id } }, PORT);
    time += 500;
    await create("port", { networkId: id }, PORT);
  });

  it("lets credentials expire for every call from the n-th on", async () => {
    rules({ expiredCredentials: { from: 2 } });
    const { id } = await create();
    await assert.rejects(create(), /401: Unauthorized: The request you have made requires authentication/);
    await assert.rejects(client.read({ ...NETWORK, id }, {}, {}), /Error reading .* 401/);
    await assert.rejects(client.invoke("openstack:images/getImage:getImage", {}), /401/);
  });

  for (const operation of ["create", "read", "invoke"] as const) {
    it(`lets a call to ${operation} hang until it is cancelled`, async () => {
      rules({ hang: true });
      const calling = {
        create: () => create(),
        read: () => client.read({ ...NETWORK, id: "x" }, {}, {}),
        invoke: () => client.invoke("a:b:c", {}),
      };
      const answer = calling[operation]().then(
        () => "answered",
        (error: unknown) => String(error),
      );
      // One that is asked later answers before.
      assert.equal(await Promise.race([answer, client.check(NETWORK, {}).then(() => "silence")]), "silence");
      await client.cancel();
      assert.match(await answer, /the operation was cancelled/);
      assert.deepEqual(calls, []);
    });
  }

  it("fills the disk for whatever would be written, and for nothing else", async () => {
    rules({ diskFull: true });
    await assert.rejects(create(), /ENOSPC: no space left on device/);
    assert.equal((await client.read({ ...NETWORK, id: "x" }, {}, {})).id, "x");
    assert.deepEqual(calls, []);
  });

  it("loses the answer of a call that was carried out, or refused", async () => {
    rules({ loseAnswer: { call: 1, times: 4 } });
    const lost = (doing: string) => new RegExp(`Error ${doing} openstack:networking/network:Network: read tcp: connection reset by peer`);
    await assert.rejects(create("one"), lost("creating"));
    await assert.rejects(client.update({ ...NETWORK, id: "id-one" }, { oldInputs: {}, olds: {}, news: {} }), lost("updating"));
    await assert.rejects(client.read({ ...NETWORK, id: "id-one" }, {}, {}), lost("reading"));
    await assert.rejects(client.delete({ ...NETWORK, id: "id-one" }, {}, {}), lost("deleting"));
    await create("two");
    assert.deepEqual(calls, ["create one", "update id-one", "delete id-one", "create two"]);
    rules({ failAt: { call: 1 }, loseAnswer: true });
    await assert.rejects(create("three"), /500/);
    assert.equal(calls.length, 4, "what fails before it is carried out is told");
  });

  it("is refused with all its problems at once, already in a preview", async () => {
    write({
      seed: "x",
      rules: [
        { package: "openstack", type: "Network", latencyMs: [5, 1] },
        { package: "zonia", hang: true },
        { package: "tls" },
        { package: "tls", operation: "make", failAt: { call: 0 } },
        { package: "tls", hangs: true, hang: true },
      ],
      kubespray: { failstep: "scale" },
    });
    await assert.rejects(client.check(NETWORK, {}), (error: Error) => {
      for (const place of [
        "faults.json cannot be used",
        "  seed: ",
        "  rules[0].latencyMs: must be milliseconds",
        `  rules[1].package: must be one of ${Object.keys(PACKAGES).join(", ")};`,
        "  rules[2]: switches nothing on",
        "  rules[3].operation: must be one or a list of create",
        "  rules[3].failAt.call: ",
        '  rules[4]: Unrecognized key: "hangs"',
        '  kubespray: Unrecognized key: "failstep"',
      ]) {
        assert.ok(error.message.includes(place), `${place} is not in ${error.message}`);
      }
      return true;
    });
    writeFileSync(join(world, "faults.json"), "{ nope");
    await assert.rejects(create(), /faults\.json is not JSON: .*Mend it or delete it/);
    assert.deepEqual(calls, []);
  });

  it("happens to what our own plugin makes, as to what a cloud's does", async () => {
    write({ rules: [{ package: "kpaas", type: "Project", operation: "create", failAt: { call: 1 }, hang: { call: 2 } }] });
    const own = await ProviderClient.spawn(join(__dirname, "../../plugin/main.js"), ["--runner", "sandbox", "--world", world]);
    try {
      await own.configure({ url: "https://127.0.0.1:1", user: "admin", password: "any", ca: "" });
      const project = { name: "demo", public: false, quota: -1, deleteRepositories: false };
      const make = () => own.create({ type: HARBOR_PROJECT }, project);
      await assert.rejects(make(), /Error creating kpaas:harbor:Project: the provider failed/);
      const hanging = assert.rejects(make(), /cancel/i);
      // It hangs once it is counted.
      while (readdirSync(join(world, "faults-state")).every((rule) => statSync(join(world, "faults-state", rule)).size < 2))
        await nextTick();
      await own.cancel();
      await hanging;
    } finally {
      own.close();
    }
  });

  it("takes every example of its documentation", () => {
    const text = readFileSync(join(__dirname, "../../../docs/sandbox.md"), "utf8");
    const files = [...text.matchAll(/```json\n(\{[^`]*"rules"[^`]*)```/g)].map(([, file = ""]) => file);
    const switches = [...text.matchAll(/\| `("[a-zA-Z]+": .*)` \|$/gm)].map(
      ([, field = ""]) => `{ "rules": [{ "package": "tls", ${field} }] }`,
    );
    assert.ok(files.length >= 5 && switches.length === 8, `${files.length} files, ${switches.length} switches`);
    for (const file of [...files, ...switches]) assert.ok(parseFaults("docs/sandbox.md", file, Object.keys(PACKAGES)).rules.length > 0);
  });

  it("holds each rule once, for its calls are counted by it", async () => {
    rules({ failAt: { call: 1 } }, { failAt: { call: 1 } });
    await assert.rejects(create(), /rules: holds the same rule twice/);
  });
});
