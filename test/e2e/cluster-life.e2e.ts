import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { previewEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import { bindToPlan } from "../../model/guard/approvals";
import type { Lock } from "../../model/lock";
import { engineForTests } from "../support/engine";
import { environmentFile, plannedFile } from "../support/environment";
import { counts } from "../support/layers";

/** What the file says of the cluster next, and the runs that brings. */
interface Stage {
  readonly what: string;
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly approve?: readonly string[];
  readonly runs: readonly string[];
  /** The playbook that fails at first: what was left is gone on with. */
  readonly fails?: string;
}

const runsOf = ({ steps }: OperationResult): string[] => steps.map((step) => String((step as { command: unknown }).command));

/** Walks one environment through changes of its cluster, on the real engine: infrastructure first, and nothing in the cluster. */
function walk(name: string, stages: readonly Stage[]): void {
  describe(`a cluster that is changed on the real engine (${name})`, function () {
    this.timeout(300_000);
    const root = mkdtempSync(join(tmpdir(), "kpaas-walk-"));
    const world = join(root, ".kpaas", "sandbox", "world", name);
    let lock: Lock | undefined;

    before(engineForTests);
    after(() => rmSync(root, { recursive: true, force: true }));

    for (const { what, cluster, approve = [], runs, fails } of stages)
      it(what, async () => {
        const { plan, lock: next } = plannedFile(environmentFile({ name, layers: "three", cluster }), lock);
        lock = next;
        const target = { plan, root, sandbox: true, approvals: approve.map((each) => bindToPlan(each, plan)) };
        await upEnvironment({ ...target, layer: "infrastructure" });
        const ofCluster = { ...target, layer: "cluster" } as const;
        const shown = runsOf(await previewEnvironment(ofCluster));
        assert.deepEqual(shown, runs);
        if (fails !== undefined) {
          mkdirSync(world, { recursive: true });
          writeFileSync(join(world, "faults.json"), JSON.stringify({ kubespray: { failStep: fails, times: 1 } }));
          await assert.rejects(upEnvironment(ofCluster), /What was reached is recorded; run `up` again/);
        }
        const left = fails === undefined ? shown : runsOf(await previewEnvironment(ofCluster));
        const done = await upEnvironment(ofCluster);
        assert.deepEqual(runsOf(done), left, "the preview shows other runs");
        assert.deepEqual(counts(await upEnvironment({ ...target, approvals: [], layer: "cluster" })), [0, 0, 0, 0], "something is left");
      });
  });
}

const of = (keys: string, more: Readonly<Record<string, object>> = {}): Record<string, object> =>
  Object.fromEntries(keys.split(" ").map((key) => [key, more[key] ?? {}]));
const second = { generation: 2 };
const file = (controlPlane: object, worker: object, more: object = {}) => ({
  kubernetes: "1.32.8",
  controlPlane,
  pools: { worker },
  ...more,
});
const endpoint = ["environment:move-endpoint"];
const rebuilt = { nodes: of("m1 m2 m3", { m1: second }) };
const pool = { nodes: of("a c", { a: second }) };
const labelled = { ...pool, labels: { tier: "gold" }, taints: ["tier=gold:PreferNoSchedule"] };
const containerd = { kubernetes: "1.33.5", runtime: "containerd" };
const virtual = { ...containerd, apiEndpoint: { kind: "virtualIp" } };
const newest = { ...virtual, kubernetes: "1.35.4" };

walk("walk", [
  { what: "is made", cluster: file({ nodes: of("m1") }, { nodes: of("a b") }), runs: ["cluster.yml"] },
  { what: "gets workers", cluster: file({ nodes: of("m1") }, { nodes: of("a b c d") }), runs: ["facts.yml", "scale.yml --limit c,d"] },
  {
    what: "loses one and has one rebuilt",
    cluster: file({ nodes: of("m1") }, { nodes: of("a c d", { a: second }) }),
    fails: "remove-node",
    runs: [
      "facts.yml",
      "scale.yml --limit a-g2",
      "remove-node.yml -e node=a -e skip_confirmation=true -e flush_iptables=false",
      "remove-node.yml -e node=b -e skip_confirmation=true -e flush_iptables=false",
    ],
  },
  {
    what: "gets two more control planes",
    cluster: file({ nodes: of("m1 m2 m3") }, pool),
    runs: [
      "remove-node.yml -e node=d -e skip_confirmation=true -e flush_iptables=false",
      "facts.yml",
      "cluster.yml --limit m1,m2,m3 -e etcd_retries=10",
      "etcd-members.yml --limit m1,m2,m3",
      "cluster.yml --tags nginx",
    ],
  },
  {
    what: "has its first control plane rebuilt",
    cluster: file(rebuilt, pool),
    approve: endpoint,
    runs: [
      "facts.yml -e ignore_assert_errors=true",
      "cluster.yml --limit m1,m2,m3,m1-g2 -e etcd_retries=10 -e ignore_assert_errors=true",
      "etcd-members.yml --limit m1,m2,m3,m1-g2",
      "cluster.yml --tags nginx -e ignore_assert_errors=true",
      "cluster.yml --limit m1-g2,m2,m3,m1 -e upgrade_cluster_setup=true -e ignore_assert_errors=true",
      "remove-node.yml -e node=m1 -e skip_confirmation=true -e flush_iptables=false -e ignore_assert_errors=true",
      "etcd-members.yml --limit m1-g2,m2,m3",
      "cluster.yml --tags nginx",
      "cluster.yml --tags control-plane -e upgrade_cluster_setup=true",
    ],
  },
  {
    what: "is upgraded by a minor",
    cluster: file(rebuilt, pool, { kubernetes: "1.33.5" }),
    runs: ["facts.yml", "upgrade-cluster.yml --limit m1-g2,m2,m3", "upgrade-cluster.yml --limit a-g2,c"],
  },
  {
    what: "gets two more again",
    cluster: file({ nodes: of("m1 m2 m3 m4 m5", { m1: second }) }, pool, { kubernetes: "1.33.5" }),
    runs: [
      "facts.yml",
      "cluster.yml --limit m1-g2,m2,m3,m4,m5 -e etcd_retries=10",
      "etcd-members.yml --limit m1-g2,m2,m3,m4,m5",
      "cluster.yml --tags nginx",
    ],
  },
  {
    what: "goes back to three",
    cluster: file(rebuilt, pool, { kubernetes: "1.33.5" }),
    approve: ["m4:remove", "m5:remove"],
    runs: [
      "remove-node.yml -e node=m4 -e skip_confirmation=true -e flush_iptables=false",
      "etcd-members.yml --limit m1-g2,m2,m3,m5",
      "remove-node.yml -e node=m5 -e skip_confirmation=true -e flush_iptables=false -e ignore_assert_errors=true",
      "etcd-members.yml --limit m1-g2,m2,m3",
      "cluster.yml --tags nginx",
    ],
  },
  {
    what: "gets labels, taints and a variable",
    cluster: file(rebuilt, labelled, { kubernetes: "1.33.5", variables: { kubelet_max_pods: 200 } }),
    runs: ["cluster.yml --tags node", "cluster.yml --limit a-g2,c --tags node-label,node-taint"],
  },
  {
    what: "loses them again",
    cluster: file(rebuilt, pool, { kubernetes: "1.33.5" }),
    runs: ["cluster.yml --tags node", "node-metadata.yml --limit a-g2,c -e remove_labels=tier -e remove_taints=tier:PreferNoSchedule"],
  },
  {
    what: "switches its runtime",
    cluster: file(rebuilt, pool, containerd),
    fails: "switch-runtime",
    runs: [
      "facts.yml",
      "switch-runtime.yml --limit m1-g2 -e from=crio -e to=containerd",
      "switch-runtime.yml --limit m2 -e from=crio -e to=containerd",
      "switch-runtime.yml --limit m3 -e from=crio -e to=containerd",
      "switch-runtime.yml --limit a-g2 -e from=crio -e to=containerd",
      "switch-runtime.yml --limit c -e from=crio -e to=containerd",
    ],
  },
  {
    what: "moves its endpoint",
    cluster: file(rebuilt, pool, virtual),
    approve: endpoint,
    fails: "move-endpoint",
    runs: [
      "move-endpoint.yml --limit m1-g2,m2,m3 -e phase=names -e from_host=10.20.0.11 -e from_port=6443",
      "move-endpoint.yml --limit m1-g2,m2,m3 -e phase=serve -e from_host=10.20.0.11 -e from_port=6443",
      "move-endpoint.yml -e phase=switch -e from_host=10.20.0.11 -e from_port=6443",
      "move-endpoint.yml -e phase=retire -e from_host=10.20.0.11 -e from_port=6443",
    ],
  },
  {
    what: "climbs a ladder of two minors",
    cluster: file(rebuilt, pool, newest),
    fails: "4-upgrade-cluster",
    runs: [
      "facts.yml",
      "upgrade-cluster.yml --limit m1-g2,m2,m3",
      "facts.yml",
      "upgrade-cluster.yml --limit m1-g2,m2,m3",
      "upgrade-cluster.yml --limit a-g2,c",
    ],
  },
  {
    what: "is rebooted and patched",
    cluster: file({ ...rebuilt, maintenance: { reboot: "2026-03-01" } }, { ...pool, maintenance: { patch: "2026-03-01" } }, newest),
    fails: "patch",
    runs: [
      "reboot.yml --limit m1-g2 -e since=2026-03-01T00:00:00Z",
      "reboot.yml --limit m2 -e since=2026-03-01T00:00:00Z",
      "reboot.yml --limit m3 -e since=2026-03-01T00:00:00Z",
      "patch.yml --limit a-g2 -e since=2026-03-01T00:00:00Z",
      "patch.yml --limit c -e since=2026-03-01T00:00:00Z",
    ],
  },
  {
    what: "has its workers rolled",
    cluster: file(rebuilt, { ...pool, generation: 3 }, newest),
    runs: [
      "facts.yml",
      "scale.yml --limit a-g3,c-g3",
      "remove-node.yml -e node=a-g2 -e skip_confirmation=true -e flush_iptables=false",
      "remove-node.yml -e node=c -e skip_confirmation=true -e flush_iptables=false",
    ],
  },
  {
    what: "goes back to one control plane",
    cluster: file({ nodes: of("m1", { m1: second }) }, { ...pool, generation: 3 }, newest),
    approve: ["m2:remove", "m3:remove"],
    runs: [
      "remove-node.yml -e node=m2 -e skip_confirmation=true -e flush_iptables=false",
      "etcd-members.yml --limit m1-g2,m3",
      "remove-node.yml -e node=m3 -e skip_confirmation=true -e flush_iptables=false -e ignore_assert_errors=true",
      "etcd-members.yml --limit m1-g2",
    ],
  },
]);

const etcd = (nodes: object) => ({ etcd: { placement: "external", nodes } });
walk("apart", [
  {
    what: "is made with etcd apart",
    cluster: file({ nodes: of("m1 m2") }, { nodes: of("a") }, etcd(of("e1 e2 e3"))),
    runs: ["cluster.yml"],
  },
  {
    what: "has its first member rebuilt",
    cluster: file({ nodes: of("m1 m2") }, { nodes: of("a") }, etcd(of("e1 e2 e3", { e1: second }))),
    fails: "reset",
    runs: [
      "facts.yml -e ignore_assert_errors=true",
      "cluster.yml --limit m1,m2,e1,e2,e3,e1-g2 -e etcd_retries=10 -e ignore_assert_errors=true",
      "etcd-members.yml --limit m1,m2",
      "cluster.yml --limit m1,m2,e1-g2,e2,e3,e1 -e upgrade_cluster_setup=true -e ignore_assert_errors=true",
      "etcd-members.yml --limit m1,m2 -e remove_member=e1",
      "reset.yml --limit e1 -e reset_confirmation=true -e skip_confirmation=true -e flush_iptables=false -e ignore_assert_errors=true",
    ],
  },
  {
    what: "goes back to one member",
    cluster: file({ nodes: of("m1 m2") }, { nodes: of("a") }, etcd(of("e1", { e1: second }))),
    approve: ["e2:remove", "e3:remove"],
    runs: [
      "etcd-members.yml --limit m1,m2 -e remove_member=e2",
      "facts.yml",
      "reset.yml --limit e2 -e reset_confirmation=true -e skip_confirmation=true -e flush_iptables=false",
      "etcd-members.yml --limit m1,m2 -e remove_member=e3",
      "reset.yml --limit e3 -e reset_confirmation=true -e skip_confirmation=true -e flush_iptables=false -e ignore_assert_errors=true",
    ],
  },
]);
