import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RealApi } from "../../sandbox/kubernetes/real/api";
import { reasonsOf } from "../../sandbox/kubernetes/real/status";
import { at, nameOf } from "../../sandbox/kubernetes/values";
import { DEPLOYMENT, deployment, type Fields, METALLB, NAMESPACE, POOL, pool, RELEASE, World } from "../sandbox/kubernetes/world";
import { RealCluster } from "../support/real-cluster";
import { serversForTests } from "../support/servers";
import { LEFT_TO_KUBELETS, REFUSED, RESTRICTED, UNPLACED } from "./wrong-objects";

/** Wrong objects through the sandbox's provider against a real API server with its controllers and scheduler. */
describe("a wrong object on a real API server", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const world = new World();
  let cluster: RealCluster | undefined;
  let api: RealApi;

  before(async function () {
    cluster = await RealCluster.start(folder, world.folder, await serversForTests.call(this));
    api = cluster.api;
    await world.configure();
    await world.create(NAMESPACE, "safe", { metadata: { name: "safe", labels: { "pod-security.kubernetes.io/enforce": "restricted" } } });
  });
  after(async () => {
    await cluster?.stop();
    world.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const found = (object: Fields, namespace: string) =>
    api.get({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: at(object, "metadata.name"), namespace } });

  /** Makes a workload without waiting for it, and waits until its controllers say this of it. */
  async function says(object: Fields, namespace: string, words: RegExp): Promise<void> {
    const annotations = { "pulumi.com/skipAwait": "true" };
    const made = await world.create(DEPLOYMENT, "wrong", { ...object, metadata: { name: "wrong", namespace, annotations } });
    const end = Date.now() + 30_000;
    let reasons = "";
    while (!words.test(reasons) && Date.now() < end) {
      const live = await found(object, namespace);
      assert.ok(live);
      reasons = (await reasonsOf(live, api)).join("\n");
      await pause(100);
    }
    assert.match(reasons, words);
    await world.delete(made);
  }

  for (const [what, type, object, words] of REFUSED) {
    it(`is refused by the server, at a preview already: ${what}`, async () => {
      await assert.rejects(world.preview(type, "wrong", object), words);
      await assert.rejects(world.create(type, "wrong", object), words);
    });
  }
  for (const [what, , object, words] of UNPLACED) {
    it(`is placed nowhere by the scheduler, which says so: ${what}`, () => says(object, "default", words));
  }
  for (const [what, , object, words] of RESTRICTED) {
    it(`is refused when its pods are made: ${what}`, () => says(object, "safe", words));
  }

  it("is refused as a node port that another Service has, or that none may have", async () => {
    const SERVICE = "kubernetes:core/v1:Service";
    const named = (name: string, nodePort = 30080): Fields => ({
      metadata: { name },
      spec: { type: "NodePort", ports: [{ port: 80, nodePort }] },
    });
    await world.create(SERVICE, "a", named("a"));
    await assert.rejects(world.create(SERVICE, "b", named("b")), /Invalid value: 30080: provided port is already allocated/);
    await assert.rejects(
      world.create(SERVICE, "c", named("c", 80)),
      /nodePort: Invalid value: 80: provided port is not in the valid range/,
    );
  });

  it("is refused as what a chart makes or brings the definition of, and so is a pool that overlaps another", async () => {
    const chart = { chart: "nfs-subdir-external-provisioner", version: "4.0.18", namespace: "kube-system" };
    const repositoryOpts = { repo: "https://kubernetes-sigs.github.io/nfs-subdir-external-provisioner" };
    const release = world.create(RELEASE, "nfs", { name: "nfs", ...chart, repositoryOpts, values: { storageClass: { name: "nfs" } } });
    await assert.rejects(release, /volumes\[0\]\.nfs\.server: Required value/);
    await world.create(RELEASE, "metallb", METALLB);
    await assert.rejects(
      world.preview(POOL, "main", pool("main", ["10.20.0.200/30"], { autoAssing: true })),
      /\.spec\.autoAssing: field not/,
    );
    await world.create(POOL, "main", pool("main", ["10.20.0.200/30"]));
    await assert.rejects(world.create(POOL, "x", pool("x", ["10.20.0.202-10.20.0.210"])), /overlaps with already defined CIDR/);
  });

  for (const [what, type, object] of LEFT_TO_KUBELETS) {
    it(`is left to a kubelet: ${what}`, async () => {
      const made = await world.create(type, "wrong", object);
      assert.equal(at(made.outputs, "status.availableReplicas"), 1);
      await world.delete(made);
    });
  }

  it("is refused where it names configuration that is not there, as a kubelet does, until that comes", async () => {
    const object = deployment("needs", { container: { envFrom: [{ secretRef: { name: "db" } }] } });
    const waiting = world.create(DEPLOYMENT, "needs", object);
    const end = Date.now() + 30_000;
    const isUp = async (): Promise<boolean> => at(await found(object, "default"), "status.availableReplicas") === 1;
    while (!(await isUp()) && Date.now() < end) await pause(100);
    assert.ok(!world.lines.join("\n").includes("db"), world.lines.join("\n"));
    await world.create("kubernetes:core/v1:Secret", "db", { metadata: { name: "db" }, stringData: { password: "x" } });
    assert.equal(nameOf((await waiting).outputs), "needs");
  });
});
