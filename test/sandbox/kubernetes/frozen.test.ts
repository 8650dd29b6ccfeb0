import assert from "node:assert/strict";
import { FAST, FROZEN_CASES } from "./frozen-cases";
import { DEPLOYMENT, deployment, type Fields, World } from "./world";

const CLAIM = "kubernetes:core/v1:PersistentVolumeClaim";
const STORAGE_CLASS = "kubernetes:storage.k8s.io/v1:StorageClass";

describe("sandbox/kubernetes refuses at preview already", () => {
  let world: World;
  beforeEach(async () => {
    world = await new World().configure();
    await world.create(STORAGE_CLASS, "fast", FAST);
  });
  afterEach(() => world.dispose());

  for (const [what, type, from, to, words] of FROZEN_CASES) {
    it(`to change ${what}, which the provider takes for an update`, async () => {
      const made = await world.create(type, "x", from);
      const { changes } = await world.diff(made, to);
      assert.ok(Object.keys(changes).length > 0);
      assert.deepEqual(
        Object.values(changes).filter((kind) => kind.endsWith("-replace")),
        [],
      );
      await assert.rejects(world.update(made, to, true), words);
      await assert.rejects(world.update(made, to), words);
      assert.deepEqual((await world.read(made)).properties, made.outputs);
    });
  }

  it("nothing of what may change, and stores nothing", async () => {
    const made = await world.create(DEPLOYMENT, "web", deployment("web"));
    await world.update(made, deployment("web", { spec: { replicas: 3 } }), true);
    assert.deepEqual((await world.read(made)).properties, made.outputs);
  });

  it("no claim that grows: only what carries it out knows whether its class lets it", async () => {
    const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
    const sized = (storageClassName: string, storage: string): Fields => ({
      metadata: { name: storageClassName },
      spec: { ...spec, storageClassName, resources: { requests: { storage } } },
    });
    await world.create(STORAGE_CLASS, "elastic", { ...FAST, metadata: { name: "elastic" }, allowVolumeExpansion: true });
    const [stiff, elastic] = [
      await world.create(CLAIM, "a", sized("fast", "1Gi")),
      await world.create(CLAIM, "b", sized("elastic", "1Gi")),
    ];
    await world.update(stiff, sized("fast", "2Gi"), true);
    await assert.rejects(
      world.update(stiff, sized("fast", "2Gi")),
      /persistentvolumeclaims "fast" is forbidden: only dynamically provisioned pvc can be resized and the storageclass/,
    );
    assert.deepEqual((await world.diff(elastic, sized("elastic", "2Gi"))).changes, { "spec.resources.requests.storage": "update" });
    await world.update(elastic, sized("elastic", "2Gi"));
  });

  it("no object whose namespace comes with the same run", async () => {
    await world.preview(DEPLOYMENT, "web", { ...deployment("web"), metadata: { name: "web", namespace: "to-come" } });
  });
});
