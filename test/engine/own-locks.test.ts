import assert from "node:assert/strict";
import { join } from "node:path";
import { ConcurrentUpdateError } from "@pulumi/pulumi/automation/errors";
import { areOwnDead, commandPastOwnLocks, noteEngine, pastOwnLocks } from "../../engine/own-locks";
import { temporaryFolders } from "../support/temporary";

const AT = Date.parse("2026-11-27T10:00:00.700Z");

/** The engine's words for locks of processes on hosts. */
function refusal(...locks: readonly (readonly [host: string, pid: number, since: string])[]): string {
  const lines = locks.map(([host, pid, since]) => `\n  s3://b/.pulumi/locks/x.json: created by root@${host} (pid ${pid}) at ${since}`);
  return `error: the stack is currently locked by ${locks.length} lock(s). Either wait …${lines.join("")}`;
}

describe("the locks of dead engines in a backend that others use too", () => {
  const folder = temporaryFolders();
  const dead = () => false;
  const started = [{ pid: 7, at: AT }];

  it("are ours where we wrote the engine down as it started, and nothing else is", () => {
    const ours = (text: string, runs: (pid: number, at: number) => boolean = dead) => areOwnDead(text, started, "ci", runs);
    // The engine tells its time in whole seconds, and in its own zone.
    assert.ok(ours(refusal(["ci", 7, "2026-11-27T19:00:00+09:00"])));
    assert.ok(!ours(refusal(["ci", 7, "2026-11-27T10:00:00Z"]), () => true), "it lives");
    assert.ok(!ours(refusal(["other", 7, "2026-11-27T10:00:00Z"])), "another host's");
    assert.ok(!ours(refusal(["ci", 8, "2026-11-27T10:00:00Z"])), "another host of the same name");
    assert.ok(!ours(refusal(["ci", 7, "2026-11-27T09:59:00Z"])), "from before it started");
    assert.ok(!ours(refusal(["ci", 7, "2026-11-27T10:20:00Z"])), "of a later process with its number");
    assert.ok(!ours(refusal(["ci", 7, "2026-11-27T10:00:01Z"], ["other", 9, "2026-11-27T10:00:00Z"])), "one of two");
    assert.ok(!ours("error: the stack is currently locked by 1 lock(s)"), "one that is not told");
    assert.ok(!ours("[409] Conflict: Another update is currently in progress"));
  });

  it("go before another try; those of others stay", async () => {
    const file = join(folder(), "seoul.engines");
    const cancelled: string[] = [];
    const cancel = async () => void cancelled.push("cancelled");
    const { hostname } = await import("node:os");
    const locked = new ConcurrentUpdateError(refusal([hostname(), 999_999_999, new Date().toISOString()]));
    const failing = (times: number) => async () => {
      if (times-- > 0) throw locked;
      return "done";
    };
    await assert.rejects(pastOwnLocks(file, cancel, failing(1)), ConcurrentUpdateError);
    noteEngine(file, 999_999_999);
    assert.equal(await pastOwnLocks(file, cancel, failing(1)), "done");
    assert.deepEqual(cancelled, ["cancelled"]);
    await assert.rejects(
      pastOwnLocks(file, cancel, failing(1)),
      ConcurrentUpdateError,
      "once it is removed, it is nobody's proof any more",
    );
    await assert.rejects(pastOwnLocks(undefined, cancel, failing(1)), ConcurrentUpdateError);
  });

  it("go before a command on a state as before an operation", async () => {
    const { hostname } = await import("node:os");
    const engines = join(folder(), "seoul.engines");
    const setting = { stack: "seoul", workDir: "/", engines };
    const calls: string[] = [];
    const told: string[] = [];
    const command = {
      run: async (args: readonly string[]) => {
        calls.push(args.join(" "));
        if (args[1] === "import" && calls.length === 1)
          throw new ConcurrentUpdateError(refusal([hostname(), 999_999_999, new Date().toISOString()]));
        return { stdout: "done", stderr: "", code: 0 };
      },
    };
    noteEngine(engines, 999_999_999);
    const { stdout } = await commandPastOwnLocks(command, setting, (text) => told.push(text)).run(["stack", "import"], "/", {});
    assert.equal(stdout, "done");
    assert.deepEqual(calls, ["stack import", "cancel --yes --stack seoul", "stack import"]);
    assert.deepEqual(told, ["removed the lock of an operation on seoul that was killed"]);
  });
});
