import assert from "node:assert/strict";
import { realSetting } from "../../engine/workspace";
import { temporaryFolders } from "../support/temporary";
import { emptyPlan } from "./plan";

describe("the engine's setting for real clouds", () => {
  const folder = temporaryFolders();

  it("has objects in the cluster be what the file says, whoever has changed them since", () => {
    assert.equal(realSetting(folder(), emptyPlan("seoul")).env.PULUMI_K8S_ENABLE_PATCH_FORCE, "true");
  });

  it("has stacks in PostgreSQL listed one after the other, for which the engine's connections would not do", () => {
    const before = process.env.PULUMI_BACKEND_URL;
    try {
      const inBackend = (url: string) => {
        process.env.PULUMI_BACKEND_URL = url;
        return realSetting(folder(), emptyPlan("seoul")).env.PULUMI_DIY_BACKEND_PARALLEL;
      };
      assert.deepEqual([inBackend("postgres://u@127.0.0.1/states"), inBackend("s3://states?region=r")], ["1", undefined]);
    } finally {
      if (before === undefined) delete process.env.PULUMI_BACKEND_URL;
      else process.env.PULUMI_BACKEND_URL = before;
    }
  });
});
