import type { LeaseAnswer, LeaseRequest } from "./lease-rule";

/*
 * The lease that keeps runs apart. Each control plane grants it to one run at a time, by a clock of its own that nobody sets; a run works
 * while a majority has granted it and none of these grants can have ended. Which control planes count is kept beside the grants, so that a run
 * with an older state cannot pick others: whoever moves the lease holds majorities of the old and of the new ones, and writes it down on both.
 */

/** Sets of hosts, of each of which a majority has to grant the lease. */
type Sets = readonly (readonly string[])[];

/** The way to the control planes, and the time. */
export interface LeasePorts {
  /** Rejects where the host does not answer in time. */
  ask(host: string, request: LeaseRequest): Promise<LeaseAnswer>;
  /** Milliseconds, from anywhere; must count on while the machine sleeps. */
  now(): number;
  pause(ms: number): Promise<void>;
  /** Whether a holder is known to have died, so that its lease need not be waited for. */
  isDead(holder: string): boolean;
}

/** Why a lease was not to be had. */
export class LeaseRefused extends Error {
  override readonly name = "LeaseRefused";
  constructor(
    readonly holder: LeaseAnswer["lease"] | undefined,
    /** The control planes that did not answer, with the reason. */
    readonly silent: Readonly<Record<string, string>>,
  ) {
    super(holder ? `the lease is held by the run ${holder.run}` : "a majority of the control planes does not answer");
  }
}

/** Of the time a lease is granted for, what its holder believes in: clocks differ by far less than this. */
const BELIEVED = 0.9;
const ATTEMPTS = 4;

interface Round {
  readonly begun: number;
  readonly answers: ReadonlyMap<string, LeaseAnswer>;
  readonly silent: Readonly<Record<string, string>>;
}

/** One run's hold on the lease. */
export class Lease {
  private sets: Sets = [];
  private epoch = 0;
  /** Counts what is asked for: what was meant for an earlier turn undoes nothing of a later one, however late it arrives. */
  private turn = 0;
  private believedUntil = Number.NEGATIVE_INFINITY;

  /**
   * @param seconds how long a grant lasts that is not renewed
   * @param lost hosts that are gone for good, which count no more
   */
  constructor(
    private readonly ports: LeasePorts,
    private readonly run: string,
    private readonly holder: string,
    private readonly seconds: number,
    private readonly lost: readonly string[] = [],
  ) {}

  /** Whether no other run can hold the lease now. */
  get isHeld(): boolean {
    return this.ports.now() < this.believedUntil;
  }

  /** Milliseconds for which no other run can hold it. */
  get remaining(): number {
    return Math.max(0, this.believedUntil - this.ports.now());
  }

  /** The hosts that count now. */
  get hosts(): readonly string[] {
    return [...new Set(this.sets.flat())];
  }

  /**
   * Takes the lease on a majority of these control planes, and of those that are written down on them.
   * @throws LeaseRefused
   */
  async acquire(controlPlanes: readonly string[]): Promise<void> {
    const own = this.counting([controlPlanes]);
    for (let attempt = 1; ; attempt++) {
      const { round, sets, epoch } = await this.holdAll(own);
      if (isMajority(granting(round), sets)) {
        this.sets = sets;
        this.epoch = epoch;
        this.believedUntil = round.begun + this.believedFor;
        await this.settle(controlPlanes, round);
        return;
      }
      await this.giveBack(granting(round));
      if (attempt === ATTEMPTS || !isContested(round, sets)) throw refusal(round);
      await this.ports.pause(500 + Math.random() * 1_500 * attempt);
    }
  }

  /**
   * Renews the lease; true where a majority did. False where it could not be reached; then it may be tried again.
   * @throws LeaseRefused where another run holds it, or may have held it since
   */
  async renew(): Promise<boolean> {
    const inTime = this.isHeld;
    // Hosts that were silent before grant it now, as long as no other run can have been there.
    const round = await this.hold(this.hosts, !inTime);
    const isLate = inTime && !this.isHeld;
    if (!isLate && isMajority(granting(round), this.sets)) {
      this.believedUntil = round.begun + this.believedFor;
      return true;
    }
    const reachable = this.hosts.filter((host) => round.answers.get(host)?.granted !== false);
    if (isLate || !isMajority(reachable, this.sets)) throw refusal(round);
    return false;
  }

  /**
   * Moves the lease to other control planes.
   * @throws LeaseRefused where a majority of either does not grant it
   */
  async move(controlPlanes: readonly string[]): Promise<void> {
    const wanted = this.counting([controlPlanes]);
    // Where all of the new ones are lost, the old ones go on to count.
    if (wanted.length === 0 || sameSets(wanted, this.sets)) return;
    const both = this.counting([...this.sets, ...wanted]);
    const former = this.hosts;
    const round = await this.hold([...new Set(both.flat())]);
    if (!this.isHeld || !isMajority(granting(round), both)) throw refusal(round);
    this.sets = both;
    this.believedUntil = round.begun + this.believedFor;
    await this.write(wanted);
    await this.giveBack(former.filter((host) => !this.hosts.includes(host)));
  }

