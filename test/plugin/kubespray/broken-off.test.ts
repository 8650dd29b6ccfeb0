import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileRenewal } from "../../../model/cluster/steps/now";
import { execute } from "../../../plugin/kubespray/execute";
import { parseInputs } from "../../../plugin/kubespray/inputs";
import { sandboxKubespray } from "../../../plugin/kubespray/kubespray";
import { PartialFailure, type Properties, UNKNOWN } from "../../../plugin/rpc/provider";
import { cluster, worker } from "../../model/cluster/fixtures";
import { audited, CANARY, changed, commands, inputsOf, known, ref, servedCluster, withNode } from "./fixtures";

describe("A cluster of which a run broke off, or which changed behind our back", () => {
  const served = servedCluster();

  it("records what was reached when a run fails, and goes on from there", async () => {
    const { properties: olds } = await served.create();
    served.fault({ failStep: "remove-node", times: 1 });
    const news = inputsOf(cluster({ "worker-1": worker("worker-1", 1), "worker-2-g2": worker("worker-2", 22, { generation: 2 }) }));
    const failure = await served.client.update(known, { oldInputs: inputsOf(), olds, news }).then(
      () => assert.fail("did not fail"),
      (error: unknown) => error,
    );
    assert.ok(failure instanceof PartialFailure);
    assert.match(failure.message, /step 3 of 3 \(remove-node\.yml .*node=worker-2 .*\) failed: /);
    assert.ok(!failure.message.includes(CANARY));
    const reached = failure.properties;
    assert.deepEqual(Object.keys(reached.nodes as Properties).sort(), ["cp-1", "worker-1", "worker-2", "worker-2-g2"]);
    assert.ok(reached.kubeconfig !== undefined);
    assert.deepEqual(changed(await served.client.diff(known, { oldInputs: news, olds: reached, news })), ["nodes.worker-2"]);
    const { properties } = await served.client.update(known, { oldInputs: news, olds: reached, news });
    assert.deepEqual(commands(properties), ["remove-node.yml -e node=worker-2 -e skip_confirmation=true -e flush_iptables=false"]);
    assert.equal(served.file().nodes["worker-2"], undefined);
  });

  it("repeats what was taken back in between by a change that broke off as well", async () => {
    const { properties: olds } = await served.create();
    served.fault({ failStep: "cluster" });
    let before = { inputs: inputsOf(), reached: olds };
    const change = async (workers: readonly number[]) => {
      const nodes = Object.fromEntries(workers.map((each) => [`worker-${each}`, worker(`worker-${each}`, each)]));
      const news = inputsOf(cluster(nodes, { variables: audited().variables }));
      const failure: unknown = await served.client
        .update(known, { oldInputs: before.inputs, olds: before.reached, news })
        .catch((error: unknown) => error);
      assert.ok(failure instanceof PartialFailure);
      assert.match(failure.message, /\(cluster\.yml .*\) failed/);
      before = { inputs: news, reached: failure.properties };
      return Object.keys(served.file().nodes).filter((name) => name.startsWith("worker"));
    };
    assert.deepEqual(await change([1]), ["worker-1"]);
    assert.deepEqual(await change([1, 2]), ["worker-1", "worker-2"]);
    assert.deepEqual(await change([1]), ["worker-1"], "worker-2 leaves once more");
  });

  it("goes on where a killed run ended, also after certificates were renewed or a backup was made in between", async () => {
    const { properties: olds } = await served.create();
    served.fault({ failStep: "cluster", times: 1 });
    const news = inputsOf(cluster({ "worker-1": worker("worker-1", 1) }, { variables: audited().variables }));
    const update = () => served.client.update(known, { oldInputs: inputsOf(), olds, news });
    assert.ok((await update().catch((error: unknown) => error)) instanceof PartialFailure);

    const parsed = parseInputs(inputsOf());
    assert.ok(parsed.kind === "inputs");
    const { spec, machines, ssh } = parsed.inputs;
    const access = { machines, ssh, secretVariables: [], secretValues: [], lostNodes: [] };
    const progress = { status: () => {}, warn: () => {}, shown: async () => {} };
    const renewal = { ...access, recorded: spec, wanted: spec, steps: compileRenewal(spec), aside: true };
    const renew = () => execute(sandboxKubespray(served.world), renewal, progress, new AbortController().signal);
    const events = () => served.journal().flatMap((entry) => ("step" in entry ? [`${entry.event} ${entry.step}`] : []));
    for (let times = 0; times < 2; times++) assert.equal((await renew()).failure, undefined);
    assert.equal(events().filter((event) => event === "step-finished 1-renew-certificates").length, 2);

    // As after a kill: the engine has not heard of what the first one had reached.
    await update();
    assert.deepEqual(events().slice(-3), ["step-skipped 1-remove-node", "step-started 2-cluster", "step-finished 2-cluster"]);
  });

  it("keeps the recorded variables until a run over the whole cluster has set new ones", async () => {
    const { properties: olds } = await served.create();
    served.fault({ failStep: "cluster", times: 1 });
    const news = inputsOf(audited());
    const failure: unknown = await served.client.update(known, { oldInputs: inputsOf(), olds, news }).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    assert.deepEqual(changed(await served.client.diff(known, { oldInputs: news, olds: failure.properties, news })), [
      "variables.kubernetes_audit",
    ]);
  });

  it("creates anew, by an update, what a failed creation did not make", async () => {
    served.fault({ failStep: "cluster", times: 1 });
    const failure: unknown = await served.create().catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    assert.equal(failure.id, "demo");
    const { properties } = await served.client.update(known, { oldInputs: inputsOf(), olds: failure.properties, news: inputsOf() });
    assert.deepEqual(commands(properties), ["cluster.yml"]);
    assert.ok(properties.kubeconfig !== undefined);
  });

  it("makes the first backup once backups are switched on, also where the first attempt failed", async () => {
    const spec = cluster(undefined, { variables: { ...cluster().variables, kpaas_backup: { schedule: "0 3 * * *", keep: 2 } } });
    served.fault({ failStep: "etcd-backup", times: 1 });
    const failure: unknown = await served.create(spec).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    const [oldInputs, news] = [inputsOf(spec), inputsOf(spec)];
    const { properties } = await served.client.update(known, { oldInputs, olds: failure.properties, news });
    assert.deepEqual(commands(properties), ["etcd-backup.yml --limit cp-1"]);
    assert.equal(readdirSync(join(served.world, "snapshots")).length, 1);
  });

  it("takes a cluster that was restored on other machines for the one that is recorded, and no other one", async () => {
    const { properties: olds } = await served.create();
    const oldInputs = inputsOf();
    const news = withNode(oldInputs, "cp-1", { machineId: "another-machine" });
    await assert.rejects(served.client.diff(known, { oldInputs, olds, news }), /no control plane is left when cp-1 is lost/);
    const file = served.file();
    file.nodes["cp-1"].machineId = "another-machine";
    const [cluster, restoring] = [join(served.world, "cluster.json"), join(served.world, "restoring")];
    writeFileSync(cluster, JSON.stringify(file));
    writeFileSync(restoring, "a backup");
    await assert.rejects(served.client.diff(known, { oldInputs, olds, news }), /no control plane is left when cp-1 is lost/);
    rmSync(restoring);
    assert.deepEqual(changed(await served.client.diff(known, { oldInputs, olds, news })), ["nodes.cp-1.machineId"]);
    const { properties } = await served.client.update(known, { oldInputs, olds, news });
    assert.deepEqual(commands(properties), []);
    assert.deepEqual(changed(await served.client.diff(known, { oldInputs: news, olds: properties, news })), []);
  });

  it("refuses to join a node that has no machine", async () => {
    const failure: unknown = await served.client
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
    const { properties } = await served.create(spec);
    const { "worker-3": _gone, ...nodes } = served.file().nodes;
    writeFileSync(
      join(served.world, "cluster.json"),
      JSON.stringify({ ...served.file(), nodes: { ...nodes, "worker-2": { ...nodes["worker-2"], labels: {} } } }),
    );
    const read = await served.client.read(known, inputsOf(spec), properties);
    assert.deepEqual(Object.keys(read.properties.nodeTable as Properties), ["cp-1", "worker-1", "worker-2"]);
    const states = { oldInputs: read.inputs, olds: read.properties, news: inputsOf(spec) };
    assert.deepEqual(changed(await served.client.diff(known, states)), ["nodes.worker-2.labels", "nodes.worker-3"]);
    const healed = await served.client.update(known, states);
    assert.deepEqual(commands(healed.properties), [
      "facts.yml",
      "scale.yml --limit worker-3",
      "cluster.yml --limit worker-2 --tags node-label,node-taint",
    ]);
  });

  it("reads a cluster of which a killed creation left nothing but the inputs", async () => {
    assert.equal((await served.client.read(known, inputsOf(), {})).id, "", "nothing was made yet");
    await served.create();
    const read = await served.client.read(known, inputsOf(), {});
    assert.deepEqual(changed(await served.client.diff(known, { oldInputs: read.inputs, olds: read.properties, news: inputsOf() })), []);
  });

  it("says that the cluster is gone when it is", async () => {
    const { properties } = await served.create();
    await served.client.delete(known, properties, inputsOf());
    assert.equal((await served.client.read(known, inputsOf(), properties)).id, "");
    assert.equal(existsSync(join(served.world, "cluster.json")), false);
  });

  it("resets the hosts on deletion when the cluster says so", async () => {
    const spec = cluster(undefined, { onDelete: "reset" });
    const { properties } = await served.create(spec);
    served.fault({ failStep: "reset", times: 1 });
    await assert.rejects(served.client.delete(known, properties, inputsOf(spec)), /the hosts were not reset/);
    assert.ok(existsSync(join(served.world, "cluster.json")));
    await served.client.delete(known, properties, inputsOf(spec));
    assert.equal(existsSync(join(served.world, "cluster.json")), false);
    assert.match(served.client.logs.at(-1)?.message ?? "", /^the hosts are reset; left on them: .*firewall rules/);
  });

  it("refuses a faults.json that cannot be used, with all its problems, before anything runs", async () => {
    const faults = join(served.world, "faults.json");
    writeFileSync(faults, "{ nope");
    await assert.rejects(served.create(), /faults\.json is not JSON: .* Mend it or delete it\./);
    writeFileSync(faults, JSON.stringify({ seed: "x", kubespray: { failstep: "scale", times: -1, paceMs: "slow" } }));
    const { failures } = await served.client.check(ref, inputsOf());
    for (const place of ["seed: ", "kubespray: Unrecognized key", "kubespray.times: ", "kubespray.paceMs: "])
      assert.ok(failures[0]?.reason.includes(`\n  ${place}`), `${place} is not in ${failures[0]?.reason}`);
    await assert.rejects(served.create(), /faults\.json cannot be used/);
    served.fault({ times: 1 });
    await assert.rejects(served.create(), /kubespray: "times" and "loseAnswer" say more of the step that "failStep" names/);
    assert.deepEqual(readdirSync(served.world), ["faults.json"]);
  });

  it("goes on from a step that was carried out and of which the answer was lost, without repeating it", async () => {
    served.fault({ failStep: "cluster", times: 1, loseAnswer: true });
    const failure: unknown = await served.create().catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    assert.match(failure.message, /cluster\.yml: the connection was lost before it told its end/);
    const before = served.file();
    const states = { oldInputs: inputsOf(), olds: failure.properties, news: inputsOf() };
    const { properties } = await served.client.update({ ...ref, id: failure.id }, states);
    assert.deepEqual(served.file(), before);
    assert.equal(typeof properties.endpoint, "string");
    assert.equal(served.journal().filter(({ event }) => event === "step-started").length, 1, JSON.stringify(served.journal()));
  });

  it("resets the hosts of a creation that broke off", async () => {
    served.fault({ failStep: "cluster", times: 1 });
    const inputs = inputsOf(cluster(undefined, { onDelete: "reset" }));
    const failure: unknown = await served.client.create(ref, inputs).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    served.fault({ failStep: "reset", times: 1 });
    await assert.rejects(served.client.delete(known, failure.properties, inputs), /the hosts were not reset/);
    await served.client.delete(known, failure.properties, inputs);
  });

  it("removes a node that answers no more only when it is named as lost", async () => {
    const { properties: olds } = await served.create();
    const state = served.file();
    state.nodes["worker-2"].ready = false;
    writeFileSync(join(served.world, "cluster.json"), JSON.stringify(state));
    const news = inputsOf(cluster({ "worker-1": worker("worker-1", 1) }));
    const failure: unknown = await served.client.update(known, { oldInputs: inputsOf(), olds, news }).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    assert.match(failure.message, /worker-2 does not answer; it can only be removed as lost/);
    await served.client.update(known, { oldInputs: news, olds: failure.properties, news: { ...news, lostNodes: ["worker-2"] } });
    assert.equal(served.file().nodes["worker-2"], undefined);
  });

  it("journals every step before and after, with a digest instead of values", async () => {
    await served.create();
    assert.deepEqual(
      served.journal().map((entry) => entry.event),
      ["run-started", "step-started", "step-finished", "run-finished"],
    );
    assert.equal(existsSync(join(served.world, "journal.jsonl.fence")), false);
  });

  it("works only one run at a time on a cluster", async () => {
    writeFileSync(join(served.world, "journal.jsonl.fence"), JSON.stringify({ run: "x", owner: { host: "elsewhere.example", pid: 1 } }));
    await assert.rejects(served.create(), /another run is working on this cluster \(process 1 on elsewhere\.example\)/);
    assert.equal(existsSync(join(served.world, "cluster.json")), false);
  });
});
