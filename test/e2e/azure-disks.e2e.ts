import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { previewEnvironment, upEnvironment } from "../../engine/operations";
import { bindToPlan } from "../../model/guard/approvals";
import type { Lock } from "../../model/lock";
import { Store } from "../../sandbox/store";
import { engineForTests } from "../support/engine";
import { plannedFile } from "../support/environment";
import { BARE } from "../support/layers";

describe("a machine with a data disk that is built anew on Azure", function () {
  this.timeout(300_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-azure-disks-"));
  const cloud = () => new Store(join(root, ".kpaas", "sandbox", "world", "seoul", "azure-native"));
  let lock: Lock | undefined;
  before(engineForTests);
  after(() => rmSync(root, { recursive: true, force: true }));

  function target(generation: number) {
    const volumes = [{ name: "osd", sizeGiB: 10 }];
    const planned = plannedFile(
      {
        name: "seoul",
        infrastructure: { provider: "azure", region: "koreacentral", zones: ["1"], access: { adminCidrs: ["203.0.113.0/24"] } },
        cluster: { pools: { data: { nodes: { a: { generation } }, volumes } } },
        platform: BARE,
      },
      lock,
    );
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: generation === 1 ? [] : [bindToPlan("a:rebuild", planned.plan)] };
  }
  const holders = () =>
    cloud()
      .list("instance")
      .filter(({ storageProfile }) => JSON.stringify(storageProfile).includes("-osd-"))
      .map(({ name }) => name);

  it("gets it with the update after the one that takes the old machine away, and nothing is done by hand", async () => {
    await upEnvironment(target(1));
    assert.deepEqual(holders(), ["seoul-a"]);
    await upEnvironment(target(2));
    const machines = cloud()
      .list("instance")
      .map(({ name }) => name);
    assert.ok(machines.includes("seoul-a-g2") && !machines.includes("seoul-a"), machines.join());
    assert.deepEqual(holders(), [], "nobody has it in between");
    assert.equal(cloud().list("disk").length, 1, "its data stay");
    const { changes } = await previewEnvironment(target(2));
    assert.deepEqual([changes.create, changes.update, changes.replace, changes.delete], [0, 1, 0, 0]);
    await upEnvironment(target(2));
    assert.deepEqual(holders(), ["seoul-a-g2"]);
    const after = await previewEnvironment(target(2));
    assert.deepEqual([after.changes.create, after.changes.update, after.changes.replace, after.changes.delete], [0, 0, 0, 0]);
  });
});
