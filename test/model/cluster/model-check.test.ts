import assert from "node:assert/strict";
import type { SimulatedWorld } from "../../../model/cluster/simulate/state";
import type { CompileOptions } from "../../../model/cluster/steps/compile";
import type { ClusterSpec } from "../../../model/cluster/types";
import { changes, clusterOf, losses, type Shape, shapes } from "./shapes";
import { created, walk } from "./walk";

const nameOf = ({ controlPlanes, etcd, workers }: Shape): string =>
  `${controlPlanes} control planes, ${etcd} external etcd, ${workers} workers`;

describe("Every cluster of up to 5 control planes, 3 external etcd members and 3 workers", () => {
  let states = 0;
  const goes = (name: string, world: SimulatedWorld, from: ClusterSpec, to: ClusterSpec, options: CompileOptions = {}): SimulatedWorld => {
    try {
      return walk(world, from, to, options, () => {
        states += 1;
      });
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  };
  after(() => console.log(`      ${states} states were passed`));

  for (const etcd of [0, 1, 3]) {
    it(`goes safely through every single change, with ${etcd === 0 ? "stacked etcd" : `${etcd} external etcd`}`, () => {
      for (const shape of shapes.filter((each) => each.etcd === etcd)) {
        const from = clusterOf(shape);
        const world = created(from);
        for (const change of changes) {
          const to = change.of(from);
          if (to) goes(`${nameOf(shape)}: ${change.name}`, world, from, to);
        }
      }
    });
  }

  it("reaches the same end from wherever a change was broken off", () => {
    for (const shape of shapes.filter(({ workers }) => workers === 2)) {
      const from = clusterOf(shape);
      const world = created(from);
      for (const change of changes) {
        const to = change.of(from);
        if (!to) continue;
        const name = `${nameOf(shape)}: ${change.name}`;
        walk(world, from, to, {}, (step, reached) => goes(`${name}, broken off after ${step.id}`, reached, step.reaches, to));
      }
    }
  });

  it("gets over the loss of any of its members", () => {
    for (const shape of shapes.filter(({ workers }) => workers < 3)) {
      const from = clusterOf(shape);
      const world = created(from);
      for (const loss of losses) {
        const to = loss.of(from);
        const options = loss.options?.(from) ?? {};
        if (!to || !world.cluster) continue;
        const down = [...(options.lost ?? []), ...(options.rebuiltInPlace ?? [])];
        const nodes = Object.entries(world.cluster.nodes).map(([name, node]) => [name, { ...node, ready: !down.includes(name) }] as const);
        const hurt = { ...world, cluster: { ...world.cluster, nodes: Object.fromEntries(nodes) } };
        if (down.some((name) => from.nodes[name]?.roles.includes("worker")) && shape.workers === down.length) continue;
        goes(`${nameOf(shape)}: ${loss.name}`, hurt, from, to, options);
      }
    }
    assert.ok(states > 1000);
  });
});
