import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { PartialFailure, SECRET_SIGNATURE, SIGNATURE_KEY, secret, UNKNOWN } from "../../../plugin/rpc/provider";
import { DEPLOYMENT, deployment, type Fields, kubeconfig, NAMESPACE, SERVICE, World } from "./world";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const SECRET = "kubernetes:core/v1:Secret";
const CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";

let world: World;
beforeEach(async () => {
  world = await new World().configure();
});
afterEach(() => world.dispose());

const at = (value: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((inner, key) => (inner as Fields | undefined)?.[key], value);

async function failure(work: Promise<unknown>): Promise<PartialFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof PartialFailure) return error;
    throw error;
  }
  throw new Error("nothing failed");
}

describe("sandbox/kubernetes objects", () => {
  it("get a name from the resource's when they have none, and keep it", async () => {
    const { metadata: _metadata, ...rest } = deployment("web");
    const made = await world.create(DEPLOYMENT, "web", rest);
    assert.match(String(at(made.inputs, "metadata.name")), /^web-[0-9a-f]{8}$/);
    assert.equal((at(made.inputs, "metadata.annotations") as Fields)["pulumi.com/autonamed"], "true");
    const again = await world.check(DEPLOYMENT, "web", rest, made.inputs);
    assert.equal(at(again.inputs, "metadata.name"), at(made.inputs, "metadata.name"));
    assert.deepEqual((await world.diff(made, rest)).changes, {});
  });

  it("have what the API server fills in, and no change the second time", async () => {
    const inputs = { metadata: { name: "web" }, spec: { clusterIP: "None", selector: { app: "web" }, ports: [{ port: 80 }] } };
    const made = await world.create(SERVICE, "web", inputs);
    assert.equal(made.id, "default/web");
    assert.match(String(at(made.outputs, "metadata.uid")), /^[0-9a-f-]{36}$/);
    assert.equal(at(made.outputs, "metadata.generation"), 1);
    assert.deepEqual((at(made.outputs, "spec.ports") as unknown[])[0], { port: 80, protocol: "TCP", targetPort: 80 });
    assert.deepEqual((await world.diff(made, inputs)).changes, {});
  });

  it("raise the generation when their spec changes, and the resource version each time", async () => {
    const made = await world.create(DEPLOYMENT, "web", deployment("web"));
    const changed = await world.update(made, deployment("web", { spec: { replicas: 2 } }));
    assert.equal(at(changed.outputs, "metadata.generation"), 2);
    assert.ok(Number(at(changed.outputs, "metadata.resourceVersion")) > Number(at(made.outputs, "metadata.resourceVersion")));
    assert.equal(at(changed.outputs, "metadata.uid"), at(made.outputs, "metadata.uid"));
    assert.equal(at(changed.outputs, "status.readyReplicas"), 2);
  });

  it("lose what is no longer asked for", async () => {
    const made = await world.create(CONFIG_MAP, "x", { metadata: { name: "x", labels: { a: "1", b: "2" } }, data: { a: "1", b: "2" } });
    const changed = await world.update(made, { metadata: { name: "x", labels: { a: "1" } }, data: { a: "1" } });
    assert.deepEqual(at(changed.outputs, "data"), { a: "1" });
    assert.deepEqual(at(changed.outputs, "metadata.labels"), { a: "1" });
  });

  it("show an edited file as drift, and mend it", async () => {
    const made = await world.create(DEPLOYMENT, "web", deployment("web"));
    world.edit("deployments.apps/default_web", (object) => ({ ...object, spec: { ...(object.spec as Fields), replicas: 5 } }));
    const found = await world.read(made);
    assert.equal(at(found.inputs, "spec.replicas"), 5);
    const refreshed = { ...made, inputs: found.inputs, outputs: found.properties };
    assert.deepEqual((await world.diff(refreshed, deployment("web"))).changes, { "spec.replicas": "update" });
    const mended = await world.update(refreshed, deployment("web"));
    assert.equal(at(mended.outputs, "spec.replicas"), 1);
  });

  it("are gone from a refresh when their file is", async () => {
    const made = await world.create(CONFIG_MAP, "x", { metadata: { name: "x" } });
    await world.delete(made);
    assert.equal((await world.read(made)).id, "");
    await world.delete(made);
  });

  it("are previewed with their inputs, the rest unknown", async () => {
    const outputs = await world.preview(SERVICE, "web", { metadata: { name: "web" }, spec: { ports: [{ port: 80 }] } });
    assert.equal(at(outputs, "metadata.name"), "web");
    for (const path of ["metadata.uid", "status", "spec.clusterIP"]) assert.equal(at(outputs, path), UNKNOWN);
    assert.equal(existsSync(world.path("services/default_web")), false);
  });

  it("owned by another go with it", async () => {
    const owner = await world.create(CONFIG_MAP, "owner", { metadata: { name: "owner" } });
    const ownerReferences = [{ apiVersion: "v1", kind: "ConfigMap", name: "owner", uid: at(owner.outputs, "metadata.uid") }];
    const child = await world.create(CONFIG_MAP, "child", { metadata: { name: "child", ownerReferences } });
    await world.delete(owner);
    assert.equal((await world.read(child)).id, "");
  });
});

