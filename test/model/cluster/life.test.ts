import assert from "node:assert/strict";
import { reportSteps } from "../../../model/cluster/report";
import { applyStep } from "../../../model/cluster/simulate/apply";
import { type CompileOptions, compileSteps } from "../../../model/cluster/steps/compile";
import { compileRestore } from "../../../model/cluster/steps/deletion";
import { describeStep } from "../../../model/cluster/steps/describe";
import { compileBackup } from "../../../model/cluster/steps/now";
import { withoutNodes } from "../../../model/cluster/steps/sequence";
import { variableEffects } from "../../../model/cluster/steps/variables";
import type { ClusterSpec, ClusterStep } from "../../../model/cluster/types";
import { changes, clusterOf, losses } from "./shapes";
import { created, walk } from "./walk";

const three = clusterOf({ controlPlanes: 3, etcd: 0, workers: 2 });
const one = clusterOf({ controlPlanes: 1, etcd: 0, workers: 2 });
const external = clusterOf({ controlPlanes: 1, etcd: 3, workers: 1 });

const lines = (from: ClusterSpec, to: ClusterSpec | undefined, options: CompileOptions = {}): string[] => {
  assert.ok(to);
  const { steps, refusals } = compileSteps(from, to, options);
  assert.deepEqual(refusals, []);
  return steps.map(describeStep);
};
const change = (name: string) => [...changes, ...losses].find((each) => each.name === name);
const stepsFor = (from: ClusterSpec, name: string) => lines(from, change(name)?.of(from), change(name)?.options?.(from));

