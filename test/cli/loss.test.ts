import assert from "node:assert/strict";
import { describeLoss } from "../../cli/loss";

describe("what a destroy says before it asks", () => {
  it("is what is lost and what is kept", () => {
    assert.deepEqual(describeLoss("seoul", { lost: ["volume a of b, 1 GiB"], kept: ["claim c/d, 2Gi"] }), [
      "Lost with seoul:",
      "  volume a of b, 1 GiB",
      "Kept:",
      "  claim c/d, 2Gi",
    ]);
  });

  it("is that nothing is lost where nothing is there", () => {
    assert.deepEqual(describeLoss("seoul", { lost: [], kept: [] }), ["Nothing of seoul that holds data is left to lose"]);
  });
});
