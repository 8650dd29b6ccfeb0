import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { constants, getPriority } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Children } from "../../fleet/children";
import { temporaryFolders } from "../support/temporary";

describe("a step that a runner on another host began", () => {
  const folder = temporaryFolders();
  const operation = { cluster: "a", step: "up", attempt: 1 } as const;
  const begun = (silenceMs: number) => {
    const results = folder();
    const put = (end: string, content: string) => writeFileSync(join(results, `a.1.up.${end}`), content);
    put("process", JSON.stringify({ pid: process.pid, host: "elsewhere", startedAt: 0 }));
    put("log", "begins\n");
    put("json", "");
    const settings = {
      main: "",
      root: results,
      results,
      sandbox: true,
      health: {},
      work: { operation: "up" as const },
      approvals: {},
      silenceMs,
    };
    return { children: new Children(settings), put, say: (line: string) => appendFileSync(join(results, "a.1.up.log"), line) };
  };

  it("is waited for as long as it speaks, and its result taken", async () => {
    const { children, put, say } = begun(1_500);
    const looked = children.look(operation);
    for (let beat = 0; beat < 4; beat++) {
      await pause(500);
      say(`[0:0${beat}]\n`);
    }
    put("json", JSON.stringify({ changes: {} }));
    assert.deepEqual(await looked, { outcome: "done" });
  });

  it("has ended without a result once it is silent", async () => {
    assert.deepEqual(await begun(50).children.look(operation), { outcome: "unknown" });
  });
});

describe("a step of a service", () => {
  const folder = temporaryFolders();

  it("gives way to the service, which answers meanwhile; a runner's own does not", async () => {
    const results = folder();
    const main = join(results, "main.js");
    writeFileSync(main, "setTimeout(() => { console.error(require('node:os').getPriority()); process.exitCode = 1; }, 500);");
    const settings = { main, root: results, results, sandbox: true, health: {}, work: { operation: "up" as const }, approvals: {} };
    const reasons = await Promise.all(
      [true, false].map(async (yields, index) => {
        const ended = await new Children({ ...settings, yields }).launch({ cluster: "a", step: "up", attempt: index + 1 });
        return ended.outcome === "failed" ? ended.reason : ended.outcome;
      }),
    );
    assert.deepEqual(reasons, [`it ended with 1: ${constants.priority.PRIORITY_BELOW_NORMAL}`, `it ended with 1: ${getPriority()}`]);
  });
});

describe("a step that ended without a word", () => {
  const folder = temporaryFolders();

  it("is told of by the last line of its log", async () => {
    const results = folder();
    const main = join(results, "main.js");
    writeFileSync(main, 'console.error("[0:10] 3 done\\nno such backend"); process.exitCode = 1;');
    const children = new Children({ main, root: results, results, sandbox: true, health: {}, work: { operation: "up" }, approvals: {} });
    const ended = await children.launch({ cluster: "a", step: "up", attempt: 1 });
    assert.deepEqual(ended, { outcome: "failed", reason: "it ended with 1: no such backend", transient: false });
  });
});
