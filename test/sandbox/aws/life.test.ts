import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyEnvironment, upEnvironment } from "../../../engine/operations";
import { engineForTests } from "../../support/engine";
import { plannedFile } from "../../support/environment";
import { BARE } from "../../support/layers";
import { filesIn } from "../../support/project";

/** The smallest environment on AWS, on the real engine. The other profiles: `npm run e2e -- clouds`. */
describe("an environment on AWS", function () {
  this.timeout(240_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-aws-"));
  const world = join(root, ".kpaas", "sandbox", "world", "seoul");
  const { plan } = plannedFile({
    name: "seoul",
    infrastructure: { provider: "aws", region: "ap-northeast-2", zones: ["ap-northeast-2a"], access: { adminCidrs: ["203.0.113.0/24"] } },
    // Its controller for Services of users' own runs too; the ingress is the infrastructure's.
    platform: { ...BARE, loadBalancer: { kind: "cloud", services: true } },
  });
  const target = { plan, root, sandbox: true, approvals: [] };
  before(engineForTests);
  after(() => rmSync(root, { recursive: true, force: true }));

  it("comes up, is left alone by a second up, and goes without a trace", async () => {
    const up = await upEnvironment(target, {});
    assert.equal(up.changes.update + up.changes.replace + up.changes.delete, 0);
    assert.match(String(up.outputs.apiEndpoint), /^https:\/\/seoul-api-public-[0-9a-f]+\.elb\.ap-northeast-2\.amazonaws\.com:6443$/);
    const { changes } = await upEnvironment(target, {});
    assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    const { nodes } = JSON.parse(readFileSync(join(world, "cluster.json"), "utf8")) as { nodes: Record<string, Record<string, string>> };
    for (const [name, { providerId, machineId }] of Object.entries(nodes)) {
      assert.equal(providerId, "aws:///ap-northeast-2a/{id}", name);
      assert.match(machineId ?? "", /^i-/);
    }
    const destroyed = await destroyEnvironment(target, {});
    assert.equal(destroyed.changes.delete, up.changes.create);
    assert.deepEqual(
      filesIn(world).filter((file) => file.startsWith(join(world, "aws"))),
      [],
    );
  });
});
