import assert from "node:assert/strict";
import { environmentFile, planFile, valueAt } from "./environment";

/** A mistake in an environment file: what it is, the fields laid over a right file, where it is found, and what is said of it. */
export type WrongFile = readonly [what: string, over: Record<string, unknown>, path: string, reason: RegExp];

/** Tests that each mistake is found where it is, with a remedy; that no problem is listed twice, and none shows another path's value. */
export function findEach(wrong: readonly WrongFile[]): void {
  for (const [what, over, path, reason] of wrong) {
    it(`find ${what}`, () => {
      const content = environmentFile(over);
      const { problems } = planFile(content);
      const found = problems.filter((problem) => problem.severity === "error" && problem.path === path);
      assert.ok(
        found.some((problem) => reason.test(problem.reason)),
        JSON.stringify(problems),
      );
      for (const problem of found) assert.notEqual(problem.remedy, "");
      assert.equal(new Set(problems.map((problem) => JSON.stringify(problem))).size, problems.length);
      const astray = problems.filter(({ path: at, value }) => {
        const written = valueAt(content, at);
        return value !== undefined && written !== undefined && String(written) !== String(value);
      });
      assert.deepEqual(astray, []);
    });
  }
}
