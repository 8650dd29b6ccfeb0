import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Database } from "../../../server/data/database";
import { Log } from "../../../server/http/log";
import { Leadership } from "../../../server/work/leadership";
import { Steps } from "../../../server/work/steps";
import { Work } from "../../../server/work/work";
import { PlayedRunner } from "../../support/played-work";

/** How long these leaders are believed in, and how long a place may say nothing. */
const LEASE_MS = 400;
const SILENCE_MS = 400;

/** What services that share a database have to do. @param open the same database each time, as another service has it */
export function leadershipSuite(open: () => Promise<Database>, folder: () => string): void {
  const opened: Database[] = [];

  beforeEach(async () => {
    const database = await open();
    opened.push(database);
    await database.query.deleteFrom("steps").execute();
    await database.query.deleteFrom("operations").execute();
    await database.query.deleteFrom("leader").execute();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()));
  });

  /** A service without the way in; its clock stands still where a test stops it. */
  async function service(place: string, runner: PlayedRunner) {
    const database = await open();
    opened.push(database);
    const stopped = { at: undefined as number | undefined };
    const clock = () => stopped.at ?? performance.now();
    const leadership = new Leadership({ database, place }, LEASE_MS, clock);
    const failures: unknown[] = [];
    const steps = new Steps(
      { database, place, kept: async () => undefined, failed: (_operation, error) => void failures.push(error) },
      SILENCE_MS,
      10,
    );
    const work = new Work(
      {
        ...{ database, leadership, steps, log: new Log({ write: () => undefined }), folder: folder(), capacity: () => 4 },
        ended: async () => undefined,
        turned: async () => undefined,
        runner: async () => runner,
        commitOf: async () => "",
        removeFile: async () => undefined,
      },
      1,
    );
    return { database, leadership, steps, work, failures };
  }
  type Service = Awaited<ReturnType<typeof service>>;

  /** Beats until a service leads. */
  async function leads({ leadership }: Service): Promise<number> {
    for (;;) {
      await leadership.beat();
      if (leadership.term !== undefined) return leadership.term;
      await new Promise((later) => setTimeout(later, 20));
    }
  }

  const ask = ({ work, database }: Service, environment = "seoul") =>
    work.ask({ environment, kind: "up", askedBy: "kim", cluster: null }, database.query);
  const states = async ({ database }: Service) =>
    (await database.query.selectFrom("operations").select(["environment", "state"]).orderBy("environment").execute()).map(
      ({ environment, state }) => `${environment} ${state}`,
    );

  it("have one leader at a time, and another once it has said nothing for too long, or has let go", async () => {
    const [one, two] = [await service("one", new PlayedRunner()), await service("two", new PlayedRunner())];
    await Promise.all([one.leadership.beat(), two.leadership.beat()]);
    const [first, second] = one.leadership.term === undefined ? [two, one] : [one, two];
    assert.deepEqual([typeof first.leadership.term, second.leadership.term], ["number", undefined]);
    for (let beats = 0; beats < 5; beats++) {
      await first.leadership.beat();
      await second.leadership.beat();
      assert.equal(second.leadership.term, undefined);
    }
    const term = first.leadership.term ?? 0;
    assert.equal(await leads(second), term + 1);
    assert.equal(first.leadership.term, undefined);
    await second.leadership.release();
    assert.equal(await leads(first), term + 2);
  });

  it("have nothing written down by one that was stopped for a while, after another has taken over", async () => {
    const [one, two] = [await service("one", new PlayedRunner()), await service("two", new PlayedRunner())];
    const term = await leads(one);
    await leads(two);
    const late = one.database.query.transaction().execute(async (transaction) => {
      await one.leadership.fence(transaction, term);
    });
    await assert.rejects(late, { name: "LeadershipLostError" });
  });

  it("take over nothing while the one before is about to write something down", async () => {
    const [one, two] = [await service("one", new PlayedRunner()), await service("two", new PlayedRunner())];
    const term = await leads(one);
    let taken: Promise<number> | undefined;
    await one.database.query.transaction().execute(async (transaction) => {
      await one.leadership.fence(transaction, term);
      await new Promise((later) => setTimeout(later, LEASE_MS + 50));
      taken = leads(two);
      await new Promise((later) => setTimeout(later, 50));
      assert.equal(two.leadership.term, undefined);
      await transaction
        .insertInto("sshKeys")
        .values({ name: `last of ${term}`, provider: "AWS" })
        .execute();
    });
    assert.equal(await taken, term + 1);
    await one.database.query.deleteFrom("sshKeys").execute();
  });

  it("carry out what another was asked for, and never two of them", async () => {
    const [runner, idle] = [new PlayedRunner(), new PlayedRunner()];
    const [one, two] = [await service("one", runner), await service("two", idle)];
    await leads(one);
    await two.leadership.beat();
    await ask(two);
    await two.work.wake();
    await two.work.idle();
    assert.deepEqual([idle.launched, await states(one)], [[], ["seoul waiting"]]);
    await one.leadership.beat();
    await one.work.wake();
    await one.work.idle();
    assert.deepEqual([runner.launched, await states(two)], [["preview.1", "up.2"], ["seoul done"]]);
  });

  it("wait for a step whose place tells that it lives, and take over how it ended", async () => {
    const slow = new PlayedRunner(({ step }) => (step === "up" ? undefined : { outcome: "done" }));
    const [one, next] = [await service("one", slow), new PlayedRunner()];
    const two = await service("two", next);
    await leads(one);
    await ask(one);
    await one.work.wake();
    while (!slow.launched.includes("up.2")) await new Promise((later) => setTimeout(later, 5));
    // It leads no more, and its step goes on.
    await leads(two);
    await two.work.wake();
    for (const until = performance.now() + 2 * SILENCE_MS; performance.now() < until; ) {
      await one.steps.beat();
      await two.leadership.beat();
      await new Promise((later) => setTimeout(later, 20));
    }
    assert.deepEqual([next.launched, await states(two)], [[], ["seoul running"]]);
    slow.prints = () => JSON.stringify({ changes: { create: 3 } });
    slow.end("up", { outcome: "done" });
    while ((await states(two))[0] !== "seoul done") {
      await two.leadership.beat();
      await new Promise((later) => setTimeout(later, 20));
    }
    await Promise.all([one.work.idle(), two.work.idle()]);
    assert.deepEqual([slow.launched, next.launched, one.failures], [["preview.1", "up.2"], [], []]);
    // In numbers too: what it has printed lies where it ran.
    const { result } = await two.database.query.selectFrom("operations").select("result").executeTakeFirstOrThrow();
    assert.deepEqual(JSON.parse(result ?? "{}").counts, { create: 3, update: 0, replace: 0, delete: 0, same: 0 });
  });

  it("begin a step anew whose place was lost, and write down nothing of what comes of it there after all", async () => {
    const slow = new PlayedRunner(({ step }) => (step === "up" ? undefined : { outcome: "done" }));
    const [one, next] = [await service("one", slow), new PlayedRunner()];
    const two = await service("two", next);
    await leads(one);
    await ask(one);
    await one.work.wake();
    while (!slow.launched.includes("up.2")) await new Promise((later) => setTimeout(later, 5));
    await leads(two);
    await two.work.wake();
    while ((await states(two))[0] !== "seoul done") {
      await two.leadership.beat();
      await new Promise((later) => setTimeout(later, 20));
    }
    assert.deepEqual(next.launched, ["up.3"]);
    slow.end("up", { outcome: "failed", reason: "late" });
    await one.work.idle();
    assert.deepEqual(await states(two), ["seoul done"]);
  });

  it("begin no step that was written down before they were stopped, where they go on after another has taken over", async () => {
    const [late, next] = [new PlayedRunner(), new PlayedRunner()];
    const [one, two] = [await service("one", late), await service("two", next)];
    const term = await leads(one);
    const { id } = await ask(one);
    await one.database.query.transaction().execute(async (transaction) => {
      await one.leadership.fence(transaction, term);
      await one.steps.begin(transaction, id, 1, "preview");
      await transaction.updateTable("operations").set({ state: "running", step: "preview", attempt: 1 }).where("id", "=", id).execute();
    });
    await leads(two);
    assert.throws(() => one.leadership.require(term), { name: "LeadershipLostError" });
    await one.steps.abandon(id, 1);
    await two.work.wake();
    await two.work.idle();
    assert.deepEqual([late.launched, next.launched], [[], ["preview.2", "up.3"]]);
  });

  it("have an entry for each attempt, which goes with its operation", async () => {
    const one = await service("one", new PlayedRunner());
    await leads(one);
    const { id } = await ask(one, `e-${randomUUID().slice(0, 8)}`);
    await one.work.wake();
    await one.work.idle();
    const rows = await one.database.query.selectFrom("steps").select(["attempt", "step", "place", "ended"]).orderBy("attempt").execute();
    assert.deepEqual(rows, [
      { attempt: 1, step: "preview", place: "one", ended: '{"outcome":"done"}' },
      { attempt: 2, step: "up", place: "one", ended: '{"outcome":"done"}' },
    ]);
    await one.database.query.deleteFrom("operations").where("id", "=", id).execute();
    assert.deepEqual(await one.database.query.selectFrom("steps").selectAll().execute(), []);
  });
}
