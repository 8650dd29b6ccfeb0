import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mock } from "node:test";
import { ComponentResource, CustomResource, type CustomResourceOptions, secret } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { EngineCommand } from "../../engine/command";
import { InterruptedError, OperationFailedError, StackBusyError, StackMissingError } from "../../engine/errors";
import type { Progress } from "../../engine/events";
import { locateEngine } from "../../engine/locate";
import { readOutputs } from "../../engine/read";
import { runOperation } from "../../engine/run-operation";
import { exportedState } from "../../engine/state/copy";
import type { EngineTarget, OperationKind } from "../../engine/types";
import { sandboxSetting } from "../../engine/workspace";
import { RefusedError } from "../../model/problems";
import { engineForTests } from "../support/engine";
import { temporaryFolders } from "../support/temporary";
import { emptyPlan } from "./plan";

class Part extends ComponentResource {
  constructor(name: string) {
    super("kpaas:test:Part", name);
    this.registerOutputs({});
  }
}

class Thing extends CustomResource {
  constructor(name: string, options?: CustomResourceOptions) {
    super("slow:index:Thing", name, {}, options);
  }
}

const program: PulumiFn = async () => {
  new Part("one");
  return { url: "https://seoul", password: secret("hunter2"), nested: { token: secret("swordfish") } };
};

/** A program that tells when it runs and then waits for ever, as a long playbook does. */
function waiting(): { readonly program: PulumiFn; readonly runs: Promise<void> } {
  let started = () => {};
  const runs = new Promise<void>((resolve) => {
    started = resolve;
  });
  return {
    runs,
    program: async () => {
      new Part("one");
      started();
      await new Promise(() => {});
    },
  };
}

/** The approvals of absence that a refused operation asks for. */
async function absences(operation: Promise<unknown>): Promise<string[]> {
  try {
    await operation;
  } catch (error) {
    assert.ok(error instanceof RefusedError);
    return error.problems.flatMap(({ remedy }) => /--approve (\S+:absent@\S+)$/.exec(remedy)?.[1] ?? []);
  }
  throw new Error("nothing was refused");
}

/** The number of the engine's process that holds the stack whose locks are in a folder. */
function holderOf(locks: string): number {
  const [lock = ""] = readdirSync(locks).filter((name) => name.endsWith(".json"));
  return JSON.parse(readFileSync(join(locks, lock), "utf8")).pid;
}

/** What an operation starts of the engine's command line, each by its first words. */
async function started(operation: Promise<unknown>): Promise<string[]> {
  const counted = mock.method(EngineCommand.prototype, "run");
  try {
    await operation;
    return counted.mock.calls.map(({ arguments: [args] }) => (args[0] === "stack" ? `stack ${args[1]}` : (args[0] ?? "")));
  } finally {
    counted.mock.restore();
  }
}

/** How often an operation parses a state, as the engine exports it or as it lies in the backend. */
async function parsings(operation: () => Promise<unknown>): Promise<number> {
  const counted = mock.method(JSON, "parse");
  try {
    await operation();
    return counted.mock.calls.filter(({ arguments: [text] }) => /"(deployment|checkpoint)":/.test(String(text))).length;
  } finally {
    counted.mock.restore();
  }
}

