import { type RunEnd, type World, workOn } from "../../fleet/runner";
import type { Operation } from "../../model/fleet/decide";
import type { FleetPlan, Wave } from "../../model/fleet/plan";
import { type Begun, decodeJournal, type Ended, encodeRecord, type FleetRecord } from "../../model/fleet/records";
import { FleetRun } from "../../model/fleet/run";
import { type StepReport, stepReport } from "../../model/preview/steps";
import { Dice } from "./fleet-world";

/** What is done with each cluster, and how long its `up` takes: in minutes, from the fastest to the slowest. */
export const CHANGES = {
  settings: { from: 2, to: 8 },
  upgrade: upgradeMinutes(),
} as const;

/** Hosts of each cluster: three of the control plane, seven workers. */
export const HOSTS = 10;

/** In seconds, beside the `up`. */
const PREVIEW = { from: 20, to: 90 };
const HEALTH = { from: 5, to: 60 };

/** One that would end so rarely is tried again by the runner, and one by a person. */
const PASSING = 0.02;
const FAILING = 0.003;

export interface ScaleSettings {
  readonly seed: number;
  readonly clusters: number;
  readonly change: keyof typeof CHANGES;
  /** How many at once. */
  readonly capacity: number;
  /** The runner is killed after so many steps, and another goes on. @default never */
  readonly killEvery?: number;
}

export interface ScaleResult {
  readonly hours: number;
  readonly steps: number;
  readonly retries: number;
  readonly failures: number;
  /** How often somebody had to go on with the run. */
  readonly resumes: number;
  readonly journalBytes: number;
  readonly most: number;
}

/** A first wave of canaries, a tenth, the rest. Each is baked for an hour; the rest may lose one in a hundred. */
export function scalePlan(clusters: number): FleetPlan {
  const names = Array.from({ length: clusters }, (_, index) => `cluster-${String(index).padStart(4, "0")}`);
  const [first, second] = [20, clusters / 10];
  const wave = (name: string, of: readonly string[], more: Partial<Wave> = {}): Wave => ({
    ...{ name, clusters: of.map((each) => ({ name: each, after: [] })), canaries: 2, bakeSeconds: 3_600 },
    ...{ maxFailures: Math.floor(of.length / 100), approval: false },
    ...more,
  });
  return {
    fleet: "scale",
    health: { apiServer: true },
    waves: [wave("canary", names.slice(0, first)), wave("early", names.slice(first, second)), wave("rest", names.slice(second))],
  };
}

