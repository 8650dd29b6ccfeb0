import assert from "node:assert/strict";
import { keysSpec } from "../../../components/platform/rook-ceph/keys";
import { catalogService } from "../../../model/plan/service";
import type { CephPlan, ResourcesPlan } from "../../../model/plan/types";
import type { Graph } from "../../../testing/graph";
import { environmentFile, plannedFile } from "../../support/environment";
import { waitsFor } from "../../support/waits";
import { at, cephPlan, ofKind, platformGraph } from "./fixtures";

const ROOK = "ceph.rook.io/v1:";
const graphOf = (changes: Partial<CephPlan> = {}): Promise<Graph> => platformGraph(cephPlan("1.7.0", changes));
const specOf = (g: Graph, role: string): unknown => g.get(`seoul-rook-ceph-${role}`).inputs.spec;

describe("Ceph", () => {
  let g: Graph;
  before(async () => {
    g = await graphOf();
  });

  it("takes the disks that the plan names by paths that stay, and no other", () => {
    assert.deepEqual(at(specOf(g, "cluster"), "storage"), {
      useAllNodes: false,
      useAllDevices: false,
      nodes: ["a", "b", "c"].map((name) => ({ name, devices: [{ name: `/dev/disk/by-id/virtio-${name}` }] })),
    });
  });

  it("takes no disk of which only the order of attachment is known", async () => {
    const machines = [{ key: "a", name: "a", volumes: [{ name: "osd", device: "/dev/vdb" }] }];
    await assert.rejects(graphOf({ machines }), /the disk osd of a for Ceph: give its path in `devices`/);
  });

  it("runs on the machines that have the disks, whatever keeps others off them", () => {
    const expected = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: "kpaas.io/pool", operator: "In", values: ["storage"] }] }],
        },
      },
      tolerations: [{ key: "kpaas.io/storage", operator: "Equal", value: "true", effect: "NoSchedule" }],
    };
    assert.deepEqual(at(specOf(g, "cluster"), "placement", "all"), expected);
    for (const placement of [at(specOf(g, "files"), "metadataServer", "placement"), at(specOf(g, "objects"), "gateway", "placement")]) {
      const { podAntiAffinity, ...rest } = placement as Record<string, unknown>;
      assert.ok(podAntiAffinity);
      assert.deepEqual(rest, expected);
    }
  });

  it("has its operator and its provisioners where the file says, its daemons where the disks are, and volumes mounted everywhere", async () => {
    const plan = cephPlan();
    const nodeSelector = { tier: "platform", "kubernetes.io/os": "linux" };
    const services = plan.services.map((each) =>
      each.name === "rookCeph" ? catalogService("rookCeph", { ...each, nodeSelector, tolerations: ["front=a:NoSchedule"] }) : each,
    );
    const placed = await platformGraph({ ...plan, services });
    const values = ofKind(placed, "helm.sh/v3:Release").find(({ inputs }) => inputs.name === "rook-ceph")?.inputs.values;
    const [own, front] = [
      { key: "kpaas.io/storage", operator: "Equal", value: "true", effect: "NoSchedule" },
      { key: "front", operator: "Equal", value: "a", effect: "NoSchedule" },
    ];
    assert.deepEqual([at(values, "nodeSelector"), at(values, "tolerations")], [nodeSelector, [front]]);
    assert.equal(at(values, "csi", "provisionerNodeAffinity"), "tier=platform; kubernetes.io/os=linux");
    assert.deepEqual(at(values, "csi", "provisionerTolerations"), [own, front]);
    assert.deepEqual(at(values, "csi", "pluginTolerations"), [{ operator: "Exists" }]);
    assert.deepEqual(specOf(placed, "cluster"), specOf(g, "cluster"));
  });

  it("has its drivers by their own chart from Rook 1.20 on, which takes over what Rook had made of them", async () => {
    const plan = cephPlan("1.7.0+maintained");
    const nodeSelector = { tier: "platform" };
    const services = plan.services.map((each) => {
      return each.name === "rookCeph" ? { ...each, nodeSelector, tolerations: ["front=a:NoSchedule"] } : each;
    });
    const line = await platformGraph({ ...plan, services });
    const { inputs } = line.get("seoul-rook-ceph-drivers");
    // By this name Rook 1.19 says whose they are, and the classes name the drivers by that of the namespace.
    assert.deepEqual([inputs.name, inputs.namespace], ["ceph-csi-drivers", "rook-ceph"]);
    assert.deepEqual([inputs.takeOwnership, inputs.forceUpdate, inputs.atomic], [true, true, false]);
    assert.equal(at(inputs.values, "operatorConfig", "namespace"), "rook-ceph");
    const named = ["rbd", "cephfs"].map((kind) => at(inputs.values, "drivers", kind, "name"));
    const provisioners = ofKind(line, "storage.k8s.io/v1:StorageClass").map((each) => each.inputs.provisioner);
    assert.ok(named.every((name) => provisioners.includes(name)));
    for (const kind of ["rbd", "cephfs"]) {
      const driver = at(inputs.values, "drivers", kind);
      assert.equal(at(driver, "snapshotPolicy"), "none");
      assert.deepEqual(at(driver, "nodePlugin", "tolerations"), [{ operator: "Exists" }]);
      assert.deepEqual(at(driver, "controllerPlugin", "tolerations"), [
        { key: "kpaas.io/storage", operator: "Equal", value: "true", effect: "NoSchedule" },
        { key: "front", operator: "Equal", value: "a", effect: "NoSchedule" },
      ]);
      const terms = [{ matchExpressions: [{ key: "tier", operator: "In", values: ["platform"] }] }];
      const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
      assert.deepEqual(at(driver, "controllerPlugin", "affinity"), affinity);
      for (const part of ["controllerPlugin", "nodePlugin"])
        for (const [name, { requests, limits }] of Object.entries(at(driver, part, "resources") as Record<string, ResourcesPlan>))
          assert.ok(requests?.cpu && requests.memory && limits?.memory, `${kind} ${part} ${name}`);
    }
    assert.deepEqual(
      ["nfs", "nvmeof"].map((kind) => at(inputs.values, "drivers", kind, "enabled")),
      [false, false],
    );
    const rook = line.get("seoul-rook-ceph-release").inputs.values;
    assert.deepEqual(Object.keys(at(rook, "csi") as object).sort(), ["attacher", "cephcsi", "provisioner", "registrar", "resizer"]);
    assert.ok(waitsFor(line, "seoul-rook-ceph-drivers").has("seoul-rook-ceph-release"));
    assert.ok(waitsFor(line, "seoul-rook-ceph-cluster").has("seoul-rook-ceph-drivers"));
    assert.throws(() => g.get("seoul-rook-ceph-drivers"));
  });

  it("encrypts what it says, shows no page of its own, and wipes no disk when it is deleted", () => {
    const spec = specOf(g, "cluster") as Record<string, unknown>;
    assert.deepEqual(spec.network, { connections: { encryption: { enabled: true }, requireMsgr2: true } });
    assert.deepEqual(spec.dashboard, { enabled: false });
    assert.equal(spec.cleanupPolicy, undefined);
    assert.equal(at(specOf(g, "files"), "preserveFilesystemOnDelete"), true);
    assert.equal(at(specOf(g, "objects"), "preservePoolsOnDelete"), true);
    assert.equal(at(specOf(g, "objects"), "gateway", "port"), undefined);
  });

  it("exchanges the daemons' keys where its version has safer ones, and mounts volumes by those that every kernel knows", async () => {
    const line = specOf(await platformGraph(cephPlan("1.7.0+maintained")), "cluster");
    assert.deepEqual(at(line, "security", "cephx"), {
      daemon: { keyRotationPolicy: "KeyGeneration", keyGeneration: 2 },
      csi: { keyType: "aes" },
    });
    const muted = Object.keys(at(line, "healthCheck", "muteHealthWarning") as object);
    assert.ok(muted.length === 3 && muted.every((name) => name.startsWith("AUTH_INSECURE_")));
    assert.deepEqual([at(specOf(g, "cluster"), "security"), at(specOf(g, "cluster"), "healthCheck")], [undefined, undefined]);
    for (const [version, has] of Object.entries({
      "18.2.8": false,
      "19.2.5": false,
      "19.2.6": true,
      "20.2.1": false,
      "20.3.0": true,
      "21.2.0": true,
    }))
      assert.equal(keysSpec(`quay.io/ceph/ceph:v${version}`).security !== undefined, has, version);
  });

  it("gives its daemons what the file says, and of the rest what they have by default", async () => {
    const of = await graphOf({ daemons: { osd: { limits: { memory: "8Gi" } }, rgw: { requests: { cpu: "1" } } } });
    const [said, before] = [at(specOf(of, "cluster"), "resources"), at(specOf(g, "cluster"), "resources")] as Record<string, unknown>[];
    assert.deepEqual(said, { ...before, osd: { requests: { cpu: "500m", memory: "2Gi" }, limits: { memory: "8Gi" } } });
    assert.deepEqual(at(specOf(of, "objects"), "gateway", "resources"), {
      requests: { cpu: "1", memory: "512Mi" },
      limits: { memory: "2Gi" },
    });
    assert.deepEqual(specOf(of, "files"), specOf(g, "files"));
  });

  it("lays every pool's copies alike: on machines, or in zones", async () => {
    const copies = (of: Graph) => [
      at(specOf(of, "blocks")),
      at(specOf(of, "files"), "metadataPool"),
      at(specOf(of, "files"), "dataPools", 0),
      at(specOf(of, "objects"), "dataPool"),
      at(specOf(of, "objects"), "metadataPool"),
    ];
    const zoned = await graphOf({ failureDomain: "zone", replicas: 4 });
    for (const [of, failureDomain, size] of [
      [g, "host", 3],
      [zoned, "zone", 4],
    ] as const)
      for (const each of copies(of)) {
        assert.equal(at(each, "failureDomain"), failureDomain);
        assert.deepEqual(at(each, "replicated"), { size });
      }
    assert.equal(at(specOf(zoned, "cluster"), "mon", "failureDomainLabel"), "topology.kubernetes.io/zone");
  });

  it("comes up with one of everything on one machine, and says that one copy is meant", async () => {
    const machines = [{ key: "a", name: "a", volumes: [{ name: "osd", device: "/dev/disk/by-path/x" }] }];
    const one = await graphOf({ machines, replicas: 1, taints: [] });
    assert.deepEqual(at(specOf(one, "cluster"), "mon"), { count: 1, allowMultiplePerNode: false });
    assert.equal(at(specOf(one, "cluster"), "mgr", "count"), 1);
    assert.deepEqual(specOf(one, "blocks"), { failureDomain: "host", replicated: { size: 1, requireSafeReplicaSize: false } });
    assert.equal(at(specOf(one, "files"), "metadataServer", "activeStandby"), false);
  });

  it("has a class for what pods share, which is the default, one for what writes alone, and one of buckets", () => {
    const classes = ofKind(g, "storage.k8s.io/v1:StorageClass").map(({ inputs }) => [
      at(inputs, "metadata", "name"),
      at(inputs, "metadata", "annotations", "storageclass.kubernetes.io/is-default-class"),
      inputs.provisioner,
      inputs.reclaimPolicy,
      inputs.allowVolumeExpansion ?? false,
    ]);
    assert.deepEqual(
      classes.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      [
        ["ceph-block", "false", "rook-ceph.rbd.csi.ceph.com", "Retain", true],
        ["ceph-bucket", "false", "rook-ceph.ceph.rook.io/bucket", "Retain", false],
        ["cp-storageclass", "true", "rook-ceph.cephfs.csi.ceph.com", "Retain", true],
      ],
    );
    for (const data of ["seoul-mariadb-data", "seoul-postgresql-data"])
      assert.equal(at(g.get(data).inputs, "spec", "storageClassName"), "ceph-block");
    assert.equal(at(g.get("seoul-harbor-registry-data").inputs, "spec", "storageClassName"), "cp-storageclass");
  });

  it("is waited for by whoever has volumes, and goes in an order in which Rook lets go", () => {
    const waits = (name: string): ReadonlySet<string> => waitsFor(g, name);
    for (const pool of ["blocks", "files", "objects"]) {
      assert.ok(waits(`seoul-rook-ceph-${pool}`).has("seoul-rook-ceph-cluster"));
      assert.ok(waits("seoul-mariadb-data").has(`seoul-rook-ceph-${pool}`), pool);
      assert.ok(waits("seoul-rook-ceph-class-ceph-block").has(`seoul-rook-ceph-${pool}`));
    }
    assert.ok(waits("seoul-rook-ceph-cluster").has("seoul-rook-ceph-release"));
    for (const { inputs } of g.resources.filter(({ type }) => type.startsWith(`kubernetes:${ROOK}`)))
      assert.equal(at(inputs, "metadata", "annotations", "pulumi.com/waitFor"), "jsonpath={.status.phase}=Ready");
  });

  it("is protected with the data, and left with all that is its own where volumes are retained", async () => {
    const own = (of: Graph) =>
      of.resources.filter(({ name, type }) => name.startsWith("seoul-rook-ceph-") && /Rook|ceph\.rook|Namespace|Release/.test(type));
    assert.equal(g.get("seoul-rook-ceph-cluster").options.protect, true);
    assert.equal((await platformGraph({ ...cephPlan(), protectData: false })).get("seoul-rook-ceph-cluster").options.protect, false);
    assert.deepEqual([...new Set(own(g).map(({ options }) => options.retainOnDelete))], [undefined]);
    const retained = await platformGraph({ ...cephPlan(), retain: ["volumes"] });
    assert.deepEqual([...new Set(own(retained).map(({ options }) => options.retainOnDelete))], [true]);
  });

  it("is planned on the volumes that are mounted nowhere, or on those that are named", () => {
    const planned = (storage: object, zones?: string[]) => {
      const file = environmentFile({
        infrastructure: { provider: "openstack", ...(zones && { zones }) },
        cluster: {
          pools: {
            worker: {
              nodes: 3,
              volumes: [
                { name: "osd", sizeGiB: 100 },
                { name: "logs", sizeGiB: 10, mount: "/srv/logs" },
                { name: "fast", sizeGiB: 100 },
              ],
            },
          },
        },
        platform: { storage: { kind: "rookCeph", pool: "worker", ...storage } },
      });
      return plannedFile(file).plan;
    };
    const disks = (storage: object) => {
      const ceph = planned(storage).platform.storage as CephPlan;
      return ceph.machines.map(({ name, volumes }) => [name, volumes.map((volume) => volume.name)]);
    };
    assert.deepEqual(
      disks({}),
      ["worker-1", "worker-2", "worker-3"].map((name) => [name, ["osd", "fast"]]),
    );
    assert.deepEqual(
      disks({ volumes: ["fast"] }),
      ["worker-1", "worker-2", "worker-3"].map((name) => [name, ["fast"]]),
    );
    const apart = (zones?: string[]) => (planned({}, zones).platform.storage as CephPlan).failureDomain;
    assert.deepEqual([apart(), apart(["az-1", "az-2"]), apart(["az-1", "az-2", "az-3"])], ["host", "host", "zone"]);
    // Everything it says stays in the pod network.
    const [ceph, nfs] = [planned({}), plannedFile(environmentFile()).plan];
    assert.deepEqual(
      ceph.flows.filter(({ reason }) => !nfs.flows.some((flow) => flow.reason === reason)),
      [],
    );
    assert.equal(
      ceph.machines.some(({ roles }) => roles.includes("nfs")),
      false,
    );
  });
});
