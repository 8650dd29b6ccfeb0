import assert from "node:assert/strict";
import { build } from "../../support/openstack";
import { sampleEnvironment, samplePlan } from "../../support/plan";

describe("identity on OpenStack", () => {
  const three = { cluster: { pools: { general: { nodes: { a: {}, b: {}, c: {} } } } } };

  it("removing a machine from the middle removes its own resources and touches no other", async () => {
    const before = sampleEnvironment("standard", three);
    const without = sampleEnvironment("standard", { cluster: { pools: { general: { nodes: { a: {}, c: {} } } } } }, before.lock);
    const [one, two] = [await build(before.plan), await build(without.plan)];
    assert.deepEqual(one.removed(two), ["seoul-machine-b", "seoul-port-b"]);
    assert.deepEqual([one.added(two), one.changed(two)], [[], []]);
  });

  it("growing a pool adds the new machines only", async () => {
    const before = sampleEnvironment("highAvailability");
    const grown = sampleEnvironment("highAvailability", { cluster: { pools: { general: { nodes: 4 } } } }, before.lock);
    const [one, two] = [await build(before.plan), await build(grown.plan)];
    assert.deepEqual(one.added(two), [
      "seoul-attach-general-4.osd",
      "seoul-machine-general-4",
      "seoul-port-general-4",
      "seoul-volume-general-4.osd",
    ]);
    assert.deepEqual([one.removed(two), one.changed(two)], [[], []]);
  });

  it("never gives two things one name, whatever the keys are", async () => {
    const volumes = (...names: string[]) => names.map((name) => ({ name, sizeGiB: 10 }));
    const pools = {
      one: { nodes: { a: {}, ingress: {}, api: {} }, volumes: volumes("b-c") },
      two: { nodes: { "a-b": {} }, volumes: volumes("c") },
    };
    const g = await build(samplePlan("standard", { cluster: { pools } }));
    assert.equal(new Set(g.urns()).size, g.resources.length);
  });

  it("adding a zone moves no machine", async () => {
    const before = sampleEnvironment("highAvailability");
    const zones = ["az-0", "az-1", "az-2", "az-3"];
    const after = sampleEnvironment("highAvailability", { infrastructure: { zones } }, before.lock);
    const [one, two] = [await build(before.plan), await build(after.plan)];
    assert.deepEqual([one.added(two), one.removed(two), one.changed(two)], [[], [], []]);
  });

  it("renaming a label changes labels and nothing else", async () => {
    const before = sampleEnvironment("highAvailability");
    const after = sampleEnvironment("highAvailability", { labels: { team: undefined, crew: "platform" } }, before.lock);
    const [one, two] = [await build(before.plan), await build(after.plan)];
    assert.deepEqual([one.added(two), one.removed(two)], [[], []]);
    for (const name of one.changed(two)) {
      const [{ tags: _t, metadata: _m, ...old }, { tags: _u, metadata: _n, ...fresh }] = [one.get(name).inputs, two.get(name).inputs];
      assert.deepEqual(old, fresh, name);
    }
  });

  it("raising a generation adds a machine of another name, address and port beside the old one, and takes that away", async () => {
    const nodes = (b: object) => ({ cluster: { pools: { general: { nodes: { a: {}, b, c: {} } } } } });
    const before = sampleEnvironment("standard", nodes({}));
    const after = sampleEnvironment("standard", nodes({ generation: 2 }), before.lock);
    const [one, two] = [await build(before.plan), await build(after.plan)];
    assert.deepEqual(one.added(two), ["seoul-machine-b-g2", "seoul-port-b-g2"]);
    assert.deepEqual(one.removed(two), ["seoul-machine-b", "seoul-port-b"]);
    assert.deepEqual(one.changed(two), []);
    assert.equal(two.get("seoul-machine-b-g2").inputs.name, "seoul-b-g2");
    assert.notDeepEqual(two.get("seoul-port-b-g2").inputs.fixedIps, one.get("seoul-port-b").inputs.fixedIps);
  });

  it("rebuilding a control plane makes another member of the balancer", async () => {
    const nodes = (second: object) => ({ cluster: { controlPlane: { nodes: { "cp-1": {}, "cp-2": second, "cp-3": {} } } } });
    const before = sampleEnvironment("highAvailability", nodes({}));
    const after = sampleEnvironment("highAvailability", nodes({ generation: 2 }), before.lock);
    const [one, two] = [await build(before.plan), await build(after.plan)];
    assert.deepEqual(one.added(two), ["seoul-api-member-cp-2-g2", "seoul-machine-cp-2-g2", "seoul-port-cp-2-g2"]);
    assert.deepEqual(one.removed(two), ["seoul-api-member-cp-2", "seoul-machine-cp-2", "seoul-port-cp-2"]);
    assert.deepEqual(one.changed(two), []);
  });
});
