import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sandboxKubespray } from "../../../plugin/kubespray/kubespray";
import type { PlaybookRunner } from "../../../plugin/kubespray/runner";
import { PartialFailure } from "../../../plugin/rpc/provider";
import { cluster } from "../../model/cluster/fixtures";
import type { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";
import { inputsOf, known, ref, serveKubespray } from "./fixtures";

describe("A joining of etcd members that broke off", () => {
  const folder = temporaryFolders();
  let client: ProviderClient;
  afterEach(() => client.close());

  it("is repeated only once those that were announced have begun", async () => {
    const world = folder();
    const { runner, view, journal } = sandboxKubespray(world);
    const ran: string[] = [];
    const told: PlaybookRunner = {
      prepare: (...args) => runner.prepare(...args),
      forget: (...args) => runner.forget(...args),
      run: (step, ...args) => {
        ran.push(step.playbook);
        return runner.run(step, ...args);
      },
    };
    client = await serveKubespray({ runner: told, view, journal });
    const { properties: olds } = await client.create(ref, inputsOf());
    const news = inputsOf(cluster(undefined, {}, 3));
    const grow = (from: typeof olds, oldInputs: typeof news) => client.update(known, { oldInputs, olds: from, news });
    writeFileSync(join(world, "faults.json"), JSON.stringify({ kubespray: { failStep: "cluster", times: 1 } }));
    const failure: unknown = await grow(olds, inputsOf()).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    assert.deepEqual(ran.splice(0), ["cluster", "facts", "cluster"]);
    await grow(failure.properties, news);
    assert.deepEqual(ran.slice(0, 3), ["facts", "etcd-announced", "cluster"]);
  });
});
