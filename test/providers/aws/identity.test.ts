import assert from "node:assert/strict";
import fc from "fast-check";
import { awsEnvironment, awsPlan, buildAws, ZONES } from "../../support/aws";
import { beforeAndAfter, renamesLabelsAlone, type Sampled, touchesNoOther } from "../../support/identity";
import { ofType } from "../../support/openstack";

const aws: Sampled = { environment: awsEnvironment, build: (plan) => buildAws(plan) };

describe("identity on AWS", function () {
  this.timeout(120_000);

  it("inserting and removing machines anywhere touches no other", async () => {
    await touchesNoOther(aws, ZONES, (key) => [
      `seoul-attach-${key}.osd`,
      ...["ingress-http", "ingress-https", "ingress-public-http", "ingress-public-https"].map((each) => `seoul-${each}-member-${key}`),
      `seoul-machine-${key}`,
      `seoul-volume-${key}.osd`,
    ]);
  });

  it("a zone more adds what is the zone's own, and opens it to the balancers", async () => {
    const [one, two] = await beforeAndAfter(aws, "standard", {}, { infrastructure: { zones: [ZONES[2], ...ZONES.slice(0, 2)] } });
    assert.deepEqual(one.removed(two), []);
    assert.ok(
      one.added(two).every((name) => name.endsWith(ZONES[2])),
      one.added(two).join(" "),
    );
    assert.ok(
      one.changed(two).every((name) => /^seoul-(api|ingress)(-public)?$/.test(name)),
      one.changed(two).join(" "),
    );
  });

  it("raising a generation makes another machine at another address, with the volume of its key", async () => {
    const nodes = (b: object) => ({ cluster: { pools: { general: { nodes: { a: {}, b }, volumes: [{ name: "osd", sizeGiB: 10 }] } } } });
    const [one, two] = await beforeAndAfter(aws, "minimal", nodes({}), nodes({ generation: 2 }));
    assert.ok(two.added(one).includes("seoul-machine-b") && one.added(two).includes("seoul-machine-b-g2"));
    // The attachment moves to the new machine, and nothing else changes.
    assert.deepEqual(one.changed(two), ["seoul-attach-b.osd"]);
  });

  it("never gives two things one name, whatever the environment's is, and no name that AWS refuses", async () => {
    const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,28}[a-z0-9]$/);
    await fc.assert(
      fc.asyncProperty(names, async (name) => {
        const g = await buildAws(awsPlan("highAvailability", { name }));
        assert.equal(new Set(g.urns()).size, g.resources.length);
        const balancers = [...ofType(g, "LoadBalancer"), ...ofType(g, "TargetGroup")].map(
          ({ type, inputs }) => `${type} ${String(inputs.name)}`,
        );
        assert.equal(new Set(balancers).size, balancers.length);
        for (const each of balancers) assert.match(each.split(" ")[1] ?? "", /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/);
        // Pulumi names them, so that one can be made anew beside another.
        for (const { inputs } of ofType(g, "SecurityGroup")) assert.equal(inputs.name, undefined);
        for (const { inputs } of ofType(g, "Role")) assert.match(String(inputs.name), /^[\w+=,.@-]{1,64}$/);
        for (const type of ["SecurityGroupIngressRule", "SecurityGroupEgressRule"])
          for (const { inputs } of ofType(g, type))
            assert.match(String(inputs.description), /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/);
      }),
      { numRuns: 3 },
    );
  });

  it("changes labels alone where a label is renamed", async () => {
    await renamesLabelsAlone(aws, ({ tags: _tags, rootBlockDevice, ...rest }) => ({
      ...rest,
      ...((rootBlockDevice as object | undefined) && { boot: { ...(rootBlockDevice as object), tags: {} } }),
    }));
  });
});
