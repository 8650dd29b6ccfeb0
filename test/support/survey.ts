import assert from "node:assert/strict";
import { InvalidInputError, RefusedError } from "../../model/problems";
import { graph } from "../../testing/graph";
import type { Bag, Invokes } from "../../testing/mocks";

/** A lookup that fails. */
export function fails(message: string): () => Bag {
  return () => {
    throw Object.assign(new Error(message), { details: message });
  };
}

/** How an infrastructure's look at its cloud ends: `FIELD: REASON` of each problem. */
export async function surveyed(make: () => { readonly checked: Promise<void> }, invokes: Invokes): Promise<string[]> {
  let error: unknown;
  await graph(
    () => {
      const made = make();
      made.checked.catch((each: unknown) => {
        error = each;
      });
      return made;
    },
    { invokes },
  ).catch(() => undefined);
  if (error === undefined) return [];
  assert.ok(error instanceof InvalidInputError || error instanceof RefusedError, String(error));
  return error.problems.map(({ path, reason }) => `${path}: ${reason}`);
}