describe("sandbox/kubernetes namespaces", () => {
  it("take what is in them when they go", async () => {
    const namespace = await world.create(NAMESPACE, "team", { metadata: { name: "team" } });
    const inside = await world.create(CONFIG_MAP, "x", { metadata: { name: "x", namespace: "team" } });
    const outside = await world.create(CONFIG_MAP, "x2", { metadata: { name: "x" } });
    await world.delete(namespace);
    assert.equal((await world.read(inside)).id, "");
    assert.equal((await world.read(outside)).id, "default/x");
  });

  it("that are being deleted take nothing new", async () => {
    await world.create(NAMESPACE, "team", { metadata: { name: "team" } });
    world.edit("namespaces/team", (object) => ({ ...object, status: { phase: "Terminating" } }));
    await assert.rejects(
      world.create(CONFIG_MAP, "x", { metadata: { name: "x", namespace: "team" } }),
      /configmaps "x" is forbidden: unable to create new content in namespace team because it is being terminated/,
    );
  });
});

describe("sandbox/kubernetes workloads", () => {
  const cases: readonly (readonly [string, Parameters<typeof deployment>[1], RegExp])[] = [
    [
      "no node fits",
      { pod: { nodeSelector: { gpu: "true" } } },
      /0\/3 nodes are available: 2 node\(s\) didn't match Pod's node affinity\/selector, 1 node\(s\) had untolerated taint \{node-role.kubernetes.io\/control-plane: \}/,
    ],
    [
      "a Secret is missing",
      { container: { envFrom: [{ secretRef: { name: "db" } }] } },
      /\[CreateContainerConfigError\] container "main": secret "db" not found/,
    ],
    [
      "a ConfigMap is missing",
      { container: { env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "settings", key: "a" } } }] } },
      /configmap "settings" not found/,
    ],
    [
      "a volume's Secret is missing",
      { pod: { volumes: [{ name: "tls", secret: { secretName: "tls" } }] } },
      /\[FailedMount\] MountVolume.SetUp failed for volume "tls": secret "tls" not found/,
    ],
    [
      "a claim is missing",
      { pod: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] } },
      /persistentvolumeclaim "data" not found/,
    ],
  ];
  for (const [what, change, message] of cases) {
    it(`do not get ready when ${what}, and the object is there all the same`, async () => {
      const failed = await failure(world.create(DEPLOYMENT, "web", deployment("web", change)));
      assert.match(failed.message, /failed to fully initialize or become live: 'web' timed out waiting to be Ready/);
      assert.match(failed.message, /Minimum number of live Pods was not attained/);
      assert.match(failed.message, message);
      assert.equal(failed.id, "default/web");
      assert.ok(existsSync(world.path("deployments.apps/default_web")));
    });
  }

  it("wait for what another resource of the program brings meanwhile", async () => {
    const waiting = world.create(DEPLOYMENT, "web", deployment("web", { container: { envFrom: [{ secretRef: { name: "db" } }] } }));
    await world.create(SECRET, "db", { metadata: { name: "db" }, stringData: { password: "canary-password" } });
    assert.equal(at((await waiting).outputs, "status.readyReplicas"), 1);
  });

  it("are not waited for with skipAwait", async () => {
    const inputs = deployment("web", { pod: { nodeSelector: { gpu: "true" } } });
    const made = await world.create(DEPLOYMENT, "web", {
      ...inputs,
      metadata: { name: "web", annotations: { "pulumi.com/skipAwait": "true" } },
    });
    assert.equal(at(made.outputs, "status.readyReplicas"), 0);
  });

  it("that must keep apart need as many nodes as pods", async () => {
    const term = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "web" } } };
    const pod = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
    const made = await world.create(DEPLOYMENT, "web", deployment("web", { spec: { replicas: 2 }, pod }));
    assert.match(
      (await failure(world.update(made, deployment("web", { spec: { replicas: 3 }, pod })))).message,
      /didn't match pod anti-affinity rules/,
    );
  });

  it("of a DaemonSet run on every node they tolerate", async () => {
    const { replicas: _replicas, ...spec } = deployment("agent").spec as Fields;
    const plain = await world.create("kubernetes:apps/v1:DaemonSet", "agent", { metadata: { name: "agent" }, spec });
    assert.equal(at(plain.outputs, "status.numberReady"), 2);
    const tolerant = deployment("everywhere", { pod: { tolerations: [{ operator: "Exists" }] } }).spec as Fields;
    const { replicas: _none, ...everywhere } = tolerant;
    const all = await world.create("kubernetes:apps/v1:DaemonSet", "everywhere", { metadata: { name: "everywhere" }, spec: everywhere });
    assert.equal(at(all.outputs, "status.numberReady"), 3);
  });

  it("of a StatefulSet get their claims, which need a StorageClass and outlive it", async () => {
    const claim = { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "8Gi" } } } };
    const base = deployment("db", { container: { volumeMounts: [{ name: "data", mountPath: "/data" }] } }).spec as Fields;
    const inputs = { metadata: { name: "db" }, spec: { ...base, serviceName: "db", volumeClaimTemplates: [claim] } };
    const failed = await failure(world.create("kubernetes:apps/v1:StatefulSet", "db", inputs));
    assert.match(failed.message, /0 out of 1 replicas succeeded readiness checks/);
    assert.match(failed.message, /no storage class is set/);
    const old = {
      type: "kubernetes:apps/v1:StatefulSet",
      name: "db",
      id: failed.id,
      inputs: failed.inputs ?? {},
      outputs: failed.properties,
    };
    await world.delete(old);
    assert.ok(existsSync(world.path("persistentvolumeclaims/default_data-db-0")));
  });

  it("of a StatefulSet take their claims along where its retention policy says so", async () => {
    await world.create(STORAGE_CLASS, "fast", { metadata: { name: "fast" }, provisioner: "example.org/fast" });
    const resources = { requests: { storage: "8Gi" } };
    const claim = { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], storageClassName: "fast", resources } };
    const persistentVolumeClaimRetentionPolicy = { whenDeleted: "Delete" };
    const spec = { serviceName: "db", replicas: 2, volumeClaimTemplates: [claim], persistentVolumeClaimRetentionPolicy };
    const made = await world.create("kubernetes:apps/v1:StatefulSet", "db", deployment("db", { spec }));
    const files = ["data-db-0", "data-db-1"].map((name) => world.path(`persistentvolumeclaims/default_${name}`));
    assert.deepEqual(files.map(existsSync), [true, true]);
    await world.delete(made);
    assert.deepEqual(files.map(existsSync), [false, false]);
  });

  it("of a Job run to their end", async () => {
    const spec = { template: { spec: { restartPolicy: "Never", containers: [{ name: "main", image: "registry.example.org/once:1" }] } } };
    const made = await world.create("kubernetes:batch/v1:Job", "once", { metadata: { name: "once" }, spec });
    assert.equal(at(made.outputs, "status.succeeded"), 1);
  });
});

