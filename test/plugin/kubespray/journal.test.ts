import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { FileJournal } from "../../../plugin/kubespray/journal";
import { temporaryFolders } from "../../support/temporary";

describe("The journal of a cluster", () => {
  const folder = temporaryFolders();
  const at = "2026-01-01T00:00:00.000Z";
  const step = (event: "step-started" | "step-finished" | "step-failed", fingerprint: string) =>
    ({ event, run: "r", at, step: "1-scale", fingerprint }) as const;

  it("knows how far each step got since the last run that ended well", () => {
    const journal = new FileJournal(join(folder(), "journal.jsonl"));
    assert.deepEqual([...journal.begun()], []);
    journal.append(step("step-started", "a"));
    journal.append(step("step-finished", "a"));
    journal.append({ event: "run-finished", run: "r", at, outcome: "done" });
    journal.append(step("step-started", "b"));
    journal.append(step("step-finished", "b"));
    journal.append(step("step-started", "c"));
    journal.append(step("step-failed", "c"));
    journal.append({ event: "run-finished", run: "r", at, outcome: "failed" });
    assert.deepEqual(
      [...journal.begun()],
      [
        ["b", "finished"],
        ["c", "started"],
      ],
    );
  });

  it("survives a line that a killed run wrote half", () => {
    const path = join(folder(), "journal.jsonl");
    const journal = new FileJournal(path);
    journal.append(step("step-started", "a"));
    appendFileSync(path, '{"event":"step-fin');
    journal.append(step("step-started", "b"));
    assert.deepEqual([...journal.begun().keys()], ["a", "b"]);
  });

  it("lets one run work at a time and frees the fence when it ends", () => {
    const journal = new FileJournal(join(folder(), "journal.jsonl"));
    const fence = journal.acquire();
    assert.throws(() => journal.acquire(), new RegExp(`another run is working on this cluster \\(process ${process.pid} on `));
    fence.release();
    journal.acquire().release();
  });

  it("takes over the fence of a process that is gone, and of one that died while it wrote it", () => {
    const world = folder();
    const path = join(world, "journal.jsonl");
    const { pid } = spawnSync(process.execPath, ["--version"]);
    for (const content of [JSON.stringify({ run: "x", owner: { host: hostname(), pid } }), '{"run":']) {
      writeFileSync(`${path}.fence`, content);
      new FileJournal(path).acquire().release();
    }
    assert.deepEqual(readdirSync(world), []);
  });
});
