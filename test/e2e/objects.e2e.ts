import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RealApi } from "../../sandbox/kubernetes/real/api";
import { at, nameOf } from "../../sandbox/kubernetes/values";
import { DEPLOYMENT, deployment, type Fields, NAMESPACE, type Recorded, World } from "../sandbox/kubernetes/world";
import { RealCluster } from "../support/real-cluster";
import { serversForTests } from "../support/servers";
import { FAST, FROZEN_CASES } from "./frozen-cases";

const STATEFUL_SET = "kubernetes:apps/v1:StatefulSet";

/** Single resources through the sandbox's provider against a real API server. The tests are one story, in order. */
describe("resources on a real API server", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const world = new World();
  let cluster: RealCluster | undefined;
  let api: RealApi;
  let namespace: Recorded;

  const inside = (object: Fields): Fields => ({ ...object, metadata: { namespace: "shop", ...(at(object, "metadata") as Fields) } });
  const find = (apiVersion: string, kind: string, name: string) => api.get({ apiVersion, kind, metadata: { name, namespace: "shop" } });

  before(async function () {
    cluster = await RealCluster.start(folder, world.folder, await serversForTests.call(this));
    api = cluster.api;
    await world.configure({ enableSecretMutable: true });
    namespace = await world.create(NAMESPACE, "shop", { metadata: { name: "shop" } });
  });
  after(async () => {
    await cluster?.stop();
    world.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are refused at preview in the server's own words", async () => {
    const other = deployment("web", { spec: { selector: { matchLabels: { app: "other" } } } });
    await assert.rejects(world.preview(DEPLOYMENT, "web", inside(other)), /`selector` does not match template `labels`/);
  });

  it("roll when their replicas, labels or images change", async () => {
    const first = await world.create(DEPLOYMENT, "web", inside(deployment("web")));
    const labels = { app: "web", tier: "front" };
    const change = { spec: { replicas: 3, template: { metadata: { labels }, spec: { containers: [{ name: "main", image: "web:2" }] } } } };
    const second = await world.update(first, inside(deployment("web", change)));
    assert.equal(at(second.outputs, "status.availableReplicas"), 3);
    const pods = (await api.list("v1/Pod")).filter((pod) => at(pod, "metadata.labels.tier") === "front");
    assert.equal(pods.length, 3);
    assert.deepEqual(await world.diff(second, inside(deployment("web", change))), { changes: {} });
  });

  it("keep their number where an autoscaler takes it over, which would be one where nobody said it", async () => {
    const numbered = (more: Fields = {}, replicas: object = { replicas: 3 }): Fields => {
      const { replicas: _one, ...spec } = at(deployment("busy", { spec: more }), "spec") as Fields;
      return inside({ ...deployment("busy"), spec: { ...spec, ...replicas } });
    };
    const found = async () => at(await find("apps/v1", "Deployment", "busy"), "spec.replicas");
    const left = ["spec.replicas"];
    const first = await world.create(DEPLOYMENT, "busy", numbered());
    const on = await world.update(first, numbered({ minReadySeconds: 1 }), false, left);
    assert.equal(await found(), 3);
    const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "busy" };
    const autoscaler = await world.create("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "busy", {
      metadata: { name: "busy", namespace: "shop" },
      spec: { scaleTargetRef, minReplicas: 5, maxReplicas: 7 },
    });
    while ((await found()) !== 5) await pause(250);
    const changed = await world.update(on, numbered({ minReadySeconds: 2 }), false, left);
    assert.equal(await found(), 5);
    await world.delete(autoscaler);
    const off = await world.update(changed, numbered({ minReadySeconds: 2 }));
    assert.equal(await found(), 3);
    // What becomes of whoever leaves it out at once.
    await world.update(off, numbered({ minReadySeconds: 2 }, {}));
    assert.equal(await found(), 1);
  });

  it("lose what is no longer asked for", async () => {
    const made = await world.create(
      "kubernetes:core/v1:Secret",
      "keys",
      inside({ metadata: { name: "keys" }, stringData: { a: "1", b: "2" } }),
    );
    await world.update(made, inside({ metadata: { name: "keys" }, stringData: { a: "3" } }));
    assert.deepEqual(at(await find("v1", "Secret", "keys"), "data"), { a: Buffer.from("3").toString("base64") });
  });

  it("get their volumes, and are refused at preview when an immutable field changes", async () => {
    const claim = {
      metadata: { name: "data" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, storageClassName: "fast" },
    };
    await world.create("kubernetes:storage.k8s.io/v1:StorageClass", "fast", FAST);
    const set = deployment("db", { spec: { serviceName: "db", volumeClaimTemplates: [claim] } });
    const made = await world.create(STATEFUL_SET, "db", inside(set));
    assert.equal(at(made.outputs, "status.readyReplicas"), 1);
    assert.equal(at(await find("v1", "PersistentVolumeClaim", "data-db-0"), "status.phase"), "Bound");
    await assert.rejects(
      world.update(made, inside({ ...set, spec: { ...(at(set, "spec") as Fields), serviceName: "other" } }), true),
      /StatefulSet\.apps "db" is invalid: spec: Forbidden: updates to statefulset spec for fields other than/,
    );
    assert.equal(at(await find("apps/v1", "StatefulSet", "db"), "spec.serviceName"), "db");
  });

  for (const [what, type, from, to, words] of FROZEN_CASES) {
    it(`are refused at preview when ${what} changes, of which the provider does not know that it cannot`, async () => {
      const placed = (object: Fields): Fields => (/StorageClass|IngressClass|PriorityClass/.test(type) ? object : inside(object));
      const made = await world.create(type, "frozen", placed(from));
      const { changes } = await world.diff(made, placed(to));
      assert.ok(Object.values(changes).every((kind) => !kind.endsWith("-replace")));
      await assert.rejects(world.update(made, placed(to), true), words);
      await world.delete(made);
    });
  }

  it("of claims grow only where their class lets them, which a preview does not know", async () => {
    const sized = (storageClassName: string, storage: string): Fields =>
      inside({
        metadata: { name: storageClassName },
        spec: { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage } } },
      });
    const CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";
    const elastic = { ...FAST, metadata: { name: "elastic" }, allowVolumeExpansion: true };
    await world.create("kubernetes:storage.k8s.io/v1:StorageClass", "elastic", elastic);
    const [stiff, growing] = [
      await world.create(CLAIM, "a", sized("fast", "1Gi")),
      await world.create(CLAIM, "b", sized("elastic", "1Gi")),
    ];
    await world.update(stiff, sized("fast", "2Gi"), true);
    await assert.rejects(world.update(stiff, sized("fast", "2Gi")), /"fast" is forbidden: only dynamically provisioned pvc can be resized/);
    await world.update(growing, sized("elastic", "2Gi"));
  });

  it("of a Job complete, and those of a DaemonSet run on every node that takes them", async () => {
    const { template, selector } = at(deployment("each"), "spec") as Fields;
    const set = await world.create(
      "kubernetes:apps/v1:DaemonSet",
      "each",
      inside({ metadata: { name: "each" }, spec: { template, selector } }),
    );
    assert.equal(at(set.outputs, "status.numberReady"), 2);
    const pod = { ...(at(template, "spec") as Fields), restartPolicy: "Never" };
    const job = await world.create(
      "kubernetes:batch/v1:Job",
      "once",
      inside({ metadata: { name: "once" }, spec: { template: { spec: pod } } }),
    );
    assert.equal(at(job.outputs, "status.succeeded"), 1);
  });

  it("go with their namespace, which is gone when the delete returns", async () => {
    await world.delete(namespace);
    assert.ok(!(await api.list("v1/Namespace")).map(nameOf).includes("shop"));
    assert.equal(await find("apps/v1", "Deployment", "web"), undefined);
  });
});
