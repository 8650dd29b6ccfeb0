import assert from "node:assert/strict";
import { StackMissingError } from "../../engine/errors";
import type { EngineTarget, OperationResult, RunOptions } from "../../engine/types";
import type { LoadedEnvironment } from "../../files/load";
import { planDigest } from "../../model/guard/approvals";
import type { PlannedEnvironment } from "../../model/plan/plan";
import { InvalidInputError, type Problem } from "../../model/problems";
import type { Rotations } from "../../model/rotation";
import { destroy, readLoss } from "../../operate/destroy";
import { drift } from "../../operate/drift";
import { LockRefusedError, lock } from "../../operate/lock";
import { type Control, DeclinedError, type Operator, type Question } from "../../operate/operator";
import { outputs } from "../../operate/outputs";
import { preview } from "../../operate/preview";
import { makeReady, type Request } from "../../operate/ready";
import { refresh } from "../../operate/refresh";
import { previewRotation, rotate } from "../../operate/rotate";
import { up } from "../../operate/up";
import { LOCK, PLAN, planWith } from "../cli/fixture";
import { type BehindDoors, playedDoors } from "../support/doors";

const PROBLEM: Problem = { environment: "seoul", path: "retain", reason: "no list", remedy: "write one", severity: "error" };

const PLANNED: PlannedEnvironment = { plan: PLAN, lock: LOCK, lockState: "current", lockChanges: [], shipped: PLAN.cluster };

const OUTDATED: PlannedEnvironment = { ...PLANNED, lockState: "outdated", lockChanges: [{ path: "image", was: "a", becomes: "b" }] };

const RESULT: OperationResult = {
  environment: "seoul",
  changes: { create: 1, update: 0, replace: 0, delete: 0, same: 0 },
  steps: [],
  outputs: {},
  before: {},
  seconds: 1,
  resources: [],
  approved: [],
};

interface World {
  readonly planned?: PlannedEnvironment | undefined;
  readonly standIn?: PlannedEnvironment;
  /** Gives the answers; undefined: all was agreed to beforehand. */
  readonly ask?: (question: Question) => boolean;
  readonly control?: Control;
  readonly failure?: Error;
  readonly outputs?: Record<string, unknown>;
  readonly rotations?: Rotations;
}

/** An operator and doors that write down in order what happens. */
function played(world: World = {}) {
  const events: string[] = [];
  const targets: EngineTarget[] = [];
  const options: RunOptions[] = [];
  const planned = "planned" in world ? world.planned : PLANNED;
  const loaded: LoadedEnvironment = {
    name: "seoul",
    file: "/work/environments/seoul.yaml",
    lockFile: "/work/environments/seoul.lock.yaml",
    problems: planned === undefined ? [PROBLEM] : [],
    ...(planned === undefined ? {} : { planned }),
  };
  const behind: BehindDoors = {
    loaded,
    standIn: world.standIn,
    result: RESULT,
    loss: { lost: ["all"], kept: [], layers: "three" },
    outputs: world.outputs,
    failure: world.failure,
    rotations: world.rotations,
    relocked: (lock) => ({ ...loaded, planned: { ...PLANNED, lock } }),
  };
  const doors = playedDoors(behind, (name, target, given) => {
    events.push(name);
    if (target !== undefined) targets.push(target);
    if (given !== undefined) options.push(given);
  });
  const { ask } = world;
  const operator: Operator = {
    asker: (kind) => {
      events.push(`asker of ${kind}`);
      return ask && (async (question) => ask(question));
    },
    tell: ({ kind }) => events.push(`told: ${kind}`),
    run: (job, work) => {
      events.push(`run: ${job.kind} ${job.environment}${job.sandbox ? " in the sandbox" : ""}`);
      return work(world.control ?? {});
    },
  };
  return { events, targets, options, operator, doors };
}

const SEOUL: Request = { reference: "seoul", root: "/work" };
const SANDBOX: Request = { ...SEOUL, sandbox: true };

