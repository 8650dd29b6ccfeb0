import assert from "node:assert/strict";
import type { FleetPlan } from "../../../model/fleet/plan";
import type { FleetPreview } from "../../../model/fleet/preview";
import { readSaved, requireClusters, savedPreview, withApproval } from "../../../model/fleet/saved";
import type { Work } from "../../../model/fleet/work";
import { InvalidInputError, RefusedError } from "../../../model/problems";

const wave = { name: "all", clusters: [{ name: "busan", after: [] }], canaries: 0, bakeSeconds: 0, maxFailures: 0, approval: false };
const PLAN: FleetPlan = { fleet: "korea", waves: [wave], health: {} };
const FOUND = {
  counts: { create: 1, update: 0, replace: 0, delete: 0, same: 0 },
  fingerprint: "seen",
  seconds: 7,
  minutes: { from: 0, to: 0 },
};
const OUTLINE = { provider: "openstack", machines: 4, services: 6, kubernetes: "1.33.5", release: "1.7.0", isNew: true, changes: [] };
const PREVIEW: FleetPreview = {
  ...{ fleet: "korea", work: { operation: "up" }, source: "engine", refusals: [], changes: [], risks: [], steps: [] },
  waves: [{ name: "all", rules: [], clusters: [{ name: "busan", canary: false, after: [], ...OUTLINE, found: FOUND }] }],
};
const APPROVAL = "worker-1:remove@0123456789ab";
const SAVED = savedPreview(PLAN, PREVIEW, { sandbox: true, approvals: { busan: [APPROVAL] } });
const UP: Work = { operation: "up" };
const read = (saved: unknown, plan = PLAN, sandbox = true, work: Work = UP) =>
  readSaved(JSON.stringify(saved), "preview.json", plan, work, sandbox);
const because = (reason: RegExp) => (error: unknown) =>
  (error instanceof InvalidInputError || error instanceof RefusedError) && reason.test(error.problems[0]?.reason ?? "");

describe("a fleet's saved preview", () => {
  it("is read as it was written", () => {
    assert.deepEqual(read(SAVED), SAVED);
    assert.deepEqual(SAVED.approved, { busan: "seen" });
  });

  it("is refused where the fleet is planned otherwise by now", () => {
    assert.throws(() => read(SAVED, { ...PLAN, waves: [{ ...wave, maxFailures: 1 }] }), because(/waves, order or rules/));
    assert.throws(() => read(SAVED, PLAN, true, { operation: "upgrade", to: "1.34.3" }), because(/something else is to be done/));
    assert.throws(() => read(SAVED, PLAN, false), because(/is of the sandbox/));
    assert.throws(() => read(SAVED, { ...PLAN, fleet: "japan" }), because(/of the fleet korea/));
  });

  it("is refused where it lacks a cluster, is something else, or holds words that are no approvals", () => {
    assert.throws(() => read({ ...SAVED, approved: {} }), because(/does not have busan/));
    for (const other of [3, {}, PREVIEW, { ...SAVED, approvals: { busan: ["--yes"] } }, { ...SAVED, approvals: { busan: 1 } }])
      assert.throws(() => read(other), because(/is no preview/));
    assert.throws(() => readSaved("{", "preview.json", PLAN, UP, true), because(/is no preview/));
    assert.throws(
      () => readSaved("name: korea", "fleet.yaml", PLAN, UP, true),
      (error: InvalidInputError) => !/--save fleet\.yaml/.test(error.message),
      "nobody is told to write over what is none",
    );
    assert.throws(() => readSaved(undefined, "preview.json", PLAN, UP, true), because(/no such file/));
  });
});

describe("an approval for a cluster of a fleet", () => {
  it("names the cluster, and is bound to what it was given for", () => {
    assert.deepEqual(withApproval(`busan/${APPROVAL}`, { busan: ["a"], jeju: ["b"] }), { busan: ["a", APPROVAL], jeju: ["b"] });
    for (const wrong of [APPROVAL, "busan/worker-1:remove", "busan/worker-1:remov@0123456789ab", `/${APPROVAL}`])
      assert.equal(typeof withApproval(wrong, {}), "string", wrong);
  });

  it("is for a cluster that there is", () => {
    assert.throws(() => requireClusters(PLAN, { pusan: [APPROVAL] }), because(/pusan is no cluster/));
    requireClusters(PLAN, { busan: [APPROVAL] });
  });
});
