import assert from "node:assert/strict";
import type { SimulatedWorld } from "../../model/cluster/simulate/state";
import { compileSteps } from "../../model/cluster/steps/compile";
import { changes, clusterOf, shapes } from "../model/cluster/shapes";
import { created, walk } from "../model/cluster/walk";

describe("Two changes at once, of every cluster of up to 5 control planes, 3 external etcd members and 3 workers", () => {
  for (const shape of shapes) {
    const { controlPlanes, etcd, workers } = shape;
    it(`${controlPlanes} control planes, ${etcd} external etcd, ${workers} workers`, () => {
      const from = clusterOf(shape);
      const world: SimulatedWorld = created(from);
      let pairs = 0;
      let states = 0;
      for (const first of changes) {
        const between = first.of(from);
        if (!between) continue;
        for (const second of changes) {
          const to = second.of(between);
          // What cannot be said in one change is refused, with its reason.
          if (!to || to.etcd.length % 2 === 0 || compileSteps(from, to).refusals.length > 0) continue;
          pairs += 1;
          try {
            walk(world, from, to, {}, () => {
              states += 1;
            });
          } catch (error) {
            throw new Error(`${first.name}, ${second.name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
          }
        }
      }
      assert.ok(pairs > 100, `${pairs} pairs`);
      console.log(`      ${pairs} pairs of changes, ${states} states were passed`);
    });
  }
});
