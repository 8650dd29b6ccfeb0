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
import { BARE } from "../support/layers";

const NONE = { create: 0, update: 0, replace: 0, delete: 0 };

const changes = ({ changes: { same: _, ...counts } }: OperationResult) => counts;

/** What is made anew or deleted, by kind. */
const lost = ({ resources }: OperationResult) =>
  resources.filter(({ op }) => op === "replace" || op === "delete").map(({ type }) => type.split(":").at(-1) ?? "");

/** One environment that is taken from release to release, each time by the lock of the time before. */
class Story {
  private readonly root = mkdtempSync(join(tmpdir(), "kpaas-release-"));
  private lock: Lock | undefined;

  constructor(private readonly file: Readonly<Record<string, unknown>>) {}

  target(release: string) {
    const planned = plannedFile(environmentFile({ ...this.file, release }), this.lock);
    this.lock = planned.lock;
    return { plan: planned.plan, root: this.root, sandbox: true, approvals: [] as string[] };
  }

  approved(release: string) {
    const wanted = this.target(release);
    return { ...wanted, approvals: [`environment:move-release@${planDigest(wanted.plan)}`] };
  }

  async refused(release: string, words: RegExp, approved = false) {
    await assert.rejects(previewEnvironment(approved ? this.approved(release) : this.target(release)), (error: unknown) => {
      assert.ok(error instanceof RefusedError, String(error));
      // An approval that lets nothing through is told of beside it.
      const paths = error.problems.map(({ path }) => path).filter((path) => !path.startsWith("approval "));
      assert.deepEqual(paths, ["release"]);
      assert.match(error.problems.map(({ reason, remedy }) => `${reason}; ${remedy}`).join("; "), words);
      return true;
    });
  }

  remove() {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The tests of each are one story, in order. */
describe("an environment that goes from one release to the next, on the real engine,", function () {
  this.timeout(600_000);
  const story = new Story({ name: "moves", platform: { services: { kyverno: true, nats: true, openbao: true } } });

  before(engineForTests);
  after(() => story.remove());

  it("comes up with the older one, and is asked before it goes on", async () => {
    await upEnvironment(story.target("1.6.2"));
    await story.refused("1.7.0", /mariadb \(11\.4\.7 → 12\.0\.2\), keycloak \(25\.0\.6 → 26/);
  });

  for (const [release, data] of [
    ["1.7.0", /mariadb \(11\.4\.7 → 12\.0\.2\)/],
    ["1.7.0+maintained", /openbao \(2\.4\.1 → 2\.6\.2\).* take their data over/],
  ] as const)
    it(`goes on to ${release}, Kubernetes first, once what is taken over is approved, and has nothing to do then`, async () => {
      await story.refused(release, data);
      const preview = await previewEnvironment(story.approved(release));
      assert.ok(preview.steps.some((step) => (step as { playbook: string }).playbook === "upgrade-cluster"));
      const moved = await upEnvironment(story.approved(release));
      // A later portal has programs that the one before it had not.
      const more = moved.resources.filter(({ op }) => op === "create").map(({ name }) => name);
      assert.deepEqual(
        more.filter((name) => !/^moves-platform-(portal-|mariadb-portal_)/.test(name)),
        [],
      );
      // Nothing that holds data is made anew.
      assert.deepEqual(
        lost(moved).filter((kind) => !["Job", "keycloak", "Client", "ClientServiceAccountRealmRole"].includes(kind)),
        [],
      );
      assert.deepEqual(changes(await upEnvironment(story.target(release))), NONE);
    });

  it("does not go back", () => story.refused("1.7.0", /mariadb \(12\.3\.2 → 12\.0\.2\).*does not read/));

  it("goes without a trace", async () => {
    const { changes: counts } = await destroyEnvironment(story.target("1.7.0+maintained"));
    assert.ok(counts.delete > 100);
  });
});

describe("an environment whose volumes are Ceph's, on the real engine,", function () {
  this.timeout(600_000);
  const story = new Story({
    name: "ceph",
    cluster: { pools: { worker: { nodes: 3, volumes: [{ name: "osd", sizeGiB: 64 }] } } },
    platform: { ...BARE, storage: { kind: "rookCeph", pool: "worker", objects: true } },
  });

  before(engineForTests);
  after(() => story.remove());

  it("goes to the maintained line by the step between alone, whatever is approved", async () => {
    await upEnvironment(story.target("1.7.0"));
    for (const approved of [false, true]) await story.refused("1.7.0+maintained", /1\.7\.0\+step-1/, approved);
  });

  for (const release of ["1.7.0+step-1", "1.7.0+maintained"])
    it(`goes on to ${release} with all that holds data, and has nothing to do then`, async () => {
      await story.refused(release, /rookCeph \(/);
      assert.deepEqual(lost(await upEnvironment(story.approved(release))), []);
      assert.deepEqual(changes(await upEnvironment(story.target(release))), NONE);
    });

  it("goes without a trace", async () => {
    assert.ok((await destroyEnvironment(story.target("1.7.0+maintained"))).changes.delete > 100);
  });
});
