import assert from "node:assert/strict";
import { compileRenewal } from "../../../model/cluster/steps/now";
import { execute } from "../../../plugin/kubespray/execute";
import { parseInputs } from "../../../plugin/kubespray/inputs";
import type { Journal } from "../../../plugin/kubespray/journal";
import { type Kubespray, sandboxKubespray } from "../../../plugin/kubespray/kubespray";
import type { Properties } from "../../../plugin/rpc/provider";
import { cluster, worker } from "../../model/cluster/fixtures";
import type { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";
import { inputsOf, known, ref, serveKubespray, three } from "./fixtures";

describe("Hosts that a cluster leaves", () => {
  const folder = temporaryFolders();
  let client: ProviderClient;
  let left: string[][];
  let kubespray: Kubespray;

  beforeEach(async () => {
    left = [];
    const { runner, view, journal } = sandboxKubespray(folder());
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
    kubespray = { runner, view, journal: (place) => told(journal(place)) };
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

  it("are not asked where they are lost", async () => {
    const { properties: olds } = await client.create(ref, inputsOf());
    await update(olds, fewer({ lostNodes: ["worker-2"] }));
    assert.deepEqual(left, [[], []]);
  });
});
