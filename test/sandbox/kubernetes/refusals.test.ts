import assert from "node:assert/strict";
import { UNKNOWN } from "../../../plugin/rpc/provider";
import { DEPLOYMENT, deployment, NAMESPACE, World } from "./world";

/** What of the provider's own, and of names and namespaces, is refused without a real API server; the rest is in test/e2e/refusals.e2e.ts. */
describe("sandbox/kubernetes at check", () => {
  const world = new World();
  before(() => world.configure());
  after(() => world.dispose());

  it("refuses a kind that there is not", async () => {
    const { failures } = await world.check("kubernetes:apps/v1:Deploy", "x", { metadata: { name: "x" } });
    assert.deepEqual(failures, [{ property: "kind", reason: 'no matches for kind "Deploy" in version "apps/v1"' }]);
  });

  it("refuses nothing about values that a preview does not know", async () => {
    const inputs = { metadata: { name: UNKNOWN, namespace: UNKNOWN }, spec: UNKNOWN };
    assert.deepEqual((await world.check(DEPLOYMENT, "web", inputs)).failures, []);
  });

  it("previews a change without storing it, and an object whose namespace comes with the same run", async () => {
    const made = await world.create(DEPLOYMENT, "web", deployment("web"));
    await world.update(made, deployment("web", { spec: { replicas: 3 } }), true);
    assert.deepEqual((await world.read(made)).properties, made.outputs);
    await world.preview(DEPLOYMENT, "other", { ...deployment("other"), metadata: { name: "other", namespace: "to-come" } });
  });
});

describe("sandbox/kubernetes refuses at create", () => {
  const world = new World();
  before(() => world.configure());
  after(() => world.dispose());

  it("an object in a namespace that is not there", async () => {
    await assert.rejects(
      world.create("kubernetes:core/v1:ConfigMap", "x", { metadata: { name: "x", namespace: "nowhere" } }),
      /resource "urn:.*" was not successfully created by the Kubernetes API server: namespaces "nowhere" not found/,
    );
  });

  it("an object whose name is taken", async () => {
    await world.create("kubernetes:core/v1:ConfigMap", "x", { metadata: { name: "twice" } });
    await assert.rejects(
      world.create("kubernetes:core/v1:ConfigMap", "y", { metadata: { name: "twice" } }),
      /configmaps "twice" already exists/,
    );
    await assert.rejects(world.create(NAMESPACE, "y", { metadata: { name: "kube-system" } }), /namespaces "kube-system" already exists/);
  });

  it("a custom resource whose definition is not there", async () => {
    await assert.rejects(
      world.create("kubernetes:example.io/v1:Widget", "x", { metadata: { name: "x" }, spec: {} }),
      /with kind example.io\/v1\/Widget failed because .* Verify that any required CRDs have been created: no matches for kind "Widget" in version "example.io\/v1"/,
    );
  });

  it("nothing of a kind that its definition brought, which goes with it", async () => {
    const definition = {
      metadata: { name: "widgets.example.io" },
      spec: {
        group: "example.io",
        scope: "Namespaced",
        names: { kind: "Widget", plural: "widgets" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
      },
    };
    const made = await world.create("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "widgets", definition);
    const widget = await world.create("kubernetes:example.io/v1:Widget", "x", { metadata: { name: "x" }, spec: { size: 1 } });
    await world.delete(made);
    assert.equal((await world.read(widget)).id, "");
  });
});
