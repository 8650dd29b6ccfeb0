import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyEnvironment, previewEnvironment, refreshEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import type { Lock } from "../../model/lock";
import { engineForTests } from "../support/engine";
import { environmentFile, plannedFile } from "../support/environment";
import { RealCluster } from "../support/real-cluster";
import { serversForTests } from "../support/servers";

/** The folder with the real kubernetes plugin, which no registry of packages has. */
const PLUGIN = process.env.KPAAS_TEST_KUBERNETES;

function changed(result: OperationResult): string[] {
  return result.resources.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);
}

/** One environment's life with the real kubernetes plugin and a real API server. The tests are one story, in order. */
describe("an environment under the real kubernetes provider", function () {
  this.timeout(600_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  let lock: Lock | undefined;
  let cluster: RealCluster | undefined;

  const target = (services: Record<string, unknown> = {}) => {
    const planned = plannedFile(environmentFile({ name: "real", platform: { services } }), lock);
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [] };
  };

  before(async function () {
    if (!PLUGIN) {
      console.warn(`SKIPPED ${this.test?.parent?.title}\nKPAAS_TEST_KUBERNETES must name the folder of a real pulumi-resource-kubernetes:`);
      console.warn("`pulumi plugin install resource kubernetes 4.34.2` puts it into ~/.pulumi/plugins/resource-kubernetes-v4.34.2");
      return this.skip();
    }
    await engineForTests.call(this);
    cluster = await RealCluster.start(
      join(root, "servers"),
      join(root, ".kpaas", "sandbox", "world", "real"),
      await serversForTests.call(this),
    );
    process.env.KPAAS_SANDBOX_KUBERNETES = PLUGIN;
  });
  after(async () => {
    delete process.env.KPAAS_SANDBOX_KUBERNETES;
    await cluster?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it("comes up whole, and has nothing to do the second time", async () => {
    const up = await upEnvironment(target());
    assert.ok(up.changes.create > 100, JSON.stringify(up.changes));
    console.log(`      ${up.changes.create} created in ${up.seconds.toFixed(0)} s`);
    assert.deepEqual(changed(await upEnvironment(target())), []);
  });

  it("shows no drift where there is none", async () => {
    assert.deepEqual(changed(await refreshEnvironment(target())), []);
    assert.deepEqual(changed(await previewEnvironment(target())), []);
  });

  it("changes what the file changes, and nothing else", async () => {
    const up = await upEnvironment(target({ keycloak: { replicas: 2 } }));
    const touched = changed(up).filter((one) => !one.startsWith("create") && !/keycloak|pulumi:pulumi/.test(one));
    assert.deepEqual(touched, []);
    assert.ok(up.changes.update > 0);
    assert.deepEqual(changed(await upEnvironment(target({ keycloak: { replicas: 2 } }))), []);
  });

  it("is taken down", async () => {
    assert.ok((await destroyEnvironment(target({ keycloak: { replicas: 2 } }))).changes.delete > 100);
  });
});