describe("the use case", () => {
  it("up runs at once where it was agreed to beforehand, on a current lock only", async () => {
    const at = played();
    const { planned, target, result } = await up(SEOUL, at.operator, at.doors);
    assert.deepEqual([planned, target.folder, result], [PLANNED, "/work/environments", RESULT]);
    assert.deepEqual(at.events, ["told: loaded", "asker of up", "run: up seoul", "up"]);
    const refused = played({ planned: OUTDATED });
    await assert.rejects(up(SEOUL, refused.operator, refused.doors), (error) => {
      assert.ok(error instanceof LockRefusedError);
      assert.deepEqual([error.changes, error.problems.length], [OUTDATED.lockChanges, 2]);
      return true;
    });
    assert.deepEqual(refused.events, ["told: loaded", "asker of up"], "the engine was not started");
    const sandbox = played({ planned: OUTDATED });
    await up(SANDBOX, sandbox.operator, sandbox.doors);
    assert.deepEqual(sandbox.events.slice(2), ["run: up seoul in the sandbox", "up", "writeLock", "told: lockWritten"]);
  });

  it("up shows what it would do to whoever is asked, with the lock that is proposed, and writes that once all is accepted", async () => {
    const questions: Question[] = [];
    const ask = (question: Question) => questions.push(question) > 0;
    const at = played({ planned: OUTDATED, ask });
    await up(SEOUL, at.operator, at.doors);
    assert.deepEqual(questions, [{ kind: "up", environment: "seoul", planned: OUTDATED, preview: RESULT }]);
    assert.deepEqual(at.events.slice(2), ["run: preview seoul", "preview", "run: up seoul", "up", "writeLock", "told: lockWritten"]);
    const failed = played({ planned: OUTDATED, failure: new Error("refused") });
    await assert.rejects(up(SANDBOX, failed.operator, failed.doors), { message: "refused" });
    assert.ok(!failed.events.includes("writeLock"), "a refused plan leaves the lock of what is there");
  });

  it("rotate raises the lock's number once all is accepted, and goes on with what was begun", async () => {
    const questions: Question[] = [];
    const at = played({ rotations: {}, ask: (question) => questions.push(question) > 0 });
    const { planned, rotation } = await rotate(SEOUL, ["mariadb"], at.operator, at.doors);
    assert.deepEqual(planned.lock.rotations, { mariadb: 2 });
    assert.deepEqual(
      rotation.rows.map(({ service, how }) => `${service} ${how}`),
      ["mariadb overlap", "mariadb one"],
    );
    assert.deepEqual(
      questions.map((question) => question.kind === "rotate" && [question.rotation, question.preview]),
      [[rotation, RESULT]],
    );
    assert.deepEqual(at.events.slice(1), [
      ...["asker of rotate", "run: read seoul", "run: preview seoul", "preview"],
      ...["run: up seoul", "up", "writeLock", "told: lockWritten"],
    ]);
    const number = async (lock: number, done: number) => {
      const again = played({
        rotations: { mariadb: done },
        planned: { ...PLANNED, lock: { ...LOCK, rotations: { mariadb: lock } } },
      });
      return (await rotate(SEOUL, undefined, again.operator, again.doors)).planned.lock.rotations;
    };
    assert.deepEqual(await number(2, 2), { mariadb: 3 });
    assert.deepEqual(await number(3, 2), { mariadb: 3 }, "broken off, it is gone on with");
  });

  it("rotate shows beforehand what it would do, asks nobody and writes nothing", async () => {
    const at = played({ rotations: {} });
    const { planned, result, rotation } = await previewRotation(SEOUL, ["mariadb"], at.operator, at.doors);
    assert.deepEqual([planned.lock.rotations, result], [{ mariadb: 2 }, RESULT]);
    assert.ok(rotation.rows.length > 0);
    assert.deepEqual(at.events, ["told: loaded", "run: read seoul", "run: preview seoul", "preview"]);
  });

  it("rotate changes nothing where it is declined, where the lock is not current, or where there is nothing to exchange", async () => {
    const declined = played({ rotations: {}, ask: () => false });
    await assert.rejects(rotate(SEOUL, undefined, declined.operator, declined.doors), DeclinedError);
    assert.ok(!declined.events.includes("up") && !declined.events.includes("writeLock"));
    const outdated = played({ planned: OUTDATED, rotations: {} });
    await assert.rejects(rotate(SEOUL, undefined, outdated.operator, outdated.doors), LockRefusedError);
    const reasons = async (wanted: readonly string[] | undefined, world: World) => {
      const { operator, doors, events } = played(world);
      const error = await rotate(SEOUL, wanted, operator, doors).catch((caught: unknown) => caught);
      assert.ok(error instanceof InvalidInputError);
      assert.ok(!events.includes("up"));
      return error.problems.map(({ reason }) => reason);
    };
    assert.deepEqual(await reasons(["mariadbb", "kyverno"], { rotations: {} }), ["seoul has no such service", "seoul has no such service"]);
    assert.deepEqual(await reasons(undefined, {}), ["seoul was never brought up as a whole"]);
    const bare = { ...PLANNED, plan: planWith({ services: [] }) };
    assert.deepEqual(await reasons(undefined, { planned: bare, rotations: {} }), ["no service that is on has a secret that is exchanged"]);
  });

  it("up goes on only where the preview is the one that was approved", async () => {
    const approved = JSON.stringify({ ...RESULT.changes, create: 2 });
    const drifted = played({ ask: (question) => question.kind === "up" && JSON.stringify(question.preview.changes) === approved });
    await assert.rejects(up(SEOUL, drifted.operator, drifted.doors), DeclinedError);
    assert.equal(drifted.events.at(-1), "preview");
  });

  it("preview and refresh refuse an outdated lock, and go on with the proposed one in the sandbox", async () => {
    for (const work of [preview, refresh]) {
      const refused = played({ planned: OUTDATED });
      await assert.rejects(work(SEOUL, refused.operator, refused.doors), LockRefusedError);
      const sandbox = played({ planned: OUTDATED });
      assert.equal((await work(SANDBOX, sandbox.operator, sandbox.doors)).result, RESULT);
      assert.ok(sandbox.events.includes("told: lockProposed") && !sandbox.events.includes("writeLock"), work.name);
    }
  });

  it("drift asks nobody, and goes by what is recorded, whatever the lock", async () => {
    const at = played({ planned: OUTDATED });
    assert.deepEqual((await drift(SEOUL, at.operator, at.doors)).result, RESULT);
    assert.deepEqual(at.events, ["told: loaded", "run: drift seoul", "drift"]);
  });

  it("refresh and destroy change nothing where the answer is no", async () => {
    for (const work of [refresh, destroy]) {
      const at = played({ ask: () => false });
      await assert.rejects(work(SEOUL, at.operator, at.doors), DeclinedError);
      assert.ok(!at.events.includes(work.name), at.events.join(", "));
    }
  });

  it("destroy tells what is lost, and takes down what the stacks hold whatever the file says", async () => {
    const at = played();
    await destroy(SEOUL, at.operator, at.doors);
    assert.deepEqual(at.events, ["told: loaded", "asker of destroy", "run: read seoul", "told: loss", "run: destroy seoul", "destroy"]);
    assert.equal(at.targets[0]?.plan.layers, "three");
    const standIn = { ...PLANNED, plan: planWith({ layers: "three" }) };
    const layer = played({ planned: undefined, standIn });
    await destroy({ ...SEOUL, layer: "platform" }, layer.operator, layer.doors);
    assert.equal(layer.targets[0]?.layer, "platform");
    const none = played({ planned: undefined, standIn, failure: new StackMissingError("seoul") });
    await assert.rejects(destroy(SEOUL, none.operator, none.doors), InvalidInputError, "nothing is recorded: the file is what is wrong");
  });

  it("tells what a destroy would take, and asks and changes nothing", async () => {
    const at = played();
    const { loss } = await readLoss(SEOUL, at.operator, at.doors);
    assert.deepEqual(at.events, ["told: loaded", "run: read seoul"]);
    assert.deepEqual(Object.keys(loss).sort(), ["kept", "lost"]);
  });

  it("of any kind ends with the problems of a file that cannot be planned, and with a layer that one stack has not", async () => {
    for (const work of [preview, up, refresh, destroy, lock]) {
      const broken = played({ planned: undefined });
      await assert.rejects(work(SEOUL, broken.operator, broken.doors), (error) => {
        assert.ok(error instanceof InvalidInputError);
        assert.deepEqual(error.problems, [PROBLEM]);
        return true;
      });
      assert.deepEqual(broken.events, [], work.name);
      const one = played();
      await assert.rejects(work({ ...SEOUL, layer: "cluster" }, one.operator, one.doors), InvalidInputError);
      assert.deepEqual(one.events, ["told: loaded"], work.name);
    }
  });

  it("passes on who may stop and watch it, and approvals bound to the plan that was read", async () => {
    const control: Control = { signal: new AbortController().signal, onProgress: () => undefined };
    const at = played({ control });
    await up({ ...SEOUL, approvals: ["general-1:remove", "cp-1:absent@0123456789ab"] }, at.operator, at.doors);
    assert.deepEqual(at.targets[0]?.approvals, [`general-1:remove@${planDigest(PLAN)}`, "cp-1:absent@0123456789ab"]);
    assert.deepEqual([at.options[0]?.signal, at.options[0]?.onProgress], [control.signal, control.onProgress]);
  });

  it("lock writes a lock that is not current, and no other", async () => {
    for (const [planned, written] of [
      [OUTDATED, ["writeLock"]],
      [PLANNED, []],
    ] as const) {
      const at = played({ planned });
      await lock(SEOUL, at.operator, at.doors);
      assert.deepEqual(at.events, ["told: loaded", ...written]);
    }
  });

  it("outputs gives what came of the last up, and names the command where there was none", async () => {
    const at = played({ outputs: { urls: {} } });
    const ready = await makeReady(SEOUL, at.operator, at.doors);
    assert.deepEqual(await outputs(ready, at.operator, false, at.doors), { urls: {} });
    const none = played();
    await assert.rejects(outputs(ready, none.operator, false, none.doors), { message: /`kpaas up seoul`, or add --sandbox/ });
  });
});
