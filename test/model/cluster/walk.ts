import assert from "node:assert/strict";
import { endpointKind } from "../../../model/cluster/endpoint";
import { minorOf } from "../../../model/cluster/releases";
import { applyStep } from "../../../model/cluster/simulate/apply";
import { type ClusterState, hasQuorum, type SimulatedWorld, specOf } from "../../../model/cluster/simulate/state";
import { type CompileOptions, compileSteps } from "../../../model/cluster/steps/compile";
import { hostsOf } from "../../../model/cluster/steps/describe";
import type { ClusterSpec, ClusterStep } from "../../../model/cluster/types";
import { sameValue } from "../../../model/cluster/variables";

/** The world after the spec was created on empty machines. */
export function created(spec: ClusterSpec): SimulatedWorld {
  return walk({ facts: [] }, undefined, spec);
}

/** What a run of {@link walk} passes: the step, and the world before and after it. */
export type Passed = (step: ClusterStep, world: SimulatedWorld) => void;

/**
 * Runs what a change compiles to and asserts the invariants after every run: quorum, a first control plane, the skew, a worker left, nobody
 * touched who stays, replacements joined before the replaced is removed; at the end the wanted cluster, told everywhere.
 */
export function walk(
  world: SimulatedWorld,
  recorded: ClusterSpec | undefined,
  wanted: ClusterSpec,
  options: CompileOptions = {},
  passed: Passed = () => {},
): SimulatedWorld {
  const { steps, refusals } = compileSteps(recorded, wanted, options);
  assert.deepEqual(refusals, []);
  const spared = new Set([...(options.lost ?? []), ...(options.rebuiltInPlace ?? [])]);
  let now: SimulatedWorld = { ...world, facts: [] }; // a fresh runner has no facts
  for (const step of steps) {
    const silent = hostsOf(step).filter((name) => now.cluster?.nodes[name]?.ready === false && !options.rebuiltInPlace?.includes(name));
    assert.deepEqual(silent, [], `${step.id} needs hosts that do not answer`);
    const before = now.cluster;
    now = applyStep(now, step, step.inventory);
    if (now.cluster) {
      if (before && recorded) assertSafe(step, before, now.cluster, recorded, wanted, spared);
      assertRecorded(step, now.cluster);
    }
    passed(step, now);
  }
  assert.ok(now.cluster);
  assertAtRest(now.cluster, wanted);
  return now;
}

function assertSafe(
  step: ClusterStep,
  before: ClusterState,
  after: ClusterState,
  recorded: ClusterSpec,
  wanted: ClusterSpec,
  spared: ReadonlySet<string>,
): void {
  const first = after.controlPlane[0] ?? "";
  if (hasQuorum(before)) assert.ok(hasQuorum(after), `${step.id} lost etcd's quorum`);
  if (before.nodes[before.controlPlane[0] ?? ""]?.ready) assert.ok(after.nodes[first]?.ready, `${step.id} left no first control plane`);
  assert.ok(
    after.etcd.length <= Math.max(recorded.etcd.length, wanted.etcd.length) + 1,
    `${step.id} left ${after.etcd.length} etcd members`,
  );
  assert.ok(
    Object.values(after.nodes).some((node) => node.roles.includes("worker")),
    `${step.id} removed the last worker`,
  );
  for (const [name, { kubelet, manager, roles }] of Object.entries(after.nodes)) {
    const behind = minor(after.kubernetes) - minor(kubelet);
    assert.ok(
      behind >= 0 && behind <= (manager === "crio" && roles.includes("worker") ? 1 : 3),
      `${step.id}: ${name} is ${behind} minors behind`,
    );
  }
  for (const name of Object.keys(recorded.nodes).filter((each) => wanted.nodes[each] && !spared.has(each)))
    assert.ok(after.nodes[name], `${step.id} touched ${name}, which stays`);
  for (const gone of Object.keys(before.nodes).filter((name) => !after.nodes[name] && !spared.has(name))) {
    const key = before.nodes[gone]?.key;
    for (const [name, node] of Object.entries(wanted.nodes)) {
      if (node.key === key) assert.ok(after.nodes[name], `${step.id} removed ${gone} before ${name} had joined`);
    }
  }
}

/** What is recorded after a run is what is there. */
function assertRecorded(step: ClusterStep, cluster: ClusterState): void {
  const { reaches } = step;
  const of = (spec: Pick<ClusterSpec, "nodes" | "controlPlane" | "etcd" | "kubernetes" | "kubespray">) => ({
    nodes: Object.keys(spec.nodes).sort(),
    controlPlane: [spec.controlPlane[0], ...[...spec.controlPlane].sort()],
    etcd: [spec.etcd[0], ...[...spec.etcd].sort()],
    versions: [spec.kubespray, spec.kubernetes],
  });
  assert.deepEqual(of(reaches), of(cluster), `${step.id} records what is not there`);
}

function assertAtRest(cluster: ClusterState, wanted: ClusterSpec): void {
  assert.ok(
    sameCluster(specOf(cluster, wanted.onDelete), wanted),
    `the steps do not end in the wanted cluster: ${difference(cluster, wanted)}`,
  );
  assert.equal(cluster.etcd.length % 2, 1, "an even number of etcd members at rest");
  assert.equal(cluster.moving, undefined, "the endpoint is still moving");
  assert.deepEqual([...(cluster.told?.etcd ?? [])].sort(), [...cluster.etcd].sort(), "an API server is not told the members of etcd");
  assert.ok(cluster.controlPlane.includes(cluster.told?.clusterInfo ?? ""), "cluster-info names a control plane that is gone");
  if (endpointKind(cluster) === "node")
    assert.deepEqual([...(cluster.told?.proxies ?? [])].sort(), [...cluster.controlPlane].sort(), "a proxy is not told the control planes");
  for (const [name, { kubelet, manager }] of Object.entries(cluster.nodes)) {
    assert.equal(kubelet, cluster.kubernetes, `${name} has another kubelet`);
    if (manager !== undefined) assert.equal(manager, cluster.variables.container_manager, `${name} has another runtime`);
  }
}

function difference(cluster: ClusterState, wanted: ClusterSpec): string {
  const [a, b] = [specOf(cluster, wanted.onDelete), wanted] as unknown as Record<string, unknown>[];
  return Object.keys(b ?? {})
    .filter((key) => !sameValue(a?.[key], b?.[key]))
    .map((key) => `${key}: ${JSON.stringify(a?.[key])} for ${JSON.stringify(b?.[key])}`)
    .join("; ");
}

function minor(version: string): number {
  return Number(minorOf(version).split(".")[1]);
}

/** Equality of specs in which taints are a set, and members behind the first one. */
export function sameCluster(a: ClusterSpec, b: ClusterSpec): boolean {
  return sameValue(comparable(a), comparable(b));
}

function comparable(spec: ClusterSpec): unknown {
  const nodes = Object.entries(spec.nodes).map(([name, node]) => [name, { ...node, taints: [...node.taints].sort() }] as const);
  const inOrder = ([first, ...rest]: readonly string[]) => [first, ...rest.sort()];
  return { ...spec, nodes: Object.fromEntries(nodes), controlPlane: inOrder(spec.controlPlane), etcd: inOrder(spec.etcd) };
}
