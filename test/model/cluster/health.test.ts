import assert from "node:assert/strict";
import { type HealthCheck, type HealthFacts, healthOf, isHealthy, type LiveHealth } from "../../../model/cluster/health";
import type { ClusterSpec } from "../../../model/cluster/types";

const node = (roles: ClusterSpec["nodes"][string]["roles"]) => ({
  key: "k",
  generation: 1,
  roles,
  address: "10.0.0.1",
  labels: {},
  taints: [],
});
const NAMES = ["cp-1", "cp-2", "cp-3"];

const SPEC: ClusterSpec = {
  name: "seoul",
  kubespray: "v2.29.0",
  kubernetes: "1.33.5",
  nodes: { ...Object.fromEntries(NAMES.map((name) => [name, node(["control-plane", "etcd"])])), "w-1": node(["worker"]) },
  controlPlane: NAMES,
  etcd: NAMES,
  variables: { kpaas_backup: { schedule: "0 */6 * * *" } },
  apiEndpoint: { host: "10.0.0.1", port: 6443 },
  onDelete: "forget",
};

const LIVE: LiveHealth = {
  kubernetes: "v1.33.5",
  nodes: Object.fromEntries([...NAMES, "w-1"].map((name) => [name, { kubelet: "v1.33.5", ready: true }])),
  etcd: NAMES.map((name) => ({ name, healthy: true })),
  illPods: [],
  certificates: { apiserver: "2027-01-01T00:00:00Z", ca: "2035-01-01T00:00:00Z" },
};

const FACTS: HealthFacts = {
  spec: SPEC,
  live: LIVE,
  silent: [],
  backups: { lastSuccess: "2026-06-01T00:00:00Z" },
  now: new Date("2026-06-01T06:00:00Z"),
};

const withNode = (name: string, change: object): LiveHealth => ({
  ...LIVE,
  nodes: { ...LIVE.nodes, [name]: { kubelet: "v1.33.5", ready: true, ...change } },
});
const withIll = (...ill: string[]): LiveHealth => ({ ...LIVE, etcd: NAMES.map((name) => ({ name, healthy: !ill.includes(name) })) });
const withPods = (reason: string, seconds: number, node = "w-1"): LiveHealth => ({
  ...LIVE,
  illPods: [{ name: "calico-node-x", node, reason, restarts: 7, seconds }],
});
const said = (checks: readonly HealthCheck[]) =>
  checks.filter(({ status }) => status !== "ok").map(({ name, status }) => `${name} ${status}`);

