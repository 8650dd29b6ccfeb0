import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { asOnlyOne } from "../../engine/only-one";
import { deadPid, zombie } from "../support/processes";
import { temporaryFolders } from "../support/temporary";

describe("Two operations on one environment", () => {
  const folder = temporaryFolders();
  const on = (root: string, environment = "k") => ({ root, sandbox: false, plan: { environment } });
  const working = (root: string) => readdirSync(join(root, ".kpaas", "working"));

  it("are one that works and one that is told who is at it; nothing is left behind", async () => {
    const root = folder();
    const during = await asOnlyOne(on(root), async () => {
      await assert.rejects(
        asOnlyOne(on(root), assert.fail),
        (error: Error) =>
          error.name === "StackBusyError" &&
          new RegExp(`^Environment k is being changed by \\S+@${hostname()} \\(process ${process.pid}\\) since 2\\S+Z\\. Wait`).test(
            error.message,
          ),
      );
      return await asOnlyOne(on(root, "other"), async () => working(root));
    });
    assert.deepEqual(during, ["k.json", "other.json"]);
    await assert.rejects(
      asOnlyOne(on(root), () => Promise.reject(new Error("failed"))),
      /failed/,
    );
    assert.deepEqual(working(root), []);
  });

  it("are one after the other where the first is dead, a zombie, on another host, or not to be read", async () => {
    const undead = await zombie();
    const root = folder();
    mkdirSync(join(root, ".kpaas", "working"), { recursive: true });
    const owner = { host: hostname(), startedAt: 0, user: "u", since: "2026-01-01T00:00:00Z" };
    for (const left of [
      JSON.stringify({ ...owner, pid: await deadPid() }),
      JSON.stringify({ ...owner, pid: undead.pid }),
      // The engine's own lock holds between hosts; a container's name is another at each start.
      JSON.stringify({ ...owner, pid: process.pid, host: "elsewhere" }),
      "",
    ]) {
      writeFileSync(join(root, ".kpaas", "working", "k.json"), left);
      assert.equal(await asOnlyOne(on(root), async () => "worked"), "worked");
    }
    undead.end();
    assert.deepEqual(working(root), []);
  });
});