/** The whole run in played time, with the real runner and records as they are written. */
export async function playAtScale(settings: ScaleSettings): Promise<ScaleResult> {
  const { seed, clusters, capacity, change, killEvery = Number.POSITIVE_INFINITY } = settings;
  const plan = scalePlan(clusters);
  const dice = new Dice(seed);
  const names = plan.waves.flatMap((wave) => wave.clusters.map(({ name }) => name));
  const begun: Begun = {
    run: "r",
    operation: "up",
    sandbox: true,
    plan,
    approved: Object.fromEntries(names.map((name) => [name, "0123456789abcdef"])),
  };
  const lines: string[] = [];
  const timers = new Timers();
  const worked = new Map<string, number>();
  // Processes outlive their runner, and leave their results to the next one.
  const children = new Map<string, Child>();
  const running = new Set<string>();
  let [token, most, steps, retries, failures, resumes, life] = [0, 0, 0, 0, 0, 0, 0];
  const append = (records: readonly FleetRecord[]) => {
    for (const record of records) lines.push(encodeRecord(record, lines.length, token));
  };
  const between = ({ from, to }: { readonly from: number; readonly to: number }) => from + dice.roll() * (to - from);
  const lengthOf = (step: Operation["step"]) =>
    Math.round(1_000 * (step === "up" ? 60 * between(CHANGES[change]) : between(step === "health" ? HEALTH : PREVIEW)));
  const howOf = ({ step }: Operation): Ended => {
    if (dice.chance(FAILING)) return { outcome: "failed", reason: "the cloud said no" };
    if (dice.chance(PASSING)) return { outcome: "failed", reason: "throttled", transient: true };
    return { outcome: "done", ...(step === "preview" ? { fingerprint: "0123456789abcdef" } : {}) };
  };
  const world = (own: number): World => ({
    moment: () => new Date(Date.UTC(2026, 10, 1) + timers.time),
    uptime: () => timers.time,
    capacity: () => capacity,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
        timers.at(ms, resolve);
      }),
    launch: (operation) => {
      steps += 1;
      if (running.has(operation.cluster)) throw new Error(`${operation.cluster} is worked on twice at once`);
      if (steps % killEvery === 0) life += 1;
      const child: Child = {};
      children.set(keyOf(operation), child);
      running.add(operation.cluster);
      most = Math.max(most, running.size);
      const how = howOf(operation);
      timers.at(lengthOf(operation.step), () => {
        running.delete(operation.cluster);
        child.ended = how;
        if (how.outcome === "done" && operation.step === "up") worked.set(operation.cluster, (worked.get(operation.cluster) ?? 0) + 1);
        if (how.transient === true) retries += 1;
        else if (how.outcome === "failed") failures += 1;
        child.told?.(how);
      });
      return new Promise((resolve) => (child.told = resolve));
    },
    look: async (operation) => {
      const child = children.get(keyOf(operation));
      if (child === undefined) return { outcome: "unknown" };
      return child.ended ?? (await new Promise((resolve) => (child.told = resolve)));
    },
    silence: () => undefined,
    end: () => undefined,
    append: (records) => {
      // Who was killed writes nothing more; what it has begun goes on.
      if (own !== life) throw new Killed();
      append(records);
    },
    cancelled: () => false,
    tell: () => undefined,
  });
  token = 1;
  append([{ event: "begun", at: new Date(Date.UTC(2026, 10, 1)).toISOString(), ...begun }]);
  for (let last: RunEnd | undefined; last?.outcome !== "done"; ) {
    const run = FleetRun.of(decodeJournal(`${lines.join("\n")}\n`).records);
    if (run === undefined) throw new Error("the journal holds no run");
    if (resumes > 0) {
      const opened = { event: "opened", at: new Date(Date.UTC(2026, 10, 1) + timers.time).toISOString() } as const;
      token += 1;
      append([opened]);
      run.apply(opened);
    }
    last = await timers.drive(workOn(run, world(life)));
    if (last?.outcome !== "done") resumes += 1;
    if (resumes > clusters) throw new Error(`it does not end: ${last?.outcome} ${last?.reason}`);
  }
  const twice = names.filter((name) => worked.get(name) !== 1);
  if (twice.length > 0) throw new Error(`not brought up once: ${twice.join(", ")}`);
  return { hours: timers.time / 3_600_000, steps, retries, failures, resumes, journalBytes: `${lines.join("\n")}\n`.length, most };
}

class Killed extends Error {}

/** A step, and how it ended once it has. */
interface Child {
  ended?: Ended;
  told?: (how: Ended) => void;
}

const keyOf = ({ cluster, attempt }: Operation): string => `${cluster}.${attempt}`;

/** Played time: what is due first comes first, and by the order in which it was asked for. */
class Timers {
  time = 0;
  private readonly heap: { readonly at: number; readonly number: number; readonly run: () => void }[] = [];
  private count = 0;

  at(ms: number, run: () => void): void {
    const each = { at: this.time + ms, number: this.count++, run };
    let index = this.heap.push(each) - 1;
    for (let parent = (index - 1) >> 1; index > 0 && before(each, this.heap[parent]!); parent = (index - 1) >> 1) {
      this.heap[index] = this.heap[parent]!;
      this.heap[parent] = each;
      index = parent;
    }
  }

  /** Lets time go by until the work is over; undefined where its runner was killed. */
  async drive<T>(work: Promise<T>): Promise<T | undefined> {
    let over: { readonly value?: T; readonly error?: unknown } | undefined;
    work.then(
      (value) => (over = { value }),
      (error: unknown) => (over = { error }),
    );
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (over !== undefined) break;
      const next = this.take();
      if (next === undefined) throw new Error("the runner waits for nothing");
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    if (over.error instanceof Killed) return undefined;
    if (over.error !== undefined) throw over.error;
    return over.value;
  }

  private take(): (typeof this.heap)[number] | undefined {
    const [first] = this.heap;
    const last = this.heap.pop();
    if (first === undefined || last === undefined || this.heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const least = left + 1 < this.heap.length && before(this.heap[left + 1]!, this.heap[left]!) ? left + 1 : left;
      if (least >= this.heap.length || !before(this.heap[least]!, last)) break;
      this.heap[index] = this.heap[least]!;
      index = least;
    }
    this.heap[index] = last;
    return first;
  }
}

function before(one: { readonly at: number; readonly number: number }, other: { readonly at: number; readonly number: number }): boolean {
  return one.at < other.at || (one.at === other.at && one.number < other.number);
}

function upgradeMinutes(): StepReport["minutes"] {
  return stepReport({ playbook: "upgrade-cluster" }, 10).minutes;
}
