import assert from "node:assert/strict";
import { refusalsIn, refusalText } from "../../../model/cluster/refusals";
import { fixedVariables } from "../../../model/cluster/variables";
import { fieldOfVariable } from "../../../model/environment/variables";
import { appliedState, parseApplied } from "../../../model/guard/applied";
import { toldByCluster } from "../../../model/guard/cluster-dangers";
import { findDangers } from "../../../model/guard/dangers";
import { environmentFile, plannedFile } from "../../support/environment";

type Cluster = Record<string, unknown>;
const nodes = { a: {}, b: {} };
const file = (cluster: Cluster = {}) => environmentFile({ cluster: { pools: { worker: { nodes } }, ...cluster } });

/** Dangers of a change while that cluster runs, as `path: reason`; `known` says whether an `up` has ended before. */
function dangers(before: Cluster, after: Cluster, known = true) {
  const first = plannedFile(file(before));
  const { plan } = plannedFile(file(after), first.lock);
  const applied = known ? parseApplied(JSON.parse(JSON.stringify(appliedState(first.plan))), "demo") : undefined;
  return findDangers(applied, plan, first.plan.cluster);
}

/** Each refused field of the file: two values of it, and how the change is shown. */
const table: readonly [path: string, before: Cluster, after: Cluster, shown: string][] = [
  ["cluster.network.plugin", {}, { network: { plugin: "flannel" } }, "(calico → flannel)"],
  ["cluster.network.plugin", { network: { plugin: "flannel" } }, { network: { plugin: "cilium" } }, "(flannel → cilium)"],
  ["cluster.network.encapsulation", {}, { network: { encapsulation: "ipip" } }, "(vxlan → ipip)"],
  ["cluster.network.encapsulation", {}, { network: { encapsulation: "none" } }, "(vxlan → none)"],
  ["cluster.network.encapsulation", { network: { encapsulation: "none" } }, {}, "(none → vxlan)"],
  ["cluster.network.podCidr", {}, { network: { podCidr: "10.233.128.0/18" } }, "(10.233.64.0/18 → 10.233.128.0/18)"],
  ["cluster.network.serviceCidr", {}, { network: { serviceCidr: "10.233.128.0/18" } }, "(10.233.0.0/18 → 10.233.128.0/18)"],
  ["cluster.network.nodePrefix", {}, { network: { nodePrefix: 25 } }, "(24 → 25)"],
  ["cluster.network.proxyMode", {}, { network: { proxyMode: "iptables" } }, "(ipvs → iptables)"],
  ["cluster.kubernetes", {}, { kubernetes: "1.33.4" }, "from 1.33.5 to 1.33.4 is never possible"],
  ["cluster.kubernetes", { kubernetes: "1.34.3" }, { kubernetes: "1.33.5" }, "from 1.34.3 to 1.33.5 is never possible"],
  ["cluster.hardening.encryptSecrets", {}, { hardening: { encryptSecrets: false } }, "(true → false)"],
  ["cluster.variables.calico_pool_blocksize", {}, { variables: { calico_pool_blocksize: 27 } }, "(not set → 27)"],
  ["cluster.variables.calico_pool_blocksize", { variables: { calico_pool_blocksize: 27 } }, {}, "(27 → not set)"],
];

