import assert from "node:assert/strict";
import fc from "fast-check";
import { volumeUnits } from "../../../providers/vsphere/volumes";
import { merge, sampleEnvironment, samplePlan } from "../../support/plan";
import { build, ON_VSPHERE, VOLUMES } from "../../support/vsphere";

const HIGH = merge(ON_VSPHERE, VOLUMES);
const RULE = "vsphere:index/computeClusterVmAntiAffinityRule:ComputeClusterVmAntiAffinityRule";
const keys = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "a-b", "b-c"), { minLength: 1, maxLength: 5 });
const pool = (nodes: readonly string[]) => ({
  cluster: { pools: { general: { nodes: Object.fromEntries(nodes.map((key) => [key, {}])), volumes: [{ name: "c", sizeGiB: 1 }] } } },
});

describe("identity on vSphere", function () {
  this.timeout(60_000);

  it("leaves every other machine alone, whichever comes or goes; only the rule that keeps a group apart learns of it", async () => {
    await fc.assert(
      fc.asyncProperty(keys, keys, async (before, after) => {
        const first = sampleEnvironment("standard", merge(HIGH, pool(before)));
        const second = sampleEnvironment("standard", merge(HIGH, pool(after)), first.lock);
        const [one, two] = [await build(first.plan), await build(second.plan)];
        const own = (all: readonly string[]) => all.flatMap((key) => [`seoul-machine-${key}`, `seoul-volume-${key}.c`]).sort();
        const rule = (all: readonly string[]) => (all.length > 1 ? ["seoul-apart-general"] : []);
        assert.deepEqual(
          one.removed(two),
          [...own(before.filter((key) => !after.includes(key))), ...rule(before).filter((each) => !rule(after).includes(each))].sort(),
        );
        assert.deepEqual(
          one.added(two),
          [...own(after.filter((key) => !before.includes(key))), ...rule(after).filter((each) => !rule(before).includes(each))].sort(),
        );
        for (const name of one.changed(two)) assert.equal(two.get(name).type, RULE, name);
      }),
      { numRuns: 6 },
    );
  });

  it("keeps the machines of a group apart, in each compute cluster that has two or more of them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }), async (nodes, zones) => {
        const names = ["az-1", "az-2", "az-3"].slice(0, zones);
        const over = { infrastructure: { zones: names }, cluster: { pools: { general: { nodes, volumes: undefined } } } };
        const plan = samplePlan("highAvailability", merge(HIGH, over));
        const g = await build(plan);
        const wanted = plan.machines.filter(({ spread }) => spread);
        const rules = g.resources.filter(({ type }) => type === RULE);
        for (const zone of names)
          for (const group of ["control-plane", "general"]) {
            const members = wanted
              .filter((machine) => machine.zone === zone && machine.group === group)
              .map(({ name }) => `seoul-machine-${name}-id`);
            const found = rules.filter(({ inputs }) => inputs.computeClusterId === `id of ${zone}` && inputs.name === `seoul-${group}`);
            assert.deepEqual(
              found.map(({ inputs }) => inputs.virtualMachineIds),
              members.length > 1 ? [members] : [],
            );
          }
      }),
      { numRuns: 6 },
    );
  });

  it("raising a generation adds a machine of another name and address beside the old one, and takes that away", async () => {
    const nodes = (b: object) => merge(ON_VSPHERE, { cluster: { pools: { general: { nodes: { a: {}, b } } } } });
    const before = sampleEnvironment("standard", nodes({}));
    const after = sampleEnvironment("standard", nodes({ generation: 2 }), before.lock);
    const [one, two] = [await build(before.plan), await build(after.plan)];
    assert.deepEqual([one.added(two), one.removed(two)], [["seoul-machine-b-g2"], ["seoul-machine-b"]]);
    assert.deepEqual(one.changed(two), ["seoul-apart-general"]);
    assert.equal(two.get("seoul-machine-b-g2").inputs.name, "seoul-b-g2");
  });

  it("moves no machine and renames nothing when a zone is added", async () => {
    const before = sampleEnvironment("highAvailability", HIGH);
    const after = sampleEnvironment(
      "highAvailability",
      merge(HIGH, { infrastructure: { zones: ["az-0", "az-1", "az-2", "az-3"] } }),
      before.lock,
    );
    const [one, two] = [await build(before.plan), await build(after.plan)];
    assert.deepEqual([one.added(two), one.removed(two), one.changed(two)], [[], [], []]);
  });

  it("changes tags and nothing else when a label is renamed", async () => {
    const before = sampleEnvironment("highAvailability", HIGH);
    const after = sampleEnvironment("highAvailability", merge(HIGH, { labels: { team: undefined, crew: "platform" } }), before.lock);
    const [one, two] = [await build(before.plan), await build(after.plan)];
    assert.deepEqual([one.added(two), one.removed(two)], [["seoul-tag-label-crew"], ["seoul-tag-label-team"]]);
    for (const name of one.changed(two)) {
      const [{ tags: _t, ...old }, { tags: _u, ...fresh }] = [one.get(name).inputs, two.get(name).inputs];
      assert.deepEqual(old, fresh, name);
    }
  });

  it("gives each volume of a machine a place of its own, which others coming and going mostly leave alone", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/), { minLength: 1, maxLength: 14 });
    fc.assert(
      fc.property(names, (all) => {
        const units = volumeUnits({ volumes: all.map((name) => ({ name, device: "" })) });
        assert.equal(new Set(Object.values(units)).size, all.length);
        assert.ok(Object.values(units).every((unit) => unit >= 1 && unit <= 14));
        // Without a neighbour that fell on its place, a volume is where it would be alone.
        const alone = (name: string) => volumeUnits({ volumes: [{ name, device: "" }] })[name];
        const wanted = all.map(alone);
        for (const name of all)
          if (wanted.filter((unit) => unit === alone(name)).length === 1 && new Set(wanted).size === all.length)
            assert.equal(units[name], alone(name));
      }),
    );
  });
});
