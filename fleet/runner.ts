import { decide, type Operation } from "../model/fleet/decide";
import type { Ended, FleetRecord, Outcome } from "../model/fleet/records";
import type { ClusterRun, FleetRun } from "../model/fleet/run";

/** What a runner needs of the world. Tests play one whose time, disk and processes they govern. */
export interface World {
  /** The calendar's time. It may jump. */
  moment(): Date;
  /** Milliseconds that only go forward. */
  uptime(): number;
  /** How many operations may be under way. */
  capacity(): number;
  /** Resolves when the time has gone by, `signal` is aborted, or somebody cancels. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Begins a step, and tells how it ended. */
  launch(operation: Operation): Promise<Ended>;
  /** Tells how a step ended that an earlier runner began: waits for it where it still runs. */
  look(operation: Operation): Promise<Ended>;
  /** How long a step has said nothing, in milliseconds; undefined where nobody can tell. */
  silence(operation: Operation): number | undefined;
  /** Has a step end, which has taken too long or says nothing: asks it to, tells it to end at once, ends it. */
  end(operation: Operation, how: Ending): void;
  /** Writes records down for good, before anything goes by them. @throws where it could not, or where another runner has taken over */
  append(records: readonly FleetRecord[]): void;
  /** Whether somebody wants the run to end where it safely can. */
  cancelled(): boolean;
  /** Told of what happens. */
  tell(event: RunnerEvent): void;
}

export type RunnerEvent = FleetRecord | { readonly event: "waiting"; readonly reason: string } | Following;

/** Told once when clusters begin to be worked on: whoever shows them looks as often as it likes. */
export interface Following {
  readonly event: "following";
  clusters(): readonly LiveCluster[];
  /** What the step under way of a cluster has said last. */
  latest(cluster: string): string | undefined;
}

/** A cluster while a fleet is worked on. */
export type LiveCluster = Pick<ClusterRun, "name" | "status" | "step" | "attempt" | "reason">;

/** How a step is brought to its end, one after the other. */
export type Ending = (typeof ENDINGS)[number];

const ENDINGS = ["ask", "insist", "end"] as const;

/** How long is waited for what hangs, in milliseconds. */
export interface Patience {
  /** @default half an hour */
  readonly silenceMs?: number;
  /** How often one looks. @default ten minutes */
  readonly lookMs?: number;
}

/** How a run ended. */
export interface RunEnd {
  readonly outcome: Outcome;
  readonly reason?: string;
}

/** How often it is looked whether a window is open by a clock that may have jumped, and whether a step takes too long. */
export const LOOK_MS = 10 * 60_000;
/** How long is waited before a step is tried again, for each time it has been tried. */
export const RETRY_MS = 20_000;
/** No step takes longer: it hangs. */
const LIMIT_MS = 12 * 3_600_000;
/** A step says at least every ten seconds how far it is; one that has said nothing for so long hangs. */
const SILENCE_MS = 30 * 60_000;

/**
 * Works on a run until it has ended, stopped, or waits for somebody. What an earlier runner left open is found out first.
 * @throws what `append` throws: once what is under way has ended, where it was the disk
 */
export async function workOn(run: FleetRun, world: World, { silenceMs = SILENCE_MS, lookMs = LOOK_MS }: Patience = {}): Promise<RunEnd> {
  const ended: (readonly [Operation, Ended])[] = [];
  const under = new Map<string, { readonly operation: Operation; readonly since: number; ending: number; at: number }>();
  const retryAt = new Map<string, number>();
  const unwritten: FleetRecord[] = [];
  let bake: { readonly part: string; readonly since: number } | undefined;
  let wake = new AbortController();
  let told = "";

  const record = (record: DistributiveOmit<FleetRecord, "at">) => {
    const whole = { ...record, at: world.moment().toISOString() } as FleetRecord;
    run.apply(whole);
    unwritten.push(whole);
  };
  // What has ended and what is begun next go to the disk together: waiting for it is most of what a step costs here.
  const write = () => {
    const records = unwritten.splice(0);
    if (records.length > 0) world.append(records);
    for (const each of records) world.tell(each);
  };
  const follow = (operation: Operation, work: Promise<Ended>) => {
    under.set(operation.cluster, { operation, since: world.uptime(), ending: 0, at: 0 });
    work
      .catch((error: unknown): Ended => ({ outcome: "failed", reason: error instanceof Error ? error.message : String(error) }))
      .then((how) => {
        ended.push([operation, how]);
        wake.abort();
      });
  };
  const takeEnded = () => {
    for (let next = ended.shift(); next !== undefined; next = ended.shift()) {
      const [operation, how] = next;
      under.delete(operation.cluster);
      record({ event: "ended", ...operation, ...how });
      const { status, transient, tries } = run.cluster(operation.cluster);
      if (status === "waiting" && transient) retryAt.set(operation.cluster, world.uptime() + RETRY_MS * tries);
    }
  };
  const endHanging = () => {
    for (const each of under.values()) {
      const how = ENDINGS[each.ending];
      const now = world.uptime();
      const hangs = now - each.since >= LIMIT_MS || (world.silence(each.operation) ?? 0) >= silenceMs;
      // What was asked to end has as long as one look to do so.
      if (how === undefined || (each.ending === 0 ? !hangs : now - each.at < lookMs)) continue;
      each.ending += 1;
      each.at = now;
      if (how === "ask")
        world.tell({ event: "waiting", reason: `${each.operation.cluster}: its ${each.operation.step} hangs, and is asked to end` });
      world.end(each.operation, how);
    }
  };
  const sleep = async (ms: number) => {
    if (ended.length > 0) return;
    wake = new AbortController();
    await world.sleep(ms, wake.signal);
  };
  const wait = async (ms: number, reason: string) => {
    if (reason !== told) world.tell({ event: "waiting", reason });
    told = reason;
    await sleep(Math.min(ms, lookMs));
  };

  try {
    for (const { name, step = "up", attempt } of run.running) {
      const operation = { cluster: name, step, attempt };
      follow(operation, world.look(operation));
    }
    for (;;) {
      takeEnded();
      if (!run.cancelled && world.cancelled()) record({ event: "cancelled" });
      endHanging();
      const decision = decide(run, { moment: world.moment(), uptime: world.uptime(), capacity: world.capacity(), retryAt });
      if (decision.kind === "end") {
        const { outcome, reason } = decision;
        record({ event: "finished", outcome });
        write();
        return { outcome, ...(reason === undefined ? {} : { reason }) };
      }
      if (decision.kind === "launch") {
        told = "";
        for (const operation of decision.operations) record({ event: "started", ...operation });
        write();
        for (const operation of decision.operations) follow(operation, world.launch(operation));
        continue;
      }
      write();
      if (decision.kind === "wait") await wait(decision.ms ?? lookMs, decision.reason);
      else {
        if (bake?.part !== decision.part) bake = { part: decision.part, since: world.uptime() };
        const left = decision.ms - (world.uptime() - bake.since);
        if (left <= 0) record({ event: "baked", part: decision.part });
        else await wait(left, `${decision.part} bakes for ${decision.ms / 1_000} s`);
      }
    }
  } catch (error) {
    // Nothing can be written down, so nothing new is begun; a runner that another took over from has no say in what it began either.
    while (!(error instanceof LeaseLostError) && under.size > ended.length) {
      endHanging();
      wake = new AbortController();
      await world.sleep(lookMs, wake.signal);
    }
    throw error;
  }
}

/** Another runner has taken over. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
