import assert from "node:assert/strict";
import { inventoryGroups } from "../../../model/cluster/inventory";
import { compileRenewal } from "../../../model/cluster/steps/now";
import type { ClusterStep } from "../../../model/cluster/types";
import { execute } from "../../../plugin/kubespray/execute";
import { parseInputs } from "../../../plugin/kubespray/inputs";
import type { Journal } from "../../../plugin/kubespray/journal";
import { type Kubespray, sandboxKubespray } from "../../../plugin/kubespray/kubespray";
import type { PlaybookRunner } from "../../../plugin/kubespray/runner";
import { PartialFailure, type Properties } from "../../../plugin/rpc/provider";
import { cluster, worker } from "../../model/cluster/fixtures";
import type { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";
import { inputsOf, known, ref, serveKubespray, three } from "./fixtures";

describe("Hosts that a cluster leaves", () => {
  const folder = temporaryFolders();
  let client: ProviderClient;
  let left: string[][];
  let kubespray: Kubespray;
  let ran: ClusterStep[];
  let failing: ClusterStep["playbook"] | undefined;

  beforeEach(async () => {
    left = [];
    ran = [];
    failing = undefined;
    const { runner, view, journal } = sandboxKubespray(folder());
    const heard: PlaybookRunner = {
      prepare: (...args) => runner.prepare(...args),
      forget: (...args) => runner.forget(...args),
      run: async (step, ...args) => {
        if (step.playbook === failing) throw new Error("it was to fail");
        ran.push(step);
        await runner.run(step, ...args);
      },
    };
    const told = (of: Journal): Journal => ({
      append: (entry) => of.append(entry),
      begun: () => of.begun(),
      breakFence: (run) => of.breakFence(run),
      acquire: async () => {
        const fence = await of.acquire();
        const release = async (hosts: readonly string[] = []) => {
          left.push([...hosts].sort());
          await fence.release();
        };
        return { ...fence, release };
      },
    });
    kubespray = { runner: heard, view, journal: (place) => told(journal(place)) };
    client = await serveKubespray(kubespray);
  });
  afterEach(() => client.close());

  const fewer = (changes: Properties = {}) => ({ ...inputsOf(cluster({ "worker-1": worker("worker-1", 1) })), ...changes });
  const update = (olds: Properties, news: Properties) => client.update(known, { oldInputs: inputsOf(), olds, news });

  it("are forgotten by the run that takes them out, all of them with the cluster, and none before", async () => {
    const { properties: olds } = await client.create(ref, inputsOf());
    const { properties } = await update(olds, fewer());
    await client.delete(known, { ...properties, onDelete: "reset" }, fewer({ onDelete: "reset" }));
    assert.deepEqual(left, [[], ["worker-2"], ["cp-1", "worker-1"]]);
  });

  it("are none of those that wait to join when certificates are renewed: the mark tells whose they are", async () => {
    await client.create(ref, inputsOf());
    const parsed = parseInputs(inputsOf(three()));
    assert.ok(parsed.kind === "inputs");
    const { machines, ssh } = parsed.inputs;
    const spec = cluster();
    const change = { recorded: spec, wanted: spec, steps: compileRenewal(spec), machines, ssh, lostNodes: [], aside: true };
    const progress = { status: () => {}, warn: () => {}, shown: async () => {} };
    await execute(kubespray, { ...change, secretVariables: [], secretValues: [] }, progress, new AbortController().signal);
    assert.deepEqual(left, [[], []]);
  });

  it("are reset with it, each in its groups, also those that a change which broke off was to take out", async () => {
    const backups = { kpaas_backup: { schedule: "0 3 * * *", keep: 2 } };
    const load = { address: "10.20.0.50", groups: ["load_balancers"], machineId: "machine-of-lb-1", dialAddress: "10.20.0.50" };
    const before = {
      ...inputsOf(cluster({}, { onDelete: "reset", variables: { ...cluster().variables, ...backups } }, 3)),
      hosts: { "lb-1": load },
    };
    const { properties: olds } = await client.create(ref, before);
    failing = "remove-node";
    const news = inputsOf(cluster({}, { onDelete: "reset" }, 1));
    const failure: unknown = await client.update(known, { oldInputs: before, olds, news }).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure, String(failure));
    failing = undefined;
    ran = [];
    await client.delete(known, failure.properties, news);
    assert.deepEqual(
      ran.map(({ playbook }) => playbook),
      ["reset", "reset-ours"],
    );
    for (const { inventory } of ran) {
      const groups = inventoryGroups(inventory);
      assert.deepEqual(groups.kube_control_plane, ["cp-1", "cp-2", "cp-3"]);
      assert.deepEqual(groups.etcd, ["cp-1", "cp-2", "cp-3"]);
      assert.deepEqual(Object.keys(inventory.hosts ?? {}), ["lb-1"]);
    }
  });

  it("are not asked where they are lost", async () => {
    const { properties: olds } = await client.create(ref, inputsOf());
    await update(olds, fewer({ lostNodes: ["worker-2"] }));
    assert.deepEqual(left, [[], []]);
  });
});
