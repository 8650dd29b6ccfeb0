import assert from "node:assert/strict";
import { join } from "node:path";
import type { Ended } from "../../../model/fleet/records";
import { Database } from "../../../server/data/database";
import { Log } from "../../../server/http/log";
import { environmentOf } from "../../../server/work/environment-variables";
import type { Turn } from "../../../server/work/types";
import { Work } from "../../../server/work/work";
import { leading, PlayedRunner } from "../../support/played-work";
import { serviceFolders } from "../../support/service-folders";

describe("Operations", () => {
  let database: Database;
  let turns: string[] = [];
  // Before its folder goes.
  afterEach(() => database.close());
  const folder = serviceFolders();

  beforeEach(async () => {
    database = await Database.open({ folder: join(folder(), "database") });
    turns = [];
  });

  const toldAs = (turn: Turn): string => (turn.kind === "stepped" ? turn.step : turn.kind);
  const workWith = (runner: PlayedRunner, capacity = 2, commitOf: (environment: string) => Promise<string> = async () => "c") =>
    new Work(
      {
        ...leading(database, "here"),
        ...{ database, log: new Log({ write: () => undefined }), folder: join(folder(), "operations"), capacity: () => capacity },
        ended: async () => undefined,
        ...{ runner: async () => runner, commitOf, removeFile: async () => undefined },
        turned: async (operation, turn) => void turns.push(`${operation.environment} ${toldAs(turn)}`),
      },
      1,
    );
  const ask = (work: Work, environment: string) => work.ask({ environment, kind: "up", askedBy: "kim", cluster: null }, database.query);
  const states = async () =>
    (await database.query.selectFrom("operations").select(["environment", "state", "reason"]).orderBy("environment").execute()).map((row) =>
      Object.values(row),
    );

  it("go step by step, each written down before it begins and with what follows from it", async () => {
    const runner = new PlayedRunner();
    const work = workWith(runner);
    await ask(work, "seoul");
    await work.wake();
    await work.idle();
    assert.deepEqual(runner.launched, ["preview.1", "up.2"]);
    assert.deepEqual(turns, ["seoul asked", "seoul begun", "seoul preview", "seoul up", "seoul done"]);
    assert.deepEqual(await states(), [["seoul", "done", null]]);
  });

  it("of one environment are one at a time", async () => {
    const work = workWith(new PlayedRunner(() => undefined));
    await ask(work, "seoul");
    await assert.rejects(ask(work, "seoul"), { status: 409 });
    await ask(work, "busan");
  });

  it("are not taken for left behind while their next step is about to begin", async () => {
    let [asked, go] = [0, () => {}];
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    const runner = new PlayedRunner(() => ({ outcome: "done", fingerprint: "f" }));
    const work = workWith(runner, 2, async () => {
      asked += 1;
      // When it begins, and before its first step.
      if (asked > 1) await held;
      return "c";
    });
    const approved = { environment: "seoul", kind: "up", askedBy: "kim", cluster: null, needsApproval: true } as const;
    const { id } = await work.ask(approved, database.query);
    await database.query.updateTable("operations").set({ approvedBy: "lee" }).where("id", "=", id).execute();
    await database.query.insertInto("plans").values({ operation: id, digest: "d", fingerprint: "f", plan: "{}" }).execute();
    await work.wake();
    while (asked < 2) await new Promise((later) => setTimeout(later, 5));
    await work.wake();
    await new Promise((later) => setTimeout(later, 20));
    const open = await database.query.selectFrom("steps").select(["step", "ended"]).execute();
    assert.deepEqual(open, [{ step: "preview", ended: null }]);
    assert.deepEqual(runner.looked, []);
    go();
    await work.idle();
    assert.deepEqual(runner.launched, ["preview.1", "up.2"]);
  });

  it("wait where no more may be under way", async () => {
    const runner = new PlayedRunner(({ cluster }) => (cluster === "a" ? undefined : { outcome: "done" }));
    const work = workWith(runner, 1);
    for (const name of ["a", "b"]) await ask(work, name);
    await work.wake();
    while (runner.launched.length === 0) await new Promise(setImmediate);
    assert.deepEqual(
      (await states()).map(([, state]) => state),
      ["running", "waiting"],
    );
    runner.end("preview", { outcome: "failed", reason: "no" });
    while ((await states()).some(([, state]) => state !== "done" && state !== "failed")) await new Promise(setImmediate);
    assert.deepEqual(await states(), [
      ["a", "failed", "no"],
      ["b", "done", null],
    ]);
  });

  it("wait for the next look at what waits, where what they go by is away", async () => {
    const runner = new PlayedRunner();
    let [asked, away] = [0, true];
    const work = workWith(runner, 2, async () => {
      asked++;
      if (away) throw new Error("no repository");
      return "c";
    });
    await ask(work, "seoul");
    await work.wake();
    await work.idle();
    assert.deepEqual([asked, await states()], [1, [["seoul", "waiting", null]]]);
    away = false;
    await work.wake();
    await work.idle();
    assert.deepEqual(await states(), [["seoul", "done", null]]);
  });

  it("that an earlier service has begun go on once what that one has pushed is here", async () => {
    const operation = await ask(workWith(new PlayedRunner()), "seoul");
    await database.query
      .updateTable("operations")
      .set({ state: "running", step: "preview", attempt: 1 })
      .where("id", "=", operation.id)
      .execute();
    const runner = new PlayedRunner();
    const seen: string[] = [];
    const work = workWith(runner, 2, async (environment) => {
      seen.push(`${environment} ${runner.launched.length}`);
      return "c";
    });
    await work.wake();
    await work.idle();
    assert.equal(seen[0], "seoul 0", "before any step");
    assert.deepEqual(await states(), [["seoul", "done", null]]);
  });

  it("are tried again where that may help, and no more than three times", async () => {
    const busy: Ended = { outcome: "failed", reason: "currently locked", transient: true };
    const runner = new PlayedRunner(({ step }) => (step === "up" ? busy : { outcome: "done" }));
    const work = workWith(runner);
    await ask(work, "seoul");
    await work.wake();
    await work.idle();
    assert.deepEqual(runner.launched, ["preview.1", "up.2", "up.3", "up.4"]);
    assert.deepEqual(await states(), [["seoul", "failed", "currently locked"]]);
  });

  it("outlive the service: the next one waits for what runs, takes over what has ended, and begins the rest", async () => {
    const killed = new PlayedRunner(({ step }) => (step === "up" ? undefined : { outcome: "done" }));
    const first = workWith(killed);
    await ask(first, "seoul");
    await first.wake();
    while (!killed.launched.includes("up.2")) await new Promise(setImmediate);
    first.stop();

    const found = new PlayedRunner();
    const second = workWith(found);
    await second.wake();
    await second.idle();
    assert.deepEqual([found.looked, found.launched], [["up.2"], []]);
    assert.deepEqual(turns, ["seoul asked", "seoul begun", "seoul preview", "seoul up", "seoul done"]);
    killed.end("up", { outcome: "failed", reason: "late" });
    await first.idle();
    assert.deepEqual(await states(), [["seoul", "done", null]]);
  });

  it("whose step nobody knows the end of have it done anew", async () => {
    const work = workWith(new PlayedRunner(() => undefined));
    const operation = await ask(work, "seoul");
    await database.query
      .updateTable("operations")
      .set({ state: "running", step: "up", attempt: 2 })
      .where("id", "=", operation.id)
      .execute();
    await database.query
      .insertInto("steps")
      .values({ operation: operation.id, attempt: 2, step: "up", place: "here", ended: null })
      .execute();
    const unknown = new PlayedRunner(({ attempt }) => (attempt === 2 ? { outcome: "unknown" } : { outcome: "done" }));
    const next = workWith(unknown);
    await next.wake();
    await next.idle();
    assert.deepEqual([unknown.looked, unknown.launched], [["up.2"], ["up.3"]]);
  });

  it("are given no secret of the service's own", () => {
    const own = {
      PATH: "/bin",
      KPAAS_DATABASE_URL: "x",
      KPAAS_VAULT_SECRET_ID: "x",
      PGPASSWORD: "x",
      VAULT_TOKEN: "x",
      KPAAS_SANDBOX_SERVER: "simulated",
    };
    assert.deepEqual(environmentOf(own, { OS_PASSWORD: "y" }), { PATH: "/bin", KPAAS_SANDBOX_SERVER: "simulated", OS_PASSWORD: "y" });
  });
});
