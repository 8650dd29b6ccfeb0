import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runOperation } from "../../engine/run-operation";
import type { EngineTarget } from "../../engine/types";
import { Environment } from "../../stacks/environment";
import { type EnvironmentSpec, planSpec } from "../../stacks/spec";
import { engineForTests } from "../support/engine";
import { temporaryFolders } from "../support/temporary";

const off = { metricsServer: false, certManager: false, portal: false, keycloak: false, mariadb: false };
const SPEC: EnvironmentSpec = { infrastructure: { provider: "openstack" }, platform: { services: off } };

describe("An environment by its fields in a program that takes nothing of it, on the real engine,", function () {
  this.timeout(240_000);
  before(engineForTests);
  const folder = temporaryFolders();

  it("keeps all it has when a change is refused", async () => {
    const { plan, lock } = planSpec("seoul", SPEC);
    const root = folder();
    const target: EngineTarget = { plan, root, sandbox: true, approvals: [] };
    const machines = () => {
      const path = join(root, ".kpaas/sandbox/world/seoul/openstack/instance");
      return existsSync(path) ? readdirSync(path).filter((name) => name.endsWith(".json")).length : 0;
    };
    const up = (spec: EnvironmentSpec) => runOperation("up", target, async () => void new Environment("seoul", { ...spec, lock }), {});
    await up(SPEC);
    const standing = machines();
    assert.ok(standing >= 3);
    await assert.rejects(up({ ...SPEC, cluster: { network: { encapsulation: "ipip" } } }), /cluster\.network\.encapsulation/);
    assert.equal(machines(), standing);
    assert.equal((await up(SPEC)).changes.delete, 0);
  });
});
