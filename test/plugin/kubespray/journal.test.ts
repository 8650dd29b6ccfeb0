import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { ClusterSpec } from "../../../model/cluster/types";
import { FenceLost, FileJournal } from "../../../plugin/kubespray/journal";
import { temporaryFolders } from "../../support/temporary";

describe("The journal of a cluster", () => {
  const folder = temporaryFolders();
  const spec = {} as ClusterSpec; // a fence in a file stays where it is
  const at = "2026-01-01T00:00:00.000Z";
  const step = (event: "step-started" | "step-finished" | "step-failed", fingerprint: string) =>
    ({ event, run: "r", at, step: "1-scale", fingerprint }) as const;

  it("knows how far each step got since the last run that ended well", async () => {
    const journal = new FileJournal(join(folder(), "journal.jsonl"));
    assert.deepEqual([...(await journal.begun())], []);
    await journal.append(step("step-started", "a"));
    await journal.append(step("step-finished", "a"));
    await journal.append({ event: "run-finished", run: "r", at, outcome: "done" });
    await journal.append(step("step-started", "b"));
    await journal.append(step("step-finished", "b"));
    await journal.append(step("step-started", "c"));
    await journal.append(step("step-failed", "c"));
    await journal.append({ event: "run-finished", run: "r", at, outcome: "failed" });
    assert.deepEqual(
      [...(await journal.begun())],
      [
        ["b", "finished"],
        ["c", "started"],
      ],
    );
  });

  it("survives a line that a killed run wrote half", async () => {
    const path = join(folder(), "journal.jsonl");
    const journal = new FileJournal(path);
    await journal.append(step("step-started", "a"));
    appendFileSync(path, '{"event":"step-fin');
    await journal.append(step("step-started", "b"));
    assert.deepEqual([...(await journal.begun()).keys()], ["a", "b"]);
  });

  it("lets one run work at a time and frees the fence when it ends", async () => {
    const journal = new FileJournal(join(folder(), "journal.jsonl"));
    const fence = await journal.acquire();
    await fence.renew(spec);
    await assert.rejects(journal.acquire(), new RegExp(`another run is working on this cluster \\(process ${process.pid} on `));
    await fence.release();
    await (await journal.acquire()).release();
    await assert.rejects(fence.renew(spec), FenceLost);
  });

  it("takes over the fence of a process that is gone, and of one that died while it wrote it", async () => {
    const world = folder();
    const path = join(world, "journal.jsonl");
    const { pid } = spawnSync(process.execPath, ["--version"]);
    for (const content of [JSON.stringify({ run: "x", owner: { host: hostname(), pid } }), '{"run":']) {
      writeFileSync(`${path}.fence`, content);
      await (await new FileJournal(path).acquire()).release();
    }
    assert.deepEqual(readdirSync(world), []);
  });
});
