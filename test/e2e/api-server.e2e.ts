import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { destroyEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import type { Lock } from "../../model/lock";
import { type RealApi, realApi } from "../../sandbox/kubernetes/real/api";
import { reasonsOf } from "../../sandbox/kubernetes/real/status";
import { at, list, nameOf, namespaceOf } from "../../sandbox/kubernetes/values";
import { engineForTests } from "../support/engine";
import { environmentFile, plannedFile } from "../support/environment";
import { RealCluster } from "../support/real-cluster";
import { serversForTests } from "../support/servers";

const WORKLOADS = ["apps/v1/Deployment", "apps/v1/StatefulSet", "apps/v1/DaemonSet", "batch/v1/Job"];

/** `op name` of what an operation did. */
function changed(result: OperationResult): string[] {
  return result.resources.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);
}

/** One environment's life on the real engine against a real API server. The tests are one story, in order. */
describe("an environment on a real API server", function () {
  this.timeout(600_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const world = join(root, ".kpaas", "sandbox", "world", "real");
  let lock: Lock | undefined;
  let cluster: RealCluster | undefined;
  let api: RealApi;

  const target = (nodes: Record<string, unknown> = { a: {}, b: {} }) => {
    const planned = plannedFile(environmentFile({ name: "real", cluster: { pools: { worker: { nodes } } } }), lock);
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [] };
  };

  const readyNodes = async (): Promise<string[]> => {
    const isReady = (one: unknown): boolean => at(one, "type") === "Ready" && at(one, "status") === "True";
    return (await api.list("v1/Node"))
      .filter((node) => list(at(node, "status.conditions")).some(isReady))
      .map(nameOf)
      .sort();
  };
  /** Nodes report by themselves, some moments after the playbook. */
  const nodesBecome = async (wanted: readonly string[]): Promise<void> => {
    const end = Date.now() + 60_000;
    while (String(await readyNodes()) !== String(wanted) && Date.now() < end) await pause(200);
    assert.deepEqual(await readyNodes(), wanted);
  };

  before(async function () {
    await engineForTests.call(this);
    const programs = await serversForTests.call(this);
    const started = Date.now();
    cluster = await RealCluster.start(join(root, "servers"), world, programs);
    console.log(`      servers ready in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    const found = realApi(world);
    assert.ok(found);
    api = found;
  });
  after(async () => {
    await cluster?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it("comes up whole: every node ready, every workload as its controllers want it", async () => {
    const up = await upEnvironment(target());
    assert.equal(up.changes.update + up.changes.replace + up.changes.delete, 0);
    assert.deepEqual(await readyNodes(), Object.keys(up.outputs.nodes as object).sort());
    for (const kind of WORKLOADS) {
      for (const object of await api.list(kind)) {
        assert.deepEqual(await reasonsOf(object, api), [], `${kind} ${namespaceOf(object)}/${nameOf(object)}`);
      }
    }
  });

  it("has nothing to do the second time", async () => {
    const again = await upEnvironment(target());
    assert.deepEqual(changed(again), []);
  });

  it("has a node more or less as workers come and go, and no object changes with them", async () => {
    const added = await upEnvironment(target({ a: {}, b: {}, c: {} }));
    assert.deepEqual(
      changed(added).filter((one) => one.includes("platform")),
      [],
    );
    await nodesBecome(["a", "b", "c", "cp-1"]);
    await upEnvironment(target({ a: {}, c: {} }));
    await nodesBecome(["a", "c", "cp-1"]);
  });

  it("has no node left when it is destroyed: what the cluster held goes with its machines", async () => {
    const destroyed = await destroyEnvironment(target({ a: {}, c: {} }));
    assert.ok(destroyed.changes.delete > 100);
    await nodesBecome([]);
    assert.deepEqual(await api.list("v1/Node"), []);
  });
});
