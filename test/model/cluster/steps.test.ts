import assert from "node:assert/strict";
import { compileSteps } from "../../../model/cluster/steps/compile";
import { compileDeletion } from "../../../model/cluster/steps/deletion";
import { describeStep, hostsOf } from "../../../model/cluster/steps/describe";
import type { ClusterSpec, ClusterStep } from "../../../model/cluster/types";
import { cluster, controlPlane, worker } from "./fixtures";
import { clusterOf } from "./shapes";

const w = (...ids: number[]) => Object.fromEntries(ids.map((id) => [`worker-${id}`, worker(`worker-${id}`, id)]));
const cpsOf = (count: number) => Array.from({ length: count }, (_, index) => `cp-${index + 1}`);
const lines = (recorded: ClusterSpec | undefined, wanted: ClusterSpec, options = {}) => {
  const { steps, refusals } = compileSteps(recorded, wanted, options);
  assert.deepEqual(refusals, []);
  return steps.map(describeStep);
};
const refusedPaths = (wanted: ClusterSpec, recorded = cluster()) => {
  const { steps, refusals } = compileSteps(recorded, wanted);
  assert.deepEqual(steps, []);
  for (const refusal of refusals) assert.ok(refusal.reason !== "" && refusal.remedy !== "");
  return refusals.map((refusal) => refusal.path);
};

