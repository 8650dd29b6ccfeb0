import assert from "node:assert/strict";
import fc from "fast-check";
import { compileSteps } from "../../../model/cluster/steps/compile";
import type { ClusterNode, ClusterSpec } from "../../../model/cluster/types";
import { cluster, worker } from "./fixtures";
import { created, walk } from "./walk";

const labels = fc.dictionary(fc.constantFrom("disk", "zone", "gpu"), fc.constantFrom("a", "b", ""), { maxKeys: 3, noNullPrototype: true });
const taints = fc.uniqueArray(fc.constantFrom("gpu=a:NoSchedule", "gpu=b:NoSchedule", "spot:NoExecute", "spot=x:PreferNoSchedule"), {
  selector: (taint) => taint.replace(/=[^:]*/, ""),
});

/** Workers by key, each in one of three generations; a generation has its own name and address. */
const workerSet = fc
  .dictionary(
    fc.constantFrom("w-1", "w-2", "w-3", "w-4", "w-5"),
    fc.record({ generation: fc.integer({ min: 1, max: 3 }), labels, taints }),
    {
      minKeys: 1,
      noNullPrototype: true,
    },
  )
  .map((keys) =>
    Object.fromEntries(
      Object.entries(keys).map(([key, choice]): [string, ClusterNode] => [
        choice.generation > 1 ? `${key}-g${choice.generation}` : key,
        worker(key, Number(key.slice(2)) * 10 + choice.generation, choice),
      ]),
    ),
  );
const changeable = fc.dictionary(fc.constantFrom("kubernetes_audit", "helm_enabled", "auto_renew_certificates"), fc.boolean(), {
  maxKeys: 3,
  noNullPrototype: true,
});
const spec = (masters: number) =>
  fc
    .record({ nodes: workerSet, variables: changeable })
    .map((choice) => cluster(choice.nodes, { variables: { ...cluster().variables, ...choice.variables } }, masters));
const pair = fc.constantFrom(1, 3).chain((masters) => fc.tuple(spec(masters), spec(masters)));

function shuffled(value: ClusterSpec): ClusterSpec {
  const nodes = Object.entries(value.nodes)
    .reverse()
    .map(([name, node]) => [name, { ...node, labels: Object.fromEntries(Object.entries(node.labels).reverse()) }] as const);
  return { ...value, nodes: Object.fromEntries(nodes), variables: Object.fromEntries(Object.entries(value.variables).reverse()) };
}

describe("Properties of compiled steps", () => {
  it("reach the wanted cluster by way of safe ones, from any cluster to any other", () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        walk(created(from), from, to);
      }),
    );
  });

  it("are none for a cluster that is as wanted", () => {
    fc.assert(
      fc.property(pair, ([from]) => {
        assert.deepEqual(compileSteps(from, shuffled(from)), { steps: [], refusals: [] });
      }),
    );
  });

  it("do not depend on the order of keys", () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        assert.deepEqual(compileSteps(shuffled(from), shuffled(to)), compileSteps(from, to));
      }),
    );
  });

  it("are never there together with refusals, and each has an id of its own", () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 3), fc.constantFrom(1, 3), spec(1), (mastersA, mastersB, any) => {
        const from = cluster(any.nodes, {}, mastersA);
        const to = cluster(undefined, {}, mastersB);
        const { steps, refusals } = compileSteps(from, to);
        assert.ok(steps.length === 0 || refusals.length === 0);
        assert.equal(new Set(steps.map((step) => step.id)).size, steps.length);
      }),
    );
  });
});
