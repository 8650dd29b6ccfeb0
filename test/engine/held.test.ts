import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineCommand } from "../../engine/command";
import { StackBusyError } from "../../engine/errors";
import type { Progress } from "../../engine/events";
import { asOnlyHost, asOnlyWriter } from "../../engine/held";
import { runOperation } from "../../engine/run-operation";
import { changeSecrets } from "../../engine/secrets-provider";
import { stateFile } from "../../engine/state/copy";
import { openState, readStates, replaceStates } from "../../engine/states";
import type { EngineTarget } from "../../engine/types";
import { realSetting } from "../../engine/workspace";
import { removeFolder } from "../../host/files";
import { ownVariables, seoulIn } from "../support/backend";
import { engineForTests } from "../support/engine";
import { treeOf } from "../support/processes";

describe("an environment in three layers, on two hosts", function () {
  this.timeout(120_000);
  const set = ownVariables();
  const roots: string[] = [];
  before(engineForTests);
  after(() => roots.forEach(removeFolder));

  /** Two checkouts that share a backend and nothing beside. */
  function two(): readonly [EngineTarget, EngineTarget] {
    const [here, there] = [0, 1].map(() => mkdtempSync(join(tmpdir(), "kpaas-held-"))) as [string, string];
    roots.push(here, there);
    const { target } = seoulIn(here, set);
    mkdirSync(join(there, "environments"));
    const layered = { ...target, plan: { ...target.plan, layers: "three" as const } };
    return [layered, { ...layered, root: there }];
  }

  it("is worked on by one of them, and the other is told who that is", async () => {
    const [here, there] = two();
    const told = await asOnlyHost("up", here, {}, async () => {
      await assert.rejects(
        asOnlyHost("refresh", { ...there, layer: "platform" }, {}, assert.fail),
        (error: Error) =>
          error instanceof StackBusyError &&
          /^Environment seoul is being changed by \S+@\S+ \(process \d+\) since .*if it has died on another host, delete .*\.json\.$/.test(
            error.message,
          ),
      );
      return "worked";
    });
    assert.equal(told, "worked");
    assert.equal(await asOnlyHost("refresh", there, {}, async () => "worked there"), "worked there");
    assert.deepEqual(readdirSync(join(here.root, "environments")), [], "nobody's configuration is touched");
  });

  it("is free again when the work fails, and leaves nothing of that when it is destroyed", async () => {
    const [here, there] = two();
    await assert.rejects(
      asOnlyHost("up", here, {}, () => Promise.reject(new Error("failed"))),
      /^Error: failed$/,
    );
    const stacks = join(here.root, "backend", ".pulumi", "stacks", "kpaas");
    assert.ok(readdirSync(stacks).some((name) => name.startsWith("seoul.held.json")));
    await asOnlyHost("destroy", there, {}, async () => undefined);
    assert.deepEqual(existsSync(stacks) ? readdirSync(stacks).filter((name) => /held\.json(\.gz)?$/.test(name)) : [], []);
  });

  it("is taken by the next one on the same host where the engine that held it was killed, which is told", async () => {
    const [here, there] = two();
    const warnings: string[] = [];
    const onProgress = (event: Progress) => void (event.kind === "message" && warnings.push(event.text));
    await asOnlyHost("up", here, { onProgress }, async () => {
      const [engine] = treeOf(process.pid).filter(({ kind }) => kind === "engine");
      assert.ok(engine !== undefined);
      process.kill(engine.pid, "SIGKILL");
      while (warnings.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    });
    assert.match(warnings.join("\n"), /^seoul\.held is not held any more: let no other host work on seoul: .*killed/);
    assert.equal(await asOnlyHost("up", there, {}, async () => "worked"), "worked");
  });
});

describe("an environment in one stack, on two hosts", function () {
  this.timeout(120_000);
  const set = ownVariables();
  const roots: string[] = [];
  before(engineForTests);
  after(() => roots.forEach(removeFolder));

  it("is another host's no sooner than what was broken off has been found out about, which no lock of the engine's covers", async () => {
    const [here, there] = [0, 1].map(() => mkdtempSync(join(tmpdir(), "kpaas-held-"))) as [string, string];
    roots.push(here, there);
    const { target, up } = seoulIn(here, set);
    mkdirSync(join(there, "environments"));
    await up();
    const { backendFolder = "", project } = realSetting(here, target.plan);
    const file = stateFile(backendFolder, project, "seoul");
    const state = JSON.parse(readFileSync(file, "utf8"));
    const type = "openstack:compute/instance:Instance";
    state.checkpoint.latest.pending_operations = [
      { type: "updating", resource: { urn: `urn:pulumi:seoul::kpaas::${type}::vm`, type, custom: true } },
    ];
    writeFileSync(file, JSON.stringify(state));
    // Between the last look at the state and the writing of it the other host has all the time that it takes.
    const { run } = EngineCommand.prototype;
    const said: string[] = [];
    EngineCommand.prototype.run = async function (args, ...more) {
      if (args.slice(0, 2).join(" ") === "stack import" && said.length === 0)
        said.push(
          spawnSync(process.execPath, [join(__dirname, "..", "support", "one-stack-child.js"), there], { encoding: "utf8" }).stdout,
        );
      return await run.call(this, args, ...more);
    };
    try {
      await runOperation("up", target, async () => ({ by: "this" }), {});
    } finally {
      EngineCommand.prototype.run = run;
    }
    assert.match(said.join(), /^StackBusyError: Environment seoul is being changed by \S+@\S+ \(process \d+\)/);
    assert.deepEqual(
      readdirSync(join(backendFolder, ".pulumi", "stacks", project)).filter((name) => /held\.json(\.gz)?$/.test(name)),
      [],
      "what was held is gone again",
    );
    const after = spawnSync(process.execPath, [join(__dirname, "..", "support", "one-stack-child.js"), there], { encoding: "utf8" });
    assert.equal(after.stdout.trim(), "ended well", after.stderr);
  });

  it("is restored, given other secrets, and taken back from a destroy that was broken off by one host at a time", async () => {
    const [here, there] = [0, 1].map(() => mkdtempSync(join(tmpdir(), "kpaas-held-"))) as [string, string];
    roots.push(here, there);
    const { target, up } = seoulIn(here, set);
    mkdirSync(join(there, "environments"));
    await up();
    const elsewhere = { ...target, root: there };
    const shown = await readStates(elsewhere);
    const { stack } = await openState(elsewhere, undefined, {});
    stack.keepBeforeDestroy(shown[0]?.state.deployment.resources ?? assert.fail("it has no state"));
    const nothing = () => assert.fail("nothing is replaced");
    const writing = {
      "a restore": () => replaceStates(elsewhere, shown, shown, nothing),
      "other secrets": () => changeSecrets(elsewhere, "passphrase", nothing, "another"),
      "an up after a broken destroy": () => runOperation("up", elsewhere, async () => ({ by: "that" }), {}),
    };
    await asOnlyWriter("state restore", target, {}, async () => {
      for (const [what, write] of Object.entries(writing))
        await assert.rejects(
          write(),
          (error: Error) => error instanceof StackBusyError && /^Environment seoul is being changed by \S+@\S+ /.test(error.message),
          what,
        );
    });
    assert.notEqual(stack.beforeDestroy(), undefined, "what was kept is kept until somebody has looked for it");
    await writing["an up after a broken destroy"]();
    assert.equal(stack.beforeDestroy(), undefined);
    const now = await readStates(elsewhere);
    await replaceStates(elsewhere, shown, now, () => undefined);
    const { backendFolder = "", project } = realSetting(here, target.plan);
    const left = readdirSync(join(backendFolder, ".pulumi", "stacks", project)).filter((name) => /held\.json(\.gz)?$/.test(name));
    assert.deepEqual(left, [], "what was held is gone again");
  });
});
