import assert from "node:assert/strict";
import { applyStep } from "../../../model/cluster/simulate";
import { compileSteps, inventoryAt } from "../../../model/cluster/steps";
import type { ClusterNode, ClusterSpec } from "../../../model/cluster/types";
import { cluster, worker } from "./fixtures";
import { created, sameCluster, walk } from "./walk";

/** Every choice of three workers: each absent, in generation 1, or in generation 2; at least one is there. */
function everyWorkerSet(): Record<string, ClusterNode>[] {
  const sets: Record<string, ClusterNode>[] = [{}];
  for (const id of [1, 2, 3]) {
    for (const base of sets.splice(0)) {
      sets.push(base);
      for (const generation of [1, 2]) {
        const key = `worker-${id}`;
        sets.push({ ...base, [generation > 1 ? `${key}-g2` : key]: worker(key, id * 10 + generation, { generation }) });
      }
    }
  }
  return sets.filter((set) => Object.keys(set).length > 0);
}

describe("Every small cluster", () => {
  const sets = everyWorkerSet();

  for (const masters of [1, 3]) {
    it(`with ${masters} control-plane nodes reaches every other one safely`, () => {
      for (const from of sets.map((set) => cluster(set, {}, masters))) {
        const world = created(from);
        for (const to of sets) walk(world, from, cluster(to, {}, masters));
      }
    });
  }

  it("goes on safely from wherever a change was broken off", () => {
    for (const from of sets.map((set) => cluster(set))) {
      const world = created(from);
      for (const to of sets.map((set) => cluster(set))) {
        const { steps } = compileSteps(from, to);
        let now = world;
        steps.slice(0, -1).forEach((step, index) => {
          now = applyStep(now, step, inventoryAt(from, to, steps, index));
          const reached: ClusterSpec = { ...from, nodes: { ...now.cluster?.nodes } };
          if (!sameCluster(reached, to)) walk(now, reached, to);
        });
      }
    }
  });

  it("loses any of its workers and goes on", () => {
    for (const set of sets.filter((candidate) => Object.keys(candidate).length > 1)) {
      for (const lost of Object.keys(set)) {
        const from = cluster(set);
        const { [lost]: _gone, ...rest } = set;
        const world = created(from);
        assert.ok(world.cluster?.nodes[lost]);
        const nodes = { ...world.cluster.nodes, [lost]: { ...world.cluster.nodes[lost], ready: false } };
        walk({ ...world, cluster: { ...world.cluster, nodes } }, from, cluster(rest), { lost: [lost] });
      }
    }
  });
});