describe("The cluster step compiler", () => {
  it("creates a cluster with one run over all hosts", () => {
    assert.deepEqual(lines(undefined, cluster()), ["cluster.yml"]);
  });

  it("creates a cluster whose creation reached no node", () => {
    assert.deepEqual(lines(cluster({}, { nodes: {} }), cluster()), ["cluster.yml"]);
  });

  it("does nothing when nothing changed", () => {
    assert.deepEqual(lines(cluster(), cluster()), []);
  });

  it("renews certificates on the control planes before anything else", () => {
    const three = Object.fromEntries([1, 2, 3].map((id) => [`cp-${id}`, controlPlane(`cp-${id}`, id)]));
    const recorded = cluster({ ...three, ...w(1) });
    const { steps } = compileSteps(recorded, cluster({ ...three, ...w(1, 2) }), { expiring: ["apiserver (2027-10-01)"] });
    assert.deepEqual(steps.map(describeStep), [
      `renew-certificates.yml --limit ${recorded.controlPlane.join(",")} -e renew_within_days=30`,
      "facts.yml",
      "scale.yml --limit worker-2",
    ]);
    assert.equal(steps[0]?.reason, "certificates end within 30 days: apiserver (2027-10-01)");
  });

  it("prepares hosts beside the cluster by our playbooks alone, and needs them for nothing else", () => {
    const host = (id: number, ...groups: ("nfs_server" | "load_balancers")[]) => ({ address: `10.20.2.${id}`, groups });
    const variables = { ...cluster().variables, kpaas_nfs: { path: "/srv", clients: "10.20.0.0/16" }, kpaas_firewalls: { nfs: "table" } };
    const wanted = cluster(w(1), { variables, hosts: { disk: host(1, "nfs_server"), door: host(2) }, onDelete: "reset" });
    const reached = (steps: readonly ClusterStep[]) => steps.map((step) => `${step.playbook}: ${hostsOf(step).join(" ")}`);
    assert.deepEqual(reached(compileSteps(undefined, wanted).steps), [
      "firewall: cp-1 disk door worker-1",
      "nfs-server: disk",
      "cluster: cp-1 worker-1",
    ]);
    assert.deepEqual(lines(wanted, wanted), []);
    const otherDoor = { ...wanted, hosts: { disk: host(1, "nfs_server"), gate: host(3) } };
    const { steps } = compileSteps(wanted, otherDoor);
    assert.deepEqual(reached(steps), ["firewall: cp-1 disk gate worker-1"]);
    assert.deepEqual(steps.at(-1)?.reaches, otherDoor);
    assert.deepEqual(reached(compileSteps(wanted, { ...wanted, hosts: { ...wanted.hosts, disk: host(4, "nfs_server") } }).steps), [
      "firewall: cp-1 disk door worker-1",
      "nfs-server: disk",
    ]);
    assert.deepEqual(reached(compileDeletion(wanted)), ["reset: cp-1 worker-1", "reset-ours: cp-1 disk door worker-1"]);
  });

  it("leaves nothing of ours on a host that stays without its node, unless it is lost", () => {
    const variables = { ...cluster().variables, kpaas_prepare: true };
    const of = (workers: number, planes: number, onDelete: "forget" | "reset") => cluster(w(workers), { variables, onDelete }, planes);
    const cleaned = (onDelete: "forget" | "reset", lost: readonly string[] = []) =>
      compileSteps(of(2, 3, onDelete), of(1, 1, onDelete), { lost })
        .steps.filter(({ playbook }) => playbook === "reset-ours")
        .map(({ limit }) => limit.join(","));
    assert.deepEqual(cleaned("reset"), ["worker-2", "cp-2", "cp-3"]);
    assert.deepEqual(cleaned("reset", ["worker-2"]), ["cp-2", "cp-3"]);
    assert.deepEqual(cleaned("forget"), []);
  });

  it("prepares hosts that become members in the groups they are to be in", () => {
    const variables = { ...cluster().variables, kpaas_prepare: true };
    const { steps } = compileSteps(cluster(undefined, { variables }), cluster(undefined, { variables }, 3));
    const [first] = steps;
    assert.ok(first);
    assert.equal(describeStep(first), "prepare-nodes.yml --limit cp-2,cp-3");
    assert.deepEqual([first.inventory.controlPlane, first.inventory.etcd], [cpsOf(3), cpsOf(3)]);
    const [facts] = steps.filter(({ playbook }) => playbook === "facts");
    assert.deepEqual(facts?.inventory.controlPlane, cpsOf(3));
  });

  it("joins workers with one limited run, after facts of all hosts", () => {
    assert.deepEqual(lines(cluster(), cluster(w(1, 2, 3, 4))), ["facts.yml", "scale.yml --limit worker-3,worker-4"]);
  });

  it("removes workers one at a time without a prompt", () => {
    assert.deepEqual(lines(cluster(w(1, 2, 3)), cluster(w(2))), [
      "remove-node.yml -e node=worker-1 -e skip_confirmation=true -e flush_iptables=false",
      "remove-node.yml -e node=worker-3 -e skip_confirmation=true -e flush_iptables=false",
    ]);
  });

  it("removes a lost worker first, without drain and reset", () => {
    assert.deepEqual(lines(cluster(w(1, 2)), cluster(w(1, 3)), { lost: ["worker-2"] }), [
      "remove-node.yml -e node=worker-2 -e skip_confirmation=true -e reset_nodes=false -e allow_ungraceful_removal=true",
      "facts.yml",
      "scale.yml --limit worker-3",
    ]);
  });

  it("rebuilds a worker: the next generation joins, then the old one goes", () => {
    const wanted = cluster({ ...w(1), "worker-2-g2": worker("worker-2", 3, { generation: 2 }) });
    const { steps } = compileSteps(cluster(), wanted);
    assert.deepEqual(steps.map(describeStep), [
      "facts.yml",
      "scale.yml --limit worker-2-g2",
      "remove-node.yml -e node=worker-2 -e skip_confirmation=true -e flush_iptables=false",
    ]);
    assert.match(steps[1]?.reason ?? "", /worker-2-g2: generation 2 of worker-2/);
    assert.match(steps[2]?.reason ?? "", /replaced by worker-2-g2/);
  });

  it("rejoins a worker whose machine was built anew under the same name", () => {
    assert.deepEqual(lines(cluster(), cluster(), { rebuiltInPlace: ["worker-2"] }), [
      "remove-node.yml -e node=worker-2 -e skip_confirmation=true -e reset_nodes=false -e allow_ungraceful_removal=true",
      "facts.yml",
      "scale.yml --limit worker-2",
    ]);
  });

  it("adds, removes and converges in this order when all happen at once", () => {
    const wanted = cluster(w(2, 3), { variables: { ...cluster().variables, kubernetes_audit: true } });
    assert.deepEqual(lines(cluster(), wanted), [
      "facts.yml",
      "scale.yml --limit worker-3",
      "remove-node.yml -e node=worker-1 -e skip_confirmation=true -e flush_iptables=false",
      "cluster.yml --tags control-plane -e upgrade_cluster_setup=true",
    ]);
  });

  it("runs nothing when only the way to log in changed", () => {
    assert.deepEqual(lines(cluster(), cluster(undefined, { variables: { ...cluster().variables, ansible_user: "rocky" } })), []);
  });

  it("switches the encryption of Secrets on, but refuses to switch it off", () => {
    const encrypted = cluster(undefined, { variables: { ...cluster().variables, kube_encrypt_secret_data: true } });
    assert.deepEqual(lines(cluster(), encrypted), ["cluster.yml --tags control-plane -e upgrade_cluster_setup=true"]);
    assert.deepEqual(refusedPaths(cluster(), encrypted), ["variables.kube_encrypt_secret_data"]);
  });

  it("sets labels and taints by tags on the changed nodes only", () => {
    const wanted = cluster({ ...w(1), "worker-2": worker("worker-2", 2, { labels: { disk: "ssd" }, taints: ["gpu=true:NoSchedule"] }) });
    assert.deepEqual(lines(cluster(), wanted), ["cluster.yml --limit worker-2 --tags node-label,node-taint"]);
  });

  it("takes labels and taints off by our own playbook, since kubespray never does", () => {
    const recorded = cluster({ ...w(1), "worker-2": worker("worker-2", 2, { labels: { disk: "ssd" }, taints: ["gpu=true:NoSchedule"] }) });
    assert.deepEqual(lines(recorded, cluster()), [
      "node-metadata.yml --limit worker-2 -e remove_labels=disk -e remove_taints=gpu:NoSchedule",
    ]);
  });

  it("changes a taint's value in place", () => {
    const tainted = (value: string) => cluster({ ...w(1), "worker-2": worker("worker-2", 2, { taints: [`gpu=${value}:NoSchedule`] }) });
    assert.deepEqual(lines(tainted("a"), tainted("b")), ["cluster.yml --limit worker-2 --tags node-label,node-taint"]);
  });

  it("resets the hosts on deletion only when told to", () => {
    assert.deepEqual(compileDeletion(cluster()), []);
    assert.deepEqual(compileDeletion(cluster(undefined, { onDelete: "reset" })).map(describeStep), [
      "reset.yml -e reset_confirmation=true -e skip_confirmation=true -e flush_iptables=false",
    ]);
    const backedUp = cluster(undefined, { onDelete: "reset", variables: { kpaas_backup: {} } });
    assert.deepEqual(compileDeletion(backedUp).map(describeStep).slice(1), ["reset-ours.yml"]);
  });

  it("refuses to rename the cluster", () => {
    assert.deepEqual(refusedPaths(cluster(undefined, { name: "other" })), ["name"]);
  });

  it("names downgrades, and versions to which no ladder leads, as what they are", () => {
    const reason = (changes: Partial<ClusterSpec>) => compileSteps(cluster(), cluster(undefined, changes)).refusals[0]?.reason ?? "";
    assert.match(reason({ kubernetes: "1.32.9" }), /^downgrading Kubernetes from 1\.33\.5 to 1\.32\.9 is never possible/);
    assert.match(reason({ kubernetes: "1.33.4" }), /^downgrading/);
    assert.match(reason({ kubernetes: "1.35.0" }), /^no ladder of known kubespray releases/);
    assert.match(reason({ kubespray: "v2.28.1" }), /^downgrading kubespray/);
    assert.match(reason({ kubespray: "v2.99.0" }), /^no ladder/);
  });

  it("refuses an even number of etcd members at rest, and etcd at another place", () => {
    const three = cluster(undefined, {}, 3);
    assert.deepEqual(refusedPaths(cluster(undefined, {}, 2), three), ["etcd"]);
    const external = clusterOf({ controlPlanes: 1, etcd: 1, workers: 1 });
    const stacked = clusterOf({ controlPlanes: 1, etcd: 0, workers: 1 });
    for (const [from, to] of [
      [external, stacked],
      [stacked, external],
    ] as const) {
      assert.ok(refusedPaths(to, from).includes("etcd"));
      assert.match(
        compileSteps(from, to).refusals.find(({ path }) => path === "etcd")?.remedy ?? "",
        /restore a backup into a new environment/,
      );
    }
  });

  it("refuses to go on where no member is left, or kubespray could not tell who has the quorum", () => {
    const refused = (masters: number, lost: string[], left = masters) =>
      compileSteps(cluster(undefined, {}, masters), cluster(undefined, {}, left), { rebuiltInPlace: lost }).refusals[0];
    assert.match(refused(1, ["cp-1"])?.reason ?? "", /no control plane is left/);
    assert.match(refused(1, ["cp-1"])?.remedy ?? "", /kpaas cluster restore/);
    assert.match(refused(4, ["cp-1", "cp-2"], 3)?.reason ?? "", /half of etcd's 4 members/);
    assert.equal(refused(3, ["cp-1", "cp-2"]), undefined);
  });

  it("refuses to change etcd's members where there is an etcd for events, which kubespray leaves behind", () => {
    const variables = { etcd_events_cluster_enabled: true };
    const [one, three] = [1, 3].map((members) => cluster(w(2), { variables }, members));
    assert.ok(one && three);
    assert.deepEqual(refusedPaths(three, one), ["etcd"]);
    assert.deepEqual(compileSteps(three, cluster(w(1, 2), { variables }, 3)).refusals, []);
    assert.deepEqual(
      compileSteps(three, three, { rebuiltInPlace: ["cp-2"] }).refusals.map(({ path }) => path),
      ["etcd"],
    );
    assert.deepEqual(compileSteps(three, three, { rebuiltInPlace: ["worker-1"] }).refusals, []);
  });

  it("refuses another address, role, zone or member name under the same node name", () => {
    const changed = cluster({
      ...w(1),
      "worker-2": worker("worker-2", 99, { roles: ["worker", "etcd"], zone: "az-2", etcdMember: "e" }),
    });
    assert.deepEqual(refusedPaths(changed), [
      "nodes.worker-2.address",
      "nodes.worker-2.etcdMember",
      "nodes.worker-2.roles",
      "nodes.worker-2.zone",
    ]);
  });

  it("refuses a new node at the address of one that is still to be removed", () => {
    assert.deepEqual(refusedPaths(cluster({ ...w(1), "worker-3": worker("worker-3", 2) })), ["nodes.worker-3.address"]);
  });

  it("refuses to remove the last worker", () => {
    assert.deepEqual(refusedPaths(cluster({})), ["nodes"]);
  });

  it("refuses variables that kubespray cannot change on a running cluster, each with its way out", () => {
    const variables = {
      kube_pods_subnet: "10.99.0.0/16",
      kube_service_addresses: "10.98.0.0/16",
      kube_network_node_prefix: 25,
      cluster_name: "other.local",
      kube_network_plugin: "cilium",
      container_manager: "docker",
      etcd_deployment_type: "kubeadm",
      kube_proxy_mode: "nftables",
      calico_vxlan_mode: "Never",
    };
    assert.deepEqual(
      refusedPaths(cluster(undefined, { variables })),
      Object.keys(variables)
        .map((name) => `variables.${name}`)
        .sort(),
    );
  });

  it("compiles a change of 1,000 nodes", () => {
    const many = (from: number, to: number) =>
      cluster(
        Object.fromEntries(
          Array.from({ length: to - from }, (_, index) => [
            `worker-${from + index}`,
            worker(`worker-${from + index}`, 1, { address: `10.30.${(from + index) >> 8}.${(from + index) & 255}` }),
          ]),
        ),
      );
    const { steps, refusals } = compileSteps(many(0, 1000), many(500, 1500));
    assert.deepEqual(refusals, []);
    // At most twenty are drained at once.
    assert.equal(steps.length, 27);
    assert.ok(steps.every(({ playbook, nodes }) => playbook !== "remove-node" || nodes.length <= 20));
    assert.equal(steps[1]?.limit.length, 500);
  });
});
