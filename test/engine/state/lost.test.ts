import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperationFailedError } from "../../../engine/errors";
import { destroyEnvironment, readOutputs, upEnvironment } from "../../../engine/operations";
import { forgetObjects, withoutObjects } from "../../../engine/state/lost";
import type { PendingOperation, State } from "../../../engine/state/state";
import { engineForTests } from "../../support/engine";
import { environmentFile, plannedFile } from "../../support/environment";

const urn = (type: string, name: string): string => `urn:pulumi:demo::kpaas::${type}::${name}`;
const NETWORK = { urn: urn("openstack:networking/network:Network", "net"), type: "openstack:networking/network:Network", id: "n-1" };
const ACCESS = { urn: urn("pulumi:providers:kubernetes", "access"), type: "pulumi:providers:kubernetes", id: "p-1" };
const CLAIM = {
  urn: urn("kubernetes:core/v1:PersistentVolumeClaim", "data"),
  type: "kubernetes:core/v1:PersistentVolumeClaim",
  id: "a/data",
};
const creating = (resource: PendingOperation["resource"]): PendingOperation => ({ type: "creating", resource });

describe("A lost cluster", () => {
  it("takes its objects out of the state, with what the rest knew of them", () => {
    const password = { urn: urn("random:index/randomPassword:RandomPassword", "pw"), type: "random:index/randomPassword:RandomPassword" };
    const tied = { ...password, dependencies: [CLAIM.urn, NETWORK.urn], propertyDependencies: { length: [CLAIM.urn], none: null } };
    const state: State = { deployment: { secrets_providers: { type: "x" }, resources: [NETWORK, ACCESS, CLAIM, tied] } };
    assert.deepEqual(withoutObjects(state).deployment, {
      secrets_providers: { type: "x" },
      resources: [NETWORK, { ...password, dependencies: [NETWORK.urn], propertyDependencies: { length: [], none: [] } }],
    });
  });

  it("leaves open operations on what is not in it to be looked into", async () => {
    let remembered: readonly PendingOperation[] = [creating(CLAIM)];
    let state = JSON.stringify({ deployment: { resources: [ACCESS], pending_operations: [creating(NETWORK), creating(CLAIM)] } });
    await forgetObjects({
      exportState: async () => state,
      importState: async (wanted) => {
        state = wanted;
      },
      remembered: () => remembered,
      remember: (operations) => {
        remembered = operations;
      },
      tell: () => undefined,
    });
    assert.deepEqual(remembered, [creating(NETWORK)]);
    assert.deepEqual(JSON.parse(state), { deployment: { resources: [] } });
  });

  describe("on the real engine", function () {
    this.timeout(240_000);
    const root = mkdtempSync(join(tmpdir(), "kpaas-lost-"));
    before(engineForTests);
    after(() => rmSync(root, { recursive: true, force: true }));

    it("keeps an environment from being destroyed until a person says that it is lost", async () => {
      const { plan } = plannedFile(environmentFile({ name: "lost" }));
      const target = { plan, root, sandbox: true, approvals: [] };
      const world = join(root, ".kpaas", "sandbox", "world", "lost");
      await upEnvironment(target);
      rmSync(join(world, "cluster.json"));
      await assert.rejects(
        destroyEnvironment(target),
        (error) => error instanceof OperationFailedError && /was not reached[\s\S]*--approve cluster:lost/.test(error.message),
      );
      assert.ok(readdirSync(join(world, "openstack", "instance")).length > 0, "no machine was touched");
      await destroyEnvironment({ ...target, approvals: ["cluster:lost"] });
      assert.deepEqual(readdirSync(world), []);
      assert.equal(await readOutputs(target), undefined);
    });
  });
});