describe("the health of a cluster", () => {
  it("is good where nothing is amiss, and says so of each part", () => {
    const checks = healthOf(FACTS);
    assert.deepEqual(
      checks.map(({ name, status }) => `${name} ${status}`),
      ["hosts ok", "api ok", "nodes ok", "pods ok", "etcd ok", "versions ok", "certificates ok", "backups ok"],
    );
    assert.ok(isHealthy(checks));
  });

  const { kpaas_backup: _backup, ...unbacked } = SPEC.variables;
  const table: readonly (readonly [what: string, change: Partial<HealthFacts>, found: readonly string[], text?: RegExp])[] = [
    ["a host that does not answer", { silent: ["w-1"] }, ["hosts bad"], /w-1 do not answer/],
    ["no cluster", { live: undefined }, ["api bad"], /no control plane carries a cluster/],
    ["an API that does not answer", { live: "cp-1 is unreachable" }, ["api bad"], /cp-1 is unreachable/],
    ["a node that is not Ready", { live: withNode("w-1", { ready: false }) }, ["nodes bad"]],
    ["a node that is cordoned", { live: withNode("w-1", { cordoned: true }) }, ["nodes warning"]],
    ["a node nobody knows", { live: withNode("x", {}) }, ["nodes warning"], /x are nodes that nobody recorded/],
    ["a node that is missing", { spec: { ...SPEC, nodes: { ...SPEC.nodes, "w-2": node(["worker"]) } } }, ["nodes bad"], /w-2 are no nodes/],
    [
      "pods of its own that fail for long",
      { live: withPods("CrashLoopBackOff", 200) },
      ["pods bad"],
      /on w-1 \(CrashLoopBackOff, 7 restarts\) do/,
    ],
    ["pods of its own without an image", { live: withPods("ImagePullBackOff", 0) }, ["pods bad"]],
    ["pods of its own that are not Ready for long", { live: withPods("", 200) }, ["pods bad"], /\(not Ready, 7 restarts\)/],
    ["pods of its own that start anew", { live: withPods("CrashLoopBackOff", 20) }, ["pods warning"], /are not Ready yet/],
    ["pods of its own that start", { live: withPods("ContainerCreating", 20) }, ["pods warning"]],
    ["pods of its own that find no node", { live: withPods("", 9_000, "") }, ["pods warning"]],
    ["a member that is ill", { live: withIll("cp-2") }, ["etcd bad", "etcd bad"], /2 of 3 members are healthy: none more may fail/],
    ["a lost quorum", { live: withIll("cp-1", "cp-2") }, ["etcd bad", "etcd bad", "etcd bad"], /lost its quorum: 1 of 3/],
    [
      "a missing member",
      { live: { ...LIVE, etcd: (LIVE.etcd ?? []).slice(1) } },
      ["etcd bad", "etcd warning"],
      /2 members, an even number/,
    ],
    [
      "a member that was announced and has not begun",
      { live: { ...LIVE, etcd: [...(LIVE.etcd ?? []).slice(0, 2), { name: "10.0.0.1", address: "10.0.0.1", healthy: false }] } },
      ["etcd bad", "etcd bad"],
      /10\.0\.0\.1 is not healthy/,
    ],
    ["members that tell nothing", { live: { ...LIVE, etcd: undefined } as unknown as LiveHealth }, ["etcd bad"]],
    ["a kubelet that is a patch behind", { live: withNode("w-1", { kubelet: "v1.33.4" }) }, ["versions warning"]],
    ["a kubelet that is too old", { live: withNode("w-1", { kubelet: "v1.29.9" }) }, ["versions bad"], /w-1 \(v1\.29\.9\) are too far/],
    ["a kubelet ahead of the API server", { live: withNode("w-1", { kubelet: "v1.34.0" }) }, ["versions bad"]],
    ["another version than was recorded", { spec: { ...SPEC, kubernetes: "1.33.4" } }, ["versions warning"]],
    [
      "certificates that end soon",
      { now: new Date("2026-12-15"), backups: { lastSuccess: "2026-12-15T00:00:00Z" } },
      ["certificates warning"],
    ],
    [
      "certificates that have ended",
      { now: new Date("2027-02-01"), backups: { lastSuccess: "2027-02-01T00:00:00Z" } },
      ["certificates bad"],
    ],
    [
      "an authority that has ended, which no renewal helps",
      { live: { ...LIVE, certificates: { ca: "2026-05-01T00:00:00Z" } } },
      ["certificates bad"],
      /have ended, and no renewal makes them anew/,
    ],
    [
      "what etcd's members know each other by, which ends soon",
      { live: { ...LIVE, certificates: { "etcd-member": "2026-06-02T00:00:00Z" } } },
      ["certificates warning"],
      /etcd-member \(2026-06-02\) end soon, and no renewal makes them anew/,
    ],
    ["an authority that ends soon", { live: { ...LIVE, certificates: { ca: "2026-06-02T00:00:00Z" } } }, ["certificates warning"]],
    [
      "a backup that is too old",
      { backups: { lastSuccess: "2026-05-29T00:00:00Z" } },
      ["backups bad"],
      /the last one is of 2026-05-29T00:00Z/,
    ],
    [
      "a weekly backup that is not",
      { backups: { lastSuccess: "2026-05-25T00:00:00Z" }, spec: { ...SPEC, variables: { kpaas_backup: { schedule: "0 1 * * 1" } } } },
      [],
    ],
    ["a backup that failed", { backups: { lastSuccess: "2026-06-01T00:00:00Z", failure: "no room" } }, ["backups bad"], /no room/],
    ["backups never made", { backups: {} }, ["backups bad"]],
    ["backups nobody tells of", { backups: "unreachable" }, ["backups bad"]],
    ["no backups", { spec: { ...SPEC, variables: unbacked } }, ["backups warning"]],
  ];
  for (const [what, change, found, text = /./] of table) {
    it(`tells of ${what}`, () => {
      const checks = healthOf({ ...FACTS, ...change });
      assert.deepEqual(said(checks), found);
      assert.match(checks.map(({ detail }) => detail).join("\n"), text);
      assert.equal(isHealthy(checks), !found.some((each) => each.endsWith("bad")));
    });
  }
});
