import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { RealNodes } from "../../dev/nodes/nodes";
import type { ClusterSpec } from "../../model/cluster/types";
import { ClusterOnNodes, nodesForTests, web } from "../support/nodes";
import { type FileContent, sampleEnvironment } from "../support/plan";

const CLUSTER: FileContent = {
  network: { plugin: "flannel", proxyMode: "iptables" },
  runtime: "containerd",
  apiEndpoint: { kind: "node" },
  hardening: { auditLog: true, encryptSecrets: true },
  // A drain that nothing can end must not take the twenty minutes of kubespray's defaults.
  variables: { drain_grace_period: 10, drain_timeout: "20s", drain_retries: 1, drain_retry_delay_seconds: 1 },
};

/** A cluster's whole life on real machines: kubelets, etcd and Ansible are real, kubespray's playbooks are the double's. One story, in order. */
describe("a cluster on real nodes", function () {
  this.timeout(900_000);
  let nodes: RealNodes;
  let cluster: ClusterOnNodes;
  let planned: ReturnType<typeof sampleEnvironment> | undefined;
  const specOf = (content: FileContent): ClusterSpec => {
    planned = sampleEnvironment("minimal", { cluster: { ...CLUSTER, ...content } }, planned?.lock);
    return planned.plan.cluster;
  };
  const workers = (count: number): FileContent => ({ pools: { worker: { nodes: count, labels: { disk: "fast" } } } });

  before(async function () {
    const made = await nodesForTests.call(this, "life");
    nodes = made.nodes;
    cluster = new ClusterOnNodes(nodes, made.ansible, "cluster");
  });
  after(async () => await nodes?.down());

  it("is created from nothing: one control plane, two workers", async () => {
    await cluster.reach(specOf(workers(2)));
    assert.deepEqual(await cluster.ready(), ["cp-1", "worker-1", "worker-2"]);
    assert.match(await cluster.kubectl("get node worker-1 --show-labels"), /disk=fast/);
    assert.deepEqual(await cluster.etcdMembers("cp-1"), ["cp-1"]);
  });

  it("keeps Secrets encrypted, and an audit log", async () => {
    await cluster.kubectl("create secret generic canary --from-literal=word=canary-in-the-mine");
    const read = "set -a; . /etc/etcd.env; etcdctl get /registry/secrets/default/canary --print-value-only";
    const stored = await nodes.ssh("cp-1", read);
    assert.match(stored, /^k8s:enc:secretbox:/);
    assert.ok(!stored.includes("canary-in-the-mine"));
    assert.ok(Number(await nodes.ssh("cp-1", "wc -l < /var/log/kubernetes/audit/kube-apiserver-audit.log")) > 10);
  });

  it("leaves control plane and kubelets alone when it is converged again", async () => {
    // etcd is restarted once, as kubespray does: its configuration says from then on that the cluster is there.
    const look = (): Promise<string> => nodes.ssh("cp-1", "sha256sum /etc/kubernetes/manifests/*; pidof kubelet containerd kube-apiserver");
    const before = await look();
    await cluster.play({ playbook: "cluster" }, specOf(workers(2)));
    assert.equal(await look(), before);
  });

  it("refuses a limited run before facts are gathered", async () => {
    const fresh = new ClusterOnNodes(nodes, cluster.ansible, "fresh");
    await assert.rejects(fresh.play({ playbook: "scale", limit: ["worker-2"] }, specOf(workers(2))), /not cached/);
  });

  it("takes a third worker, which serves pods that others reach", async () => {
    await cluster.reach(specOf(workers(3)));
    assert.deepEqual(await cluster.ready(), ["cp-1", "worker-1", "worker-2", "worker-3"]);
    await cluster.apply(web(2));
    await cluster.kubectl("rollout status deployment web --timeout=120s");
    for (const address of (await cluster.kubectl("get pods -l app=web -o jsonpath={.items[*].status.podIP}")).split(" ")) {
      assert.match(await nodes.ssh("cp-1", `curl -sS --max-time 5 http://${address}:8080`), /^web-/);
    }
  });

  it("does not lose a worker whose pods a disruption budget keeps, and says why", async () => {
    const busy = await cluster.kubectl("get pods -l app=web -o jsonpath={.items[0].spec.nodeName}");
    const wanted = specOf(workers(3));
    const step = { playbook: "remove-node", extraVars: { node: busy, skip_confirmation: true } } as const;
    await assert.rejects(cluster.play(step, wanted), /violate the pod's disruption budget/);
    assert.ok((await cluster.ready()).includes(busy));
    await cluster.kubectl(`uncordon ${busy}`);
  });

  it("gives a worker up once the budget allows it: drained, reset and gone, its pods elsewhere", async () => {
    await cluster.apply(web(1));
    await cluster.reach(specOf(workers(2)));
    assert.deepEqual(await cluster.ready(), ["cp-1", "worker-1", "worker-2"]);
    await cluster.kubectl("rollout status deployment web --timeout=120s");
    assert.deepEqual(nodes.names(), ["cp-1", "worker-1", "worker-2"]);
  });

  it("has a worker rebuilt beside the old one", async () => {
    const pool = { worker: { nodes: { "worker-1": {}, "worker-2": { generation: 2 } } } };
    await cluster.reach(specOf({ pools: pool }));
    assert.deepEqual(await cluster.ready(), ["cp-1", "worker-1", "worker-2-g2"]);
  });

  it("outlives a worker that loses its power", async () => {
    const [lost = ""] = (await cluster.ready()).filter((name) => name !== "cp-1");
    await nodes.powerOff(lost);
    await until(async () => !(await cluster.ready()).includes(lost), 120_000);
    await cluster.boot(specOfRecorded(cluster));
    await until(async () => (await cluster.ready()).includes(lost), 120_000);
  });

  it("has a worker rebooted: drained, Ready and open for pods again; one that has booted since is left alone", async () => {
    const started = (): Promise<string> => nodes.ssh("worker-1", "systemctl show --value --property=UserspaceTimestamp");
    const reboot = { playbook: "reboot", limit: ["worker-1"], extraVars: { since: new Date().toISOString() } } as const;
    const before = await started();
    await cluster.play(reboot, specOfRecorded(cluster));
    const after = await started();
    assert.notEqual(after, before);
    assert.ok((await cluster.ready()).includes("worker-1"));
    assert.equal(await cluster.kubectl("get node worker-1 -o jsonpath={.spec.unschedulable}"), "");
    await cluster.play(reboot, specOfRecorded(cluster));
    assert.equal(await started(), after);
  });

  it("is reset, and its hosts bear nothing of it", async () => {
    await cluster.play({ playbook: "reset", extraVars: { reset_confirmation: true, skip_confirmation: true } }, specOfRecorded(cluster));
    for (const name of nodes.names()) {
      // As kubespray's, it may leave a shim of containerd's: those `reset-ours` ends.
      const left = await nodes.ssh(
        name,
        "ls -d /etc/kubernetes /var/lib/etcd /var/lib/kubelet 2> /dev/null; pgrep -lx 'kubelet|etcd|containerd'; true",
      );
      assert.equal(left, "", name);
    }
  });
});

function specOfRecorded(cluster: ClusterOnNodes): ClusterSpec {
  assert.ok(cluster.recorded);
  return cluster.recorded;
}

async function until(holds: () => Promise<boolean>, limit: number): Promise<void> {
  const end = Date.now() + limit;
  while (!(await holds())) {
    assert.ok(Date.now() < end, "it did not come to that");
    await pause(2_000);
  }
}