describe("An operation on the real engine", function () {
  this.timeout(60_000);
  before(engineForTests);
  const folder = temporaryFolders();

  function target(): EngineTarget & { readonly locks: () => string[] } {
    const root = join(folder(), "a project");
    mkdirSync(root);
    const locks = join(root, ".kpaas/sandbox/backend/.pulumi/locks/organization/kpaas/seoul");
    const left = () => (existsSync(locks) ? readdirSync(locks).filter((name) => name.endsWith(".json")) : []);
    return { plan: emptyPlan("seoul"), root, sandbox: true, approvals: [], locks: left };
  }

  it("starts no more engines than it needs, and looks at the state once", async () => {
    const seoul = target();
    const run = (kind: OperationKind, by?: PulumiFn) => started(runOperation(kind, seoul, by, {}));
    assert.deepEqual(await run("preview", program), ["stack init", "preview"]);
    assert.deepEqual(await run("up", program), ["up"]);
    const setting = sandboxSetting(seoul.root, seoul.plan);
    const { command } = await locateEngine({ install: false });
    const exported = execFileSync(command, ["stack", "export", "--stack", "seoul"], { cwd: setting.workDir, env: setting.env });
    assert.deepEqual(JSON.parse(exportedState(setting) ?? ""), JSON.parse(String(exported)), "what is read in its place");
    assert.deepEqual(await run("preview", program), ["preview"]);
    assert.deepEqual(await run("destroy"), ["destroy", "stack rm"]);
  });

  it("parses the state no more often than it has to, however large it is", async () => {
    const seoul = target();
    const run = (kind: OperationKind, by?: PulumiFn) => parsings(() => runOperation(kind, seoul, by, {}));
    assert.deepEqual(
      {
        up: await run("up", program),
        again: await run("up", program),
        preview: await run("preview", program),
        destroy: await run("destroy"),
      },
      // Each is the whole state, so one more costs more the larger the environment is.
      { up: 2, again: 4, preview: 3, destroy: 5 },
    );
  });

  it("previews, brings up, changes nothing when repeated, refreshes and destroys", async () => {
    const seoul = target();
    const all = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
    assert.equal(await readOutputs(seoul), undefined, "no stack yet");
    const preview = await runOperation("preview", seoul, program, {});
    assert.deepEqual(preview.changes, { ...all, create: 2 });
    assert.deepEqual((await runOperation("destroy", seoul, undefined, {})).changes, all, "a preview leaves nothing to delete");
    const told: Progress[] = [];
    const up = await runOperation("up", seoul, program, { onProgress: (event) => told.push(event) });
    assert.deepEqual(up.changes, { ...all, create: 2 });
    assert.deepEqual(up.outputs, { url: "https://seoul", password: "[secret]", nested: { token: "[secret]" } });
    assert.deepEqual(up.resources.map((resource) => resource.name).sort(), ["kpaas-seoul", "one"]);
    assert.ok(told.some((event) => event.kind === "resource" && event.status === "done" && event.name === "one"));
    assert.deepEqual((await runOperation("up", seoul, program, {})).changes, { ...all, same: 2 });
    assert.deepEqual((await runOperation("refresh", seoul, undefined, {})).changes, { ...all, same: 2 });
    assert.deepEqual((await runOperation("destroy", seoul, undefined, {})).changes, { ...all, delete: 2 });
    assert.equal(await readOutputs(seoul), undefined, "the stack is gone");
    assert.deepEqual(readdirSync(join(seoul.root, ".kpaas/sandbox/world/seoul")), []);
  });

  it("keeps secrets out of the state and shows them only when asked", async () => {
    const seoul = target();
    await runOperation("up", seoul, program, {});
    const state = readFileSync(join(seoul.root, ".kpaas/sandbox/backend/.pulumi/stacks/kpaas/seoul.json"), "utf8");
    assert.match(state, /https:\/\/seoul/);
    assert.doesNotMatch(state, /hunter2|swordfish/);
    assert.deepEqual(await readOutputs(seoul), { url: "https://seoul", password: "[secret]", nested: { token: "[secret]" } });
    const shown = { url: "https://seoul", password: "hunter2", nested: { token: "swordfish" } };
    assert.deepEqual(await readOutputs(seoul, { showSecrets: true }), shown);
    assert.deepEqual((await runOperation("up", seoul, program, { showSecrets: true })).outputs, shown);
  });

  it("says that there is no stack when asked to refresh or destroy what was never brought up", async () => {
    const seoul = target();
    for (const kind of ["refresh", "destroy"] as const) await assert.rejects(runOperation(kind, seoul, undefined, {}), StackMissingError);
    assert.ok(
      !existsSync(join(seoul.root, ".kpaas", "sandbox", "world", seoul.plan.environment, "world.json")),
      "and leaves no world of it",
    );
  });

  it("gives back the program's own refusal, and tells it nowhere else", async () => {
    const refusal = new RefusedError([{ environment: "seoul", path: "x", reason: "no", remedy: "approve it", severity: "error" }]);
    const told: Progress[] = [];
    const refused = runOperation("up", target(), () => Promise.reject(refusal), { onProgress: (event) => told.push(event) });
    await assert.rejects(refused, (error) => error === refusal);
    assert.ok(!told.some((event) => event.kind === "message" && event.severity === "error"));
  });

  it("fails with the program's own words, without its stack trace", async () => {
    const bug = new TypeError("cannot do that");
    await assert.rejects(
      runOperation("up", target(), () => Promise.reject(bug), {}),
      (error) => {
        assert.ok(error instanceof OperationFailedError);
        assert.equal(error.message, "up of seoul failed:\n  cannot do that");
        assert.equal(error.cause, bug);
        return true;
      },
    );
  });

  it("ends when interrupted, leaves no lock and can be repeated", async () => {
    const seoul = target();
    const interrupt = new AbortController();
    const { program: slow, runs } = waiting();
    const up = runOperation("up", seoul, slow, { signal: interrupt.signal });
    await runs;
    assert.equal(seoul.locks().length, 1);
    interrupt.abort();
    await assert.rejects(up, InterruptedError);
    assert.deepEqual(seoul.locks(), []);
    await runOperation("up", seoul, program, {});
  });

  it("names who holds the stack, and takes over once that one was killed", async () => {
    const seoul = target();
    const { program: slow, runs } = waiting();
    const held = runOperation("up", seoul, slow, {});
    await runs;
    await assert.rejects(runOperation("up", seoul, program, {}), (error) => {
      assert.ok(error instanceof StackBusyError);
      assert.match(error.message, /Environment seoul is being changed by \S+@\S+ \(process \d+\) since /);
      return true;
    });
    const [lock = ""] = seoul.locks();
    const { pid } = JSON.parse(
      readFileSync(join(seoul.root, ".kpaas/sandbox/backend/.pulumi/locks/organization/kpaas/seoul", lock), "utf8"),
    );
    process.kill(pid, "SIGKILL");
    await assert.rejects(held, OperationFailedError);
    assert.equal(seoul.locks().length, 1, "the killed engine's lock");
    const told: Progress[] = [];
    await runOperation("up", seoul, program, { onProgress: (event) => told.push(event) });
    assert.ok(told.some((event) => event.kind === "engine" && event.text.includes("was killed")));
  });
});

