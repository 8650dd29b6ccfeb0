import assert from "node:assert/strict";
import { workOn } from "../../fleet/runner";
import type { FleetPlan, Wave } from "../../model/fleet/plan";
import { decodeJournal } from "../../model/fleet/records";
import { FleetRun } from "../../model/fleet/run";
import type { Work } from "../../model/fleet/work";
import { Dice, type Faults, PlayedWorld } from "../support/fleet-world";

/** KPAAS_SEEDS is how many, KPAAS_SEED the first: one that failed is repeated by `KPAAS_SEED=n KPAAS_SEEDS=1`. */
const FIRST = Number(process.env.KPAAS_SEED ?? 1);
const COUNT = Number(process.env.KPAAS_SEEDS ?? 300);
const CALM: Faults = { kill: 0, failing: 0, passing: 0, hanging: 0, fullDisk: 0, clockJumps: 0, lostBackend: 0, cancelling: 0 };
/** So often somebody goes on with a run; after that nothing fails any more. */
const STORMY = 25;

function randomPlan(dice: Dice): FleetPlan {
  let made = 0;
  const earlier: string[] = [];
  const waves = Array.from({ length: dice.between(1, 4) }, (_, index): Wave => {
    const clusters = Array.from({ length: dice.between(1, 6) }, () => {
      const after = earlier.filter(() => dice.chance(0.15)).map((cluster) => ({ cluster, reason: "the dice say so" }));
      const name = `c${++made}`;
      earlier.push(name);
      return { name, after };
    });
    const canaries = dice.chance(0.3) ? dice.between(0, clusters.length - 1) : 0;
    const maintenance = { timeZone: "Asia/Seoul", windows: [{ hours: "22:00-04:00" }] };
    return {
      ...{ name: `w${index}`, clusters, canaries, maxFailures: dice.between(0, 2), approval: dice.chance(0.3) },
      bakeSeconds: dice.chance(0.5) ? dice.between(1, 3_600) : 0,
      ...(dice.chance(0.5) ? { maxConcurrent: dice.between(1, 4) } : {}),
      ...(dice.chance(0.3) ? { maintenance } : {}),
    };
  });
  return { fleet: "played", waves, health: dice.chance(0.5) ? { apiServer: true } : {} };
}

function randomWork(dice: Dice, names: readonly string[]): Work {
  if (dice.chance(0.5)) return { operation: "up" };
  if (dice.chance(0.4)) return { operation: "rotate", services: {} };
  return { operation: "upgrade", to: "1.34.3", backup: { clusters: names.filter(() => dice.chance(0.5)) } };
}

/** A run from its beginning until it is done, through whatever the seed has happen to it. */
async function play(seed: number): Promise<void> {
  const dice = new Dice(seed);
  const plan = randomPlan(dice);
  const some = (most: number) => (dice.chance(0.5) ? dice.roll() * most : 0);
  const faults: Faults = {
    kill: dice.chance(0.7) ? dice.between(3, 60) : 0,
    ...{ failing: some(0.2), passing: some(0.3), hanging: some(0.05), fullDisk: some(0.1) },
    ...{ clockJumps: some(0.1), lostBackend: some(0.1), cancelling: some(0.02) },
  };
  const names = plan.waves.flatMap(({ clusters }) => clusters.map(({ name }) => name));
  const work = randomWork(dice, names);
  const world = new PlayedWorld(dice, plan, faults, work);
  const approved = Object.fromEntries(names.map((name) => [name, `of-${name}`]));
  let outcome: string | undefined;
  for (let round = 0; outcome !== "done"; round++) {
    if (round === STORMY) world.faults = CALM;
    assert.ok(round < STORMY + 12, `it does not end: ${outcome}`);
    try {
      const runner = world.runner();
      const at = runner.moment().toISOString();
      const { records } = decodeJournal(world.journal);
      if (records.length === 0) runner.append([{ event: "begun", at, ...work, run: "r", sandbox: true, plan, approved }]);
      else runner.append([{ event: "opened", at }]);
      const run = FleetRun.of(decodeJournal(world.journal).records);
      assert.ok(run !== undefined);
      const last = await world.drive(workOn(run, runner));
      outcome = last?.outcome;
      if (outcome === "paused")
        for (const { name } of plan.waves) if (!run.approvals.has(name)) runner.append([{ event: "approved", at, wave: name }]);
    } catch (error) {
      // Killed before it began, or the disk was full.
      if (!(error instanceof Error) || !(error.constructor.name === "Killed" || error.message === "ENOSPC")) throw error;
    }
    assert.deepEqual(world.broken, []);
  }
  const { changing } = world;
  const once = work.operation === "upgrade" ? (["upgrade", changing] as const) : [changing];
  const run = FleetRun.of(decodeJournal(world.journal).records);
  for (const name of names) {
    assert.equal(run?.cluster(name).status, "done");
    for (const step of once) assert.equal(world.worked.get(`${name} ${step}`), 1, `${step} of ${name}`);
    assert.equal(world.worked.has(`${name} health`), Object.keys(plan.health).length > 0);
    const backedUp = work.operation === "upgrade" && work.backup?.clusters.includes(name) === true;
    assert.equal(world.worked.get(`${name} backup`), backedUp ? 1 : undefined);
  }
}

describe("a run of a fleet", function () {
  this.timeout(COUNT * 2_000);

  it(`is brought to its end through ${COUNT} schedules of faults`, async () => {
    for (let seed = FIRST; seed < FIRST + COUNT; seed++)
      await play(seed).catch((error: unknown) => {
        throw new Error(`KPAAS_SEED=${seed} KPAAS_SEEDS=1: ${error instanceof Error ? error.stack : error}`);
      });
  });
});
