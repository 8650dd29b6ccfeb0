import assert from "node:assert/strict";
import { DEPLOYMENT, deployment, type Fields, SERVICE, World } from "./world";

const STATEFUL_SET = "kubernetes:apps/v1:StatefulSet";
const ROLE_BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";

const stateful = (spec: Fields): Fields => ({
  metadata: { name: "db" },
  spec: { serviceName: "db", ...(deployment("db").spec as Fields), ...spec },
});
const bound = (name: string): Fields => ({
  metadata: { name: "x" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
});
const job = (image: string): Fields => ({
  metadata: { name: "once" },
  spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "main", image }] } } },
});
const relabelled = deployment("web", {
  spec: {
    selector: { matchLabels: { app: "web", tier: "a" } },
    template: { metadata: { labels: { app: "web", tier: "a" } }, spec: { containers: [{ name: "main", image: "x" }] } },
  },
});
const CLAIMED_SIZE = "spec.volumeClaimTemplates[0].spec.resources.requests.storage";
const HISTORY = "spec.revisionHistoryLimit";
const CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";
const claim = (storageClassName: string, storage: string): Fields => ({
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage } } },
});
const claiming = (storage: string): Fields => stateful({ volumeClaimTemplates: [claim("fast", storage)] });
const POD = "kubernetes:core/v1:Pod";
const pod = (spec: Fields): Fields => ({ metadata: { name: "x" }, spec: { containers: [{ name: "main", image: "x" }], ...spec } });
const service = (spec: Fields): Fields => ({ metadata: { name: "web" }, spec: { ports: [{ port: 80 }], ...spec } });

// what, type, from, to, the changes that replace
const TABLE: readonly (readonly [string, string, Fields, Fields, readonly string[]])[] = [
  ["a Deployment's replicas", DEPLOYMENT, deployment("web"), deployment("web", { spec: { replicas: 3 } }), []],
  ["a Deployment's selector", DEPLOYMENT, deployment("web"), relabelled, ["spec.selector.matchLabels.tier"]],
  ["a name", CONFIG_MAP, { metadata: { name: "a" } }, { metadata: { name: "b" } }, ["metadata.name"]],
  ["a namespace", CONFIG_MAP, { metadata: { name: "a" } }, { metadata: { name: "a", namespace: "kube-system" } }, ["metadata.namespace"]],
  ["the default namespace, written out", CONFIG_MAP, { metadata: { name: "a" } }, { metadata: { name: "a", namespace: "default" } }, []],
  [
    "a ConfigMap's data",
    CONFIG_MAP,
    { metadata: { name: "a" }, data: { a: "1" } },
    { metadata: { name: "a" }, data: { a: "2" } },
    ["data.a"],
  ],
  ["labels", CONFIG_MAP, { metadata: { name: "a" } }, { metadata: { name: "a", labels: { "example.org/a": "1" } } }, []],
  ["a StatefulSet's service", STATEFUL_SET, stateful({}), stateful({ serviceName: "other" }), ["spec.serviceName"]],
  ["a StatefulSet's pods", STATEFUL_SET, stateful({}), stateful({ replicas: 2 }), []],
  ["the size in a StatefulSet's claims", STATEFUL_SET, claiming("1Gi"), claiming("2Gi"), [CLAIMED_SIZE]],
  ["how many former revisions a StatefulSet keeps", STATEFUL_SET, stateful({}), stateful({ revisionHistoryLimit: 3 }), [HISTORY]],
  ["a claim's class", CLAIM, claim("a", "1Gi"), claim("b", "1Gi"), ["spec.storageClassName"]],
  ["a claim's size", CLAIM, claim("a", "1Gi"), claim("a", "2Gi"), []],
  ["a Pod's image", POD, pod({}), pod({ containers: [{ name: "main", image: "y" }] }), ["spec.containers[0].image"]],
  ["a Pod's tolerations", POD, pod({}), pod({ tolerations: [{ operator: "Exists" }] }), []],
  ["a Job's template", "kubernetes:batch/v1:Job", job("a"), job("b"), ["spec.template.spec.containers[0].image"]],
  ["a binding's role", ROLE_BINDING, bound("a"), bound("b"), ["roleRef.name"]],
  ["a Service's cluster address", SERVICE, service({ clusterIP: "10.233.9.9" }), service({ clusterIP: "10.233.9.10" }), ["spec.clusterIP"]],
  [
    "a StorageClass's provisioner",
    STORAGE_CLASS,
    { metadata: { name: "a" }, provisioner: "a" },
    { metadata: { name: "a" }, provisioner: "b" },
    ["provisioner"],
  ],
  [
    "a StorageClass's default mark",
    STORAGE_CLASS,
    { metadata: { name: "a" }, provisioner: "a" },
    { metadata: { name: "a", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } }, provisioner: "a" },
    [],
  ],
];

describe("sandbox/kubernetes replacement", () => {
  let world: World;
  beforeEach(async () => {
    world = await new World().configure();
  });
  afterEach(() => world.dispose());

  for (const [what, type, from, to, replacing] of TABLE) {
    it(`${what} ${replacing.length > 0 ? "replaces" : "does not replace"}`, async () => {
      const { inputs } = await world.check(type, "x", from);
      const old = { type, name: "x", id: "default/x", inputs, outputs: inputs };
      const { changes, deleteBeforeReplace } = await world.diff(old, to);
      const found = Object.entries(changes).filter(([, kind]) => kind.endsWith("-replace"));
      assert.deepEqual(
        found.map(([path]) => path),
        replacing,
      );
      // The same name in the same namespace cannot be there twice.
      assert.equal(deleteBeforeReplace === true, replacing.length > 0 && !replacing.some((path) => path.startsWith("metadata.")));
    });
  }

  it("of an autonamed object makes the new one first", async () => {
    const { metadata: _metadata, ...rest } = deployment("web");
    const made = await world.create(DEPLOYMENT, "web", rest);
    const { metadata: _other, ...changed } = relabelled;
    assert.equal((await world.diff(made, changed)).deleteBeforeReplace, undefined);
  });

  it("does not come from ignored changes", async () => {
    const { inputs } = await world.check(CONFIG_MAP, "x", { metadata: { name: "a" }, data: { a: "1" } });
    const old = { type: CONFIG_MAP, name: "x", id: "default/a", inputs, outputs: inputs };
    assert.deepEqual((await world.diff(old, { metadata: { name: "a" }, data: { a: "2" } }, ["data"])).changes, {});
  });

  it("of data is an update in place where the provider says so", async () => {
    await world.configure({ enableConfigMapMutable: "true" });
    const { inputs } = await world.check(CONFIG_MAP, "x", { metadata: { name: "a" }, data: { a: "1" } });
    const old = { type: CONFIG_MAP, name: "x", id: "default/a", inputs, outputs: inputs };
    assert.deepEqual((await world.diff(old, { metadata: { name: "a" }, data: { a: "2" } })).changes, { "data.a": "update" });
  });
});
