import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import type { Lock } from "../../model/lock";
import { raised } from "../../model/rotation";
import { packageOf } from "./cloud-files";
import { plannedFile } from "./environment";
import { filesIn } from "./project";

/** A change of the file while the environment is up, and what comes of it. */
export interface LifeChange {
  readonly file: Readonly<Record<string, unknown>>;
  readonly changes: Partial<OperationResult["changes"]>;
}

/** What is done with it besides. */
export interface MoreOfLife {
  readonly change?: LifeChange | undefined;
  /** Services whose secrets are exchanged once. @default none */
  readonly rotated?: readonly string[] | undefined;
}

/**
 * Brings an environment up in its cloud's sandbox, once more, changes it and exchanges its secrets where asked to, and takes it down.
 * @param content its file
 * @param look looks at what is up, and at the folder of its world
 */
export async function oneLife(
  content: Readonly<Record<string, unknown>>,
  look?: (up: OperationResult, world: string) => void,
  { change, rotated }: MoreOfLife = {},
): Promise<void> {
  let file = content;
  const root = mkdtempSync(join(tmpdir(), "kpaas-life-"));
  const world = join(root, ".kpaas", "sandbox", "world", String(content.name));
  let lock: Lock | undefined;
  const target = () => {
    const planned = plannedFile(file, lock);
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [] };
  };
  try {
    const first = await upEnvironment(target());
    assert.ok(first.changes.create > 0);
    assert.equal(first.changes.update + first.changes.replace + first.changes.delete, 0);
    const second = await upEnvironment(target());
    assert.deepEqual({ ...second.changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    let made = first.changes.create;
    if (change !== undefined) {
      file = change.file;
      const { changes } = await upEnvironment(target());
      assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0, ...change.changes });
      made += changes.create - changes.delete;
    }
    if (rotated !== undefined) {
      lock = { ...lock!, rotations: raised(rotated) };
      const { changes } = await upEnvironment(target());
      assert.ok(changes.create + changes.update + changes.replace > 0);
      made += changes.create - changes.delete;
    }
    look?.(first, world);
    const destroyed = await destroyEnvironment(target());
    assert.equal(destroyed.changes.delete, made);
    assert.deepEqual(filesIn(join(world, packageOf(target().plan.provider))), []);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
