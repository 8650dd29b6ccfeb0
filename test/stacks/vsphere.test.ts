import assert from "node:assert/strict";
import { engineForTests } from "../support/engine";
import { VSphereLife } from "../support/vsphere-life";

/** The life of the smallest environment on vSphere. One story, in order. */
describe("an environment on vSphere, on the real engine", function () {
  this.timeout(240_000);
  const life = new VSphereLife("minimal");

  before(engineForTests);
  after(() => life.end());

  it("comes up, has nothing to do the second time, and leaves nothing behind", async () => {
    const up = await life.up();
    assert.deepEqual(Object.keys(up.outputs.nodes as object).sort(), ["cp-1", "worker-1", "worker-2"]);
    assert.equal(life.there("instance").length, 4);
    assert.deepEqual(await life.again(), "nothing to do");
    assert.deepEqual(await life.destroy(), []);
  });
});
