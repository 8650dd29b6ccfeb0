import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { locateEngine } from "../../engine/locate";
import { destroyEnvironment, previewEnvironment, upEnvironment } from "../../engine/operations";
import { sandboxEnvironment, sandboxFolders } from "../../engine/sandbox";
import { bindToPlan } from "../../model/guard/approvals";
import { stackName } from "../../model/layers";
import { RefusedError } from "../../model/problems";
import { engineForTests } from "../support/engine";
import { counts, layeredTarget } from "../support/layers";
import { filesIn } from "../support/project";

const NODES = { a: {}, b: {} };

/**
 * What an environment that changes from one stack to three keeps: all of itself, and what a change, an approval or another command would take.
 * On the real engine, in order.
 */
describe("what an environment in three layers keeps", function () {
  this.timeout(240_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-kept-"));
  const target = layeredTarget(root, "kept");

  before(engineForTests);
  after(() => rmSync(root, { recursive: true, force: true }));

  it("has an empty preview, in every layer, after it was moved there from one stack", async () => {
    const before = await upEnvironment(target(NODES, undefined, "one"));
    await assert.rejects(
      previewEnvironment(target(NODES)),
      (error) => error instanceof RefusedError && /`kpaas up kept` moves its state/.test(error.message),
    );
    const moved = await upEnvironment(target(NODES));
    assert.deepEqual(counts(moved), [0, 0, 0, 0], JSON.stringify(moved.resources.slice(0, 9)));
    assert.deepEqual(counts(await previewEnvironment(target(NODES))), [0, 0, 0, 0]);
    for (const key of ["addresses", "apiEndpoint", "nodes", "urls"]) assert.deepEqual(moved.outputs[key], before.outputs[key], key);
  });

  it("touches no layer where the cluster would refuse the change", async () => {
    const world = filesIn(join(root, ".kpaas", "sandbox", "world", "kept"));
    const contents = () => world.map((file) => readFileSync(file, "utf8"));
    const before = contents();
    for (const layer of [undefined, "infrastructure"] as const) {
      await assert.rejects(
        upEnvironment(target(NODES, layer, "three", { encapsulation: "ipip" })),
        (error) => error instanceof RefusedError && error.problems.map(({ path }) => path).join() === "cluster.network.encapsulation",
      );
      assert.deepEqual(contents(), before, "the overlay's ports of the running cluster stay open");
    }
  });

  /** The databases switched off, by approvals of this command or of the stack's configuration. */
  const withoutDatabases = (network = {}) => {
    const wanted = target(NODES, "platform", "three", network, { services: { mariadb: false } });
    return { ...wanted, approval: bindToPlan("environment:drop-database", wanted.plan) };
  };
  const claims = () => filesIn(join(root, ".kpaas/sandbox/world/kept")).filter((file) => /PersistentVolumeClaim/i.test(file));

  it("keeps the protection of what an approval would let go, where the cluster refuses another change of the plan", async () => {
    const { approval, ...wanted } = withoutDatabases({ encapsulation: "ipip" });
    await assert.rejects(
      upEnvironment({ ...wanted, approvals: [approval] }),
      (error) => error instanceof RefusedError && error.problems.map(({ path }) => path).join() === "cluster.network.encapsulation",
    );
    const [stack = ""] = filesIn(join(root, ".kpaas/sandbox/backend")).filter((file) => file.endsWith("/kept.platform.json"));
    const { resources } = JSON.parse(readFileSync(stack, "utf8")).checkpoint.latest;
    const kept = resources.filter(({ type }: { type: string }) => type === "kubernetes:core/v1:PersistentVolumeClaim");
    assert.deepEqual(
      kept.map(({ protect }: { protect?: boolean }) => protect),
      [true],
    );
  });

  it("is not destroyed from below by `pulumi destroy` either, which knows of no other stack", async () => {
    const { command } = await locateEngine({ install: false });
    const folders = sandboxFolders(root, "kept");
    for (const layer of ["infrastructure", "cluster"] as const) {
      const args = ["destroy", "--yes", "--non-interactive", "--stack", stackName("kept", layer)];
      const { status, stdout } = spawnSync(command, args, { cwd: folders.project, env: sandboxEnvironment(folders), encoding: "utf8" });
      assert.notEqual(status, 0);
      assert.match(stdout, /cannot be deleted\s+because it is protected/);
    }
    assert.deepEqual(counts(await upEnvironment(target(NODES))), [0, 0, 0, 0]);
  });

  it("lets go of what is protected by an approval of the configuration too, which only the program reads", async () => {
    const { approval, ...wanted } = withoutDatabases();
    const config = join(sandboxFolders(root, "kept").project, "Pulumi.kept.platform.yaml");
    const before = readFileSync(config, "utf8");
    const claimed = claims().length;
    writeFileSync(config, `${before.trimEnd()}\nconfig:\n  kpaas:approve: ${approval}\n`);
    try {
      const { approved } = await upEnvironment(wanted);
      assert.deepEqual(
        approved.map((each) => each.approval),
        [approval],
      );
    } finally {
      writeFileSync(config, before);
    }
    assert.equal(claims().length, claimed - 1);
  });

  it("is destroyed whole, though it began as one stack", async () => {
    assert.ok((await destroyEnvironment(target(NODES))).changes.delete > 100);
  });
});
