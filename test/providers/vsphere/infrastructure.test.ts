import assert from "node:assert/strict";
import { output } from "@pulumi/pulumi";
import type { EnvironmentPlan, Profile } from "../../../model/plan/types";
import { VSphereInfrastructure } from "../../../providers/vsphere/infrastructure";
import { golden } from "../../support/golden";
import { merge, samplePlan } from "../../support/plan";
import { build, ON_VSPHERE, VOLUMES } from "../../support/vsphere";

const profiles: readonly Profile[] = ["minimal", "standard", "highAvailability"];
const plans = (profile: Profile): EnvironmentPlan =>
  samplePlan(profile, profile === "highAvailability" ? merge(ON_VSPHERE, VOLUMES) : ON_VSPHERE);

describe("a vSphere infrastructure", () => {
  for (const profile of profiles) {
    it(`registers for the ${profile} profile what the golden file lists`, async () => {
      golden(`providers/vsphere-${profile}`, (await build(plans(profile))).lines());
    });

    it(`registers the same resources for the ${profile} profile before anything exists`, async () => {
      const known = await build(plans(profile));
      const unknown = await build(plans(profile), {}, { unknowns: true });
      assert.deepEqual(unknown.urns(), known.urns());
    });
  }

  it("gives every child the environment's own provider, and machines, folder and pools its labels", async () => {
    const g = await build(plans("highAvailability"));
    for (const resource of g.resources.filter((each) => each.type.startsWith("vsphere:"))) {
      assert.equal(resource.options.provider, "seoul-provider", resource.name);
      assert.equal(resource.parent, "seoul", resource.name);
      const { tags } = resource.inputs;
      if (Array.isArray(tags)) assert.ok(tags.includes("seoul-tag-label-team-id"), resource.name);
    }
    assert.deepEqual(
      g.resources
        .filter(({ type }) => type.endsWith(":Tag"))
        .map(({ inputs }) => inputs.name)
        .sort(),
      [
        ...["kpaas-role=bastion", "kpaas-role=control-plane", "kpaas-role=etcd", "kpaas-role=nfs", "kpaas-role=worker"],
        ...["kpaas-zone=az-1", "kpaas-zone=az-2", "kpaas-zone=az-3", "team=platform"],
      ],
    );
  });

  it("takes the server of the file where its credentials name none", async () => {
    const provider = async (credentials?: Record<string, string>) =>
      (await build(plans("minimal"), credentials === undefined ? {} : { credentials: output(credentials) })).get("seoul-provider").inputs;
    assert.deepEqual(await provider(), { vsphereServer: "vcenter.example.org" });
    const given = JSON.stringify(await provider({ user: "kpaas@vsphere.local", password: "canary", vsphereServer: "other.example.org" }));
    for (const each of ["kpaas@vsphere.local", "canary", "other.example.org"]) assert.ok(given.includes(each), given);
  });

  it("refuses a plan of another cloud", () => {
    const plan = plans("minimal");
    const cloud = { ...plan.cloud, provider: "aws" };
    assert.throws(() => new VSphereInfrastructure("seoul", { plan: { ...plan, cloud }, secrets: {} }), /is that of aws, not vSphere's/);
  });
});