describe("The life of a cluster", () => {
  it("grows from one control plane to three in one run, and everybody is told", () => {
    assert.deepEqual(stepsFor(one, "add 2 controlPlane"), [
      "facts.yml",
      "cluster.yml --limit cp-1,cp-2-new,cp-3-new -e etcd_retries=10",
      "etcd-members.yml --limit cp-1,cp-2-new,cp-3-new",
      "cluster.yml --tags nginx",
    ]);
  });

  it("shrinks from three to one, one after another: the order changes while all are there, and the first goes first", () => {
    assert.deepEqual(stepsFor(three, "remove controlPlane 0,1"), [
      "facts.yml",
      "cluster.yml --limit cp-3,cp-2,cp-1 -e upgrade_cluster_setup=true",
      "remove-node.yml -e node=cp-1 -e skip_confirmation=true -e flush_iptables=false",
      "etcd-members.yml --limit cp-3,cp-2",
      "remove-node.yml -e node=cp-2 -e skip_confirmation=true -e flush_iptables=false -e ignore_assert_errors=true",
      "etcd-members.yml --limit cp-3",
      "cluster.yml --tags nginx",
    ]);
  });

  it("replaces one and takes another one out with etcd never smaller than it must be", () => {
    const to = change("remove controlPlane 1,2")?.of(change("rebuild controlPlane 0")?.of(three) as ClusterSpec);
    const sizes = compileSteps(three, to as ClusterSpec).steps.map(({ reaches }) => reaches.etcd.length);
    assert.deepEqual([...new Set(sizes)], [3, 4, 2, 1]);
  });

  it("resets the host of an etcd member that a change which broke off has taken out, and has it join again where it is wanted again", () => {
    const to = change("remove etcd 1,2")?.of(external) as ClusterSpec;
    const steps = compileSteps(external, to).steps;
    const out = steps.find(({ extraVars }) => extraVars.remove_member === "etcd-2")?.reaches as ClusterSpec;
    assert.deepEqual([out.etcd, "etcd-2" in out.nodes], [["etcd-1", "etcd-3"], true]);
    const back = lines(out, external);
    assert.deepEqual([back[0], /^reset.yml --limit etcd-2 /.test(back[1] ?? "")], ["facts.yml", true]);
    assert.ok(back.some((line) => line.startsWith("cluster.yml --limit cp-1,etcd-1,etcd-3,etcd-2 -e etcd_retries=10")));
    assert.ok(lines(out, to).some((line) => line.startsWith("reset.yml --limit etcd-2 ")));
  });

  it("rebuilds the first control plane: the next generation joins behind, the order changes, then the old one goes", () => {
    assert.deepEqual(stepsFor(three, "rebuild controlPlane 0"), [
      "facts.yml -e ignore_assert_errors=true",
      "cluster.yml --limit cp-1,cp-2,cp-3,cp-1-g2 -e etcd_retries=10 -e ignore_assert_errors=true",
      "etcd-members.yml --limit cp-1,cp-2,cp-3,cp-1-g2",
      "cluster.yml --tags nginx -e ignore_assert_errors=true",
      "cluster.yml --limit cp-1-g2,cp-2,cp-3,cp-1 -e upgrade_cluster_setup=true -e ignore_assert_errors=true",
      "remove-node.yml -e node=cp-1 -e skip_confirmation=true -e flush_iptables=false -e ignore_assert_errors=true",
      "etcd-members.yml --limit cp-1-g2,cp-2,cp-3",
      "cluster.yml --tags nginx",
    ]);
  });

  it("leaves no timer for backups, and no key of theirs, on a control plane that goes", () => {
    const variables = { ...three.variables, kpaas_backup: { schedule: "0 * * * *" } };
    assert.deepEqual(
      lines({ ...three, variables }, { ...one, variables }).flatMap((line) =>
        /^(etcd-backup|remove)/.test(line) ? [line.split(" -e skip")[0]] : [],
      ),
      [
        "etcd-backup.yml --limit cp-2 -e kpaas_backup=false",
        "remove-node.yml -e node=cp-2",
        "etcd-backup.yml --limit cp-3 -e kpaas_backup=false",
        "remove-node.yml -e node=cp-3",
        "etcd-backup.yml --limit cp-1",
      ],
    );
  });

  it("takes an external etcd member out of etcd before its host is reset", () => {
    assert.deepEqual(stepsFor(external, "rebuild etcd 1"), [
      "facts.yml -e ignore_assert_errors=true",
      "cluster.yml --limit cp-1,etcd-1,etcd-2,etcd-3,etcd-2-g2 -e etcd_retries=10 -e ignore_assert_errors=true",
      "etcd-members.yml --limit cp-1",
      "etcd-members.yml --limit cp-1 -e remove_member=etcd-2",
      "reset.yml --limit etcd-2 -e reset_confirmation=true -e skip_confirmation=true -e flush_iptables=false -e ignore_assert_errors=true",
    ]);
  });

  it("tells of etcd and the API what the taking out of one external member does to them", () => {
    const { steps } = compileSteps(external, change("rebuild etcd 1")?.of(external) as ClusterSpec);
    const told = reportSteps(external, steps).slice(-2);
    assert.deepEqual(
      told.map(({ playbook, quorum, endpoint }) => [playbook, quorum, endpoint]),
      [
        ["etcd-members", "4 → 3 members, of which 1 may fail", "pauses while its only API server restarts"],
        ["reset", "untouched", "answers"],
      ],
    );
  });

  it("recovers a lost control plane by those that are left, and has its successor join once they are told", () => {
    const { steps } = compileSteps(three, change("lose controlPlane 0, with successors")?.of(three) as ClusterSpec, { lost: ["cp-1"] });
    assert.deepEqual(steps.slice(0, 7).map(describeStep), [
      "etcd-clients.yml --limit cp-2,cp-3",
      "facts.yml -e ignore_assert_errors=true",
      "recover-control-plane.yml --limit cp-2,cp-3 -e etcd_retries=10 -e ignore_assert_errors=true",
      "etcd-members.yml --limit cp-2,cp-3",
      "cluster.yml --tags nginx -e ignore_assert_errors=true",
      "cluster.yml --limit cp-2,cp-3,cp-1-g2 -e etcd_retries=10",
      "etcd-members.yml --limit cp-2,cp-3,cp-1-g2",
    ]);
    assert.deepEqual(steps[2]?.broken, ["cp-1"]);
    assert.match(steps[2]?.reason ?? "", /etcd still has its quorum/);
    assert.equal(steps[1]?.inventory.nodes["cp-1"], undefined);
    assert.equal(steps[2]?.inventory.nodes["cp-1"]?.etcdMember, "cp-1");
  });

  it("makes the host of a successor ready, and has the others let it in, before it joins", () => {
    const ours = { ...three, variables: { ...three.variables, kpaas_prepare: {}, kpaas_firewalls: {} } };
    const { steps } = compileSteps(ours, change("lose controlPlane 1, with successors")?.of(ours) as ClusterSpec, { lost: ["cp-2"] });
    const told = steps.map(({ playbook, nodes }) => `${playbook} ${nodes.join()}`);
    const at = (what: string) => told.indexOf(what);
    assert.ok(at("prepare-nodes cp-2-g2") > at("recover-control-plane cp-2"), told.join("; "));
    assert.ok(told.findIndex((each) => each.startsWith("firewall ")) < at("cluster cp-2-g2"), told.join("; "));
    assert.ok(at("prepare-nodes cp-2-g2") < at("cluster cp-2-g2"), told.join("; "));
  });

  it("tells what a change that broke off has left to tell before anybody joins", () => {
    const gone = { ...one, due: ["etcd-members", "proxies"] as const };
    const { steps } = compileSteps(gone, change("add 2 controlPlane")?.of(one) as ClusterSpec);
    assert.deepEqual(
      steps.slice(0, 4).map(({ playbook, tags }) => [playbook, ...tags].join(" ")),
      ["etcd-members", "cluster nginx", "facts", "cluster"],
    );
  });

  it("refuses to go on with one of several members that are left without a quorum: the others could not join", () => {
    const five = clusterOf({ controlPlanes: 5, etcd: 0, workers: 1 });
    const lost = ["cp-1", "cp-2", "cp-3"];
    const { refusals } = compileSteps(five, withoutNodes(withoutNodes(five, lost), ["cp-5"]), { lost });
    assert.match(refusals.map(({ reason }) => reason).join(), /goes on with one of those that are left \(cp-4, cp-5\)/);
  });

  it("says whose data is left where the quorum is lost", () => {
    const { steps } = compileSteps(three, three, { rebuiltInPlace: ["cp-1", "cp-2"] });
    assert.match(steps[2]?.reason ?? "", /etcd has lost its quorum, and goes on with what cp-3 has of its data/);
  });

  it("makes a cluster anew from a snapshot: keys first, data last, and the end told once all of it is there", () => {
    assert.deepEqual(compileRestore(one, "latest").map(describeStep), [
      "etcd-restore.yml --limit cp-1,worker-1,worker-2 -e phase=keys -e snapshot=latest",
      "cluster.yml",
      "etcd-restore.yml --limit cp-1,worker-1,worker-2 -e phase=data -e snapshot=latest",
      "etcd-restore.yml --limit cp-1 -e phase=end -e snapshot=latest",
    ]);
    const ours = { ...one, variables: { ...one.variables, kpaas_prepare: {}, kpaas_firewalls: {}, kpaas_backup: { keep: 1 } } };
    assert.deepEqual(
      compileRestore(ours, "latest").map(({ playbook }) => playbook),
      ["prepare-nodes", "firewall", "etcd-restore", "cluster", "etcd-restore", "etcd-backup", "etcd-restore"],
    );
  });

  it("takes a switch of the runtime back half-way, also on control planes that leave with it", () => {
    const world = created(three);
    const shrunk = change("remove controlPlane 0,1")?.of(three) as ClusterSpec;
    const switched = { ...shrunk, variables: { ...shrunk.variables, container_manager: "crio" } };
    const [facts, first] = compileSteps(three, switched).steps;
    assert.ok(facts && first);
    assert.equal(first.playbook, "switch-runtime");
    walk(applyStep(applyStep(world, facts, facts.inventory), first, first.inventory), first.reaches, shrunk);
  });

  it("has kubespray not refuse two members that are left, while their runtime is switched", () => {
    const wanted = { ...one, variables: { ...three.variables, container_manager: "crio" } };
    const lost = ["cp-3"];
    const { steps } = compileSteps(three, wanted, { lost });
    const switches = steps.filter(({ playbook }) => playbook === "switch-runtime");
    assert.deepEqual(
      switches.map(({ limit, inventory, extraVars }) => [limit.join(), inventory.etcd.length, extraVars.ignore_assert_errors]).slice(0, 2),
      [
        ["cp-1", 2, true],
        ["cp-2", 2, true],
      ],
    );
    walk(created(three), three, wanted, { lost });
  });

  it("climbs past a release that has removed a variable, which the file may drop with the upgrade only", () => {
    const before = { ...one, variables: { ...one.variables, kubelet_static_pod_path: "/etc/kubernetes/manifests" } };
    const to: ClusterSpec = { ...one, kubespray: "v2.31.0", kubernetes: "1.35.4" };
    walk(created(before), before, to);
    const has = compileSteps(before, to).steps.map(({ inventory }) => "kubelet_static_pod_path" in inventory.variables);
    assert.ok(has[0] && !has.at(-1));
  });

  it("has workers with CRI-O catch up first where an upgrade broke off before they had theirs", () => {
    const crio = clusterOf(
      { controlPlanes: 1, etcd: 0, workers: 1 },
      { variables: { container_manager: "crio", kube_pods_subnet: "10.233.64.0/18" } },
    );
    const to: ClusterSpec = { ...crio, kubespray: "v2.29.1", kubernetes: "1.33.7" };
    const broken = compileSteps(crio, to).steps.find(({ playbook }) => playbook === "upgrade-cluster")?.reaches as ClusterSpec;
    const upgrades = compileSteps(broken, to).steps.filter(({ playbook }) => playbook === "upgrade-cluster");
    assert.deepEqual(
      upgrades.map(({ inventory, limit }) => `${inventory.kubernetes} ${limit.join()}`),
      [`${broken.kubernetes} worker-1`, "1.33.7 cp-1", "1.33.7 worker-1"],
    );
  });

  it("has etcd's members complete before an upgrade restarts them", () => {
    const to = { kubespray: "v2.28.1", kubernetes: "1.32.8" };
    const rebuilt = change("rebuild controlPlane 1")?.of(three) as ClusterSpec;
    const joined = compileSteps(three, rebuilt).steps.find(({ reaches }) => reaches.etcd.length === 4)?.reaches as ClusterSpec;
    const sizes = (steps: readonly ClusterStep[]) =>
      steps.filter(({ playbook }) => playbook === "upgrade-cluster").map(({ inventory }) => inventory.etcd.length);
    assert.deepEqual(sizes(compileSteps(joined, { ...rebuilt, ...to }).steps), [3, 3]);
    assert.deepEqual(sizes(compileSteps(three, { ...rebuilt, ...to }, { lost: ["cp-2"] }).steps), [3, 3]);
  });

  it("climbs a ladder: control planes at each hop, workers as late as their kubelets may", () => {
    const to: ClusterSpec = { ...one, kubespray: "v2.31.0", kubernetes: "1.35.4" };
    const { steps } = compileSteps(one, to);
    const told = (list: typeof steps) =>
      list
        .filter(({ playbook }) => playbook === "upgrade-cluster")
        .map(({ kubespray, inventory, limit }) => `${kubespray} ${inventory.kubernetes} ${limit.join(",")}`);
    assert.deepEqual(told(steps), [
      "v2.29.1 1.32.10 cp-1",
      "v2.30.0 1.33.7 cp-1",
      "v2.31.0 1.34.7 cp-1",
      "v2.31.0 1.34.7 worker-1,worker-2",
      "v2.31.0 1.35.4 cp-1",
      "v2.31.0 1.35.4 worker-1,worker-2",
    ]);
    const crio = (spec: ClusterSpec) => ({ ...spec, variables: { ...spec.variables, container_manager: "crio" } });
    assert.equal(told(compileSteps(crio(one), crio(to)).steps).length, 8);
  });

  it("moves the endpoint while one of both serves", () => {
    assert.deepEqual(stepsFor(one, "a balancer"), [
      "move-endpoint.yml --limit cp-1 -e phase=names -e from_host=10.20.0.11 -e from_port=6443",
      "move-endpoint.yml --limit cp-1 -e phase=serve -e from_host=10.20.0.11 -e from_port=6443",
      "move-endpoint.yml -e phase=switch -e from_host=10.20.0.11 -e from_port=6443",
      "move-endpoint.yml -e phase=retire -e from_host=10.20.0.11 -e from_port=6443",
    ]);
  });

  it("takes a move of the endpoint back that broke off, and refuses a third one", () => {
    const to = change("a balancer")?.of(one);
    assert.ok(to);
    const moves = compileSteps(one, to).steps;
    assert.deepEqual(
      moves.map(({ reaches }) => reaches.movesTo?.host),
      [...Array.from({ length: 3 }, () => to.apiEndpoint.host), undefined],
    );
    for (const { reaches: half } of moves.slice(0, 3)) {
      assert.deepEqual(lines(half, to), moves.map(describeStep), "gone on with");
      const back = compileSteps(half, one).steps;
      assert.deepEqual(
        back.map(({ extraVars: { phase, from_host } }) => `${phase} ${from_host}`),
        ["names", "serve", "switch", "retire"].map((phase) => `${phase} ${to.apiEndpoint.host}`),
      );
      assert.deepEqual(back.at(-1)?.reaches, one);
      const third = { ...to, apiEndpoint: { ...to.apiEndpoint, host: "10.20.7.7" } };
      assert.match(
        compileSteps(half, third)
          .refusals.map(({ remedy }) => remedy)
          .join(),
        /Finish it first .* or take it back/,
      );
    }
  });

  it("rolls reboots and another runtime over the nodes, control planes first", () => {
    assert.deepEqual(stepsFor(one, "a reboot"), [
      "reboot.yml --limit cp-1 -e since=2026-11-26",
      "reboot.yml --limit worker-1 -e since=2026-11-26",
      "reboot.yml --limit worker-2 -e since=2026-11-26",
    ]);
    assert.deepEqual(stepsFor(one, "another runtime"), [
      // Its cluster.yml is a limited one: it stops, the old runtime gone, where facts of other hosts are missing.
      "facts.yml",
      "switch-runtime.yml --limit cp-1 -e from=containerd -e to=crio",
      "switch-runtime.yml --limit worker-1 -e from=containerd -e to=crio",
      "switch-runtime.yml --limit worker-2 -e from=containerd -e to=crio",
    ]);
    // etcd's own machines have none.
    assert.ok(!stepsFor(external, "another runtime").some((step) => /etcd/.test(step)));
  });

  it("applies each variable by the narrowest run, and by a tag that the release knows", () => {
    assert.deepEqual(stepsFor(one, "an audit log"), ["cluster.yml --tags master -e upgrade_cluster_setup=true"]);
    assert.deepEqual(stepsFor({ ...one, kubespray: "v2.29.0" }, "an audit log"), [
      "cluster.yml --tags control-plane -e upgrade_cluster_setup=true",
    ]);
    assert.deepEqual(stepsFor(one, "a kubelet's setting"), ["cluster.yml --tags node"]);
    assert.deepEqual(stepsFor(one, "a variable that takes a whole run"), ["cluster.yml -e upgrade_cluster_setup=true"]);
    assert.deepEqual(stepsFor(one, "backups"), ["etcd-backup.yml --limit cp-1"]);
    assert.deepEqual(stepsFor(external, "backups"), ["etcd-backup.yml --limit cp-1"]);
    assert.deepEqual(compileBackup(external).map(describeStep), ["etcd-backup.yml --limit cp-1 -e backup_now=true"]);
    for (const { effect, restarts, tags } of variableEffects) assert.ok(effect !== "" && restarts !== "" && tags.length > 0);
  });

  it("applies a variable wherever kubespray reads it, whatever its name begins with", () => {
    // By the roles of v2.26 to v2.29 that read each.
    const tags: Readonly<Record<string, string>> = {
      tls_cipher_suites: "control-plane,node",
      tls_min_version: "control-plane,node",
      kubelet_preferred_address_types: "control-plane",
      kubelet_max_pods: "node",
      kube_apiserver_request_timeout: "control-plane",
      calico_felix_log_severity: "network",
      calico_policy_controller_memory_limit: "network,policy-controller",
      metallb_config: "apps,download",
      kubelet_csr_approver_enabled: "apps,download",
      containerd_max_container_log_line_size: "container-engine",
      // Other roles too: sysctls, folders, swap, kube-proxy, resolvers, classes of runtimes; or programs that are fetched first.
      ...Object.fromEntries(
        [
          ...[
            "kube_apiserver_node_port_range",
            "kubelet_rotate_server_certificates",
            "kubelet_fail_swap_on",
            "kubelet_protect_kernel_defaults",
          ],
          ...[
            "kubelet_flexvolumes_plugins_dir",
            "kube_reserved",
            "enable_nodelocaldns",
            "nodelocaldns_ip",
            "local_volume_provisioner_enabled",
          ],
          ...["kata_containers_enabled", "gvisor_enabled", "containerd_use_systemd_cgroup", "calico_bpf_enabled", "calico_ipam_host_local"],
          ...["calico_version", "cilium_version", "cilium_kube_proxy_replacement", "kube_router_run_service_proxy"],
        ].map((name) => [name, ""]),
      ),
    };
    const base = { ...one, kubespray: "v2.29.0", kubernetes: "1.33.5" };
    const found = Object.keys(tags).map((name) => {
      const { steps } = compileSteps(base, { ...base, variables: { ...base.variables, [name]: "other" } });
      return [name, steps.map((step) => step.tags.join(",")).join("; ")];
    });
    assert.deepEqual(Object.fromEntries(found), tags);
  });
});