  async release(): Promise<void> {
    this.believedUntil = Number.NEGATIVE_INFINITY;
    await this.giveBack(this.hosts);
  }

  private get believedFor(): number {
    return this.seconds * 1_000 * BELIEVED;
  }

  /** Asks these and whoever else they say counts, until nobody new is named. */
  private async holdAll(own: Sets): Promise<{ readonly round: Round; readonly sets: Sets; readonly epoch: number }> {
    let round = await this.hold([...new Set(own.flat())]);
    for (;;) {
      const members = [...round.answers.values()].flatMap((each) => each.members ?? []);
      const epoch = Math.max(0, ...members.map((each) => each.epoch));
      // All of them, where two runs wrote with the same number.
      const newest = members.filter((each) => each.epoch === epoch);
      const sets = this.counting([...own, ...newest.map(({ hosts }) => hosts)]);
      const others = [...new Set(sets.flat())].filter((host) => !round.answers.has(host) && !(host in round.silent));
      if (others.length === 0) return { round, sets, epoch };
      const more = await this.hold(others);
      // The time counts from the first question on.
      round = {
        begun: round.begun,
        answers: new Map([...round.answers, ...more.answers]),
        silent: { ...round.silent, ...more.silent },
      };
    }
  }

  private async hold(hosts: readonly string[], again = false): Promise<Round> {
    const begun = this.ports.now();
    const silent: Record<string, string> = {};
    const answers = new Map<string, LeaseAnswer>();
    const { run, holder, seconds } = this;
    const turn = ++this.turn;
    await Promise.all(
      hosts.map(async (host) => {
        try {
          let answered = await this.ports.ask(host, { op: "hold", run, holder, seconds, again, turn });
          if (!again && !answered.granted && answered.lease && this.ports.isDead(answered.lease.holder))
            answered = await this.ports.ask(host, { op: "hold", run, holder, seconds, breaking: answered.lease.run, turn });
          answers.set(host, answered);
        } catch (error) {
          silent[host] = error instanceof Error ? error.message : String(error);
        }
      }),
    );
    return { begun, answers, silent };
  }

  /** What is written down of the members becomes these control planes, on every host of the round. */
  private async settle(controlPlanes: readonly string[], round: Round): Promise<void> {
    const wanted = this.counting([controlPlanes]);
    const isWritten = ({ members }: LeaseAnswer) => members !== undefined && sameSets([members.hosts], wanted);
    if (![...round.answers.values()].every(isWritten)) await this.write(wanted);
  }

  /** Writes down who counts from now on, on majorities of all that count until now. @throws LeaseRefused where these cannot be had */
  private async write(sets: Sets): Promise<void> {
    const members = { epoch: ++this.epoch, hosts: sets.flat() };
    const silent: Record<string, string> = {};
    const written: string[] = [];
    await Promise.all(
      this.hosts.map(async (host) => {
        try {
          if ((await this.ports.ask(host, { op: "members", run: this.run, members })).granted) written.push(host);
        } catch (error) {
          silent[host] = error instanceof Error ? error.message : String(error);
        }
      }),
    );
    if (!isMajority(written, this.sets)) throw new LeaseRefused(undefined, silent);
    this.sets = sets;
  }

  private async giveBack(hosts: readonly string[]): Promise<void> {
    // Whoever does not hear of it frees the lease when its time is over.
    const { run, turn } = this;
    await Promise.all(hosts.map((host) => this.ports.ask(host, { op: "release", run, turn }).catch(() => undefined)));
  }

  /** Without the hosts that are gone for good, empty sets and repeated ones. */
  private counting(sets: Sets): Sets {
    const left = sets.map((set) => [...new Set(set)].filter((host) => !this.lost.includes(host)).sort()).filter((set) => set.length > 0);
    return left.filter((set, index) => left.findIndex((other) => sameSet(set, other)) === index);
  }
}

/** Whether these hosts are a majority of each set. */
export function isMajority(hosts: readonly string[], sets: Sets): boolean {
  return sets.length > 0 && sets.every((set) => set.filter((host) => hosts.includes(host)).length * 2 > set.length);
}

/** Whether several runs began at once and each got some: one of them is first the next time. */
function isContested(round: Round, sets: Sets): boolean {
  const refusing = [...round.answers].filter(([, { granted }]) => !granted);
  const holders = new Set(refusing.map(([, { lease }]) => lease?.run));
  const heldBy = (run: string | undefined) => refusing.filter(([, { lease }]) => lease?.run === run).map(([host]) => host);
  return holders.size > 0 && ![...holders].some((run) => sets.some((set) => isMajority(heldBy(run), [set])));
}

function refusal(round: Round): LeaseRefused {
  return new LeaseRefused([...round.answers.values()].find(({ granted }) => !granted)?.lease, round.silent);
}

function granting(round: Round): string[] {
  return [...round.answers].filter(([, { granted }]) => granted).map(([host]) => host);
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((host) => other.includes(host));
}

function sameSets(one: Sets, other: Sets): boolean {
  return one.length === other.length && one.every((set) => other.some((each) => sameSet(set, each)));
}
