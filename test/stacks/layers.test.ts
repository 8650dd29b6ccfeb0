import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperationFailedError } from "../../engine/errors";
import type { Progress } from "../../engine/events";
import { destroyEnvironment, previewEnvironment, upEnvironment } from "../../engine/operations";
import { readOutputs, readRotations } from "../../engine/read";
import { bindToPlan } from "../../model/guard/approvals";
import { type Layer, parseStackName, stackName } from "../../model/layers";
import { RefusedError } from "../../model/problems";
import { engineForTests } from "../support/engine";
import { BARE, counts, layeredTarget } from "../support/layers";

describe("the name of a stack", () => {
  it("selects environment and layer", () => {
    for (const layer of [undefined, "infrastructure", "cluster", "platform"] as const) {
      const { environment, layer: found } = parseStackName(stackName("seoul", layer));
      assert.deepEqual([environment, found], ["seoul", layer]);
    }
    assert.deepEqual(parseStackName("cluster"), { environment: "cluster" });
  });
});

/** The life of an environment held by three stacks, on the real engine. The tests are one story, in order. */
describe("an environment in three layers on the real engine", function () {
  this.timeout(240_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-layers-"));
  const target = layeredTarget(root, "tiers", BARE);
  const refused = (pattern: RegExp) => (error: unknown) =>
    error instanceof RefusedError && pattern.test(error.message) && error.problems.every(({ path }) => path !== "");

  before(engineForTests);
  after(() => rmSync(root, { recursive: true, force: true }));

  it("is refused in the wrong order, with the right one", async () => {
    await assert.rejects(
      upEnvironment(target({ a: {}, b: {} }, "cluster")),
      refused(/infrastructure is not there yet[\s\S]*kpaas up tiers --layer infrastructure/),
    );
    await assert.rejects(
      upEnvironment(target({ a: {}, b: {} }, "platform")),
      refused(/cluster is not there yet[\s\S]*kpaas up tiers --layer cluster/),
    );
    assert.equal(await readRotations(target({ a: {}, b: {} })), undefined, "nothing whose secrets could be exchanged");
  });

  it("is previewed whole against what the plan predicts, and says so", async () => {
    const said: string[] = [];
    const preview = await previewEnvironment(target({ a: {}, b: {} }), {
      onProgress: (event) => event.kind === "message" && said.push(event.text),
    });
    assert.ok(preview.changes.create > 70);
    assert.equal(said.filter((text) => /previewed against what the plan predicts/.test(text)).length, 2);
    assert.equal(preview.steps.length, 1);
  });

  it("comes up, has nothing to do the second time, and shows its outputs as one", async () => {
    const up = await upEnvironment(target({ a: {}, b: {} }));
    assert.deepEqual(Object.keys(up.outputs).sort(), [
      "addresses",
      "apiEndpoint",
      "applied",
      "caCertificate",
      "credentials",
      "dnsRecords",
      "kubeconfig",
      "nodes",
      "ssh",
      "urls",
      "versions",
    ]);
    assert.deepEqual(counts(await upEnvironment(target({ a: {}, b: {} }))), [0, 0, 0, 0]);
    assert.deepEqual(await readRotations(target({ a: {}, b: {} })), {});
    assert.deepEqual(Object.keys((await readOutputs(target({ a: {}, b: {} }))) ?? {}).sort(), Object.keys(up.outputs).sort());
    const { api, ingress } = up.outputs.addresses as Record<string, Record<string, string>>;
    assert.match(String(ingress?.publicAddress), /^203\.0\.113\./);
    assert.match(String(api?.publicAddress), /^203\.0\.113\./);
    assert.deepEqual(up.outputs.dnsRecords, { "api.tiers.example.org": api?.publicAddress });
    assert.equal(up.outputs.apiEndpoint, `https://${api?.publicAddress}:6443`);
    const shown = await readOutputs(target({ a: {}, b: {} }), { showSecrets: true });
    assert.match(
      String(shown?.kubeconfig),
      new RegExp(`server: https://${api?.publicAddress}:6443\n.*tls-server-name: api.tiers.example.org`),
    );
    const backend = join(root, ".kpaas", "sandbox", "backend");
    const files = readdirSync(backend, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const file of files) assert.doesNotMatch(readFileSync(join(file.parentPath, file.name), "utf8"), /PRIVATE KEY|client-key-data/);
  });

  it("keeps a machine that left the file until the cluster has let it go, also one that is lost and must be said to be", async () => {
    const nodes = { a: {}, b: { generation: 2 } };
    const instances = join(root, ".kpaas/sandbox/world/tiers/openstack/instance");
    for (const file of readdirSync(instances).map((name) => join(instances, name))) {
      const text = readFileSync(file, "utf8");
      if (/"tiers-b"/.test(text)) writeFileSync(file, text.replace('"powerState": "active"', '"powerState": "shutoff"'));
    }
    await assert.rejects(
      previewEnvironment(target(nodes)),
      (error) => error instanceof OperationFailedError && /b does not answer[\s\S]*--approve b:lost/.test(error.message),
    );
    const said: string[] = [];
    const lost = (layer?: Layer) => {
      const wanted = target(nodes, layer);
      return { ...wanted, approvals: ["b:lost", "a:resize"].map((approval) => bindToPlan(approval, wanted.plan)) };
    };
    const onProgress = (event: Progress) => event.kind === "message" && said.push(event.text);
    const preview = await previewEnvironment(lost(), { onProgress });
    assert.deepEqual(
      preview.approved.map(({ reason }) => reason),
      ["b leaves the cluster as lost, without being drained or reset"],
    );
    assert.equal(said.filter((text) => /approval a:resize@.*lets nothing through/.test(text)).length, 1, "once for all layers");
    const alone = await upEnvironment(lost("infrastructure"));
    assert.deepEqual(counts(alone), [2, 0, 0, 0], "infrastructure alone deletes nothing the cluster still lists");
    const rest = await upEnvironment(lost());
    assert.match(JSON.stringify(rest.steps), /remove-node.yml -e node=b .*allow_ungraceful_removal=true/);
    assert.deepEqual(counts(rest), [0, 1, 0, 2]);
    assert.deepEqual(counts(preview), [2, 1, 0, 2], "the preview of all layers tells of all of it");
    assert.deepEqual(Object.keys(rest.outputs.nodes as object).sort(), ["a", "b-g2", "cp-1"]);
    assert.deepEqual(counts(await upEnvironment(target(nodes))), [0, 0, 0, 0]);
  });

  it("is not built a second time because layers changed", async () => {
    const nodes = { a: {}, b: { generation: 2 } };
    await assert.rejects(upEnvironment(target(nodes, undefined, "one")), refused(/held by the stack tiers\.infrastructure/));
  });

  it("moves between an address made beforehand and one of its own: a port never has both", async () => {
    for (const floating of [{ ingress: "198.51.100.8" }, {}]) {
      const wanted = target({ a: {}, b: { generation: 2 } }, "infrastructure", "three", {}, { floating });
      const { outputs } = await upEnvironment({ ...wanted, approvals: [bindToPlan("environment:move-address", wanted.plan)] });
      const { ingress } = outputs.addresses as Record<string, Record<string, string>>;
      assert.match(String(ingress?.publicAddress), floating.ingress === undefined ? /^203\.0\.113\./ : /^198\.51\.100\.8$/);
    }
  });

  it("is destroyed downwards, and not from below", async () => {
    const nodes = { a: {}, b: { generation: 2 } };
    await assert.rejects(
      destroyEnvironment(target(nodes, "infrastructure")),
      refused(/tiers\.platform stands on tiers\.infrastructure[\s\S]*--layer platform/),
    );
    assert.ok((await destroyEnvironment(target(nodes))).changes.delete > 70);
    const world = join(root, ".kpaas", "sandbox", "world", "tiers");
    assert.deepEqual(existsSync(world) ? readdirSync(world) : [], []);
    assert.equal(await readOutputs(target(nodes)), undefined);
  });
});
