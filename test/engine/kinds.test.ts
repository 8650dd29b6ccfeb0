import assert from "node:assert/strict";
import { KINDS, type Run } from "../../engine/kinds";

describe("an up", () => {
  /** What the engine is told, where so much is remembered of operations that were broken off, and is tried alone. */
  const told = async (adoption: object | undefined, remembered: readonly object[], unproven: readonly string[] = []) => {
    let given: Record<string, unknown> = {};
    const stack = {
      up: async (options: Record<string, unknown>) => {
        given = options;
      },
    };
    await KINDS.up.engine({ stack, target: { adoption }, open: { remembered: () => remembered } } as unknown as Run, {}, [], unproven);
    return given;
  };

  it("stops at its first failure, for what is deleted may depend on what failed; a look for what is there goes on", async () => {
    const all = [await told(undefined, []), await told(undefined, [{}]), await told({}, [])];
    assert.deepEqual(
      all.map(({ continueOnError }) => continueOnError),
      [false, false, true],
    );
  });

  it("tries all at once what only a refusal can tell of, and nothing beside", async () => {
    assert.deepEqual(await told(undefined, [{}], ["urn:a", "urn:b"]), { target: ["urn:a", "urn:b"], continueOnError: true });
  });
});
