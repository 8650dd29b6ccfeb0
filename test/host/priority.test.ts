import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { giveWay, waitAlike } from "../../host/priority";
import { deadPid } from "../support/processes";

describe("A process with a session of its own", () => {
  const begun: ChildProcess[] = [];
  const begin = (): number => {
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { detached: true, stdio: "ignore" });
    begun.push(child);
    assert.ok(child.pid !== undefined);
    return child.pid;
  };
  /** How nice its session is; undefined where the kernel shares processors in another way. */
  const sessionOf = (pid: number): number | undefined => {
    const file = `/proc/${pid}/autogroup`;
    const said = existsSync(file) ? /nice (-?\d+)/.exec(readFileSync(file, "utf8"))?.[1] : undefined;
    return said === undefined ? undefined : Number(said);
  };
  const settled = async (pid: number, niceness: number) => {
    for (let waited = 0; waited < 100 && sessionOf(pid) !== niceness; waited++) await pause(50);
    assert.equal(sessionOf(pid), niceness);
  };
  afterEach(() => {
    for (const child of begun.splice(0)) child.kill("SIGKILL");
  });

  it("gives way with its whole session, which the kernel goes by first", async function () {
    const pids = [begin(), begin(), begin()];
    if (sessionOf(pids[0] ?? 0) === undefined) return this.skip();
    // Asked at once, a kernel refuses a plain user some of them for a moment.
    for (const pid of pids) giveWay(pid);
    for (const pid of pids) {
      assert.equal(getPriority(pid), 10);
      await settled(pid, 10);
    }
  });

  it("waits as whoever starts it does", async function () {
    const pid = begin();
    if (sessionOf(pid) === undefined) return this.skip();
    const before = sessionOf(pid);
    if (getPriority() <= 0) {
      waitAlike(pid);
      assert.equal(sessionOf(pid), before);
    }
    const priority = join(__dirname, "..", "..", "host", "priority.js");
    const said = execFileSync("nice", [
      "-n",
      "5",
      process.execPath,
      "-e",
      `require(${JSON.stringify(priority)}).waitAlike(${pid}); setTimeout(() => {}, 500); console.log(require("os").getPriority())`,
    ]);
    await settled(pid, Number(said));
  });

  it("may have ended, or never begun", async () => {
    const pid = await deadPid();
    giveWay(pid);
    waitAlike(pid);
    waitAlike(undefined);
  });
});
