import assert from "node:assert/strict";
import type { HostFinding, HostQuestion } from "../../../model/cluster/host-checks";
import { plannedHost } from "../../../model/plan/hosts";
import type { Kubespray } from "../../../plugin/kubespray/kubespray";
import { sandboxKubespray } from "../../../plugin/kubespray/kubespray";
import { reveal } from "../../../plugin/kubespray/values";
import { PartialFailure } from "../../../plugin/rpc/provider";
import { cluster, worker } from "../../model/cluster/fixtures";
import { sampleEnvironment } from "../../support/plan";
import type { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";
import { changed, inputsOf, known, ref, serveKubespray, withNode } from "./fixtures";

describe("Hosts that are not ready", () => {
  const folder = temporaryFolders();
  let client: ProviderClient;
  let findings: HostFinding[];
  let asked: HostQuestion[];
  let answering: string[][];
  let unreadable: string | undefined;

  beforeEach(async () => {
    findings = [];
    asked = [];
    answering = [];
    unreadable = undefined;
    const sandbox = sandboxKubespray(folder());
    const { view } = sandbox;
    const kubespray: Kubespray = {
      runner: sandbox.runner,
      journal: (place) => sandbox.journal(place),
      view: {
        joined: async () => [],
        silent: (machines, ssh, name) => {
          answering.push(Object.keys(machines));
          return view.silent(machines, ssh, name);
        },
        missing: async () => [],
        members: async () => [],
        isDone: (step, context, written) => view.isDone(step, context, written),
        check: async (question) => {
          asked.push(question);
          return findings;
        },
        backups: async () => ({ names: [] }),
        read: async (spec, access) => {
          if (unreadable !== undefined) throw new Error(unreadable);
          return await view.read(spec, access);
        },
      },
    };
    client = await serveKubespray(kubespray);
  });
  afterEach(() => client.close());

  const finding = (node: string, severity: HostFinding["severity"]): HostFinding => ({
    node,
    check: "disk",
    severity,
    reason: "it is full",
    remedy: "make room",
  });

  it("stop a change before anything is begun, all in one list", async () => {
    findings = [finding("cp-1", "error"), finding("worker-1", "error"), finding("worker-2", "warning")];
    await assert.rejects(
      client.create(ref, inputsOf()),
      /nothing was begun, because the hosts are not ready \(1\):\n {2}cp-1, worker-1 \(disk\): it is full\n {4}make room/,
    );
    assert.deepEqual(
      asked.map(({ nodes, joining }) => [nodes, joining]),
      [
        [
          ["cp-1", "worker-1", "worker-2"],
          ["cp-1", "worker-1", "worker-2"],
        ],
      ],
    );
  });

  it("are asked whether they join only where they do", async () => {
    const { properties } = await client.create(ref, inputsOf());
    const more = cluster({ "worker-1": worker("worker-1", 1), "worker-2": worker("worker-2", 2), "worker-3": worker("worker-3", 3) });
    await client.update(known, { oldInputs: inputsOf(), olds: properties, news: inputsOf(more) });
    assert.deepEqual(asked.at(-1)?.joining, ["worker-3"]);
    // A machine that was just made may still boot: the look at hosts waits for it.
    assert.deepEqual(answering.at(-1)?.sort(), ["cp-1", "worker-1", "worker-2"]);
    assert.ok(asked.at(-1)?.nodes.includes("cp-1"));
    const rebuilt = withNode(inputsOf(), "worker-1", { machineId: "another" });
    await client.update(known, { oldInputs: inputsOf(), olds: properties, news: rebuilt });
    assert.deepEqual(asked.at(-1)?.joining, ["worker-1"]);
    assert.deepEqual(asked.at(-1)?.booting, ["worker-1"]);
    const [before] = sampleEnvironment("minimal").plan.machines.filter(({ key }) => key === "worker-1");
    assert.ok(before);
    const { machineId } = plannedHost(before);
    await client.update(known, { oldInputs: rebuilt, olds: properties, news: withNode(rebuilt, "worker-1", { machineId }) });
    assert.deepEqual(asked.at(-1)?.booting, []);
  });

  it("leave what is recorded as it was where a failed change cannot be looked at", async () => {
    const { properties: olds } = await client.create(ref, inputsOf());
    unreadable = "no control plane tells what the cluster is";
    const news = inputsOf(cluster(undefined, { variables: { ...cluster().variables, kubernetes_audit: true } }));
    const failure = await client.update(known, { oldInputs: inputsOf(), olds, news }).catch((error) => error);
    assert.ok(failure instanceof PartialFailure);
    assert.match(failure.message, /the change is made, and its cluster cannot be read: no control plane tells/);
    assert.deepEqual(failure.properties.nodes, olds.nodes);
    assert.deepEqual(reveal(failure.properties.kubeconfig), reveal(olds.kubeconfig));
    assert.deepEqual(changed(await client.diff(known, { oldInputs: news, olds: failure.properties, news })), []);
  });
});
