import assert from "node:assert/strict";
import { type ChildProcess, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PartialFailure } from "../../../plugin/rpc/provider";
import { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";
import { DEPLOYMENT } from "./world";

const DIST = join(__dirname, "..", "..", "..");
const MAIN = join(DIST, "sandbox", "main.js");

/** A plugin in place of the real one: it says of everything that it did it. */
const PLUGIN = `#!${process.execPath}
const { serve } = require(${JSON.stringify(join(DIST, "plugin", "rpc", "server.js"))});
const { PartialFailure } = require(${JSON.stringify(join(DIST, "plugin", "rpc", "provider.js"))});
let config;
const same = async ({ id, news, inputs }) => ({ id, inputs: news ?? inputs, properties: news ?? inputs, failures: [], changes: {} });
serve({
  name: "kubernetes", version: "9.9.9", diff: same, update: same, read: same, delete: same, check: same,
  configure: async (args) => { config = args; },
  create: async ({ inputs }) => {
    if (inputs.fails) throw new PartialFailure("it does not get ready", "default/half", inputs);
    if (inputs.dies) process.exit(3);
    return { id: "real", properties: { ...inputs, config } };
  },
});`;

describe("the real kubernetes plugin in the simulated one's place", () => {
  const folder = temporaryFolders();
  let client: (ProviderClient & { readonly process: ChildProcess }) | undefined;

  beforeEach(() => {
    process.env.KPAAS_SANDBOX_KUBERNETES = folder();
  });
  afterEach(() => {
    delete process.env.KPAAS_SANDBOX_KUBERNETES;
    client?.close();
    client = undefined;
  });

  function world(api = true): string {
    const path = folder();
    if (api) writeFileSync(join(path, "api.json"), JSON.stringify({ server: "https://127.0.0.1:1", ca: "", token: "" }));
    return path;
  }

  async function start(): Promise<ProviderClient & { readonly process: ChildProcess }> {
    writeFileSync(join(process.env.KPAAS_SANDBOX_KUBERNETES ?? "", "pulumi-resource-kubernetes"), PLUGIN, { mode: 0o755 });
    client = await ProviderClient.spawn(MAIN, ["kubernetes", world(), "127.0.0.1:1"]);
    return client;
  }

  it("does everything but releases", async () => {
    const relayed = await start();
    assert.equal(await relayed.version(), "9.9.9");
    await relayed.configure({ namespace: "shop" });
    const { id, properties } = await relayed.create({ type: DEPLOYMENT }, { a: 1 });
    assert.deepEqual([id, properties], ["real", { a: 1, config: { namespace: "shop" } }]);
    const release = { type: "kubernetes:helm.sh/v3:Release" };
    const { inputs, failures } = await relayed.check(release, { name: "metallb", chart: "nonsense" });
    assert.equal(inputs.namespace, "shop");
    assert.match(failures[0]?.reason ?? "", /The sandbox knows/);
  });

  it("hands on what it reached of an object that does not get ready", async () => {
    const relayed = await start();
    const failed = relayed.create({ type: DEPLOYMENT }, { fails: true });
    await assert.rejects(failed, (error: unknown) => error instanceof PartialFailure && error.id === "default/half");
  });

  it("is missed when it dies", async () => {
    const relayed = await start();
    const ended = once(relayed.process, "exit");
    await assert.rejects(relayed.create({ type: DEPLOYMENT }, { dies: true }));
    assert.deepEqual(await ended, [1, null]);
  });

  it("is refused where it, or the server it needs, is not there", () => {
    const said = (path: string): string => spawnSync(process.execPath, [MAIN, "kubernetes", path], { encoding: "utf8" }).stderr;
    assert.match(said(world()), /KPAAS_SANDBOX_KUBERNETES is .*, which holds no program pulumi-resource-kubernetes/);
    writeFileSync(join(process.env.KPAAS_SANDBOX_KUBERNETES ?? "", "pulumi-resource-kubernetes"), PLUGIN, { mode: 0o755 });
    assert.match(said(world(false)), /no real API server is there for it: .*api\.json must name one/);
  });
});
