import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperationFailedError } from "../../engine/errors";
import { destroyEnvironment, previewEnvironment, refreshEnvironment, upEnvironment } from "../../engine/operations";
import { readLoss, readOutputs } from "../../engine/read";
import type { OperationResult } from "../../engine/types";
import type { Lock } from "../../model/lock";
import { RefusedError } from "../../model/problems";
import { engineForTests } from "../support/engine";
import { environmentFile, plannedFile } from "../support/environment";
import { assertAllTold, withEvents } from "../support/told";

/** `op name` of everything an operation did, machines and cluster only, sorted. */
function machineChanges(result: OperationResult): string[] {
  return result.resources
    .filter(({ type }) => /instance:Instance|port:Port|kubespray:Cluster/.test(type))
    .filter(({ op }) => op !== "same")
    .map(({ op, name }) => `${op} ${name}`)
    .sort();
}

/** Every file under a folder. */
function files(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What every file under a folder holds. */
function contents(folder: string): Record<string, string> {
  return Object.fromEntries(files(folder).map((file) => [file, readFileSync(file, "utf8")]));
}

/** All strings at secret places of the outputs. */
function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}

/** One environment's whole life on the real engine and the sandbox's providers. The tests are one story, in order. */
describe("an environment on the real engine", function () {
  this.timeout(240_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-life-"));
  const world = join(root, ".kpaas", "sandbox", "world", "life");
  const transcript: string[] = [];
  let lock: Lock | undefined;

  /** Plans with the given workers and remembers the lock, as `kpaas up --sandbox` does. */
  const target = (nodes: Record<string, unknown>, over: Record<string, unknown> = {}) => {
    const file = environmentFile({ name: "life", cluster: { pools: { worker: { nodes, ...over } } } });
    const planned = plannedFile(file, lock);
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [] };
  };
  const options = { onProgress: (event: unknown) => transcript.push(JSON.stringify(event)) };

  before(engineForTests);
  after(() => rmSync(root, { recursive: true, force: true }));

  it("previews everything as new, with the kubespray steps it would run", async () => {
    const preview = await previewEnvironment(target({ a: {}, b: {}, c: {} }), options);
    assert.deepEqual({ ...preview.changes, create: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    assert.ok(preview.changes.create > 100);
    assert.deepEqual(
      preview.steps.map((step) => (step as { playbook: string }).playbook),
      ["cluster"],
    );
  });

  it("comes up whole", async () => {
    const up = await upEnvironment(target({ a: {}, b: {}, c: {} }), options);
    assert.equal(up.changes.update + up.changes.replace + up.changes.delete, 0);
    assert.deepEqual(Object.keys(up.outputs.nodes as object).sort(), ["a", "b", "c", "cp-1"]);
    assert.match(String(up.outputs.apiEndpoint), /^https:\/\/10\.20\.0\.\d+:6443$/);
    assert.deepEqual(Object.keys(up.outputs.urls as object).sort(), ["keycloak", "portal"]);
    assert.equal(up.outputs.kubeconfig, "[secret]");
    // What the engine writes after every step holds nothing that only our own code could be found by; the stack itself is the SDK's.
    const [state = ""] = files(join(root, ".kpaas/sandbox/backend")).filter((file) => file.endsWith("/life.json"));
    const { resources } = JSON.parse(readFileSync(state, "utf8")).checkpoint.latest;
    const placed = resources.filter((resource: object) => "stackTrace" in resource || "sourcePosition" in resource);
    assert.deepEqual(
      placed.filter(({ type }: { type: string }) => type !== "pulumi:pulumi:Stack"),
      [],
    );
  });

  it("keeps every secret out of its state, its outputs and its log", async () => {
    const shown = await readOutputs(target({ a: {}, b: {}, c: {} }), { showSecrets: true });
    const credentials = (shown?.credentials ?? {}) as Record<string, { password: string }>;
    const secrets = Object.values(credentials).map(({ password }) => password);
    assert.ok(secrets.length >= 3 && secrets.every((secret) => secret.length >= 16), JSON.stringify(Object.keys(credentials)));
    const key = /client-key-data: (\S+)/.exec(String(shown?.kubeconfig))?.[1];
    assert.ok(key);
    // Everything below .kpaas/: the engine's state and history, the simulated cloud and cluster, all but the passphrase they are sealed with.
    const state = files(join(root, ".kpaas")).map((file) => readFileSync(file, "utf8"));
    assert.ok(state.length > 100);
    const forms = [...secrets, key].flatMap((secret) => [secret, Buffer.from(secret).toString("base64")]);
    for (const secret of forms) for (const text of [...state, ...transcript]) assert.ok(!text.includes(secret));
    for (const text of [...state, ...transcript]) assert.ok(!/BEGIN [A-Z ]*PRIVATE KEY/.test(text));
    const masked = await readOutputs(target({ a: {}, b: {}, c: {} }));
    for (const text of strings(masked)) assert.ok(!secrets.includes(text));
  });

  it("has nothing to do the second time but to add a worker: its port, its machine, and the cluster's update", async () => {
    const { result: up, events } = await withEvents(() => upEnvironment(target({ a: {}, b: {}, c: {}, d: {} }), options));
    assertAllTold(events, up.resources);
    assert.deepEqual(machineChanges(up), [
      "create life-infrastructure-machine-d",
      "create life-infrastructure-port-d",
      "update life-cluster-kubespray",
    ]);
    assert.deepEqual([up.changes.create, up.changes.update, up.changes.replace, up.changes.delete], [2, 1, 0, 0]);
    assert.deepEqual(
      up.steps.map((step) => (step as { playbook: string }).playbook),
      ["facts", "scale"],
    );
  });

  it("removes a worker from the middle: out of the cluster first, then its machine and port", async () => {
    const up = await upEnvironment(target({ a: {}, c: {}, d: {} }), options);
    assert.deepEqual(machineChanges(up), [
      "delete life-infrastructure-machine-b",
      "delete life-infrastructure-port-b",
      "update life-cluster-kubespray",
    ]);
    assert.deepEqual([up.changes.create, up.changes.update, up.changes.replace, up.changes.delete], [0, 1, 0, 2]);
    assert.deepEqual(
      up.resources.filter(({ op }) => op !== "same").map(({ name }) => name),
      ["life-cluster-kubespray", "life-infrastructure-machine-b", "life-infrastructure-port-b"],
    );
  });

  it("rebuilds a worker: the new machine joins before the old one goes", async () => {
    const nodes = { a: {}, c: { generation: 2 }, d: {} };
    const preview = await previewEnvironment(target(nodes), options);
    assert.deepEqual(
      preview.steps.map((step) => (step as { command: string }).command),
      ["facts.yml", "scale.yml --limit c-g2", "remove-node.yml -e node=c -e skip_confirmation=true -e flush_iptables=false"],
    );
    const order: string[] = [];
    const up = await upEnvironment(target(nodes), {
      onProgress: (event) => {
        if (event.kind === "resource" && event.status === "done") order.push(`${event.op} ${event.name}`);
      },
    });
    assert.deepEqual([up.changes.create, up.changes.update, up.changes.replace, up.changes.delete], [2, 1, 0, 2]);
    const at = (entry: string): number => {
      const index = order.indexOf(entry);
      assert.ok(index >= 0, `${entry} is not in ${order.join(", ")}`);
      return index;
    };
    assert.ok(at("create life-infrastructure-machine-c-g2") < at("update life-cluster-kubespray"));
    assert.ok(at("update life-cluster-kubespray") < at("delete life-infrastructure-machine-c"));
    assert.deepEqual(Object.keys(up.outputs.nodes as object).sort(), ["a", "c-g2", "cp-1", "d"]);
  });

  it("refuses a dangerous change before anything is touched, also one that the cluster would refuse", async () => {
    const before = contents(world);
    const nodes = { a: {}, c: { generation: 2 }, d: {}, e: {} };
    const refused: [path: string, infrastructure: object, cluster: object][] = [
      ["infrastructure.network.cidr", { network: { cidr: "10.50.0.0/16" } }, {}],
      ["cluster.network.encapsulation", {}, { network: { encapsulation: "ipip" } }],
    ];
    for (const [path, infrastructure, cluster] of refused) {
      const file = environmentFile({
        name: "life",
        infrastructure: { provider: "openstack", ...infrastructure },
        cluster: { ...cluster, pools: { worker: { nodes } } },
      });
      const moved = plannedFile(file, lock);
      const onAccepted = () => assert.fail("the lock of what is there would be overwritten");
      await assert.rejects(
        upEnvironment({ plan: moved.plan, root, sandbox: true, approvals: [] }, { ...options, onAccepted }),
        (error) => error instanceof RefusedError && error.problems.map((problem) => problem.path).join() === path,
      );
      assert.deepEqual(contents(world), before);
    }
  });

  it("shows in a preview already that a claim of data cannot be replaced", async () => {
    const wanted = target({ a: {}, c: { generation: 2 }, d: {} });
    // As no environment file can ask for it: the guard would refuse that.
    const plan = { ...wanted.plan, platform: { ...wanted.plan.platform, storageClass: "another" } };
    await assert.rejects(
      previewEnvironment({ ...wanted, plan }, options),
      (error) => error instanceof OperationFailedError && /life-platform-mariadb-data[\s\S]*protect/.test(error.message),
    );
  });

  it("finds drift by refresh and mends it by the next up", async () => {
    const nodes = { a: {}, c: { generation: 2 }, d: {} };
    const port = files(join(world, "openstack")).find((file) => /[Pp]ort/.test(file) && readFileSync(file, "utf8").includes("life-cp-1"));
    assert.ok(port);
    writeFileSync(port, readFileSync(port, "utf8").replaceAll('"life-cp-1"', '"renamed-by-hand"'));
    const refreshed = await refreshEnvironment(target(nodes), options);
    assert.equal(refreshed.changes.update, 1);
    const up = await upEnvironment(target(nodes), options);
    assert.deepEqual(machineChanges(up), ["update life-infrastructure-port-cp-1"]);
    // Everything else is as the changes before left it: they have nothing more to do.
    assert.deepEqual({ ...up.changes, same: 0 }, { create: 0, update: 1, replace: 0, delete: 0, same: 0 });
    assert.deepEqual(up.steps, []);
  });

  it("leaves nothing behind when it is destroyed but what the file retains, though no up has recorded that", async () => {
    const wanted = target({ a: {}, c: { generation: 2 }, d: {} });
    const last = { ...wanted, plan: { ...wanted.plan, retain: ["volumes" as const] } };
    assert.ok((await readLoss(wanted)).lost.includes("NFS share: volume share of nfs, 200 GiB, with every volume claim on it"));
    assert.deepEqual(await readLoss(last), {
      lost: ["etcd: every Kubernetes object of the cluster"],
      kept: ["NFS share: volume share of nfs, 200 GiB, with every volume claim on it", "claim mariadb/mariadb-data, 10Gi"],
      layers: "one",
    });
    const destroyed = await destroyEnvironment(last, options);
    assert.ok(destroyed.changes.delete > 100);
    const left = files(world).map((file) => JSON.parse(readFileSync(file, "utf8")));
    assert.deepEqual(
      left.map(({ metadata }) => metadata?.["kpaas-volume"]),
      ["share"],
    );
    assert.equal(await readOutputs(last), undefined);
  });
});
