import type { Ending, World } from "../../fleet/runner";
import type { Operation } from "../../model/fleet/decide";
import type { FleetPlan } from "../../model/fleet/plan";
import { decodeJournal, type Ended, encodeRecord, type FleetRecord } from "../../model/fleet/records";
import type { Step, Work } from "../../model/fleet/work";

/** Numbers that follow from a seed (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  /** From 0 to 1, without 1. */
  roll(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(share: number): boolean {
    return this.roll() < share;
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.roll() * (most - least + 1));
  }
}

/** A step under way, in a process that may outlive its runner. */
interface Child {
  readonly operation: Operation;
  readonly result: Ended;
  ends: number;
  /** Of one that hangs: since when, and how it is brought to its end. */
  readonly hangs?: { readonly since: number; readonly until: Ending };
  alive: boolean;
  told?: (how: Ended) => void;
}

/** What may happen in a played world. */
export interface Faults {
  /** The runner is killed at about one of so many of its calls; 0: never. */
  readonly kill: number;
  /** Shares of steps that fail for good, fail for a time, hang. */
  readonly failing: number;
  readonly passing: number;
  readonly hanging: number;
  /** Share of records for which the disk is full. */
  readonly fullDisk: number;
  /** Share of calls at which the calendar jumps. */
  readonly clockJumps: number;
  /** Share of launches from which on the backend is lost for a while. */
  readonly lostBackend: number;
  /** Share of waits at which somebody cancels. */
  readonly cancelling: number;
}

/** What has to have been done with a cluster before each step, said here once more, and what changes it. */
const BEFORE: Readonly<Record<string, readonly Step[]>> = {
  up: ["preview"],
  upgrade: ["preview", "backup"],
  rotate: ["preview"],
  backup: ["preview"],
};
const BEFORE_UP: Readonly<Record<string, readonly Step[]>> = { up: ["preview"], upgrade: ["preview", "backup", "upgrade"] };

const ENDINGS: readonly Ending[] = ["ask", "insist", "end"];

/** Ends the runner's life: nothing of it goes on. */
export class Killed extends Error {}

/** A world in which time, disk and processes are played by a seed. Its rules are checked at every launch. */
export class PlayedWorld {
  journal = "";
  broken: string[] = [];
  /** How often each step has done its work, by `CLUSTER STEP`. */
  readonly worked = new Map<string, number>();
  private time = 0;
  private jump = 0;
  private backendLostUntil = 0;
  private cancelling = false;
  private token = 0;
  private readonly timers: { readonly at: number; readonly run: () => void }[] = [];
  private readonly children: Child[] = [];
  private life = 0;
  private read: { readonly journal: string; readonly records: readonly FleetRecord[] } = { journal: "", records: [] };

  constructor(
    readonly dice: Dice,
    readonly plan: FleetPlan,
    public faults: Faults,
    readonly work: Work = { operation: "up" },
  ) {}

  /** The step that changes a cluster. */
  get changing(): "up" | "rotate" {
    return this.work.operation === "rotate" ? "rotate" : "up";
  }

  private isBackedUp(cluster: string): boolean {
    return this.work.operation === "upgrade" && this.work.backup?.clusters.includes(cluster) === true;
  }

  /** A new runner's world; the one before has no more part in it. */
  runner(): World {
    this.life += 1;
    this.token += 1;
    const life = this.life;
    this.cancelling = false;
    const call = () => {
      if (life !== this.life) throw new Killed();
      if (this.dice.chance(this.faults.clockJumps)) this.jump += this.dice.between(-3, 3) * 86_400_000;
      if (this.faults.kill > 0 && this.dice.between(1, this.faults.kill) === 1) this.kill();
    };
    return {
      moment: () => new Date(Date.UTC(2026, 10, 1) + this.time + this.jump),
      uptime: () => this.time,
      capacity: () => 4,
      sleep: (ms, signal) => {
        call();
        return new Promise((resolve) => {
          if (this.dice.chance(this.faults.cancelling))
            this.at(this.dice.between(0, ms), () => {
              this.cancelling = life === this.life;
              resolve();
            });
          signal.addEventListener("abort", () => resolve(), { once: true });
          this.at(ms, () => resolve());
        });
      },
      launch: (operation) => {
        this.check(operation);
        const child = this.start(operation);
        const told = new Promise<Ended>((resolve) => (child.told = resolve));
        call();
        return told;
      },
      look: (operation) => {
        const child = this.children.findLast(({ operation: each }) => same(each, operation));
        // Killed between its record and the process.
        if (child === undefined) return Promise.resolve({ outcome: "unknown" });
        if (child.alive) return new Promise((resolve) => (child.told = resolve));
        return Promise.resolve(child.ends <= this.time ? child.result : { outcome: "unknown" });
      },
      silence: (operation) => {
        const child = this.children.findLast(({ operation: each }) => same(each, operation));
        return child?.hangs && child.alive ? this.time - child.hangs.since : 0;
      },
      end: (operation, how) => {
        const child = this.children.findLast(({ operation: each }) => same(each, operation));
        if (child === undefined || (child.hangs?.until ?? how) !== how) return;
        child.ends = this.time;
        this.at(0, () => this.finish(child));
      },
      append: (records) => this.append(records, life, call),
      cancelled: () => this.cancelling,
      tell: () => {},
    };
  }

