import assert from "node:assert/strict";
import { realSetting } from "../../engine/workspace";
import { temporaryFolders } from "../support/temporary";
import { emptyPlan } from "./plan";

describe("the engine's setting for real clouds", () => {
  const folder = temporaryFolders();

  it("has objects in the cluster be what the file says, whoever has changed them since", () => {
    assert.equal(realSetting(folder(), emptyPlan("seoul")).env.PULUMI_K8S_ENABLE_PATCH_FORCE, "true");
  });
});