describe("An operation in a project of the user's own, with a provider", function () {
  this.timeout(60_000);
  const folder = temporaryFolders();

  before(engineForTests);
  beforeEach(() => {
    process.env.PULUMI_CONFIG_PASSPHRASE = "for tests";
    process.env.PULUMI_HOME = folder();
  });
  afterEach(() => {
    delete process.env.PULUMI_CONFIG_PASSPHRASE;
    delete process.env.PULUMI_HOME;
  });

  interface Project extends EngineTarget {
    readonly journal: string;
    readonly locks: string;
  }

  function project(): Project {
    const root = folder();
    const journal = join(root, "journal");
    const launcher = join(root, "slow", "pulumi-resource-slow");
    mkdirSync(join(root, "slow"));
    mkdirSync(join(root, "backend"));
    writeFileSync(journal, "");
    writeFileSync(launcher, `#!/bin/sh\nexec "${process.execPath}" "${join(__dirname, "slowProvider.js")}" "${journal}" "$@"\n`, {
      mode: 0o755,
    });
    const file = { name: "mine", runtime: "nodejs", backend: { url: `file://${root}/backend` } };
    writeFileSync(join(root, "Pulumi.yaml"), JSON.stringify({ ...file, plugins: { providers: [{ name: "slow", path: "slow" }] } }));
    const locks = join(root, "backend/.pulumi/locks/organization/mine/seoul");
    return { plan: emptyPlan("seoul"), root, sandbox: false, approvals: [], journal, locks };
  }

  const register = (names: readonly string[]) => async () => {
    const things = names.map((name) => new Thing(name));
    return { ids: things.map((thing) => thing.id) };
  };

  it("keeps the user's stack configuration when it destroys", async () => {
    const seoul = project();
    await runOperation("up", seoul, register(["one"]), {});
    assert.deepEqual(await readOutputs(seoul), { ids: ["one"] });
    await runOperation("destroy", seoul, undefined, {});
    assert.ok(existsSync(join(seoul.root, "Pulumi.seoul.yaml")));
    assert.deepEqual(readdirSync(join(seoul.root, ".kpaas", "pending")), [], "nothing is left to be looked into");
  });

  it("destroys protected data too, for the caller has asked", async () => {
    const seoul = project();
    await runOperation("up", seoul, async () => void new Thing("data", { protect: true }), {});
    assert.equal((await runOperation("destroy", seoul, undefined, {})).changes.delete, 2);
  });

  it("counts the drift a refresh finds", async () => {
    const seoul = project();
    await runOperation("up", seoul, register(["one", "two", "three"]), {});
    writeFileSync(seoul.journal, "gone one\nchanged two\n");
    // A look tells the same as often as one looks, for it records nothing.
    for (const kind of ["drift", "drift", "refresh"] as const) {
      const { changes, resources } = await runOperation(kind, seoul, undefined, {});
      assert.deepEqual(changes, { create: 0, update: 1, replace: 0, delete: 1, same: 2 }, kind);
      assert.deepEqual(resources.map(({ op, name }) => `${op} ${name}`).sort(), ["delete one", "update two"], kind);
    }
    assert.deepEqual((await runOperation("drift", seoul, undefined, {})).resources, []);
  });

  it("names the resource that failed, why, and what to do", async () => {
    await assert.rejects(runOperation("up", project(), register(["bad-one", "two"]), {}), {
      name: "OperationFailedError",
      message:
        "up of seoul failed:\n  slow:index:Thing bad-one (create): quota exceeded\n" +
        "The cloud's quota is used up: ask for more, or plan fewer or smaller machines, then run the same command again.",
    });
  });

  it("cancels its providers when interrupted, waits for the engine and leaves no lock", async () => {
    const seoul = project();
    const interrupt = new AbortController();
    // Both must have begun, and what is done must be recorded as that, before anything is cancelled.
    const awaited = new Set(["one", "first", "second"]);
    const up = runOperation("up", seoul, register(["one", "slow-two", "slow-three"]), {
      signal: interrupt.signal,
      onProgress: (event) => {
        if (event.kind === "resource" && event.status === "done" && event.name === "one") awaited.delete("one");
        if (event.kind === "message" && event.text === "at work") awaited.delete(awaited.has("first") ? "first" : "second");
        if (awaited.size === 0) interrupt.abort();
      },
    });
    await assert.rejects(up, InterruptedError);
    assert.deepEqual(readdirSync(seoul.locks), []);
    const journal = readFileSync(seoul.journal, "utf8");
    for (const name of ["slow-two", "slow-three"]) assert.ok(journal.includes(`cancelled ${name}`), journal);
    // A creation that was cancelled may have been carried out, and this provider cannot be asked.
    const approvals = await absences(runOperation("up", seoul, register(["one"]), {}));
    assert.equal(approvals.length, 2);
    assert.deepEqual((await runOperation("up", { ...seoul, approvals }, register(["one"]), {})).changes.same, 2);
  });

  it("goes on after an engine that was killed while it created something", async () => {
    const seoul = project();
    const told: Progress[] = [];
    const killed = runOperation("up", seoul, register(["one", "stuck-two"]), {
      onProgress: (event) => {
        if (event.kind === "message" && event.text === "at work") process.kill(holderOf(seoul.locks), "SIGKILL");
      },
    });
    await assert.rejects(
      killed,
      (error) =>
        error instanceof OperationFailedError && /the engine was killed \(SIGKILL\).*\nRun the same command again/.test(error.message),
    );
    await runOperation("preview", seoul, register(["one", "two"]), { onProgress: (event) => told.push(event) });
    const shown = told.flatMap((event) => (event.kind === "engine" ? [event.text] : []));
    assert.match(shown.join("\n"), /stuck-two \(creating\)/, "what may have been left behind is named");
    const approvals = await absences(runOperation("up", seoul, register(["one", "two"]), {}));
    assert.ok(approvals.some((approval) => approval.startsWith("stuck-two:absent@")));
    const again = await runOperation("up", { ...seoul, approvals }, register(["one", "two"]), {});
    assert.deepEqual(again.outputs, { ids: ["one", "two"] });
    assert.equal((await runOperation("destroy", seoul, undefined, {})).changes.delete, 3);
    assert.equal(await readOutputs(seoul), undefined);
  });

  it("ends at once when forced, even if a provider does not listen", async () => {
    const seoul = project();
    const [interrupt, force] = [new AbortController(), new AbortController()];
    const up = runOperation("up", seoul, register(["stuck-one"]), {
      signal: interrupt.signal,
      forceSignal: force.signal,
      onProgress: (event) => {
        if (event.kind === "message" && event.text === "at work") interrupt.abort();
        if (event.kind === "message" && event.text === "cannot stop") force.abort();
      },
    });
    await assert.rejects(up, InterruptedError);
    const approvals = await absences(runOperation("up", seoul, register(["one"]), {}));
    await runOperation("up", { ...seoul, approvals }, register(["one"]), {});
  });
});
