import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyEnvironment, upEnvironment } from "../../engine/operations";
import type { Lock } from "../../model/lock";
import { plannedFile } from "./environment";

/**
 * Brings an environment up in its cloud's sandbox, once more, and down.
 * @param content its file
 * @param folder the provider's package, as the world's folder is called
 */
export async function oneLife(content: Readonly<Record<string, unknown>>, folder: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "kpaas-life-"));
  let lock: Lock | undefined;
  const target = () => {
    const planned = plannedFile(content, lock);
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [] };
  };
  try {
    const first = await upEnvironment(target());
    assert.ok(first.changes.create > 0);
    const second = await upEnvironment(target());
    assert.deepEqual([second.changes.create, second.changes.update, second.changes.replace, second.changes.delete], [0, 0, 0, 0]);
    await destroyEnvironment(target());
    const world = join(root, ".kpaas", "sandbox", "world", String(content.name), folder);
    const left = existsSync(world) ? readdirSync(world, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()) : [];
    assert.deepEqual(
      left.map(({ name }) => name),
      [],
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
