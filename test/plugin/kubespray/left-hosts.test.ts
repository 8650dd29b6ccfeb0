import assert from "node:assert/strict";
import type { Journal } from "../../../plugin/kubespray/journal";
import { sandboxKubespray } from "../../../plugin/kubespray/kubespray";
import type { Properties } from "../../../plugin/rpc/provider";
import { cluster, worker } from "../../model/cluster/fixtures";
import type { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";
import { inputsOf, known, ref, serveKubespray } from "./fixtures";

describe("Hosts that a cluster leaves", () => {
  const folder = temporaryFolders();
  let client: ProviderClient;
  let left: string[][];

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
    client = await serveKubespray({ runner, view, journal: (place) => told(journal(place)) });
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

  it("are not asked where they are lost", async () => {
    const { properties: olds } = await client.create(ref, inputsOf());
    await update(olds, fewer({ lostNodes: ["worker-2"] }));
    assert.deepEqual(left, [[], []]);
  });
});
