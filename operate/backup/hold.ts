import { Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { OperationFailedError } from "../../engine/errors";
import { HOLD_SECONDS, type Hold } from "../../model/backup";
import type { ServicePlan } from "../../model/plan/types";
import { type PodAccess, runFor } from "./scope";

/** How often is said that the backup goes on, and how long a service may take to let changes happen again, in milliseconds. */
export interface HoldTimes {
  readonly tell: number;
  readonly end: number;
}

const TIMES: HoldTimes = { tell: HOLD_SECONDS.tell * 1000, end: 120_000 };

/**
 * Does something while a service does not change. Its command runs beside, and ends however the work does; where this process is killed, the
 * service lets changes happen again by itself.
 * @throws what the work throws; OperationFailedError where the service did not hold still to the end
 */
export async function whileHeld<T>(
  service: ServicePlan,
  hold: Hold | undefined,
  { api, signal }: PodAccess,
  work: (access: PodAccess) => Promise<T>,
  times = TIMES,
): Promise<T> {
  if (hold === undefined) return await work({ api, signal });
  const over = new AbortController();
  const broken = new AbortController();
  const late = new AbortController();
  const held = firstLine();
  // An interruption does not cut it off: it is told the end, and has time for that.
  const running = runFor(
    service,
    hold,
    hold.command,
    { api, signal: late.signal },
    { input: untilOver(over.signal, times.tell), output: held.output },
  );
  running.then(
    () =>
      over.signal.aborted || broken.abort(new OperationFailedError(`${service.name} changed while it was backed up: make another backup`)),
    (error: unknown) => broken.abort(error),
  );
  try {
    await Promise.race([held.come, running, aborted(signal)]);
    const within = AbortSignal.any([broken.signal, ...(signal ? [signal] : [])]);
    within.throwIfAborted();
    const done = await work({ api, signal: within });
    over.abort();
    await inTime(running, late, times.end);
    return done;
  } catch (error) {
    over.abort();
    await inTime(running, late, times.end).catch(() => undefined);
    // What it says itself tells more than that the work was cut off by it.
    throw broken.signal.aborted && !signal?.aborted ? broken.signal.reason : error;
  }
}

/** A line now and then, and `end` at the end. */
async function* untilOver(over: AbortSignal, tell: number): AsyncGenerator<Buffer> {
  while (!over.aborted) {
    yield Buffer.from("goes on\n");
    await wait(tell, undefined, { signal: over }).catch(() => undefined);
  }
  yield Buffer.from("end\n");
}

/** Takes an output, and tells when its first line has come. */
function firstLine(): { readonly output: Writable; readonly come: Promise<void> } {
  let tell: () => void = () => undefined;
  const come = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const output = new Writable({
    write(piece: Buffer, _encoding, next) {
      if (piece.includes("\n")) tell();
      next();
    },
  });
  return { output, come };
}

/** Rejects when the signal is given. */
async function aborted(signal: AbortSignal | undefined): Promise<never> {
  return await new Promise((_resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Waits for a command that was told its end, and cuts it off where it takes too long. */
async function inTime(running: Promise<void>, late: AbortController, patience: number): Promise<void> {
  const timer = setTimeout(() => late.abort(new Error("it did not let changes happen again in time")), patience);
  try {
    await running;
  } finally {
    clearTimeout(timer);
  }
}
