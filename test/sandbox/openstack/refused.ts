import assert from "node:assert/strict";
import type { Properties } from "../../../plugin/rpc/provider";
import { cloudUnderTest, type Short, type TestCloud } from "./fixture";

/** An id that nothing has. */
export const NOWHERE = "00000000-0000-4000-8000-000000000000";

/** What the simulated OpenStack refuses to create, and in which words. */
export interface Case {
  readonly what: string;
  readonly type: Short;
  readonly inputs: (cloud: TestCloud) => Promise<Properties> | Properties;
  readonly says: RegExp;
}

/** A test for each case, in a new cloud each. */
export function refusesToCreate(cases: readonly Case[]): void {
  describe("the simulated OpenStack refuses to create", () => {
    const cloud = cloudUnderTest();
    for (const { what, type, inputs, says } of cases)
      it(what, async () => {
        await assert.rejects(async () => cloud.it.create(type, await inputs(cloud.it), "refused"), says);
      });
  });
}
