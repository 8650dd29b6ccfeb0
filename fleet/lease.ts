import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { PRIVATE, readIfThere, removeIfStill, writeWhole } from "../host/files";
import { take } from "../host/mutex";
import { isAlive, type Owner, thisProcess } from "../host/processes";
import { LeaseLostError } from "./runner";

/** Who works on a fleet. Its pulse goes up as long as it lives. */
interface Holder extends Owner {
  readonly id: string;
  readonly pulse: number;
}

/** How often a holder shows that it lives. */
const PULSE_MS = 10_000;
/** A holder on another host that showed nothing for so long, by the clock of who watches, is gone. */
const SILENCE_MS = 60_000;

/** Raised where another runner works on the fleet. */
export class FleetBusyError extends Error {
  override readonly name = "StackBusyError";
}

/** Held while a runner works on a fleet, so that no second one does. */
export class Lease {
  private readonly id = randomUUID();
  private pulse = 0;
  private timer: NodeJS.Timeout | undefined;

  private constructor(private readonly path: string) {}

  /**
   * Takes the lease, from a holder that is gone too: one of this host whose process has ended, one of another host that shows no pulse.
   * @throws FleetBusyError that says who has it
   */
  static async take(path: string, silence = SILENCE_MS): Promise<Lease> {
    const lease = new Lease(path);
    const isHere = (holder: Owner) => holder.host === hostname();
    for (;;) {
      const other = take(path, lease.own, (holder) => !isHere(holder) || isAlive(holder), { mode: PRIVATE });
      if (other === undefined) break;
      const seen = readIfThere(path);
      if (!isHere(other)) await pause(silence);
      if (isHere(other) || (seen !== undefined && readIfThere(path) !== seen))
        throw new FleetBusyError(`The fleet is being worked on by process ${other.pid} on ${other.host}. Wait for it to end.`);
      if (seen !== undefined) removeIfStill(path, seen);
    }
    lease.timer = setInterval(() => lease.show(), PULSE_MS).unref();
    return lease;
  }

  /** Whether somebody has it who may be alive: of another host that is not asked. */
  static isHeld(path: string): boolean {
    const content = readIfThere(path);
    if (content === undefined) return false;
    try {
      const holder: Owner = JSON.parse(content);
      return holder.host !== hostname() || isAlive(holder);
    } catch {
      // Torn: a runner clears it.
      return false;
    }
  }

  /** @throws LeaseLostError where it is another's by now, or nobody's */
  require(): void {
    const content = readIfThere(this.path);
    if (content === undefined || !content.includes(this.id))
      throw new LeaseLostError("another runner has taken over: this one has stopped, and what it began is looked at by the other");
  }

  release(): void {
    clearInterval(this.timer);
    const content = readIfThere(this.path);
    if (content?.includes(this.id)) removeIfStill(this.path, content);
  }

  private get own(): Holder {
    return { ...thisProcess(), id: this.id, pulse: this.pulse };
  }

  private show(): void {
    try {
      this.require();
      this.pulse += 1;
      writeWhole(this.path, JSON.stringify(this.own), { mode: PRIVATE });
    } catch {
      // Lost, or the disk is full: who writes a record down next is told of it.
    }
  }
}