describe("sandbox/kubernetes claims", () => {
  const inputs = { metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } };

  it("take the default StorageClass", async () => {
    const annotations = { "storageclass.kubernetes.io/is-default-class": "true" };
    await world.create(STORAGE_CLASS, "nfs", { metadata: { name: "nfs", annotations }, provisioner: "example.org/nfs" });
    const made = await world.create(CLAIM, "data", inputs);
    assert.equal(at(made.outputs, "spec.storageClassName"), "nfs");
    assert.equal(at(made.outputs, "status.phase"), "Bound");
  });

  it("stay pending without one", async () => {
    assert.match((await failure(world.create(CLAIM, "data", inputs))).message, /status.phase currently at: Pending/);
    const named = { ...inputs, metadata: { name: "named" }, spec: { ...inputs.spec, storageClassName: "gone" } };
    assert.match((await failure(world.create(CLAIM, "named", named))).message, /storageclass.storage.k8s.io "gone" not found/);
  });
});

describe("sandbox/kubernetes claims that pods hold", () => {
  const storage = { accessModes: ["ReadWriteOnce"], storageClassName: "fast", resources: { requests: { storage: "1Gi" } } };
  const holding = deployment("web", { pod: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] } });

  it("are not deleted before the pods, and go when the pods do meanwhile", async () => {
    await world.create(STORAGE_CLASS, "fast", { metadata: { name: "fast" }, provisioner: "example.org/fast" });
    const claim = await world.create(CLAIM, "data", { metadata: { name: "data" }, spec: storage });
    const held = await world.create(DEPLOYMENT, "web", holding);
    await assert.rejects(
      world.delete(claim),
      /timed out waiting for PersistentVolumeClaim "data" to be deleted; kubernetes.io\/pvc-protection: the pods of Deployment default\/web hold it/,
    );
    assert.equal((await world.read(claim)).id, "default/data");
    const going = world.delete(claim);
    await world.delete(held);
    await going;
    assert.equal((await world.read(claim)).id, "");
  });

  it("go with the namespace they are all in", async () => {
    await world.create(STORAGE_CLASS, "fast", { metadata: { name: "fast" }, provisioner: "example.org/fast" });
    const namespace = await world.create(NAMESPACE, "team", { metadata: { name: "team" } });
    const claim = await world.create(CLAIM, "data", { metadata: { name: "data", namespace: "team" }, spec: storage });
    await world.create(DEPLOYMENT, "web", { ...holding, metadata: { name: "web", namespace: "team" } });
    await world.delete(namespace);
    assert.equal((await world.read(claim)).id, "");
  });
});

