import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyEnvironment, upEnvironment } from "../../../engine/operations";
import { engineForTests } from "../../support/engine";
import { plannedFile } from "../../support/environment";
import { BARE } from "../../support/layers";
import { filesIn } from "../../support/project";

/** The smallest environment on Azure, on the real engine. The other profiles: `npm run e2e -- clouds`. */
describe("an environment on Azure", function () {
  this.timeout(240_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-azure-"));
  const world = join(root, ".kpaas", "sandbox", "world", "seoul");
  const { plan } = plannedFile({
    name: "seoul",
    infrastructure: { provider: "azure", region: "koreacentral", zones: ["1"], access: { adminCidrs: ["203.0.113.0/24"] } },
    platform: BARE,
  });
  const target = { plan, root, sandbox: true, approvals: [] };
  before(engineForTests);
  after(() => rmSync(root, { recursive: true, force: true }));

  it("comes up, is left alone by a second up, and goes without a trace", async () => {
    const up = await upEnvironment(target, {});
    assert.equal(up.changes.update + up.changes.replace + up.changes.delete, 0);
    assert.match(String(up.outputs.apiEndpoint), /^https:\/\/198\.18\.\d+\.\d+:6443$/);
    const { changes } = await upEnvironment(target, {});
    assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    const destroyed = await destroyEnvironment(target, {});
    assert.equal(destroyed.changes.delete, up.changes.create);
    assert.deepEqual(
      filesIn(world).filter((file) => file.startsWith(join(world, "azure-native"))),
      [],
    );
  });
});
