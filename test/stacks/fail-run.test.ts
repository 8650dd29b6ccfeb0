import assert from "node:assert/strict";
import { runtime } from "@pulumi/pulumi";
import { failRunWhere } from "../../stacks/fail-run";

describe("A program that takes nothing of its environment", () => {
  /** What the SDK does with an inline program before it tells the engine that the program has ended. */
  async function run(checks: Promise<unknown>): Promise<void> {
    await runtime.runInPulumiStack(async () => failRunWhere(checks));
    await runtime.disconnect();
  }

  before(async () => {
    await runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
  });

  it("has not ended before the environment is checked, and ends as failed where it is refused", async () => {
    let checked = false;
    await run(new Promise((resolve) => setTimeout(resolve, 20)).then(() => (checked = true)));
    assert.equal(checked, true);
    await assert.rejects(run(Promise.reject(new Error("refused"))), /^Error: refused$/);
  });
});