describe("the guard and the running cluster", () => {
  for (const [path, before, after, shown] of table) {
    for (const known of [true, false])
      it(`refuses ${path} ${shown}${known ? "" : ", also where no up has ended yet"}`, () => {
        const found = dangers(before, after, known);
        assert.deepEqual(
          found.map((danger) => [danger.path, danger.action]),
          [[path, "never"]],
          JSON.stringify(found),
        );
        assert.ok(found[0]?.reason.includes(shown), found[0]?.reason);
        assert.match(found[0]?.remedy ?? "", /^(set it back|set the endpoint back|take it out again)/);
      });
  }

  it("names the file's own field of every variable that cannot change, with a way out", () => {
    for (const name of fixedVariables) {
      const { plan } = plannedFile(file());
      const wanted = { ...plan, cluster: { ...plan.cluster, variables: { ...plan.cluster.variables, [name]: "another" } } };
      const standing = {
        ...plan.cluster,
        variables: { ...plan.cluster.variables, [name]: name === "kube_encrypt_secret_data" ? true : "one" },
      };
      const [found, ...others] = findDangers(appliedState(plan), wanted, standing);
      assert.equal(found?.path, fieldOfVariable(name) ?? `cluster.variables.${name}`);
      assert.match(found?.remedy ?? "", /^set it back to .+, or .+/);
      assert.deepEqual(others, []);
    }
  });

  it("lets through what a playbook run applies", () => {
    for (const after of [
      { hardening: { auditLog: false } },
      { hardening: { podSecurity: "baseline" } },
      { certificates: { autoRenew: false } },
      { onDelete: "reset" },
      { variables: { ndots: 3 } },
      { pools: { worker: { nodes, labels: { a: "b" }, taints: ["x=y:PreferNoSchedule"] } } },
      { pools: { worker: { nodes: { ...nodes, c: {} } } } },
      { runtime: "containerd" },
      { kubernetes: "1.33.7" },
      { kubernetes: "1.35.4" },
      { controlPlane: { nodes: 3 } },
    ])
      for (const known of [true, false]) assert.deepEqual(dangers({}, after, known), [], JSON.stringify(after));
    assert.deepEqual(dangers({ hardening: { encryptSecrets: false } }, {}), [], "encrypting later is possible");
  });

  it("asks before the API moves, also where no up has ended yet", () => {
    for (const after of [{ apiEndpoint: { domain: "api.example.org" } }, { apiEndpoint: { kind: "loadBalancer" } }])
      for (const known of [true, false])
        assert.deepEqual(
          dangers({}, after, known).map(({ path, action }) => [path, action]),
          [["cluster.apiEndpoint", "move-endpoint"]],
        );
  });

  it("tells what a moved network brings along no second time", () => {
    const first = plannedFile(file());
    const moved = { ...file(), infrastructure: { provider: "openstack", network: { cidr: "10.30.0.0/16" } } };
    const { plan } = plannedFile(moved, first.lock);
    assert.deepEqual(
      findDangers(appliedState(first.plan), plan, first.plan.cluster).map(({ path }) => path),
      ["infrastructure.network.cidr"],
    );
  });

  it("reads out of a failed run's text what the cluster refused by itself", () => {
    const { plan } = plannedFile(file());
    const refusals = [
      { path: "nodes.cp-1.machineId", reason: "its machine was built anew", remedy: "Bring it back." },
      { path: "variables.container_manager", reason: "cannot: at all", remedy: "Set it back." },
    ];
    const text = `kpaas:kubespray:Cluster x: ${refusalText(refusals)}\n`;
    assert.deepEqual(refusalsIn(text), refusals);
    assert.deepEqual(
      toldByCluster(text, plan).map(({ path, remedy }) => [path, remedy]),
      [
        ["cluster.controlPlane.nodes", "bring it back"],
        ["cluster.runtime", "set it back"],
      ],
    );
    assert.deepEqual(refusalsIn("another failure:\n  a: b\n    c"), []);
  });

  it("leaves references to the cluster, which alone knows what they lead to, and shows no secret", () => {
    const before = plannedFile(file()).plan.cluster;
    const standing = { ...before, variables: { ...before.variables, kube_encrypt_token: "canary", calico_pool_name: "pool" } };
    const referring = plannedFile(file({ variables: { kube_encrypt_token: { env: "A" }, calico_pool_name: { env: "B" } } }));
    assert.deepEqual(findDangers(undefined, referring.plan, standing), []);
    const [found, ...more] = findDangers(undefined, plannedFile(file({ variables: { calico_pool_name: "pool" } })).plan, standing);
    assert.equal(more.length, 0);
    assert.equal(found?.path, "cluster.variables.kube_encrypt_token");
    assert.ok(!JSON.stringify(found).includes("canary"));
  });
});
