import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { upEnvironment } from "../../engine/operations";
import type { Lock } from "../../model/lock";
import { RefusedError } from "../../model/problems";
import { engineForTests } from "../support/engine";
import { environmentFile, plannedFile } from "../support/environment";

/** Keycloak goes and comes back while MariaDB keeps what it had there: on the real engine. The tests are one story, in order. */
describe("a service that has left its schema behind", function () {
  this.timeout(600_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-left-"));
  let lock: Lock | undefined;
  const target = (keycloak: unknown) => {
    const services = { portal: false, openbao: false, keycloak };
    const planned = plannedFile(environmentFile({ name: "left", profile: "minimal", platform: { services } }), lock);
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [] };
  };

  before(engineForTests);
  after(() => rmSync(root, { recursive: true, force: true }));

  it("goes, and its keeper stays", async () => {
    await upEnvironment(target(true));
    const off = await upEnvironment(target(false));
    assert.ok(off.changes.delete > 10);
    assert.equal(
      off.resources.some(({ op, name }) => op === "delete" && /mariadb-(data|server)/.test(name)),
      false,
    );
  });

  it("does not come back to it, and is told where it can begin anew", async () => {
    await assert.rejects(
      upEnvironment(target(true)),
      (error) => error instanceof RefusedError && /platform\.services\.keycloak\.schema: keycloak2/.test(error.message),
    );
  });

  it("begins anew there, stays, and has nothing to do the second time", async () => {
    await upEnvironment(target({ schema: "keycloak2" }));
    const again = await upEnvironment(target({ schema: "keycloak2" }));
    assert.deepEqual([again.changes.create, again.changes.update, again.changes.replace, again.changes.delete], [0, 0, 0, 0]);
  });
});
