import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperationFailedError } from "../../../engine/errors";
import { destroyEnvironment, upEnvironment } from "../../../engine/operations";
import { readOutputs } from "../../../engine/read";
import { clusterLost, forgetObjects, withoutObjects } from "../../../engine/state/lost";
import type { PendingOperation, State } from "../../../engine/state/state";
import { RefusedError } from "../../../model/problems";
import { engineForTests } from "../../support/engine";
import { environmentFile, plannedFile } from "../../support/environment";
import { BARE } from "../../support/layers";

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

  /** A stack in memory. */
  function stackOf(deployment: unknown, open: readonly PendingOperation[] = []) {
    let [remembered, state] = [open, JSON.stringify({ deployment })];
    return {
      exportState: async () => state,
      importState: async (wanted: string) => {
        state = wanted;
      },
      remembered: () => remembered,
      remember: (operations: readonly PendingOperation[]) => {
        remembered = operations;
      },
      tell: () => undefined,
      resources: () => JSON.parse(state).deployment.resources,
    };
  }

  it("leaves open operations on what is not in it to be looked into", async () => {
    const stack = stackOf({ resources: [ACCESS], pending_operations: [creating(NETWORK), creating(CLAIM)] }, [creating(CLAIM)]);
    await forgetObjects(stack, "demo", ["cluster:lost"]);
    assert.deepEqual(stack.remembered(), [creating(NETWORK)]);
    assert.deepEqual(stack.resources(), []);
  });

  it("is the one that the approval was given for: a later cluster is not forgotten by it", async () => {
    const [first, second] = [{ resources: [ACCESS, CLAIM] }, { resources: [{ ...ACCESS, id: "p-2" }, CLAIM] }];
    const approval = clusterLost({ deployment: first }) ?? "";
    assert.match(approval, /^cluster:lost@[0-9a-f]{12}$/);
    assert.deepEqual(await forgetObjects(stackOf(first), "demo", [approval]), [approval]);
    await assert.rejects(forgetObjects(stackOf(second), "demo", [approval]), (error) => {
      assert.ok(error instanceof RefusedError);
      assert.match(error.message, /another cluster than the one that stands[\s\S]*--approve cluster:lost@[0-9a-f]{12}$/);
      return true;
    });
    assert.deepEqual(await forgetObjects(stackOf(second), "demo", []), []);
  });

  describe("on the real engine", function () {
    this.timeout(240_000);
    const root = mkdtempSync(join(tmpdir(), "kpaas-lost-"));
    before(engineForTests);
    after(() => rmSync(root, { recursive: true, force: true }));

    it("keeps an environment from being destroyed until a person says that it is lost", async () => {
      const { plan } = plannedFile(environmentFile({ name: "lost", platform: BARE }));
      const target = { plan, root, sandbox: true, approvals: [] };
      const world = join(root, ".kpaas", "sandbox", "world", "lost");
      await upEnvironment(target);
      rmSync(join(world, "cluster.json"));
      await assert.rejects(
        destroyEnvironment(target),
        (error) => error instanceof OperationFailedError && /--approve cluster:lost@[0-9a-f]{12}[\s\S]*was not reached/.test(error.message),
      );
      assert.ok(readdirSync(join(world, "openstack", "instance")).length > 0, "no machine was touched");
      await destroyEnvironment({ ...target, approvals: ["cluster:lost"] });
      assert.deepEqual(readdirSync(world), []);
      assert.equal(await readOutputs(target), undefined);
    });
  });
});
