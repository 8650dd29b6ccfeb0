import assert from "node:assert/strict";
import { allows, allowsSomewhere, grantsOf, ROLES } from "../../../server/access/roles";

describe("Roles", () => {
  it("hold what is below them, and approving is nobody's who operates", () => {
    const may = Object.fromEntries(ROLES.map((role) => [role, ROLES.filter((needed) => allows([{ role }], needed))]));
    assert.deepEqual(may, {
      viewer: ["viewer"],
      operator: ["viewer", "operator"],
      approver: ["viewer", "approver"],
      administrator: ["viewer", "operator", "approver", "administrator"],
    });
  });

  it("by a label count where an environment has it, and nowhere else", () => {
    const grants = grantsOf(["kpaas-operator:team=platform"]);
    assert.equal(allows(grants, "operator", { team: "platform" }), true);
    assert.equal(allows(grants, "operator", { team: "other" }), false);
    assert.equal(allows(grants, "operator", {}), false);
    assert.equal(allows(grants, "operator"), false);
    assert.equal(allowsSomewhere(grants, "operator"), true);
  });

  it("of the realm that are none of ours grant nothing", () => {
    assert.deepEqual(grantsOf(["kpaas-root", "xkpaas-viewer", "kpaas-viewer:team", "kpaas-viewer:a=b=c", "KPAAS-VIEWER", ""]), []);
  });
});
