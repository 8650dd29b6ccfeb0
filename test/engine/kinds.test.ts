import assert from "node:assert/strict";
import { KINDS, type Run } from "../../engine/kinds";

describe("an up", () => {
  /** What the engine is told, where so much is remembered of operations that were broken off. */
  const told = async (adoption: object | undefined, remembered: readonly object[]) => {
    let given: Record<string, unknown> = {};
    const stack = {
      up: async (options: Record<string, unknown>) => {
        given = options;
      },
    };
    await KINDS.up.engine({ stack, target: { adoption }, open: { remembered: () => remembered } } as unknown as Run, {}, []);
    return given.continueOnError;
  };

  it("stops at its first failure, for what is deleted may depend on what failed; a look for what is there goes on", async () => {
    assert.deepEqual([await told(undefined, []), await told(undefined, [{}]), await told({}, [])], [false, false, true]);
  });
});
