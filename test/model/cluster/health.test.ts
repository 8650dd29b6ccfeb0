import assert from "node:assert/strict";
import { judgeHealth, type SeenCluster } from "../../../model/cluster/health";
import { cluster } from "./fixtures";

describe("The health of a cluster", () => {
  const spec = cluster(undefined, {}, 3);
  const now = new Date("2027-01-01T00:00:00Z");
  const well: SeenCluster = {
    kubernetes: "1.33.5",
    nodes: Object.fromEntries(Object.entries(spec.nodes).map(([name, { roles }]) => [name, { roles, kubelet: "1.33.5", ready: true }])),
    etcd: spec.etcd.map((name) => ({ name, healthy: true })),
    certificates: { apiserver: "2027-12-01T00:00:00.000Z", ca: "2036-12-01T00:00:00.000Z" },
  };
  const judge = (changes: Partial<SeenCluster>, silent: readonly string[] = []) =>
    judgeHealth(spec, { cluster: { ...well, ...changes } }, silent, now);
  const node = (name: string, changes: object) => ({ nodes: { ...well.nodes, [name]: { ...well.nodes[name]!, ...changes } } });
  const without = (gone: string) => Object.fromEntries(Object.entries(well.nodes).filter(([name]) => name !== gone));
  const down = (...names: string[]) => spec.etcd.map((name) => ({ name, healthy: !names.includes(name) }));

  it("is good where all is well", () => {
    const health = judge({});
    assert.equal(health.state, "healthy");
    assert.deepEqual([health.nodes.ready, health.nodes.total, health.etcd.healthy, health.etcd.tolerates], [5, 5, 3, 1]);
  });

  const cases: readonly (readonly [
    string,
    "nodes" | "etcd" | "certificates",
    "degraded" | "failed",
    RegExp,
    Partial<SeenCluster>,
    string[]?,
  ])[] = [
    ["a node is not Ready", "nodes", "degraded", /worker-1: it is not Ready/, node("worker-1", { ready: false })],
    ["a host is silent", "nodes", "degraded", /worker-1: its host does not answer/, {}, ["worker-1"]],
    ["a node is cordoned", "nodes", "degraded", /worker-1: no pods are scheduled/, node("worker-1", { cordoned: true })],
    ["a kubelet is older", "nodes", "degraded", /worker-1: its kubelet is 1.32.9/, node("worker-1", { kubelet: "1.32.9" })],
    ["a node is gone", "nodes", "degraded", /cp-2: the cluster has no such node/, { nodes: without("cp-2") }],
    [
      "a node is a stranger",
      "nodes",
      "degraded",
      /x: the environment knows no such node/,
      { nodes: { ...well.nodes, x: { roles: [], kubelet: "1.33.5", ready: true } } },
    ],
    ["one member of three is down", "etcd", "degraded", /cp-3: it does not answer/, { etcd: down("cp-3") }],
    ["two members of three are down", "etcd", "failed", /cp-2: it does not answer/, { etcd: down("cp-3", "cp-2") }],
    [
      "etcd has an even number of members",
      "etcd",
      "degraded",
      /etcd: it has 4 members/,
      { etcd: [...down(), { name: "x", healthy: true }] },
    ],
    ["no member can be asked", "etcd", "degraded", /cannot be asked; the hosts of 3 of 3 answer/, { etcd: [] }],
    ["most hosts of etcd's are silent", "etcd", "failed", /the hosts of 1 of 3 answer/, { etcd: [] }, ["cp-1", "cp-2"]],
    [
      "a certificate ends soon",
      "certificates",
      "degraded",
      /apiserver \(2027-01-20\): it ends soon/,
      { certificates: { apiserver: "2027-01-20T00:00:00Z" } },
    ],
    ["a certificate has ended", "certificates", "failed", /apiserver/, { certificates: { apiserver: "2026-12-20T00:00:00Z" } }],
    [
      "an authority ends soon",
      "certificates",
      "degraded",
      /ca \(2027-01-20\): everything/,
      { certificates: { ca: "2027-01-20T00:00:00Z" } },
    ],
  ];
  for (const [what, part, state, text, changes, silent] of cases) {
    it(`is ${state} where ${what}`, () => {
      const health = judge(changes, silent);
      assert.equal(health[part].state, state);
      assert.ok(health.state === state || silent !== undefined);
      assert.match(health[part].problems.map(({ subject, reason }) => `${subject}: ${reason}`).join("\n"), text);
      assert.ok(health[part].problems.every(({ remedy }) => remedy !== ""));
    });
  }

  it("is bad where nothing answers, with the reason", () => {
    const health = judgeHealth(spec, { reason: "cp-1 is unreachable: timed out" }, spec.controlPlane, now);
    assert.deepEqual([health.state, health.api.state, health.etcd.state], ["failed", "failed", "failed"]);
    assert.equal(health.api.problems[0]?.reason, "cp-1 is unreachable: timed out");
  });
});
