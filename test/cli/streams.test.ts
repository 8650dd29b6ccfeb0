import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../cli/context";
import { modules } from "../../cli/modules";
import { interruptible } from "../../cli/signals";
import { engineForTests } from "../support/engine";
import { Project } from "../support/project";
import { temporaryFolders } from "../support/temporary";

const MAIN = join(__dirname, "..", "..", "cli", "main.js");

describe("what a command says", function () {
  // Commands of their own, several in some tests, which take their time on a busy machine.
  this.timeout(120_000);
  const folder = temporaryFolders();

  /** A shell's command line in which `kpaas` is the real one. */
  function sh(line: string, cwd: string): SpawnSyncReturns<string> {
    const script = `kpaas() { "${process.execPath}" "${MAIN}" "$@"; }\n${line}`;
    return spawnSync("bash", ["-c", script], { cwd, encoding: "utf8", timeout: 60_000 });
  }

  function project(): string {
    const root = folder();
    mkdirSync(join(root, "environments"));
    writeFileSync(join(root, "environments", "good.yaml"), "name: good\ninfrastructure: { provider: openstack }\n");
    const zones = Array.from({ length: 2_000 }, (_, index) => `-${index}`).join(", ");
    writeFileSync(join(root, "environments", "bad.yaml"), `name: bad\ninfrastructure: { provider: openstack, zones: [${zones}] }\n`);
    return root;
  }

  it("is whole however slowly it is read, on both streams", () => {
    const root = project();
    const { stdout, stderr } = sh(
      "kpaas schema | (sleep 0.3; cat) > slow; kpaas schema > fast; cmp slow fast; kpaas check bad 2>&1 > /dev/null | (sleep 0.3; cat) > problems",
      root,
    );
    assert.equal(stdout + stderr, "");
    assert.ok(JSON.parse(readFileSync(join(root, "fast"), "utf8")).$schema);
    const problems = readFileSync(join(root, "problems"), "utf8");
    assert.ok(problems.length > 131_072);
    assert.equal(problems.match(/^error /gm)?.length, 2_000);
    assert.match(problems, /\nnext: kpaas check bad\n$/);
  });

  it("ends the command, as a shell says it, where its reader goes away, whichever stream it is", () => {
    const root = project();
    for (const line of ["kpaas schema | head -1", "kpaas check bad 2>&1 >/dev/null | head -1", "kpaas check bad 2>&1 | head -1"]) {
      const { stdout, stderr } = sh(`${line} >/dev/null; echo \${PIPESTATUS[0]}`, root);
      assert.deepEqual({ stdout, stderr }, { stdout: "141\n", stderr: "" }, line);
    }
  });

  it("that cannot be written is a failure that says so", function () {
    if (!existsSync("/dev/full")) return this.skip();
    const root = project();
    const said = /^error standard output could not be written: ENOSPC: .*\nnext: /m;
    for (const line of ["kpaas plan good --json", "kpaas check", "kpaas --help"]) {
      const { status, stderr } = sh(`${line} > /dev/full`, root);
      assert.equal(status, 1, line);
      assert.match(stderr, said, line);
    }
    assert.equal(sh("kpaas check bad 2> /dev/full", root).status, 1);
  });

  it("is what is wrong where its folder was removed", () => {
    const { status, stderr } = sh("mkdir gone; cd gone; rmdir ../gone; kpaas check", project());
    assert.deepEqual({ status, stderr }, { status: 1, stderr: "error the folder you are in is not there any more: go to another one\n" });
  });

  it("may go to nobody from the beginning", () => {
    assert.equal(sh("kpaas plan good >&- 2>&- <&-", project()).status, 0);
  });
});

describe("an operation whose output nobody reads any more", () => {
  it("is asked to stop in order", async () => {
    const lost = new AbortController();
    const sink = { write: () => true };
    const context: Context = { cwd: "/", env: {}, stdout: sink, stderr: sink, modules, lost: lost.signal };
    const stopped = interruptible(context, ({ signal, forceSignal }) => {
      lost.abort();
      return Promise.resolve([signal.aborted, forceSignal.aborted]);
    });
    assert.deepEqual(await stopped, [true, false]);
    assert.deepEqual(await interruptible(context, async ({ signal }) => signal.aborted), true, "lost before it began");
  });

  it("ends and holds nothing", async function () {
    this.timeout(60_000);
    await engineForTests.call(this);
    const own = new Project();
    try {
      own.fault({ rules: [{ package: "openstack", type: "Network", operation: "create", hang: { call: 1 } }] });
      const line = `"${process.execPath}" "${MAIN}" up k --sandbox --yes 2>&1 | head -1 > /dev/null; echo \${PIPESTATUS[0]}`;
      const { stdout } = spawnSync("bash", ["-c", line], { cwd: own.root, encoding: "utf8", timeout: 50_000 });
      assert.equal(stdout, "141\n");
      assert.deepEqual(own.locks(), []);
      assert.ok(readdirSync(own.root).length > 0);
    } finally {
      own.remove();
    }
  });
});
