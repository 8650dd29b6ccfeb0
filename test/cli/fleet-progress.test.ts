import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createColors } from "picocolors";
import type { Context } from "../../cli/context";
import { modules } from "../../cli/modules";
import { withFleetProgress } from "../../cli/progress/fleet";
import { type ClusterLine, renderFleet, renderFleetBeat } from "../../cli/progress/fleet-render";
import { temporaryFolders } from "../support/temporary";

const style = { width: 60, height: 24, colors: createColors(false) };
const line = (name: string, status: ClusterLine["status"], more: Partial<ClusterLine> = {}): ClusterLine => ({
  ...{ name, status, attempt: 1, milliseconds: 65_000 },
  ...more,
});

describe("progress of a fleet", () => {
  const lines = [
    line("a", "done", { step: "health" }),
    line("busan", "running", { step: "up", says: "[0:50] 34 done, 2 running: cluster: [2/4] scale" }),
    line("c", "failed", { step: "up", reason: "no quota" }),
    line("d", "waiting"),
    line("e", "waiting", { step: "up", reason: "throttled" }),
  ];

  it("has a line for each cluster: what is under way first, then what went wrong, what comes next, and what is over", () => {
    assert.deepEqual(renderFleet({ title: "fleet up", milliseconds: 125_000, lines, waiting: "" }, style), [
      "fleet up  2:05  1 done, 1 failed, 1 running, 2 waiting",
      "  busan  up  1:05  [0:50] 34 done, 2 running: cluster: [2/4…",
      "  c      failed  no quota",
      "  d      waiting",
      "  e      waiting after up  throttled",
      "  a      done",
    ]);
  });

  it("takes no more room than the terminal has, and counts what has none", () => {
    const many = Array.from({ length: 2_000 }, (_, index) => line(`cluster-${index}`, index < 50 ? "running" : "waiting", { step: "up" }));
    for (const height of [1, 4, 10, 24]) {
      const drawn = renderFleet({ title: "fleet up", milliseconds: 0, lines: many, waiting: "a reason" }, { ...style, height, width: 40 });
      assert.ok(drawn.length <= Math.max(3, height - 1), `${drawn.length} lines of ${height}`);
      for (const each of drawn) assert.ok(each.length <= 40, each);
    }
    const drawn = renderFleet({ title: "fleet up", milliseconds: 0, lines: many, waiting: "" }, { ...style, height: 10 });
    assert.equal(drawn.at(-1), "  and 1994 more: 44 running, 1950 waiting");
  });

  it("is a line a minute in a log, beside one for each thing that happens", async () => {
    assert.equal(
      renderFleetBeat({ title: "fleet up", milliseconds: 125_000, lines, waiting: "" }),
      "[2:05] 1 done, 1 failed, 1 running, 2 waiting: busan up  1:05  [0:50] 34 done, 2 running: cluster: [2/4] scale",
    );
    const written: string[] = [];
    const context: Context = { cwd: "/", env: {}, stdout: { write: () => 0 }, stderr: { write: (text) => written.push(text) }, modules };
    await withFleetProgress(context, "fleet up", async ({ tell }) => {
      tell({ event: "following", clusters: () => lines, latest: () => undefined });
      tell({ event: "started", at: "", cluster: "a", step: "up", attempt: 1 });
      tell({ event: "ended", at: "", cluster: "a", step: "up", attempt: 1, outcome: "failed", reason: "throttled", transient: true });
    });
    assert.deepEqual(written, ["a: up begins\n", "a: up failed: throttled, which may pass\n"]);
  });

  describe("on a terminal", () => {
    const folder = temporaryFolders();

    it("redraws its lines, leaves what has ended above them, and takes them away at the end", function () {
      if (spawnSync("script", ["--version"]).status !== 0) {
        console.error("SKIPPED: there is no `script` (util-linux) to make a terminal of");
        return this.skip();
      }
      const program = join(folder(), "program.js");
      const from = (...parts: string[]) => JSON.stringify(join(__dirname, "..", "..", "cli", ...parts));
      writeFileSync(
        program,
        `const { withFleetProgress } = require(${from("progress", "fleet")});
         const { processContext } = require(${from("context")});
         const clusters = Array.from({ length: 30 }, (_, index) => ({ name: "cluster-" + index, status: index < 2 ? "running" : "waiting", step: "up", attempt: 1 }));
         const { stdout, stderr } = process;
         withFleetProgress(processContext({ stdout, stderr, lost: new AbortController().signal }), "fleet up", async ({ tell }) => {
           tell({ event: "following", clusters: () => clusters, latest: (name) => "[0:01] it is " + name });
           await new Promise((resolve) => setTimeout(resolve, 600));
           tell({ event: "ended", at: "", cluster: "cluster-0", step: "up", attempt: 1, outcome: "done" });
           await new Promise((resolve) => setTimeout(resolve, 600));
         });`,
      );
      const command = `stty rows 8 cols 44; exec ${process.execPath} ${program}`;
      const { stdout } = spawnSync("script", ["-qefc", command, "/dev/null"], { encoding: "utf8", env: { ...process.env, TERM: "xterm" } });
      assert.match(stdout, /fleet up {2}0:0\d {2}2 running, 28 waiting/);
      assert.match(stdout, /cluster-0 {2}up {2}0:00 {2}\[0:01\] it is cluster…/);
      assert.match(stdout, /and 26 more: 26 waiting/);
      assert.match(stdout, /cluster-0: up done\r\n/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: by these the lines are taken away
      const left = stdout.slice(stdout.lastIndexOf("and 26 more")).replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "");
      assert.doesNotMatch(left, /cluster-\d+ {2}up/);
      assert.ok(stdout.includes("\u001b[2K"), "lines are gone over");
    });
  });
});
