import assert from "node:assert/strict";
import { ComponentResource, CustomResource, type Inputs, output, secret } from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { graph } from "../../testing/graph";

class Thing extends CustomResource {
  constructor(name: string, inputs: Inputs, opts?: ConstructorParameters<typeof CustomResource>[3]) {
    super("test:index:Thing", name, inputs, opts);
  }
}

class Box extends ComponentResource {
  constructor(name: string, names: readonly string[]) {
    super("test:index:Box", name);
    for (const key of names)
      new Thing(`${name}-${key}`, { key, password: secret(`canary-${key}`) }, { parent: this, ignoreChanges: ["key"] });
    this.registerOutputs({ count: names.length });
  }
}

describe("the recorded graph", () => {
  it("shows the tree, sorted under each parent", async () => {
    const g = await graph(() => new Box("box", ["b", "a"]));
    assert.deepEqual(g.lines(), ["test:index:Box box", "  test:index:Thing box-a", "  test:index:Thing box-b"]);
    assert.deepEqual(g.urns(), [
      "urn:pulumi:test::kpaas::test:index:Box$test:index:Thing::box-a",
      "urn:pulumi:test::kpaas::test:index:Box$test:index:Thing::box-b",
      "urn:pulumi:test::kpaas::test:index:Box::box",
    ]);
    assert.deepEqual(g.get("box").outputs, { count: 2 });
  });

  it("records options and dependencies from the requests themselves", async () => {
    const g = await graph(() => {
      const first = new Thing("first", {}, { protect: true, retainOnDelete: true, replacementTrigger: 2 });
      new Thing("second", { of: first.id }, { deletedWith: first, dependsOn: [first], additionalSecretOutputs: ["of"] });
    });
    assert.equal(g.get("first").options.protect, true);
    assert.equal(g.get("first").options.retainOnDelete, true);
    assert.equal(g.get("first").options.replacementTrigger, 2);
    assert.equal(g.get("first").options.deleteBeforeReplace, undefined);
    const second = g.get("second");
    assert.deepEqual(second.options.dependsOn, ["first"]);
    assert.deepEqual(second.options.propertyDependencies, { of: ["first"] });
    assert.equal(second.options.deletedWith, "first");
    assert.deepEqual(second.options.additionalSecretOutputs, ["of"]);
    assert.equal(second.inputs.of, "first-id");
  });

  it("tells what was added, removed and changed", async () => {
    const one = await graph(() => new Box("box", ["a", "b"]));
    const two = await graph(() => new Box("box", ["a", "c"]));
    assert.deepEqual([one.removed(two), one.added(two), one.changed(two)], [["box-b"], ["box-c"], []]);
  });

  it("finds a canary outside an envelope, in plain or base64, in names and outputs", async () => {
    const clean = await graph(() => new Box("box", ["a"]));
    assert.deepEqual(clean.leaks("canary-a"), []);
    const encoded = Buffer.from("x: canary-a").toString("base64");
    const leaking = await graph(() => new Thing("t", { deep: [{ text: "say canary-a" }], encoded, hidden: secret("canary-a") }));
    assert.deepEqual(leaking.leaks("canary-a"), ["t.inputs.deep.0.text", "t.inputs.encoded"]);
  });

  it("makes computed values unknown where nothing exists yet, and known otherwise", async () => {
    const build = () => {
      const key = new PrivateKey("key", { algorithm: "ED25519" });
      new Thing("user", { keyId: key.id, publicKey: key.publicKeyOpenssh, privateKey: key.privateKeyOpenssh });
    };
    const known = await graph(build);
    const unknown = await graph(build, { unknowns: true });
    assert.deepEqual(known.urns(), unknown.urns());
    assert.equal(known.get("user").inputs.keyId, "key-id");
    assert.equal(unknown.get("user").inputs.keyId, "04da6b54-80e4-46f7-96ec-b56ff0331ba9");
    assert.deepEqual(known.leaks("PRIVATE KEY"), []);
  });

  it("waits for resources that hang on a chain of answers", async () => {
    const g = await graph(() => {
      let id = output("start");
      for (let i = 0; i < 20; i++) id = new Thing(`t${i}`, { after: id }).id;
    });
    assert.equal(g.resources.length, 20);
  });

  it("reports a failed registration as its own error and leaves the next run untouched", async () => {
    await assert.rejects(
      graph(() => new Thing("bad", { value: Promise.reject(new Error("no value")) })),
      /no value/,
    );
    await assert.rejects(
      graph(() => [new Thing("same", {}), new Thing("same", {})]),
      /duplicate resource URN/,
    );
    const [one, two] = await Promise.all([graph(() => new Thing("one", {})), graph(() => new Thing("two", {}))]);
    assert.deepEqual([one.lines(), two.lines()], [["test:index:Thing one"], ["test:index:Thing two"]]);
  });
});
