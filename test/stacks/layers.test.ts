import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperationFailedError } from "../../engine/errors";
import type { Progress } from "../../engine/events";
import { locateEngine } from "../../engine/locate";
import { destroyEnvironment, previewEnvironment, upEnvironment } from "../../engine/operations";
import { readOutputs } from "../../engine/read";
import { sandboxEnvironment, sandboxFolders } from "../../engine/sandbox";
import type { OperationResult } from "../../engine/types";
import { bindToPlan } from "../../model/guard/approvals";
import { type Layer, parseStackName, stackName } from "../../model/layers";
import type { Lock } from "../../model/lock";
import { RefusedError } from "../../model/problems";
import { engineForTests } from "../support/engine";
import { environmentFile, plannedFile } from "../support/environment";
import { filesIn } from "../support/project";

describe("the name of a stack", () => {
  it("selects environment and layer", () => {
    for (const layer of [undefined, "infrastructure", "cluster", "platform"] as const) {
      const { environment, layer: found } = parseStackName(stackName("seoul", layer));
      assert.deepEqual([environment, found], ["seoul", layer]);
    }
    assert.deepEqual(parseStackName("cluster"), { environment: "cluster" });
  });
});

/** A database is enough of a platform: it has passwords, claims and a namespace. */
const FEW = { services: { metricsServer: false, certManager: false, keycloak: false, portal: false } };

