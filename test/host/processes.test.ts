import assert from "node:assert/strict";
import { isAlive, processStart, readPs, readStat, thisProcess, wroteAndRuns } from "../../host/processes";
import { deadPid, zombie } from "../support/processes";

describe("The owner of a lock", () => {
  it("is alive while its process runs", () => assert.ok(isAlive(thisProcess())));

  it("is dead when no process has its number", async () => {
    assert.equal(isAlive({ ...thisProcess(), pid: await deadPid() }), false);
  });

  it("is dead when only its parent has not asked yet how it ended", async () => {
    const { pid, end } = await zombie();
    assert.equal(isAlive({ ...thisProcess(), pid, startedAt: 0 }), false);
    assert.equal(wroteAndRuns(pid, Date.now()), false);
    end();
  });

  it("is dead when another process has taken its number", () => {
    const own = thisProcess();
    assert.equal(isAlive({ ...own, startedAt: own.startedAt - 3_600_000 }), false);
  });

  it("counts as alive on another host, where nothing here can tell", async () => {
    assert.ok(isAlive({ ...thisProcess(), host: "elsewhere.example.org", pid: await deadPid() }));
  });

  it("started when its process did", () => {
    const started = processStart(process.pid);
    assert.ok(started !== undefined && Math.abs(started - (Date.now() - process.uptime() * 1_000)) < 2_500, `started at ${started}`);
  });
});

describe("What the system says of a process", () => {
  const stat = (state: string, threads: number) => `7 (a) b ${state}) ${state} 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 ${threads} 0 4200 0 0`;

  for (const [state, threads, dead] of [
    ["S", 11, false],
    ["R", 1, false],
    ["T", 1, false],
    ["Z", 0, true],
    ["Z", 1, true],
    ["X", 1, true],
    // Its first thread has ended, and others go on.
    ["Z", 3, false],
  ] as const) {
    it(`is read on Linux: ${state} with ${threads} threads is ${dead ? "dead" : "alive"}`, () => {
      assert.deepEqual(readStat(stat(state, threads), 1_000), { started: 43_000, dead });
    });
  }

  it("is read from ps elsewhere", () => {
    assert.deepEqual(readPs("S+   Thu Nov 26 08:00:00 2026\n"), { started: Date.parse("2026-11-26T08:00:00"), dead: false });
    assert.equal(readPs("Z    Thu Nov 26 08:00:00 2026\n").dead, true);
    assert.ok(Number.isNaN(readPs("").started), "nothing said: it may run");
  });

  it("is nothing for what is no process' number", () => {
    for (const pid of [0, -1, 1.5, Number.NaN]) assert.equal(processStart(pid), undefined);
  });
});
