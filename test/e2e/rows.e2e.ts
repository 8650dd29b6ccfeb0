import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyEnvironment, upEnvironment } from "../../engine/operations";
import { registry } from "../../files/registry";
import type { Lock } from "../../model/lock";
import { switchedServices } from "../../model/registry";
import type { RealApi } from "../../sandbox/kubernetes/real/api";
import { reasonsOf } from "../../sandbox/kubernetes/real/status";
import { at, nameOf, namespaceOf } from "../../sandbox/kubernetes/values";
import { engineForTests } from "../support/engine";
import { plannedFile } from "../support/environment";
import { RealCluster } from "../support/real-cluster";
import { serversForTests } from "../support/servers";

const WORKLOADS = ["apps/v1/Deployment", "apps/v1/StatefulSet", "apps/v1/DaemonSet", "batch/v1/Job"];

/** Services that want more to be said than that they are on. */
const SAID: Readonly<Record<string, unknown>> = {
  postgresql: { replicas: 3 },
  istio: { inject: ["portal", "pipeline", "sourceControl"] },
  istioGateway: { hosts: { "shop.rows.example.org": "shop" } },
  kubeflow: {
    parts: ["pipelines", "notebooks", "volumes", "katib", "kserve", "training", "tensorboard"],
    profiles: { shop: { owner: "kim", editors: ["lee"], viewers: ["park"] } },
  },
};

/**
 * The profile with everything twice or thrice, every row switched on, both ingress controllers and tenants: on the real engine, against a real
 * API server. Its charts are simulated, and nobody works on what their operators would. The tests are one story, in order.
 */
describe("every row at once on a real API server", function () {
  this.timeout(900_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const world = join(root, ".kpaas", "sandbox", "world", "rows");
  let lock: Lock | undefined;
  let cluster: RealCluster | undefined;
  let api: RealApi;

  const services = Object.fromEntries(switchedServices(registry).map(({ name }) => [name, SAID[name] ?? true]));
  const target = () => {
    const planned = plannedFile(
      {
        name: "rows",
        profile: "highAvailability",
        infrastructure: { provider: "openstack" },
        platform: {
          storage: { kind: "nfs", sizeGiB: 400 },
          ingress: { kind: "traefik", beside: "nginx" },
          services,
          tenants: { shop: { quota: "high", mesh: "strict" }, lab: { isolate: false, podSecurity: "baseline" } },
        },
      },
      lock,
    );
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [] };
  };

  before(async function () {
    await engineForTests.call(this);
    cluster = await RealCluster.start(join(root, "servers"), world, await serversForTests.call(this));
    api = cluster.api;
  });
  after(async () => {
    await cluster?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it("comes up: the server takes every object, and every workload is as its controllers want it", async () => {
    const up = await upEnvironment(target());
    assert.equal(up.changes.update + up.changes.replace + up.changes.delete, 0);
    const asked = target().plan.services.map(({ name }) => name);
    assert.deepEqual(
      Object.keys(services).filter((name) => !asked.includes(name)),
      [],
    );
    for (const kind of WORKLOADS) {
      const objects = await api.list(kind);
      assert.ok(objects.length > 0, kind);
      for (const object of objects) assert.deepEqual(await reasonsOf(object, api), [], `${kind} ${namespaceOf(object)}/${nameOf(object)}`);
    }
  });

  it("has no pod that its namespace's Pod Security had to be bent for, and none without a limit", async () => {
    const pods = await api.list("v1/Pod");
    assert.ok(pods.length > 60, String(pods.length));
    const bare = pods.filter((pod) =>
      (at(pod, "spec.containers") as object[]).some((container) => at(container, "resources.requests.memory") === undefined),
    );
    assert.deepEqual(
      bare.map((pod) => `${namespaceOf(pod)}/${nameOf(pod)}`),
      [],
    );
  });

  it("has nothing to do the second time", async () => {
    const again = await upEnvironment(target());
    assert.deepEqual(
      again.resources.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`),
      [],
    );
  });

  it("goes, and leaves no namespace, load balancer and claim", async () => {
    await destroyEnvironment(target());
    const namespaces = (await api.list("v1/Namespace")).map(nameOf).filter((name) => !name.startsWith("kube-") && name !== "default");
    const claims = (await api.list("v1/PersistentVolumeClaim")).map(nameOf);
    const balancers = (await api.list("v1/Service")).filter((service) => at(service, "spec.type") === "LoadBalancer").map(nameOf);
    assert.deepEqual([namespaces, claims, balancers], [[], [], []]);
  });
});
