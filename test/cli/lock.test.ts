import assert from "node:assert/strict";
import { RefusedError } from "../../model/problems";
import { command } from "./fixture";

describe("a missing or outdated lock", () => {
  it("is told of by check and plan, which work with the proposed one", async () => {
    for (const lockState of ["missing", "outdated"] as const) {
      for (const name of ["check", "plan"]) {
        const { code, stderr, calls } = await command([name, "seoul"], { lockState });
        assert.deepEqual([code, calls], [0, []]);
        assert.match(stderr, new RegExp(`seoul: the lock file is ${lockState}; \`kpaas lock seoul\` writes it`));
      }
    }
  });

  it("is refused by preview, up and refresh, with the difference shown", async () => {
    for (const name of ["preview", "up", "refresh"]) {
      const { code, stdout, calls } = await command([name, "seoul", "--yes", "--json"], { lockState: "outdated" });
      assert.deepEqual([code, calls], [3, []], name);
      const { problems } = JSON.parse(stdout);
      const moved = problems.find((problem: { path: string }) => problem.path === "lock.machines.cp-1.address");
      assert.deepEqual([moved.value, moved.severity], ["10.20.0.9", "error"]);
      assert.match(moved.reason, /10\.20\.0\.11/);
      assert.match(moved.remedy, /kpaas lock seoul/);
      const human = await command([name, "seoul", "--yes"], { lockState: "outdated", ...(name === "up" ? {} : { answers: ["y"] }) });
      assert.deepEqual([human.code, human.stdout], [3, ""], name);
      assert.match(
        human.stderr,
        /error seoul: the lock file does not fit.*\n.*kpaas lock seoul.*\n {4}~ machines\.cp-1\.address: 10\.20\.0\.9 → 10\.20\.0\.11/,
      );
    }
  });

  it("is shown, asked about and written by an interactive up", async () => {
    const { code, stderr, calls } = await command(["up", "seoul"], { lockState: "outdated", answers: ["yes"] });
    assert.equal(code, 0);
    assert.match(stderr, /~ machines\.cp-1\.address: 10\.20\.0\.9 → 10\.20\.0\.11/);
    assert.deepEqual(
      calls.filter((call) => !call.startsWith("ask")),
      ["preview", "up", "writeLock"],
    );
  });

  it("is written by an up in the sandbox, and only used by a preview there", async () => {
    assert.deepEqual((await command(["up", "seoul", "--sandbox", "--yes"], { lockState: "missing" })).calls, ["up", "writeLock"]);
    assert.deepEqual((await command(["preview", "seoul", "--sandbox"], { lockState: "missing" })).calls, ["preview"]);
  });

  it("is left alone when the plan is refused: the way back starts from the lock of what is there", async () => {
    const refused = await command(["up", "seoul", "--sandbox", "--yes"], { lockState: "outdated", failure: new RefusedError([]) });
    assert.deepEqual([refused.code, refused.calls], [3, ["up"]]);
  });

  it("is no hindrance to a destroy", async () => {
    assert.deepEqual((await command(["destroy", "seoul", "--yes"], { lockState: "outdated" })).calls, ["destroy"]);
  });

  it("is written by lock, which shows what it fixed", async () => {
    const human = await command(["lock", "seoul"], { lockState: "missing" });
    assert.deepEqual([human.code, human.calls], [0, ["writeLock"]]);
    assert.match(human.stdout, /wrote \/work\/environments\/seoul\.lock\.yaml/);
    const { stdout } = await command(["lock", "seoul", "--json"], { lockState: "outdated" });
    assert.deepEqual(JSON.parse(stdout).changes, [{ path: "machines.cp-1.address", was: "10.20.0.9", becomes: "10.20.0.11" }]);
    const current = await command(["lock", "seoul"]);
    assert.deepEqual([current.calls, current.stdout], [[], "/work/environments/seoul.lock.yaml is current\n"]);
  });
});
