import assert from "node:assert/strict";
import { VSphereInfrastructure } from "../../../providers/vsphere/infrastructure";
import { samplePlan } from "../../support/plan";
import { surveyed } from "../../support/survey";
import { ANSWERS, ON_VSPHERE } from "../../support/vsphere";

/** What is found of a template that differs so from one that fits. */
function found(differs: object): Promise<string[]> {
  const plan = samplePlan("minimal", ON_VSPHERE);
  const token = "vsphere:index/getVirtualMachine:getVirtualMachine";
  return surveyed(() => new VSphereInfrastructure("seoul", { plan, secrets: {} }), {
    ...ANSWERS,
    [token]: (args) => ({ ...ANSWERS[token]?.(args), ...differs }),
  });
}

describe("a template on vSphere", () => {
  const refused: readonly (readonly [what: string, differs: object, problem: RegExp])[] = [
    [
      "two disks",
      {
        disks: [
          { size: 10, thinProvisioned: true },
          { size: 10, thinProvisioned: true },
        ],
      },
      /^infrastructure\.image: has 2 disks/,
    ],
    [
      "a larger disk than machines boot from",
      { disks: [{ size: 80, thinProvisioned: true }] },
      /^infrastructure\.vsphere\.bootDiskGiB: .* has 80 GiB already/,
    ],
    ["old hardware", { hardwareVersion: 13 }, /^infrastructure\.image: has virtual hardware of version 13/],
    [
      "vApp options that reach its guests",
      { vappTransports: ["iso", "com.vmware.guestInfo"] },
      /^infrastructure\.image: hands its guests vApp options, which cloud-init reads before what machines are told/,
    ],
  ];
  for (const [what, differs, problem] of refused)
    it(`is refused with ${what}`, async () => {
      const [first = "", ...more] = await found(differs);
      assert.match(first, problem);
      assert.deepEqual(more, []);
    });

  it("is taken as it comes, also with vApp options on a drive that machines have not", async () => {
    assert.deepEqual(await found({}), []);
    assert.deepEqual(await found({ vappTransports: ["iso"] }), []);
  });
});
