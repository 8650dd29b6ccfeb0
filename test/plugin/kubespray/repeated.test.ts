import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterSpec } from "../../../model/cluster/types";
import { sandboxKubespray } from "../../../plugin/kubespray/kubespray";
import type { PlaybookRunner } from "../../../plugin/kubespray/runner";
import { PartialFailure } from "../../../plugin/rpc/provider";
import { cluster } from "../../model/cluster/fixtures";
import type { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";
import { inputsOf, known, ref, serveKubespray } from "./fixtures";

describe("A step that broke off", () => {
  const folder = temporaryFolders();
  let client: ProviderClient;
  afterEach(() => client.close());

  /** What is run by a change whose step fails once, and by the next attempt. */
  async function attempts(from: ClusterSpec, to: ClusterSpec, failStep: string): Promise<readonly string[][]> {
    const world = folder();
    const { runner, view, journal } = sandboxKubespray(world);
    const ran: string[] = [];
    const told: PlaybookRunner = {
      prepare: (...args) => runner.prepare(...args),
      forget: (...args) => runner.forget(...args),
      run: (step, ...args) => {
        ran.push(`${step.playbook}${step.extraVars.upgrade_node_always_cordon === true ? ", emptied in any case" : ""}`);
        return runner.run(step, ...args);
      },
    };
    client = await serveKubespray({ runner: told, view, journal });
    const { properties: olds } = await client.create(ref, inputsOf(from));
    ran.splice(0);
    const news = inputsOf(to);
    const update = (reached: typeof olds, oldInputs: typeof news) => client.update(known, { oldInputs, olds: reached, news });
    writeFileSync(join(world, "faults.json"), JSON.stringify({ kubespray: { failStep, times: 1 } }));
    const failure: unknown = await update(olds, inputsOf(from)).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    const first = ran.splice(0);
    await update(failure.properties, news);
    return [first, ran];
  }

  it("and joined members of etcd is repeated only once those that were announced have begun", async () => {
    const [first, second] = await attempts(cluster(), cluster(undefined, {}, 3), "cluster");
    assert.deepEqual(first, ["facts", "cluster"]);
    assert.deepEqual(second?.slice(0, 3), ["facts", "etcd-announced", "cluster"]);
  });

  it("and upgraded nodes empties them in any case: one that it had emptied would be left as it is, and take no pods", async () => {
    const from = cluster(undefined, { kubespray: "v2.28.1", kubernetes: "1.31.8" });
    const attempted = await attempts(from, { ...from, kubernetes: "1.32.8" }, "upgrade-cluster");
    const ofUpgrades = attempted.map((ran) => ran.filter((each) => each.startsWith("upgrade-cluster")));
    const again = "upgrade-cluster, emptied in any case";
    assert.deepEqual(ofUpgrades, [["upgrade-cluster"], [again, again]]);
  });
});
