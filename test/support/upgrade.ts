import assert from "node:assert/strict";
import { engineForTests } from "./engine";
import { RecordedProject } from "./recorded";

/** Tests that this version would change nothing of what was recorded, each named `VERSION/NAME`. */
export function unchangedUnderThisVersion(recorded: readonly string[]): void {
  describe("an environment that an earlier version brought up", function () {
    this.timeout(120_000);
    before(engineForTests);

    for (const each of recorded) {
      it(`has nothing to do under this version: ${each}`, async () => {
        const project = new RecordedProject(each);
        try {
          const { changes, steps, resources } = await project.preview();
          const touched = resources.filter(({ op }) => op !== "same").map(({ op, type, name }) => `${op} ${type} ${name}`);
          assert.deepEqual(touched, []);
          assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
          assert.deepEqual(steps, []);
          assert.ok(changes.same > 100, `${changes.same} resources`);
        } finally {
          project.remove();
        }
      });
    }
  });
}
