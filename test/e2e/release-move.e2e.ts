import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyEnvironment, previewEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import { planDigest } from "../../model/guard/approvals";
import type { Lock } from "../../model/lock";
import { RefusedError } from "../../model/problems";
import { engineForTests } from "../support/engine";
import { environmentFile, plannedFile } from "../support/environment";

const NONE = { create: 0, update: 0, replace: 0, delete: 0 };

/** One environment, taken from release to release. The tests are one story, in order. */
describe("an environment that goes from one release to the next, on the real engine,", function () {
  this.timeout(600_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-release-"));
  let lock: Lock | undefined;

  const target = (release: string) => {
    const planned = plannedFile(
      environmentFile({ name: "moves", release, platform: { services: { kyverno: true, nats: true, openbao: true } } }),
      lock,
    );
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [] as string[] };
  };
  const approved = (release: string) => {
    const wanted = target(release);
    return { ...wanted, approvals: [`environment:move-release@${planDigest(wanted.plan)}`] };
  };
  const changes = ({ changes: { same: _, ...counts } }: OperationResult) => counts;
  const refused = (release: string, words: RegExp) =>
    assert.rejects(previewEnvironment(target(release)), (error: unknown) => {
      assert.ok(error instanceof RefusedError, String(error));
      assert.deepEqual(
        error.problems.map(({ path }) => path),
        ["release"],
      );
      assert.match(error.problems[0]?.reason ?? "", words);
      return true;
    });

  before(engineForTests);
  after(() => rmSync(root, { recursive: true, force: true }));

  it("comes up with the older one, and is asked before it goes on", async () => {
    await upEnvironment(target("1.6.2"));
    await refused("1.7.0", /mariadb \(11\.4\.7 → 12\.0\.2\), keycloak \(25\.0\.6 → 26/);
  });

  for (const [release, data] of [
    ["1.7.0", /mariadb \(11\.4\.7 → 12\.0\.2\)/],
    ["1.7.0+maintained", /openbao \(2\.4\.1 → 2\.6\.2\).* take their data over/],
  ] as const)
    it(`goes on to ${release}, Kubernetes first, once what is taken over is approved, and has nothing to do then`, async () => {
      await refused(release, data);
      const preview = await previewEnvironment(approved(release));
      assert.ok(preview.steps.some((step) => (step as { playbook: string }).playbook === "upgrade-cluster"));
      const moved = await upEnvironment(approved(release));
      assert.equal(moved.changes.create, 0);
      // Nothing that holds data is made anew.
      const replaced = moved.resources.filter(({ op }) => op === "replace" || op === "delete").map(({ type }) => type.split(":").at(-1));
      assert.deepEqual(
        replaced.filter((kind) => !["Job", "keycloak", "Client", "ClientServiceAccountRealmRole"].includes(kind ?? "")),
        [],
      );
      assert.deepEqual(changes(await upEnvironment(target(release))), NONE);
    });

  it("does not go back", () => refused("1.7.0", /mariadb \(12\.3\.2 → 12\.0\.2\).*does not read/));

  it("goes without a trace", async () => {
    const { changes: counts } = await destroyEnvironment(target("1.7.0+maintained"));
    assert.ok(counts.delete > 100);
  });
});
