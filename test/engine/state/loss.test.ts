import assert from "node:assert/strict";
import { lossOf, toRetain, withRetained } from "../../../engine/state/loss";
import type { StateResource } from "../../../engine/state/state";

const resource = (type: string, name: string, inputs: Record<string, unknown>, more: Partial<StateResource> = {}): StateResource => ({
  urn: `urn:pulumi:seoul::kpaas::${type}::${name}`,
  type,
  inputs,
  ...more,
});
const volume = (key: string, name: string, size: number, more: Partial<StateResource> = {}) =>
  resource(
    "openstack:blockstorage/volume:Volume",
    `${key}.${name}`,
    { name: `seoul-${key}-${name}`, size, metadata: { "kpaas-key": key, "kpaas-volume": name } },
    more,
  );
const machine = (key: string, roles: string) =>
  resource("openstack:compute/instance:Instance", key, { metadata: { "kpaas-key": key, "kpaas-roles": roles } });
const claim = (namespace: string, name: string, storage: string) =>
  resource("kubernetes:core/v1:PersistentVolumeClaim", name, {
    metadata: { namespace, name },
    spec: { resources: { requests: { storage } } },
  });
const namespace = (name: string) => resource("kubernetes:core/v1:Namespace", name, { metadata: { name } });
const cluster = resource("kpaas:kubespray:Cluster", "cluster", {});

describe("what a destroy takes and leaves", () => {
  const all = [
    cluster,
    namespace("mariadb"),
    namespace("keycloak"),
    claim("mariadb", "data", "10Gi"),
    machine("nfs", "nfs"),
    machine("left-1", "worker"),
    volume("nfs", "data", 200),
    volume("left-1", "osd", 100),
  ];
  const etcd = "etcd: every Kubernetes object of the cluster";

  it("is what the state holds, whether the file still names it or not", () => {
    assert.deepEqual(lossOf(all, []), {
      lost: [
        "NFS share: volume data of nfs, 200 GiB, with every volume claim on it",
        "volume osd of left-1, 100 GiB",
        "claim mariadb/data, 10Gi",
        etcd,
      ],
      kept: [],
    });
    assert.deepEqual(lossOf([], []), { lost: [], kept: [] });
  });

  it("knows the volumes that an operator makes for an object, and leaves both where volumes are retained", () => {
    const members = resource("kubernetes:postgresql.cnpg.io/v1:Cluster", "members", {
      metadata: { namespace: "postgresql", name: "postgresql", annotations: { "kpaas.io/volumes": "3 × 8Gi" } },
    });
    const home = namespace("postgresql");
    assert.deepEqual(lossOf([members, home, cluster], []).lost, ["claims of postgresql/postgresql, 3 × 8Gi", etcd]);
    assert.deepEqual(toRetain([members, home], ["volumes"]), [members.urn, home.urn]);
  });

  it("knows that every claim goes with Ceph, and leaves all that it is made of where volumes are retained", () => {
    const inside = { metadata: { namespace: "rook-ceph", name: "rook-ceph" } };
    const nodes = ["a", "b"].map((name) => ({ name, devices: [] }));
    const ceph = resource("kubernetes:ceph.rook.io/v1:CephCluster", "ceph", { ...inside, spec: { storage: { nodes } } });
    const [pool, home] = [resource("kubernetes:ceph.rook.io/v1:CephBlockPool", "pool", inside), namespace("rook-ceph")];
    const operator = resource("kubernetes:helm.sh/v3:Release", "operator", { namespace: "rook-ceph" });
    const other = resource("kubernetes:helm.sh/v3:Release", "other", { namespace: "other" });
    const line = "Ceph: every volume claim on the disks of a, b";
    assert.deepEqual(lossOf([ceph, pool, home], []).lost, [line]);
    assert.deepEqual(lossOf([ceph, pool, home], ["volumes"]).kept, [line]);
    // The disks stay, and whoever knows what is on them goes.
    assert.deepEqual(lossOf([ceph, pool, home, cluster], ["volumes"]), { lost: [line, etcd], kept: [] });
    assert.deepEqual(
      toRetain([ceph, pool, home, operator, other], ["volumes"]),
      [ceph, pool, home, operator].map(({ urn }) => urn),
    );
  });

  it("names tenants with all that is in them, and leaves them where volumes are retained", () => {
    const shop = resource("kubernetes:core/v1:Namespace", "shop", { metadata: { name: "shop", labels: { "kpaas.io/tenant": "shop" } } });
    const line = "tenant shop: its namespace, with everything in it";
    assert.deepEqual(lossOf([shop, cluster], []).lost, [line, etcd]);
    assert.deepEqual(lossOf([shop, cluster], ["volumes"]), { lost: [etcd], kept: [line] });
    assert.deepEqual(toRetain([shop], ["volumes"]), [shop.urn]);
  });

  it("names releases of the user's own, and none of the platform's", () => {
    const release = (parent: string, name: string) =>
      resource(
        "kubernetes:helm.sh/v3:Release",
        name,
        { name, namespace: "shop" },
        { urn: `urn:pulumi:seoul::kpaas::kpaas:index:Platform$${parent}$kubernetes:helm.sh/v3:Release::${name}` },
      );
    const both = [release("kpaas:platform:Extra", "cache"), release("kpaas:platform:Harbor", "harbor"), cluster];
    assert.deepEqual(lossOf(both, ["volumes"]), { lost: ["release shop/cache: what its chart made", etcd], kept: [] });
  });

  it("leaves what is recorded to be left, though the file says so no more", () => {
    const { lost, kept } = lossOf([volume("a", "osd", 1, { retainOnDelete: true }), volume("a", "logs", 2)], []);
    assert.deepEqual([lost, kept], [["volume logs of a, 2 GiB"], ["volume osd of a, 1 GiB"]]);
  });

  it("leaves what the file wants to be left though no up has recorded it, because the state is told so first", () => {
    const state = { deployment: { resources: all } };
    const marked = withRetained(state, ["volumes"])?.deployment.resources ?? [];
    assert.deepEqual(
      marked.filter(({ retainOnDelete }) => retainOnDelete).map(({ urn }) => urn.split("::").at(-1)),
      ["mariadb", "data", "nfs.data", "left-1.osd"],
      "volumes, claims, and the namespaces that hold claims",
    );
    // What is claimed and what the engine will do are the same.
    assert.deepEqual(lossOf(all, ["volumes"]), lossOf(marked, []));
    assert.deepEqual(lossOf(marked, []).lost, [etcd]);
    assert.deepEqual([withRetained(state, []), withRetained({ deployment: { resources: marked } }, ["volumes"])], [undefined, undefined]);
    assert.deepEqual(toRetain([volume("", "x", 1)], ["volumes"]), [], "a volume that is not ours");
  });
});