  /** Lets time go by until this is settled. Undefined where the runner was killed meanwhile. */
  async drive<T>(work: Promise<T>): Promise<T | undefined> {
    const life = this.life;
    let settled: { readonly value: T } | { readonly error: unknown } | undefined;
    work.then(
      (value) => (settled = { value }),
      (error: unknown) => (settled = { error }),
    );
    for (let idle = 0; ; ) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.life !== life) return undefined;
      if (settled !== undefined) break;
      this.timers.sort((a, b) => a.at - b.at);
      const timer = this.timers.shift();
      if (timer === undefined) {
        if (++idle > 3) throw new Error("the runner waits for nothing");
        continue;
      }
      idle = 0;
      this.time = Math.max(this.time, timer.at);
      timer.run();
    }
    if ("error" in settled) throw settled.error;
    return settled.value;
  }

  private kill(): never {
    this.life += 1;
    this.timers.length = 0;
    for (const child of this.children.filter(({ alive }) => alive)) {
      delete child.told;
      // The processes it started live on, or go with it and leave no result.
      if (this.dice.chance(0.5)) child.alive = false;
      else this.at(Math.max(0, child.ends - this.time), () => this.finish(child));
      if (!child.alive) child.ends = Number.POSITIVE_INFINITY;
    }
    throw new Killed();
  }

  private append(added: readonly FleetRecord[], life: number, call: () => void): void {
    if (life !== this.life) throw new Killed();
    if (this.dice.chance(this.faults.fullDisk)) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC" });
    const { length } = this.records;
    const line = added.map((record, index) => `${encodeRecord(record, length + index, this.token)}\n`).join("");
    const torn = this.journal !== "" && !this.journal.endsWith("\n") ? "\n" : "";
    const before = this.journal;
    try {
      const records = [...this.records, ...added];
      this.journal = `${before}${torn}${line}`;
      this.read = { journal: this.journal, records };
      call();
    } catch (error) {
      // Killed while it wrote: any part of the line may be there, or all of it.
      this.journal = `${before}${torn}${line}`.slice(0, before.length + this.dice.between(0, torn.length + line.length));
      throw error;
    }
  }

  private start(operation: Operation): Child {
    const { faults, dice } = this;
    if (dice.chance(faults.lostBackend)) this.backendLostUntil = this.time + dice.between(1, 20) * 60_000;
    // What an up has changed before it broke off shows in no preview any more.
    const begun = this.children.some((child) => child.operation.cluster === operation.cluster && child.operation.step === this.changing);
    const done: Ended = {
      outcome: "done",
      ...(operation.step === "preview" ? { fingerprint: `${begun ? "half done" : "of"}-${operation.cluster}` } : {}),
    };
    const lost = this.time < this.backendLostUntil;
    const result: Ended = lost
      ? { outcome: "failed", reason: "the backend does not answer", transient: true }
      : dice.chance(faults.failing)
        ? { outcome: "failed", reason: "the cloud said no" }
        : dice.chance(faults.passing)
          ? { outcome: "failed", reason: "throttled", transient: true }
          : done;
    const hangs = dice.chance(faults.hanging);
    const child: Child = {
      operation,
      result: hangs ? { outcome: "failed", reason: "it hung", transient: true } : result,
      ends: hangs ? Number.POSITIVE_INFINITY : this.time + dice.between(1, 900) * 1_000,
      alive: true,
      ...(hangs ? { hangs: { since: this.time, until: ENDINGS[dice.between(0, 2)] ?? "end" } } : {}),
    };
    this.children.push(child);
    if (!hangs) this.at(child.ends - this.time, () => this.finish(child));
    return child;
  }

  private finish(child: Child): void {
    if (!child.alive || child.ends > this.time) return;
    child.alive = false;
    const { cluster, step } = child.operation;
    if (child.result.outcome === "done") this.worked.set(`${cluster} ${step}`, (this.worked.get(`${cluster} ${step}`) ?? 0) + 1);
    child.told?.(child.result);
  }

  private at(ms: number, run: () => void): void {
    this.timers.push({ at: this.time + ms, run });
  }

  /** The rules, told by the journal and by what really happens, and by none of the runner's own words. */
  private check({ cluster, step }: Operation): void {
    const { records } = this;
    const wrong = (what: string) => this.broken.push(`${step} of ${cluster}: ${what}`);
    if (this.children.some((child) => child.alive && child.operation.cluster === cluster)) wrong("another one of it is under way");
    const done = (name: string, what: string) =>
      records.some((each) => each.event === "ended" && each.cluster === name && each.step === what && each.outcome === "done");
    if (step !== "preview" && done(cluster, step)) wrong("it was finished before");
    const begun = records.some((each) => each.event === "started" && each.cluster === cluster && each.step === this.changing);
    const before = (step === "up" ? BEFORE_UP[this.work.operation] : step === "health" ? [this.changing] : BEFORE[step]) ?? [];
    for (const each of before) {
      if (each === "backup" && !this.isBackedUp(cluster)) continue;
      // What a change has begun to do no preview shows any more.
      if (!done(cluster, each) && !(each === "preview" && begun)) wrong(`${each} has to be done before`);
    }
    const opened = records.findLastIndex(({ event }) => event === "opened");
    const lately = records.slice(opened + 1);
    if (lately.some(({ event }) => event === "cancelled")) wrong("it was cancelled");
    const failed = (name: string) => {
      const ends = lately.filter((each) => each.event === "ended" && each.cluster === name);
      const last = ends.at(-1);
      if (last?.event !== "ended" || last.outcome !== "failed") return false;
      const since = lately.findLastIndex((each) => each.event === "ended" && each.cluster === name && each.outcome === "done");
      const tries = lately
        .slice(since + 1, lately.lastIndexOf(last))
        .filter((each) => each.event === "started" && each.cluster === name).length;
      return !last.transient || tries >= 3;
    };
    const last = this.isLast;
    for (const [index, wave] of this.plan.waves.entries()) {
      const names = wave.clusters.map(({ name }) => name);
      const fails = names.filter(failed);
      if (fails.length > wave.maxFailures) wrong(`${fails.length} of wave ${wave.name} have failed`);
      if (names.slice(0, wave.canaries).some(failed)) wrong("a canary has failed");
      const at = names.indexOf(cluster);
      if (at < 0) continue;
      for (const { cluster: other } of wave.clusters[at]!.after) if (!done(other, last)) wrong(`${other} is not up`);
      const before = this.plan.waves.slice(0, index).flatMap(({ clusters }) => clusters.map(({ name }) => name));
      const open = [...before, ...(at >= wave.canaries ? names.slice(0, wave.canaries) : [])].filter((name) => !done(name, last));
      const excused = (name: string): boolean =>
        failed(name) ||
        this.plan.waves.some(({ clusters }) =>
          clusters.some((each) => each.name === name && each.after.some((one) => excused(one.cluster))),
        );
      if (open.some((name) => !excused(name))) wrong(`${open.join(", ")} come before it`);
      if (wave.approval && !records.some((each) => each.event === "approved" && each.wave === wave.name)) wrong("its wave is not approved");
      const alive = this.children.filter((child) => child.alive && names.includes(child.operation.cluster)).length;
      if (alive + 1 > (wave.maxConcurrent ?? 4)) wrong(`${alive} are under way already`);
    }
  }

  /** The journal's records, read anew only where it was cut off. */
  private get records(): readonly FleetRecord[] {
    if (this.read.journal !== this.journal) this.read = { journal: this.journal, records: decodeJournal(this.journal).records };
    return this.read.records;
  }

  private get isLast(): string {
    return Object.keys(this.plan.health).length > 0 ? "health" : this.changing;
  }
}

function same(one: Operation, other: Operation): boolean {
  return one.cluster === other.cluster && one.step === other.step && one.attempt === other.attempt;
}
