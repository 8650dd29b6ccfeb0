import assert from "node:assert/strict";
import fc from "fast-check";
import { gcpLabels } from "../../../providers/gcp/names";
import { buildGcp, gcpEnvironment, gcpPlan, ZONES } from "../../support/gcp";
import { beforeAndAfter, type Sampled, touchesNoOther } from "../../support/identity";

const gcp: Sampled = { environment: gcpEnvironment, build: (plan) => buildGcp(plan) };

describe("identity on GCP", function () {
  this.timeout(240_000);

  it("inserting and removing machines anywhere touches no other", async () => {
    const own = (key: string): string[] => [
      ...["machine", "member"].map((what) => `seoul-${what}-${key}`),
      ...["attach", "volume"].map((what) => `seoul-${what}-${key}.osd`),
    ];
    await touchesNoOther(gcp, ZONES.slice(0, 1), own, ["a", "b", "c", "d", "api", "f"]);
  });

  it("a zone more adds its group where machines come to it, and moves nothing", async () => {
    const [one, two] = await beforeAndAfter(gcp, "standard", {}, { infrastructure: { zones: [ZONES[2], ...ZONES.slice(0, 2)] } });
    assert.deepEqual([one.added(two), one.removed(two), one.changed(two)], [[], [], []]);
  });

  it("raising a generation makes another machine at another address, with the disk of its key", async () => {
    const nodes = (b: object) => ({ cluster: { pools: { general: { nodes: { a: {}, b }, volumes: [{ name: "osd", sizeGiB: 10 }] } } } });
    const [one, two] = await beforeAndAfter(gcp, "minimal", nodes({}), nodes({ generation: 2 }));
    assert.deepEqual(one.added(two), ["seoul-machine-b-g2", "seoul-member-b-g2"]);
    assert.deepEqual(one.removed(two), ["seoul-machine-b", "seoul-member-b"]);
    assert.deepEqual(one.changed(two), ["seoul-attach-b.osd"]);
  });

  it("never gives two things one name, whatever the environment's is, and no name that GCP refuses", async () => {
    const names = fc.oneof(fc.constantFrom("k", "ab"), fc.stringMatching(/^[a-z][a-z0-9-]{0,28}[a-z0-9]$/));
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        const g = await buildGcp(
          gcpPlan("highAvailability", { name, cluster: { pools: { general: { nodes: { api: {}, "inside-api": {}, "volume-a": {} } } } } }),
        );
        assert.equal(new Set(g.urns()).size, g.resources.length);
        const theirs = g.resources.flatMap(({ type, inputs }) =>
          type.startsWith("gcp:compute") && "name" in inputs ? [`${type} ${String(inputs.zone ?? "")} ${String(inputs.name)}`] : [],
        );
        assert.equal(new Set(theirs).size, theirs.length);
        for (const each of theirs) assert.match(each.split(" ")[2] ?? "", /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/);
        for (const { inputs } of g.resources.filter(({ type }) => type.endsWith(":Account")))
          assert.match(String(inputs.accountId), /^[a-z](?:[-a-z0-9]{4,28}[a-z0-9])$/);
        for (const { inputs } of g.resources.filter(({ type }) => type.endsWith(":IAMCustomRole")))
          assert.match(String(inputs.roleId), /^[a-zA-Z0-9_.]{3,64}$/);
      }),
      { numRuns: 3 },
    );
  });

  it("labels things as GCP takes it, and never two of the file's labels as one", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9./_-]{0,80}$/), { minLength: 1, maxLength: 8 }), (keys) => {
        const made = gcpLabels(Object.fromEntries(keys.map((key) => [key, key])));
        assert.equal(Object.keys(made).length, keys.length);
        assert.equal(new Set(Object.values(made)).size, keys.length);
        for (const [key, value] of Object.entries(made)) {
          assert.match(key, /^[a-z][a-z0-9_-]{0,62}$/);
          assert.match(value, /^[a-z0-9_-]{0,63}$/);
        }
      }),
    );
  });
});