describe("sandbox/kubernetes secrets", () => {
  it("are marked in inputs and outputs", async () => {
    const inputs = { metadata: { name: "db" }, stringData: { password: "canary-password" } };
    const made = await world.create(SECRET, "db", inputs);
    assert.equal((made.inputs.stringData as Fields)[SIGNATURE_KEY], SECRET_SIGNATURE);
    assert.equal((made.outputs.data as Fields)[SIGNATURE_KEY], SECRET_SIGNATURE);
    const found = await world.read(made);
    assert.equal((found.properties.data as Fields)[SIGNATURE_KEY], SECRET_SIGNATURE);
    const diff = await world.diff(made, { ...inputs, stringData: { password: "canary-other" } });
    assert.deepEqual(diff.changes, { "data.password": "update-replace" });
    assert.equal(JSON.stringify(diff).includes("canary"), false);
    assert.deepEqual((await world.diff(made, inputs)).changes, {});
  });

  it("in other objects stay secret in the outputs", async () => {
    const container = { env: [{ name: "TOKEN", value: secret("canary-token") }] };
    const made = await world.create(DEPLOYMENT, "web", deployment("web", { container }));
    const shown = JSON.stringify(made.outputs).replaceAll(JSON.stringify(secret("canary-token")), "***");
    assert.equal(shown.includes("canary"), false);
  });
});

describe("sandbox/kubernetes providers", () => {
  it("that name another cluster, or come before there is one, fail", async () => {
    await world.configure({ kubeconfig: kubeconfig("https://10.99.0.1:6443") });
    const unreachable =
      /configured Kubernetes cluster is unreachable: unable to load schema information from the API server: Get "https:\/\/10.99.0.1:6443/;
    await assert.rejects(world.create(CONFIG_MAP, "x", { metadata: { name: "x" } }), unreachable);
    await world.configure();
    const made = await world.create(CONFIG_MAP, "x", { metadata: { name: "x" } });
    world.removeCluster();
    await assert.rejects(world.create(CONFIG_MAP, "y", { metadata: { name: "y" } }), /cluster is unreachable: .* connection refused/);
    await assert.rejects(world.read(made), /failed to read resource state due to unreachable cluster/);
    await assert.rejects(world.delete(made), /configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove/);
    await world.configure({ deleteUnreachable: "true" });
    await world.delete(made);
  });

  it("without a kubeconfig say so, and still check and diff before they are configured", async () => {
    await world.configure({ kubeconfig: "" });
    await assert.rejects(world.create(CONFIG_MAP, "x", { metadata: { name: "x" } }), /no configuration has been provided/);
    const fresh = new World();
    const old = { type: CONFIG_MAP, name: "x", id: "default/x", inputs: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" } } };
    const outputs = { ...old.inputs, metadata: { name: "x", namespace: "default" } };
    const diff = await fresh.diff({ ...old, outputs }, { metadata: { name: "x" }, data: { a: "1" } });
    assert.deepEqual(diff.changes, { data: "add-replace" });
    fresh.dispose();
  });

  it("find nothing of a former cluster when a new one was made", async () => {
    world.writeCluster({ uid: "first" });
    const made = await world.create(CONFIG_MAP, "x", { metadata: { name: "x" } });
    assert.equal((await world.read(made)).id, "default/x");
    world.writeCluster({ uid: "second" });
    assert.equal((await world.read(made)).id, "");
  });

  it("decode YAML and refuse other invokes", async () => {
    const { signal } = new AbortController();
    const args = { text: "a: 1\n---\n---\nb: 2\n" };
    const result = await world.provider.invoke?.({ token: "kubernetes:yaml:decode", args, signal });
    assert.deepEqual(result?.properties, { result: [{ a: 1 }, { b: 2 }] });
    await assert.rejects(
      world.provider.invoke?.({ token: "kubernetes:helm:template", args: {}, signal }) ?? Promise.resolve(),
      /does not implement the invoke kubernetes:helm:template/,
    );
  });
});
