import assert from "node:assert/strict";
import type { ClusterStep } from "../../../../model/cluster/types";
import { type Planned, requireAnswers } from "../../../../plugin/kubespray/change";
import { HostsView } from "../../../../plugin/kubespray/hosts/hosts-view";
import { type CommandResult, HostUnreachable } from "../../../../plugin/kubespray/hosts/remote-hosts";
import { cluster, worker } from "../../../model/cluster/fixtures";

/** When the control plane is asked, in seconds. */
const NOW = 1_800_000_000;
const before = (seconds: number): string => new Date((NOW - seconds) * 1_000).toISOString();

interface Node {
  ready?: string;
  renewed?: number;
  machine?: string;
  labels?: string;
  unschedulable?: string;
  kubelet?: string;
  lasts?: number;
}

describe("What hosts tell of a step's effect", () => {
  const spec = cluster({ "worker-1": worker("worker-1", 1, { labels: { zone: "b" } }) });
  const machines = Object.fromEntries(
    Object.entries(spec.nodes).map(([name, { address }]) => [name, { machineId: `machine-${name}`, dialAddress: address }]),
  );
  const access = { machines, ssh: { user: "ubuntu", privateKey: "key" } };
  const context = { ...access, inventory: spec, secretVariables: [], secretValues: [] };
  const step = (playbook: ClusterStep["playbook"], changes: Partial<ClusterStep> = {}): ClusterStep => ({
    ...{ id: "1", kubespray: "v2.29.0", playbook, limit: [], tags: [], extraVars: {}, nodes: ["worker-1"] },
    ...{ reason: "", precondition: "", check: "", inventory: spec, reaches: spec },
    ...changes,
  });

  /** A cluster's hosts: what the first control plane prints, and the identity of every machine. */
  function view(nodes: Readonly<Record<string, Node>>, unreachable: readonly string[] = []): HostsView {
    const fields = ([name, node]: [string, Node]) =>
      [name, node.labels ?? '{"zone":"b"}', "", node.unschedulable ?? "", `v${node.kubelet ?? "1.33.5"}`, "containerd://2.1.4"].concat([
        node.machine ?? name,
        node.ready ?? "True",
        "10.20.1.1",
      ]);
    const leases = Object.entries(nodes).map(([name, { renewed = 5, lasts = 40 }]) => [name, before(renewed), lasts].join("\t"));
    const printed = [
      ...["=== version", '{"gitVersion":"v1.33.5"}', "=== nodes", ...Object.entries(nodes).map((node) => fields(node).join("\t"))],
      ...["=== kubeconfig", "apiVersion: v1", "=== leases", String(NOW), ...leases],
    ].join("\n");
    const run = async (node: string, script: string): Promise<CommandResult> => {
      if (unreachable.includes(node)) throw new HostUnreachable(node, "no answer");
      const stdout = script.includes("=== version") ? printed : script.includes("machine-id") ? `${node}\n` : "";
      return { code: 0, stdout, stderr: "" };
    };
    return new HostsView(async (_environment, _access, work) => await work({ run }));
  }
  const missing = async (node: Node | undefined, one = step("scale")) =>
    (await view(node ? { "worker-1": node } : {}).missing(one, context)).map(({ what }) => what);

  it("is a node that is Ready on its own machine, and was heard of just now", async () => {
    assert.deepEqual(await missing({}), []);
    assert.deepEqual(await missing(undefined), ["is no node of the cluster"]);
    assert.deepEqual(await missing({ ready: "Unknown" }), ["is not Ready"]);
    assert.deepEqual(await missing({ machine: "former" }), ["is in the cluster from another machine"]);
    // It is called Ready for forty seconds and more after its host has gone.
    assert.deepEqual(await missing({ renewed: 31 }), ["is not Ready"]);
    assert.deepEqual(await missing({ renewed: 31, lasts: 160 }), []);
  });

  it("is a version, where that is what the step brings", async () => {
    assert.deepEqual(await missing({ kubelet: "1.32.9" }, step("upgrade-cluster", { limit: ["worker-1"] })), ["has Kubernetes 1.32.9"]);
    assert.deepEqual(await missing({}, step("switch-runtime", { limit: ["worker-1"], extraVars: { to: "crio" } })), [
      "has containerd://2.1.4",
    ]);
  });

  it("is all that a repetition would set, where that is to be left out", async () => {
    const isDone = async (node: Node, one = step("scale"), written: "started" | "finished" = "started") =>
      await view({ "worker-1": node }).isDone(one, context, written);
    assert.equal(await isDone({}), true);
    for (const node of [{ labels: "{}" }, { unschedulable: "true" }, { renewed: 31 }]) assert.equal(await isDone(node), false);
    // A node that somebody cordons while it joins has joined.
    assert.deepEqual(await missing({ unschedulable: "true" }), []);
    assert.equal(await isDone({}, step("cluster")), false, "nothing tells which variables it has set");
    assert.equal(await isDone({}, step("cluster"), "finished"), true);
    assert.equal(await isDone({}, step("renew-certificates"), "finished"), false);
    assert.equal(await isDone({}, step("reboot")), false, "of one without a time");
  });

  it("is asked of no host that does not answer: what is told is why it does not", async () => {
    const silent = await view({}, ["cp-1"]).silent(machines, access.ssh, "demo");
    assert.deepEqual(silent, { "cp-1": "no answer" });
    const planned = { recorded: { spec, machines }, wanted: { spec, machines, ssh: access.ssh }, steps: [step("cluster")] };
    await assert.rejects(
      requireAnswers({ silent: async () => silent }, planned as unknown as Planned, { waits: false }),
      /cp-1 does not answer: no answer\n/,
    );
  });

  it("cannot be told where no control plane answers, and that is not the same as nothing", async () => {
    const silent = view({ "worker-1": {} }, ["cp-1"]);
    await assert.rejects(silent.missing(step("scale"), context), /no control plane tells what the cluster is: cp-1 is unreachable/);
    await assert.rejects(silent.joined(["worker-1"], spec, access), /no control plane tells/);
    assert.deepEqual(await view({ "worker-1": {} }).joined(["worker-1", "cp-1"], spec, access), ["worker-1"]);
  });
});
