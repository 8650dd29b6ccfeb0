import assert from "node:assert/strict";
import { applyStep, hasQuorum, type SimulatedWorld, specOf } from "../../../model/cluster/simulate";
import { type CompileOptions, compileSteps, inventoryAt } from "../../../model/cluster/steps";
import type { ClusterSpec } from "../../../model/cluster/types";
import { sameValue } from "../../../model/cluster/variables";

/** The world after the spec was created on empty machines. */
export function created(spec: ClusterSpec): SimulatedWorld {
  return walk({ facts: [] }, undefined, spec);
}

/**
 * Runs what a change compiles to and asserts the invariants after every run: quorum, the first control plane, a worker left,
 * replacements joined before the replaced is removed, and the wanted cluster at the end.
 */
export function walk(
  world: SimulatedWorld,
  recorded: ClusterSpec | undefined,
  wanted: ClusterSpec,
  options: CompileOptions = {},
): SimulatedWorld {
  const { steps, refusals } = compileSteps(recorded, wanted, options);
  assert.deepEqual(refusals, []);
  let now: SimulatedWorld = { ...world, facts: [] }; // a fresh runner has no facts
  steps.forEach((step, index) => {
    const before = now.cluster;
    now = applyStep(now, step, inventoryAt(recorded, wanted, steps, index));
    const after = now.cluster;
    if (!before || !after) return;
    assert.ok(hasQuorum(after), `${step.id} lost etcd's quorum`);
    assert.equal(after.controlPlane[0], before.controlPlane[0], `${step.id} touched the first control plane`);
    assert.ok(
      Object.values(after.nodes).some((node) => node.roles.includes("worker")),
      `${step.id} removed the last worker`,
    );
    const spared = new Set([...(options.lost ?? []), ...(options.rebuiltInPlace ?? [])]);
    for (const gone of Object.keys(before.nodes).filter((name) => !after.nodes[name] && !spared.has(name))) {
      const key = before.nodes[gone]?.key;
      for (const [name, node] of Object.entries(wanted.nodes)) {
        if (node.key === key) assert.ok(after.nodes[name], `${step.id} removed ${gone} before ${name} had joined`);
      }
    }
  });
  assert.ok(now.cluster);
  assert.ok(sameCluster(specOf(now.cluster, wanted.onDelete), wanted), "the steps do not end in the wanted cluster");
  return now;
}

/** Equality of specs in which taints are a set. */
export function sameCluster(a: ClusterSpec, b: ClusterSpec): boolean {
  return sameValue(withSortedTaints(a), withSortedTaints(b));
}

function withSortedTaints(spec: ClusterSpec): ClusterSpec {
  const nodes = Object.entries(spec.nodes).map(([name, node]) => [name, { ...node, taints: [...node.taints].sort() }] as const);
  return { ...spec, nodes: Object.fromEntries(nodes) };
}
