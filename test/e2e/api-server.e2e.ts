import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { destroyEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import type { Layer } from "../../model/layers";
import type { Lock } from "../../model/lock";
import type { RealApi } from "../../sandbox/kubernetes/real/api";
import { reasonsOf } from "../../sandbox/kubernetes/real/status";
import { annotationsOf, at, fields, type KubeObject, list, nameOf, namespaceOf } from "../../sandbox/kubernetes/values";
import { engineForTests } from "../support/engine";
import { environmentFile, plannedFile } from "../support/environment";
import { RealCluster } from "../support/real-cluster";
import { serversForTests } from "../support/servers";

const WORKLOADS = ["apps/v1/Deployment", "apps/v1/StatefulSet", "apps/v1/DaemonSet", "batch/v1/Job"];
/** Kinds of no namespace that charts bring. */
const CLUSTER_WIDE = [
  "rbac.authorization.k8s.io/v1/ClusterRole",
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding",
  "storage.k8s.io/v1/StorageClass",
  "networking.k8s.io/v1/IngressClass",
  "admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration",
  "admissionregistration.k8s.io/v1/MutatingWebhookConfiguration",
  "apiextensions.k8s.io/v1/CustomResourceDefinition",
];

/** `op name` of what an operation did. */
function changed(result: OperationResult): string[] {
  return result.resources.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);
}

/**
 * An environment's life on the real engine against a real API server, in three layers and then in one. The tests are one story, in order:
 * three layers leave a server clean, one leaves what goes with the machines.
 */
describe("an environment on a real API server", function () {
  this.timeout(600_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const world = join(root, ".kpaas", "sandbox", "world", "real");
  let lock: Lock | undefined;
  let cluster: RealCluster | undefined;
  let api: RealApi;

  const target = (nodes: Record<string, unknown> = { a: {}, b: {} }, layers = "one", layer?: Layer) => {
    const planned = plannedFile(environmentFile({ name: "real", layers, cluster: { pools: { worker: { nodes } } } }), lock);
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [], ...(layer ? { layer } : {}) };
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

  /** What a user may put into a namespace of the platform: a load balancer, and a StatefulSet whose claims outlive it. */
  const useByHand = async (): Promise<void> => {
    const labels = { app: "extra" };
    const metadata = { name: "extra", namespace: "keycloak" };
    const resources = { requests: { storage: "1Gi" } };
    const claim = { metadata: { name: "files" }, spec: { accessModes: ["ReadWriteOnce"], storageClassName: "cp-storageclass", resources } };
    const securityContext = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } };
    const container = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
    const pod = { securityContext, containers: [{ name: "main", image: "registry.example.org/extra:1", securityContext: container }] };
    const template = { metadata: { labels }, spec: pod };
    const set = { serviceName: "extra", replicas: 1, selector: { matchLabels: labels }, template, volumeClaimTemplates: [claim] };
    const service = { type: "LoadBalancer", selector: labels, ports: [{ port: 80 }] };
    await api.create({ apiVersion: "v1", kind: "Service", metadata, spec: service });
    await api.create({ apiVersion: "apps/v1", kind: "StatefulSet", metadata, spec: set });
    const end = Date.now() + 60_000;
    while ((await api.list("v1/PersistentVolume")).length < 2 && Date.now() < end) await pause(200);
    assert.equal((await api.list("v1/PersistentVolume")).length, 2);
  };
  /** What an environment has in a cluster besides what goes with it: nothing of it, in no phase, may be left. */
  const left = async (): Promise<string[]> => {
    const own = (await api.list("v1/Namespace")).filter((one) => !nameOf(one).startsWith("kube-") && nameOf(one) !== "default");
    const balancers = (await api.list("v1/Service")).filter((service) => at(service, "spec.type") === "LoadBalancer");
    const claims = await api.list("v1/PersistentVolumeClaim");
    return [...own, ...balancers, ...claims].map((one) => `${one.kind} ${nameOf(one)} ${String(at(one, "status.phase"))}`);
  };

  before(async function () {
    await engineForTests.call(this);
    const programs = await serversForTests.call(this);
    const started = Date.now();
    cluster = await RealCluster.start(join(root, "servers"), world, programs);
    console.log(`      servers ready in ${((Date.now() - started) / 1000).toFixed(1)} s`);
    api = cluster.api;
  });
  after(async () => {
    await cluster?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it("in three layers takes every object out of the cluster when its layer platform is destroyed", async () => {
    await upEnvironment(target({ a: {}, b: {} }, "three"));
    await useByHand();
    await destroyEnvironment(target({ a: {}, b: {} }, "three", "platform"));
    assert.deepEqual(await left(), []);
    assert.deepEqual(await readyNodes(), ["a", "b", "cp-1"]);
    // A chart may have its definitions kept: cert-manager's holds to what users asked of it.
    const ours = (one: KubeObject): boolean =>
      ["Helm", "kpaas"].includes(String(fields(one.metadata.labels)["app.kubernetes.io/managed-by"])) &&
      annotationsOf(one)["helm.sh/resource-policy"] !== "keep";
    for (const kind of CLUSTER_WIDE) assert.deepEqual((await api.list(kind)).filter(ours).map(nameOf), [], kind);
    await destroyEnvironment(target({ a: {}, b: {} }, "three"));
    await nodesBecome([]);
  });

  it("comes up whole in one: every node ready, every workload as its controllers want it", async () => {
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

  it("leaves no node, namespace, load balancer and claim when it is destroyed", async () => {
    await useByHand();
    const destroyed = await destroyEnvironment(target({ a: {}, c: {} }));
    assert.ok(destroyed.changes.delete > 100);
    assert.deepEqual(await left(), []);
    await nodesBecome([]);
    assert.deepEqual(await api.list("v1/Node"), []);
    const end = Date.now() + 20_000;
    while ((await api.list("v1/PersistentVolume")).length > 0 && Date.now() < end) await pause(200);
    assert.deepEqual(await api.list("v1/PersistentVolume"), []);
  });
});
