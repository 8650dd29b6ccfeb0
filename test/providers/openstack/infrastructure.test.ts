import assert from "node:assert/strict";
import type { Profile } from "../../../model/plan/types";
import { OpenStackInfrastructure } from "../../../providers/openstack/infrastructure";
import { golden } from "../../support/golden";
import { build, ofType } from "../../support/openstack";
import { samplePlan } from "../../support/plan";

const profiles: readonly Profile[] = ["minimal", "standard", "highAvailability"];

describe("an OpenStack infrastructure", () => {
  for (const profile of profiles) {
    it(`registers for the ${profile} profile what the golden file lists`, async () => {
      golden(`providers/openstack-${profile}`, (await build(samplePlan(profile))).lines());
    });

    it(`registers the same resources for the ${profile} profile before anything exists`, async () => {
      const plan = samplePlan(profile);
      const known = await build(plan);
      const unknown = await build(plan, {}, { unknowns: true });
      assert.deepEqual(unknown.urns(), known.urns());
    });
  }

  it("gives every child the environment's own provider, and its name and labels", async () => {
    const g = await build(samplePlan("highAvailability"));
    for (const resource of g.resources.filter((each) => each.type.startsWith("openstack:"))) {
      assert.equal(resource.options.provider, "seoul-provider", resource.name);
      assert.equal(resource.parent, "seoul", resource.name);
      // A volume is attached once, and a port has one floating address.
      const single = /:(VolumeAttach|FloatingIpAssociate)$/.test(resource.type);
      assert.equal(resource.options.deleteBeforeReplace === true, single, resource.name);
      if ("tags" in resource.inputs) assert.deepEqual(resource.inputs.tags, ["kpaas-environment=seoul", "team=platform"], resource.name);
    }
    assert.deepEqual(g.get("seoul-machine-cp-1").inputs.metadata, {
      team: "platform",
      "kpaas-environment": "seoul",
      "kpaas-key": "cp-1",
      "kpaas-roles": "control-plane etcd",
    });
  });

  it("goes quickly: what goes with something else costs no call, and what others hold is not waited for ten minutes", async () => {
    const g = await build(samplePlan("highAvailability"));
    for (const { name, options, inputs } of ofType(g, "SecGroupRule"))
      assert.equal(`${options.deletedWith}-id`, inputs.securityGroupId, name);
    for (const type of ["Member", "Monitor"])
      for (const { name, options } of ofType(g, type)) assert.equal(options.deletedWith, "seoul-api-pool", name);
    for (const type of ["Network", "Subnet", "Router", "RouterInterface", "SecGroup"])
      for (const { name, options } of ofType(g, type)) assert.equal(options.customTimeouts.delete, "2m", name);
  });

  it("refuses a plan of another cloud", () => {
    const plan = samplePlan("minimal");
    const cloud = { ...plan.cloud, provider: "aws" };
    assert.throws(() => new OpenStackInfrastructure("seoul", { plan: { ...plan, cloud }, secrets: {} }), /is that of aws, not OpenStack's/);
  });
});
