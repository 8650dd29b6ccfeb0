import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { ClusterSpec } from "../../../model/cluster/types";
import { clusterType, KubesprayProvider } from "../../../plugin/kubespray/provider";
import { unsupportedRunner } from "../../../plugin/kubespray/runner";
import { SandboxRunner } from "../../../plugin/kubespray/sandbox-runner";
import { PartialFailure, type Properties, SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWN } from "../../../plugin/rpc/provider";
import { cluster, worker } from "../../model/cluster/fixtures";
import { type Diff, ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";
import { CANARY, inputsOf, withNode } from "./fixtures";

const ref = { type: clusterType, name: "demo-kubespray" };
const known = { ...ref, id: "demo" };
const three = () => cluster({ "worker-1": worker("worker-1", 1), "worker-2": worker("worker-2", 2), "worker-3": worker("worker-3", 3) });
const audited = () => cluster(undefined, { variables: { ...cluster().variables, kubernetes_audit: true } });
const commands = (properties: Properties) => (properties.steps as readonly { command: string }[]).map((step) => step.command);

const changed = (diff: Diff) => Object.keys(diff.detailed).sort();

describe("The kubespray cluster resource", () => {
  const folder = temporaryFolders();
  let world: string;
  let client: ProviderClient;
  let now = new Date();
  const clock = () => now;
  const pass = (days: number) => {
    now = new Date(now.getTime() + days * 86_400_000);
  };

  beforeEach(async () => {
    now = new Date("2027-01-01T00:00:00Z");
    world = folder();
    client = await ProviderClient.serve(new KubesprayProvider("1.2.3", new SandboxRunner(world, clock), clock));
  });
  afterEach(() => client.close());

  const file = () => JSON.parse(readFileSync(join(world, "cluster.json"), "utf8"));
  const fault = (faults: object) => writeFileSync(join(world, "faults.json"), JSON.stringify({ kubespray: faults }));
  const journal = () =>
    readFileSync(join(world, "journal.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const create = (spec?: ClusterSpec) => client.create(ref, inputsOf(spec));
  const refusal = (news: Properties, olds: Properties, oldInputs = inputsOf()) => client.diff(known, { oldInputs, olds, news });

  it("creates a cluster that the world then holds, with its steps, versions and nodes as outputs", async () => {
    const { id, properties } = await create();
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
    const { name, server, kubernetes, nodes } = file();
    assert.deepEqual([name, server, kubernetes], ["demo", "https://10.20.0.10:6443", "1.33.5"]);
    assert.deepEqual([nodes["worker-1"].ready, nodes["worker-1"].machineId], [true, "machine-of-worker-1"]);
  });

  it("gives a secret kubeconfig whose client certificate its own authority signed, and keeps the keys to itself", async () => {
    const { properties } = await create();
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
    assert.equal(statSync(join(world, "cluster-pki.json")).mode & 0o777, 0o600);
  });

  it("lets the SSH key out nowhere: not in outputs, logs or the world", async () => {
    const { properties } = await create();
    const everything = [JSON.stringify(properties), JSON.stringify(client.logs), JSON.stringify(file()), JSON.stringify(journal())];
    for (const text of everything) assert.ok(!text.includes(CANARY));
  });

  it("shows the steps in a preview though machines are not known yet, and runs none", async () => {
    const inputs = ["cp-1", "worker-1", "worker-2"].reduce(
      (bag, name) => withNode(bag, name, { machineId: UNKNOWN, dialAddress: UNKNOWN }),
      inputsOf(cluster(), { ssh: { user: "ubuntu", privateKey: UNKNOWN } }),
    );
    assert.deepEqual((await client.check(ref, inputs)).failures, []);
    const { properties } = await client.create(ref, inputs, { preview: true });
    assert.deepEqual(commands(properties), ["cluster.yml"]);
    assert.deepEqual([properties.kubeconfig, properties.nodeTable, properties.endpoint], [UNKNOWN, UNKNOWN, "https://10.20.0.10:6443"]);
    assert.match(client.logs.map((line) => line.message).join("\n"), /would run 1\/1: cluster\.yml — create the cluster/);
    assert.equal(existsSync(join(world, "cluster.json")), false);
  });

  it("gives a kubeconfig that leads to the world's real API server, where there is one", async () => {
    const api = { server: "https://127.0.0.1:6443", ca: "PEM", token: CANARY };
    writeFileSync(join(world, "api.json"), JSON.stringify(api));
    const { properties } = await create();
    const kubeconfig = parse(String((properties.kubeconfig as Properties).value));
    const encoded = Buffer.from(api.ca).toString("base64");
    assert.deepEqual(kubeconfig.clusters[0].cluster, { "certificate-authority-data": encoded, server: api.server });
    assert.deepEqual(kubeconfig.users[0].user, { token: CANARY });
    assert.equal(properties.endpoint, "https://10.20.0.10:6443");
  });

  it("shows an update's steps and keeps kubeconfig, endpoint and versions known", async () => {
    const { properties: olds } = await create();
    const news = withNode(inputsOf(three()), "worker-3", { machineId: UNKNOWN, dialAddress: UNKNOWN });
    const { properties } = await client.update(known, { oldInputs: inputsOf(), olds, news, preview: true });
    assert.deepEqual(commands(properties), ["facts.yml", "scale.yml --limit worker-3"]);
    for (const name of ["kubeconfig", "endpoint", "versions"]) assert.deepEqual(properties[name], olds[name], name);
    assert.match(client.logs.map((line) => line.message).join("\n"), /would run 2\/2: scale\.yml --limit worker-3 — /);
  });

  it("sees no change in the same inputs, and changes by node name in others", async () => {
    const { properties: olds } = await create(three());
    const oldInputs = inputsOf(three());
    const diff = async (news: Properties) => changed(await client.diff(known, { oldInputs, olds, news }));
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
    const { properties: olds } = await create();
    const news = withNode(
      { ...inputsOf(), ssh: { user: "root", privateKey: "other", bastion: { address: "203.0.113.9", user: "root" } } },
      "cp-1",
      {
        dialAddress: "203.0.113.10",
      },
    );
    const diff = await client.diff(known, { oldInputs: inputsOf(), olds, news });
    assert.deepEqual(changed(diff), ["nodes.cp-1.dialAddress", "ssh.bastion", "ssh.privateKey", "ssh.user"]);
    assert.deepEqual(diff.replaces, []);
    const { properties } = await client.update(known, { oldInputs: inputsOf(), olds, news });
    assert.deepEqual(commands(properties), []);
    assert.deepEqual(changed(await client.diff(known, { oldInputs: news, olds: properties, news })), []);
  });

  it("adds, rebuilds, removes, labels and converges until nothing is left to do", async () => {
    let { properties: olds } = await create();
    let oldInputs = inputsOf();
    for (const spec of [
      three(),
      cluster({ ...three().nodes, "worker-1": worker("worker-1", 1, { labels: { disk: "ssd" }, taints: ["gpu=true:NoSchedule"] }) }),
      cluster({ "worker-1-g2": worker("worker-1", 21, { generation: 2 }), "worker-3": worker("worker-3", 3) }),
      audited(),
    ]) {
      const news = inputsOf(spec);
      ({ properties: olds } = await client.update(known, { oldInputs, olds, news }));
      oldInputs = news;
      assert.deepEqual(changed(await client.diff(known, { oldInputs, olds, news })), []);
      assert.deepEqual(Object.keys(olds.nodeTable as Properties).sort(), Object.keys(spec.nodes).sort());
    }
    assert.deepEqual(commands(olds), [
      "facts.yml",
      "scale.yml --limit worker-1,worker-2",
      "remove-node.yml -e node=worker-1-g2 -e skip_confirmation=true",
      "remove-node.yml -e node=worker-3 -e skip_confirmation=true",
      "cluster.yml -e upgrade_cluster_setup=true",
    ]);
    assert.equal(file().variables.kubernetes_audit, true);
  });

  it("shows no renewal 31 days before its certificates end, and one 30 days before, which makes the kubeconfig anew", async () => {
    const { properties: olds } = await create();
    assert.deepEqual(olds.certificates, {
      "admin.conf": "2028-01-01T00:00:00.000Z",
      apiserver: "2028-01-01T00:00:00.000Z",
      ca: "2036-12-29T00:00:00.000Z",
    });
    const states = { oldInputs: inputsOf(), olds, news: inputsOf() };
    pass(334);
    assert.deepEqual(changed(await client.diff(known, states)), []);
    pass(1);
    const diff = await client.diff(known, states);
    assert.deepEqual([changed(diff), diff.replaces], [["certificates", "kubeconfig"], []]);
    const preview = (await client.update(known, { ...states, preview: true })).properties;
    assert.deepEqual(commands(preview), ["renew-certificates.yml --limit cp-1 -e renew_within_days=30"]);
    assert.deepEqual([preview.kubeconfig, preview.certificates, preview.endpoint], [UNKNOWN, UNKNOWN, olds.endpoint]);
    const authority = (properties: Properties) => /certificate-authority-data: \S+/.exec(JSON.stringify(properties.kubeconfig))?.[0];
    const { properties } = await client.update(known, states);
    assert.notDeepEqual(properties.kubeconfig, olds.kubeconfig);
    assert.equal(authority(properties), authority(olds));
    assert.equal((properties.certificates as Properties).apiserver, "2028-12-01T00:00:00.000Z");
    assert.deepEqual(changed(await client.diff(known, { ...states, olds: properties })), []);
  });

  it("keeps the recorded kubeconfig through a change, though the hosts have renewed theirs, until it ends or is read", async () => {
    const { properties: olds } = await create();
    rmSync(join(world, "cluster-pki.json"));
    const news = inputsOf(three());
    const { properties } = await client.update(known, { oldInputs: inputsOf(), olds, news });
    assert.deepEqual(properties.kubeconfig, olds.kubeconfig);
    const read = await client.read(known, news, properties);
    assert.notDeepEqual(read.properties.kubeconfig, olds.kubeconfig);
  });

  it("warns of an authority that ends, which no run renews", async () => {
    const { properties: olds } = await create();
    const fresh = { ...olds, certificates: { ca: "2027-01-20T00:00:00.000Z" } };
    assert.deepEqual(changed(await client.diff(known, { oldInputs: inputsOf(), olds: fresh, news: inputsOf() })), []);
    assert.match(client.logs.map((line) => line.message).join("\n"), /certificates: ca \(2027-01-20\) ends soon/);
  });

  it("keeps the cluster's UID through changes and gives a new cluster another", async () => {
    const { properties: olds } = await create();
    const { uid } = file();
    const { properties } = await client.update(known, { oldInputs: inputsOf(), olds, news: inputsOf(three()) });
    assert.equal(file().uid, uid);
    await client.delete(known, properties, inputsOf(three()));
    await create();
    assert.notEqual(file().uid, uid);
  });

  it("rejoins a worker whose machine was built anew under its name", async () => {
    const { properties: olds } = await create();
    const news = withNode(inputsOf(), "worker-2", { machineId: "machine-2" });
    const { properties } = await client.update(known, { oldInputs: inputsOf(), olds, news });
    assert.equal(commands(properties).at(-1), "scale.yml --limit worker-2");
    assert.equal(file().nodes["worker-2"].machineId, "machine-2");
    assert.deepEqual((await client.diff(known, { oldInputs: news, olds: properties, news })).changed, false);
  });

  it("checks what kubespray would stop at, by property path and with the remedy", async () => {
    const { failures } = await client.check(
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
    const wrong = await client.check(ref, withNode({ ...inputsOf(), colour: "red" }, "worker-1", { roles: ["boss"] }));
    assert.deepEqual(wrong.failures.map((failure) => failure.property).sort(), ["", "nodes.worker-1.roles[0]"]);
  });

  it("refuses in the preview what cannot be done to a running cluster, with the remedy, and replaces nothing", async () => {
    const { properties: olds } = await create();
    const refused: readonly [Partial<ClusterSpec>, RegExp][] = [
      [{ name: "other" }, /name: a cluster cannot be renamed.*\n.*Set the name back to "demo"/],
      [{ kubernetes: "1.33.4" }, /downgrading Kubernetes/],
      [
        { variables: { ...cluster().variables, kube_pods_subnet: "10.64.0.0/16" } },
        /variables\.kube_pods_subnet: .*\n.*Keep the recorded value/,
      ],
      [{ apiEndpoint: { host: "10.20.0.99", port: 6443 } }, /apiEndpoint: /],
    ];
    for (const [changes, message] of refused) {
      const news = inputsOf(cluster(undefined, changes));
      await assert.rejects(refusal(news, olds), (error: Error) => message.test(error.message));
      await assert.rejects(client.update(known, { oldInputs: inputsOf(), olds, news, preview: true }), message);
    }
  });

  it("records what was reached when a run fails, and goes on from there", async () => {
    const { properties: olds } = await create();
    fault({ failStep: "remove-node", times: 1 });
    const news = inputsOf(cluster({ "worker-1": worker("worker-1", 1), "worker-2-g2": worker("worker-2", 22, { generation: 2 }) }));
    const failure = await client.update(known, { oldInputs: inputsOf(), olds, news }).then(
      () => assert.fail("did not fail"),
      (error: unknown) => error,
    );
    assert.ok(failure instanceof PartialFailure);
    assert.match(failure.message, /step 3 of 3 \(remove-node\.yml .*node=worker-2 .*\) failed: /);
    assert.ok(!failure.message.includes(CANARY));
    const reached = failure.properties;
    assert.deepEqual(Object.keys(reached.nodes as Properties).sort(), ["cp-1", "worker-1", "worker-2", "worker-2-g2"]);
    assert.ok(reached.kubeconfig !== undefined);
    assert.deepEqual(changed(await client.diff(known, { oldInputs: news, olds: reached, news })), ["nodes.worker-2"]);
    const { properties } = await client.update(known, { oldInputs: news, olds: reached, news });
    assert.deepEqual(commands(properties), ["remove-node.yml -e node=worker-2 -e skip_confirmation=true"]);
    assert.equal(file().nodes["worker-2"], undefined);
  });

  it("keeps the recorded variables until a run over the whole cluster has set new ones", async () => {
    const { properties: olds } = await create();
    fault({ failStep: "cluster", times: 1 });
    const news = inputsOf(audited());
    const failure: unknown = await client.update(known, { oldInputs: inputsOf(), olds, news }).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    assert.deepEqual(changed(await client.diff(known, { oldInputs: news, olds: failure.properties, news })), [
      "variables.kubernetes_audit",
    ]);
  });

  it("creates anew, by an update, what a failed creation did not make", async () => {
    fault({ failStep: "cluster", times: 1 });
    const failure: unknown = await create().catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    assert.equal(failure.id, "demo");
    const { properties } = await client.update(known, { oldInputs: inputsOf(), olds: failure.properties, news: inputsOf() });
    assert.deepEqual(commands(properties), ["cluster.yml"]);
    assert.ok(properties.kubeconfig !== undefined);
  });

  it("refuses to join a node that has no machine", async () => {
    const failure: unknown = await client
      .create(ref, withNode(inputsOf(), "worker-1", { machineId: UNKNOWN }))
      .catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    assert.match(failure.message, /worker-1 is unreachable: it has no machine/);
  });

  it("finds a node that vanished or lost a label when it reads, and the next update heals it", async () => {
    const spec = cluster({
      "worker-1": worker("worker-1", 1),
      "worker-2": worker("worker-2", 2, { labels: { disk: "ssd" } }),
      "worker-3": worker("worker-3", 3),
    });
    const { properties } = await create(spec);
    const { "worker-3": _gone, ...nodes } = file().nodes;
    writeFileSync(
      join(world, "cluster.json"),
      JSON.stringify({ ...file(), nodes: { ...nodes, "worker-2": { ...nodes["worker-2"], labels: {} } } }),
    );
    const read = await client.read(known, inputsOf(spec), properties);
    assert.deepEqual(Object.keys(read.properties.nodeTable as Properties), ["cp-1", "worker-1", "worker-2"]);
    const states = { oldInputs: read.inputs, olds: read.properties, news: inputsOf(spec) };
    assert.deepEqual(changed(await client.diff(known, states)), ["nodes.worker-2.labels", "nodes.worker-3"]);
    const healed = await client.update(known, states);
    assert.deepEqual(commands(healed.properties), [
      "facts.yml",
      "scale.yml --limit worker-3",
      "cluster.yml --limit worker-2 --tags node-label,node-taint",
    ]);
  });

  it("reads a cluster of which a killed creation left nothing but the inputs", async () => {
    assert.equal((await client.read(known, inputsOf(), {})).id, "", "nothing was made yet");
    await create();
    const read = await client.read(known, inputsOf(), {});
    assert.deepEqual(changed(await client.diff(known, { oldInputs: read.inputs, olds: read.properties, news: inputsOf() })), []);
  });

  it("says that the cluster is gone when it is", async () => {
    const { properties } = await create();
    await client.delete(known, properties, inputsOf());
    assert.equal((await client.read(known, inputsOf(), properties)).id, "");
    assert.equal(existsSync(join(world, "cluster.json")), false);
  });

  it("resets the hosts on deletion when the cluster says so", async () => {
    const spec = cluster(undefined, { onDelete: "reset" });
    const { properties } = await create(spec);
    fault({ failStep: "reset", times: 1 });
    await assert.rejects(client.delete(known, properties, inputsOf(spec)), /the hosts were not reset/);
    assert.ok(existsSync(join(world, "cluster.json")));
    await client.delete(known, properties, inputsOf(spec));
    assert.equal(existsSync(join(world, "cluster.json")), false);
  });

  it("names the file of its world that is not JSON", async () => {
    writeFileSync(join(world, "faults.json"), "{ nope");
    await assert.rejects(create(), /faults\.json is not JSON: .* Mend it\./);
  });

  it("resets the hosts of a creation that broke off", async () => {
    fault({ failStep: "cluster", times: 1 });
    const inputs = inputsOf(cluster(undefined, { onDelete: "reset" }));
    const failure: unknown = await client.create(ref, inputs).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    fault({ failStep: "reset", times: 1 });
    await assert.rejects(client.delete(known, failure.properties, inputs), /the hosts were not reset/);
    await client.delete(known, failure.properties, inputs);
  });

  it("removes a node that answers no more only when it is named as lost", async () => {
    const { properties: olds } = await create();
    const state = file();
    state.nodes["worker-2"].ready = false;
    writeFileSync(join(world, "cluster.json"), JSON.stringify(state));
    const news = inputsOf(cluster({ "worker-1": worker("worker-1", 1) }));
    const failure: unknown = await client.update(known, { oldInputs: inputsOf(), olds, news }).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    assert.match(failure.message, /worker-2 does not answer; it can only be removed as lost/);
    await client.update(known, { oldInputs: news, olds: failure.properties, news: { ...news, lostNodes: ["worker-2"] } });
    assert.equal(file().nodes["worker-2"], undefined);
  });

  it("journals every step before and after, with a digest instead of values", async () => {
    await create();
    assert.deepEqual(
      journal().map((entry) => entry.event),
      ["run-started", "step-started", "step-finished", "run-finished"],
    );
    assert.equal(existsSync(join(world, "journal.jsonl.fence")), false);
  });

  it("works only one run at a time on a cluster", async () => {
    writeFileSync(join(world, "journal.jsonl.fence"), JSON.stringify({ run: "x", owner: { host: "elsewhere.example", pid: 1 } }));
    await assert.rejects(create(), /another run is working on this cluster \(process 1 on elsewhere\.example\)/);
    assert.equal(existsSync(join(world, "cluster.json")), false);
  });
});

describe("The cluster resource without a runner for real hosts", () => {
  it("says so in the preview", async () => {
    const client = await ProviderClient.serve(new KubesprayProvider("1.2.3", unsupportedRunner("not supported yet in this version")));
    try {
      assert.deepEqual((await client.check(ref, inputsOf())).failures, [{ property: "", reason: "not supported yet in this version" }]);
      await assert.rejects(client.create(ref, inputsOf()), /not supported yet in this version/);
    } finally {
      client.close();
    }
  });
});
