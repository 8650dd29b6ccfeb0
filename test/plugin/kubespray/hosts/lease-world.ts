import { Lease } from "../../../../plugin/kubespray/hosts/lease";
import { answer, type LeaseAnswer, type LeaseRequest, type LeaseState } from "../../../../plugin/kubespray/hosts/lease-rule";

/** Numbers that look random and are the same for the same seed. */
export function numbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How unkind the world is: each a share of all messages, or of all moments. */
export interface Weather {
  readonly loseRequest: number;
  readonly loseAnswer: number;
  readonly slow: number;
  readonly reboot: number;
  readonly crash: number;
}

interface Host {
  state: LeaseState;
  boot: number;
  bootedAt: number;
  /** How fast its clock goes. */
  readonly rate: number;
}

const SECONDS = 100;
const TIMEOUT_MS = 15_000;

/** Hosts, runs and a network with a time of their own, in which everything that can go wrong does. */
export class LeaseWorld {
  time = 0;
  private readonly events: { at: number; act: () => void }[] = [];
  private readonly hosts = new Map<string, Host>();
  private readonly leases = new Map<string, Lease>();
  /** Every set of control planes that there ever was; a run may know any of them. */
  private readonly history: string[][];
  acquired = 0;
  moved = 0;
  private named = 10;
  private last = "";
  private wrong: Error | undefined;

  constructor(
    private readonly random: () => number,
    private readonly weather: Weather,
    controlPlanes: number,
  ) {
    this.history = [Array.from({ length: controlPlanes }, (_, index) => `cp-${index + 1}`)];
  }

  /** Lets runs come, work and die for a while. @throws Error as soon as two of them hold the lease */
  async live(runs: number, until: number): Promise<void> {
    for (let index = 0; index < runs; index++) this.at(this.random() * until * 0.8, () => void this.insist(`run-${index}`));
    while (this.events.length > 0) {
      const next = this.events.reduce((first, event) => (event.at < first.at ? event : first));
      this.events.splice(this.events.indexOf(next), 1);
      if (next.at > until) return;
      this.time = next.at;
      if (this.random() < this.weather.reboot) this.reboot();
      next.act();
      await new Promise((resolve) => setImmediate(resolve));
      if (this.wrong) throw this.wrong;
      const holding = [...this.leases].filter(([, lease]) => lease.isHeld).map(([name]) => name);
      if (holding.length > 1) throw new Error(`${holding.join(" and ")} both hold the lease at ${this.time}`);
    }
  }

  /** Tries again and again, as people do. */
  private async insist(name: string): Promise<void> {
    for (let attempt = 0; attempt < 6; attempt++) {
      await this.run(`${name}-${attempt}`);
      await new Promise<void>((resolve) => this.at(this.time + this.random() * SECONDS * 600, resolve));
    }
  }

  private async run(name: string): Promise<void> {
    // Ahead of or behind every other clock by any amount, and a little faster or slower.
    const offset = this.random() * 1e9;
    const rate = 0.97 + this.random() * 0.06;
    const lease = new Lease(
      {
        ask: (host, request) => this.ask(host, request),
        now: () => offset + this.time * rate,
        pause: (ms) => new Promise((resolve) => this.at(this.time + ms, resolve)),
        isDead: () => false,
      },
      name,
      `{"host":"${name}"}`,
      SECONDS,
    );
    this.leases.set(name, lease);
    const known = this.pick(this.history);
    try {
      await lease.acquire(known);
      this.acquired++;
      this.last = name;
      for (let step = 0; step < 8 && this.random() >= this.weather.crash; step++) {
        await new Promise<void>((resolve) => this.at(this.time + this.random() * SECONDS * 1_300, resolve));
        if (this.random() < 0.4) {
          const next = this.changed(lease.hosts);
          const same = next.every((host) => lease.hosts.includes(host)) && next.length === lease.hosts.length;
          await lease.move(next);
          if (!same) this.requireNoneBetween(name);
          // A state records control planes that the lease was moved to before.
          this.history.push(next);
          this.moved++;
        } else if (await lease.renew()) this.requireNoneBetween(name);
      }
      if (this.random() >= this.weather.crash) await lease.release();
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "LeaseRefused") throw error;
    }
  }

  /** What a run saw of the cluster when it began must still hold. */
  private requireNoneBetween(name: string): void {
    if (this.last !== name) this.wrong = new Error(`${name} goes on at ${this.time}, though ${this.last} was there in between`);
  }

  /** One control plane joins, leaves, or is replaced. */
  private changed(now: readonly string[]): string[] {
    const leaving = now.length > 1 ? this.pick(now) : undefined;
    const staying = now.filter((host) => host !== leaving);
    return this.random() < 0.3 ? staying : [...staying, `cp-${++this.named}`];
  }

  private ask(name: string, request: LeaseRequest): Promise<LeaseAnswer> {
    return new Promise((resolve, reject) => {
      this.at(this.time + TIMEOUT_MS, () => reject(new Error(`${name} does not answer`)));
      if (this.random() < this.weather.loseRequest) return;
      this.at(this.time + this.delay(), () => {
        const host = this.host(name);
        const uptime = ((this.time - host.bootedAt) / 1_000) * host.rate;
        const after = answer(host.state, request, { boot: String(host.boot), uptime });
        host.state = after.state;
        if (this.random() >= this.weather.loseAnswer) this.at(this.time + this.delay(), () => resolve(after.answer));
      });
    });
  }

  private host(name: string): Host {
    const known = this.hosts.get(name);
    if (known) return known;
    const made = { state: {}, boot: 0, bootedAt: this.time - this.random() * 1e7, rate: 0.97 + this.random() * 0.06 };
    this.hosts.set(name, made);
    return made;
  }

  private reboot(): void {
    const host = this.pick([...this.hosts.values()]);
    if (!host) return;
    host.boot++;
    host.bootedAt = this.time;
  }

  private delay(): number {
    return this.random() < this.weather.slow ? this.random() * SECONDS * 3_000 : this.random() * 500;
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }

  private at(time: number, act: () => void): void {
    this.events.push({ at: time, act });
  }
}
