import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { ClusterSpec } from "../../../model/cluster/types";
import { sandboxKubespray } from "../../../plugin/kubespray/kubespray";
import { type Properties, SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWN } from "../../../plugin/rpc/provider";
import { cluster, worker } from "../../model/cluster/fixtures";
import { audited, CANARY, changed, commands, inputsOf, known, ref, servedCluster, serveKubespray, three, withNode } from "./fixtures";

describe("The kubespray cluster resource", () => {
  const served = servedCluster();

  it("creates a cluster that the world then holds, with its steps, versions and nodes as outputs", async () => {
    const { id, properties } = await served.create();
    assert.equal(id, "demo");
    assert.deepEqual(commands(properties), ["cluster.yml"]);
    assert.equal(properties.endpoint, "https://10.20.0.10:6443");
    assert.deepEqual(properties.versions, {
      kubernetes: "1.33.5",
      kubespray: "2.29.0",
      etcd: "3.5.23",
      runtime: "containerd 2.1.4",
      calico: "3.30.3",
      coredns: "1.12.0",
    });
    assert.deepEqual((properties.nodeTable as Properties)["cp-1"], {
      roles: ["control-plane", "etcd"],
      address: "10.20.0.10",
      kubelet: "1.33.5",
      ready: true,
      etcdMember: "cp-1",
    });
    const { name, server, kubernetes, nodes } = served.file();
    assert.deepEqual([name, server, kubernetes], ["demo", "https://10.20.0.10:6443", "1.33.5"]);
    assert.deepEqual([nodes["worker-1"].ready, nodes["worker-1"].machineId], [true, "machine-of-worker-1"]);
  });

  it("gives a secret kubeconfig whose served.client certificate its own authority signed, and keeps the keys to itself", async () => {
    const { properties } = await served.create();
    const envelope = properties.kubeconfig as Properties;
    assert.equal(envelope[SIGNATURE_KEY], SECRET_SIGNATURE);
    const kubeconfig = parse(String(envelope.value));
    const pem = (text: string) => Buffer.from(text, "base64").toString();
    const authority = new X509Certificate(pem(kubeconfig.clusters[0].cluster["certificate-authority-data"]));
    const admin = new X509Certificate(pem(kubeconfig.users[0].user["client-certificate-data"]));
    assert.ok(admin.verify(authority.publicKey) && authority.ca);
    assert.match(admin.subject, /CN=kubernetes-admin/);
    assert.equal(kubeconfig.clusters[0].cluster.server, "https://10.20.0.10:6443");
    assert.equal(kubeconfig["current-context"], "kubernetes-admin@demo");
    assert.equal(statSync(join(served.world, "cluster-pki.json")).mode & 0o777, 0o600);
  });

  it("lets the SSH key out nowhere: not in outputs, logs or the world", async () => {
    const { properties } = await served.create();
    const everything = [
      JSON.stringify(properties),
      JSON.stringify(served.client.logs),
      JSON.stringify(served.file()),
      JSON.stringify(served.journal()),
    ];
    for (const text of everything) assert.ok(!text.includes(CANARY));
  });

  it("shows the steps in a preview though machines are not known yet, and runs none", async () => {
    const inputs = ["cp-1", "worker-1", "worker-2"].reduce(
      (bag, name) => withNode(bag, name, { machineId: UNKNOWN, dialAddress: UNKNOWN }),
      inputsOf(cluster(), { ssh: { user: "ubuntu", privateKey: UNKNOWN } }),
    );
    assert.deepEqual((await served.client.check(ref, inputs)).failures, []);
    const { properties } = await served.client.create(ref, inputs, { preview: true });
    assert.deepEqual(commands(properties), ["cluster.yml"]);
    assert.deepEqual([properties.kubeconfig, properties.nodeTable, properties.endpoint], [UNKNOWN, UNKNOWN, "https://10.20.0.10:6443"]);
    assert.match(served.client.logs.map((line) => line.message).join("\n"), /would run 1\/1: cluster\.yml — create the cluster/);
    assert.equal(existsSync(join(served.world, "cluster.json")), false);
  });

  it("gives a kubeconfig that leads to the world's real API server, where there is one", async () => {
    const api = { server: "https://127.0.0.1:6443", ca: "PEM", token: CANARY };
    writeFileSync(join(served.world, "api.json"), JSON.stringify(api));
    const { properties } = await served.create();
    const kubeconfig = parse(String((properties.kubeconfig as Properties).value));
    const encoded = Buffer.from(api.ca).toString("base64");
    assert.deepEqual(kubeconfig.clusters[0].cluster, { "certificate-authority-data": encoded, server: api.server });
    assert.deepEqual(kubeconfig.users[0].user, { token: CANARY });
    assert.equal(properties.endpoint, "https://10.20.0.10:6443");
  });

  it("shows an update's steps and keeps kubeconfig, endpoint and versions known", async () => {
    const { properties: olds } = await served.create();
    const news = withNode(inputsOf(three()), "worker-3", { machineId: UNKNOWN, dialAddress: UNKNOWN });
    const { properties } = await served.client.update(known, { oldInputs: inputsOf(), olds, news, preview: true });
    assert.deepEqual(commands(properties), ["facts.yml", "scale.yml --limit worker-3"]);
    for (const name of ["kubeconfig", "endpoint", "versions"]) assert.deepEqual(properties[name], olds[name], name);
    assert.match(served.client.logs.map((line) => line.message).join("\n"), /would run 2\/2: scale\.yml --limit worker-3 — /);
  });

  it("sees no change in the same inputs, and changes by node name in others", async () => {
    const { properties: olds } = await served.create(three());
    const oldInputs = inputsOf(three());
    const diff = async (news: Properties) => changed(await served.client.diff(known, { oldInputs, olds, news }));
    assert.deepEqual(await diff(oldInputs), []);
    const rebuilt = cluster({
      "worker-1": worker("worker-1", 1, { labels: { disk: "ssd" } }),
      "worker-2-g2": worker("worker-2", 22, { generation: 2 }),
      "worker-3": worker("worker-3", 3),
    });
    assert.deepEqual(await diff(withNode(inputsOf(rebuilt), "worker-3", { machineId: "another" })), [
      "nodes.worker-1.labels",
      "nodes.worker-2",
      "nodes.worker-2-g2",
      "nodes.worker-3.machineId",
    ]);
  });

  it("takes other ways to the machines as an update without playbook runs", async () => {
    const { properties: olds } = await served.create();
    const news = withNode(
      { ...inputsOf(), ssh: { user: "root", privateKey: "other", bastion: { address: "203.0.113.9", user: "root" } } },
      "cp-1",
      {
        dialAddress: "203.0.113.10",
      },
    );
    const diff = await served.client.diff(known, { oldInputs: inputsOf(), olds, news });
    assert.deepEqual(changed(diff), ["nodes.cp-1.dialAddress", "ssh.bastion", "ssh.privateKey", "ssh.user"]);
    assert.deepEqual(diff.replaces, []);
    const { properties } = await served.client.update(known, { oldInputs: inputsOf(), olds, news });
    assert.deepEqual(commands(properties), []);
    assert.deepEqual(changed(await served.client.diff(known, { oldInputs: news, olds: properties, news })), []);
  });

  it("adds, rebuilds, removes, labels and converges until nothing is left to do", async () => {
    let { properties: olds } = await served.create();
    let oldInputs = inputsOf();
    for (const spec of [
      three(),
      cluster({ ...three().nodes, "worker-1": worker("worker-1", 1, { labels: { disk: "ssd" }, taints: ["gpu=true:NoSchedule"] }) }),
      cluster({ "worker-1-g2": worker("worker-1", 21, { generation: 2 }), "worker-3": worker("worker-3", 3) }),
      audited(),
    ]) {
      const news = inputsOf(spec);
      ({ properties: olds } = await served.client.update(known, { oldInputs, olds, news }));
      oldInputs = news;
      assert.deepEqual(changed(await served.client.diff(known, { oldInputs, olds, news })), []);
      assert.deepEqual(Object.keys(olds.nodeTable as Properties).sort(), Object.keys(spec.nodes).sort());
    }
    assert.deepEqual(commands(olds), [
      "facts.yml",
      "scale.yml --limit worker-1,worker-2",
      "remove-node.yml -e node=worker-1-g2 -e skip_confirmation=true -e flush_iptables=false",
      "remove-node.yml -e node=worker-3 -e skip_confirmation=true -e flush_iptables=false",
      "cluster.yml --tags control-plane -e upgrade_cluster_setup=true",
    ]);
    assert.equal(served.file().variables.kubernetes_audit, true);
  });

  it("keeps the cluster's UID through changes and gives a new cluster another", async () => {
    const { properties: olds } = await served.create();
    const { uid } = served.file();
    const { properties } = await served.client.update(known, { oldInputs: inputsOf(), olds, news: inputsOf(three()) });
    assert.equal(served.file().uid, uid);
    await served.client.delete(known, properties, inputsOf(three()));
    await served.create();
    assert.notEqual(served.file().uid, uid);
  });

  it("rejoins a worker whose machine was built anew under its name", async () => {
    const { properties: olds } = await served.create();
    const news = withNode(inputsOf(), "worker-2", { machineId: "machine-2" });
    const { properties } = await served.client.update(known, { oldInputs: inputsOf(), olds, news });
    assert.equal(commands(properties).at(-1), "scale.yml --limit worker-2");
    assert.equal(served.file().nodes["worker-2"].machineId, "machine-2");
    assert.deepEqual((await served.client.diff(known, { oldInputs: news, olds: properties, news })).changed, false);
  });

  it("checks what kubespray would stop at, by property path and with the remedy", async () => {
    const { failures } = await served.client.check(
      ref,
      inputsOf(cluster(undefined, { kubernetes: "1.40.0" }, 2), { networkCidr: "10.233.64.0/24" }),
    );
    assert.deepEqual(failures.map((failure) => failure.property).sort(), [
      "etcd",
      "kubernetes",
      "nodes.cp-1.address",
      "nodes.cp-2.address",
      "nodes.worker-1.address",
      "nodes.worker-2.address",
      "variables.kube_pods_subnet",
    ]);
    assert.match(failures.find((failure) => failure.property === "kubernetes")?.reason ?? "", /is "1\.40\.0".*Use 1\.33\.5/);
    const wrong = await served.client.check(ref, withNode({ ...inputsOf(), colour: "red" }, "worker-1", { roles: ["boss"] }));
    assert.deepEqual(wrong.failures.map((failure) => failure.property).sort(), ["", "nodes.worker-1.roles[0]"]);
  });

  it("refuses in the preview what cannot be done to a running cluster, with the remedy, and replaces nothing", async () => {
    const { properties: olds } = await served.create();
    const refused: readonly [Partial<ClusterSpec>, RegExp][] = [
      [{ name: "other" }, /name: a cluster cannot be renamed.*\n.*Set the name back to "demo"/],
      [{ kubernetes: "1.33.4" }, /downgrading Kubernetes/],
      [{ variables: { ...cluster().variables, kube_pods_subnet: "10.64.0.0/16" } }, /variables\.kube_pods_subnet: .*\n.*Set it back/],
    ];
    for (const [changes, message] of refused) {
      const news = inputsOf(cluster(undefined, changes));
      const states = { oldInputs: inputsOf(), olds, news };
      await assert.rejects(served.client.diff(known, states), (error: Error) => message.test(error.message));
      await assert.rejects(served.client.update(known, { ...states, preview: true }), message);
    }
  });
});

describe("The cluster resource without a runner for real hosts", () => {
  it("says so in the preview", async () => {
    const client = await serveKubespray({ ...sandboxKubespray(""), unusable: "not supported yet in this version" });
    try {
      assert.deepEqual((await client.check(ref, inputsOf())).failures, [{ property: "", reason: "not supported yet in this version" }]);
      await assert.rejects(client.create(ref, inputsOf()), /not supported yet in this version/);
    } finally {
      client.close();
    }
  });
});