/** The life of an environment held by three stacks, on the real engine. The tests are one story, in order. */
describe("an environment in three layers on the real engine", function () {
  this.timeout(240_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-layers-"));
  let lock: Lock | undefined;

  const target = (nodes: Record<string, unknown>, layer?: Layer, layers = "three", network = {}, { floating = {}, services = {} } = {}) => {
    const planned = plannedFile(
      environmentFile({
        name: "tiers",
        layers,
        platform: { services: { ...FEW.services, ...services } },
        // Reached from outside: what the infrastructure gives of addresses goes through all three.
        infrastructure: { provider: "openstack", access: { adminCidrs: ["203.0.113.0/24"] }, network: { floating } },
        cluster: { network, apiEndpoint: { domain: "api.tiers.example.org" }, pools: { worker: { nodes } } },
      }),
      lock,
    );
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [], ...(layer ? { layer } : {}) };
  };
  const counts = ({ changes }: OperationResult): number[] => [changes.create, changes.update, changes.replace, changes.delete];
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
  });

  it("is previewed whole against what the plan predicts, and says so", async () => {
    const said: string[] = [];
    const preview = await previewEnvironment(target({ a: {}, b: {} }), {
      onProgress: (event) => event.kind === "message" && said.push(event.text),
    });
    assert.ok(preview.changes.create > 100);
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

  it("touches no layer where the cluster would refuse the change", async () => {
    const world = filesIn(join(root, ".kpaas", "sandbox", "world", "tiers"));
    const contents = () => world.map((file) => readFileSync(file, "utf8"));
    const before = contents();
    for (const layer of [undefined, "infrastructure"] as const) {
      await assert.rejects(
        upEnvironment(target({ a: {}, b: {} }, layer, "three", { encapsulation: "ipip" })),
        (error) => error instanceof RefusedError && error.problems.map(({ path }) => path).join() === "cluster.network.encapsulation",
      );
      assert.deepEqual(contents(), before, "the overlay's ports of the running cluster stay open");
    }
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

  /** The databases switched off, by approvals of this command or of the stack's configuration. */
  const withoutDatabases = (network = {}) => {
    const wanted = target({ a: {}, b: { generation: 2 } }, "platform", "three", network, { services: { mariadb: false } });
    return { ...wanted, approval: bindToPlan("environment:drop-database", wanted.plan) };
  };
  const claims = () => filesIn(join(root, ".kpaas/sandbox/world/tiers")).filter((file) => /PersistentVolumeClaim/i.test(file));

  it("keeps the protection of what an approval would let go, where the cluster refuses another change of the plan", async () => {
    const { approval, ...wanted } = withoutDatabases({ encapsulation: "ipip" });
    await assert.rejects(
      upEnvironment({ ...wanted, approvals: [approval] }),
      (error) => error instanceof RefusedError && error.problems.map(({ path }) => path).join() === "cluster.network.encapsulation",
    );
    const [stack = ""] = filesIn(join(root, ".kpaas/sandbox/backend")).filter((file) => file.endsWith("/tiers.platform.json"));
    const { resources } = JSON.parse(readFileSync(stack, "utf8")).checkpoint.latest;
    const kept = resources.filter(({ type }: { type: string }) => type === "kubernetes:core/v1:PersistentVolumeClaim");
    assert.deepEqual(
      kept.map(({ protect }: { protect?: boolean }) => protect),
      [true],
    );
  });

  it("is not destroyed from below by `pulumi destroy` either, which knows of no other stack", async () => {
    const { command } = await locateEngine({ install: false });
    const folders = sandboxFolders(root, "tiers");
    for (const layer of ["infrastructure", "cluster"] as const) {
      const args = ["destroy", "--yes", "--non-interactive", "--stack", stackName("tiers", layer)];
      const { status, stdout } = spawnSync(command, args, { cwd: folders.project, env: sandboxEnvironment(folders), encoding: "utf8" });
      assert.notEqual(status, 0);
      assert.match(stdout, /cannot be deleted\s+because it is protected/);
    }
    assert.deepEqual(counts(await upEnvironment(target({ a: {}, b: { generation: 2 } }))), [0, 0, 0, 0]);
  });

  it("lets go of what is protected by an approval of the configuration too, which only the program reads", async () => {
    const { approval, ...wanted } = withoutDatabases();
    const config = join(sandboxFolders(root, "tiers").project, "Pulumi.tiers.platform.yaml");
    const before = readFileSync(config, "utf8");
    const claimed = claims().length;
    writeFileSync(config, `${before.trimEnd()}\nconfig:\n  kpaas:approve: ${approval}\n`);
    try {
      const { approved } = await upEnvironment(wanted);
      assert.deepEqual(
        approved.map((each) => each.approval),
        [approval],
      );
    } finally {
      writeFileSync(config, before);
    }
    assert.equal(claims().length, claimed - 1);
  });

  it("is destroyed downwards, and not from below", async () => {
    const nodes = { a: {}, b: { generation: 2 } };
    await assert.rejects(
      destroyEnvironment(target(nodes, "infrastructure")),
      refused(/tiers\.platform stands on tiers\.infrastructure[\s\S]*--layer platform/),
    );
    assert.ok((await destroyEnvironment(target(nodes))).changes.delete > 100);
    const world = join(root, ".kpaas", "sandbox", "world", "tiers");
    assert.deepEqual(existsSync(world) ? readdirSync(world) : [], []);
    assert.equal(await readOutputs(target(nodes)), undefined);
  });
});

/** One environment, moved. */
describe("an environment that changes from one stack to three", function () {
  this.timeout(240_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-move-"));
  let lock: Lock | undefined;
  const target = (layers: "one" | "three") => {
    const planned = plannedFile(
      environmentFile({
        name: "moved",
        layers,
        platform: FEW,
        infrastructure: { provider: "openstack", access: { adminCidrs: ["203.0.113.0/24"] } },
        cluster: { pools: { worker: { nodes: { a: {}, b: {} } } } },
      }),
      lock,
    );
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [] };
  };

  before(engineForTests);
  after(() => rmSync(root, { recursive: true, force: true }));

  it("has an empty preview afterwards, in every layer", async () => {
    const before = await upEnvironment(target("one"));
    await assert.rejects(
      previewEnvironment(target("three")),
      (error) => error instanceof RefusedError && /`kpaas up moved` moves its state/.test(error.message),
    );
    const moved = await upEnvironment(target("three"));
    const changes = ({ create, update, replace, delete: gone }: OperationResult["changes"]) => [create, update, replace, gone];
    assert.deepEqual(changes(moved.changes), [0, 0, 0, 0], JSON.stringify(moved.resources.slice(0, 9)));
    assert.deepEqual(changes((await previewEnvironment(target("three"))).changes), [0, 0, 0, 0]);
    for (const key of ["addresses", "apiEndpoint", "nodes", "urls"]) assert.deepEqual(moved.outputs[key], before.outputs[key], key);
    assert.ok((await destroyEnvironment(target("three"))).changes.delete > 100);
  });
});
