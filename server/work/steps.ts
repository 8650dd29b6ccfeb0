import { setTimeout as pause } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import { parsedJson } from "../../model/data";
import type { Database } from "../data/database";
import type { Row, Tables } from "../data/tables";
import type { StepEnded } from "./result";

/** A step whose place has said nothing of it for so long has ended with its place. */
const SILENCE_MS = 60_000;
/** How often a step of another place is looked at. */
const LOOK_MS = 1_000;

/** A step that was begun. */
export type BegunStep = Row<"steps">;

/** What steps go by. */
export interface StepsParts {
  readonly database: Pick<Database, "query">;
  /** This service's place: that of its folder, in which the results of its steps lie. */
  readonly place: string;
  /** Called after each step of this place, whatever came of it: what it has written beside the result is kept. */
  kept(): Promise<void>;
  /** Told of what went wrong with that. */
  failed(operation: string, error: unknown): void;
}

/**
 * Steps under way, wherever their processes are. The service in whose folder one was begun, whether it leads or not, tells the others in the
 * database that the process lives, and how it has ended; so whoever leads next, on another host, waits for it and takes over what came of it. A
 * place that falls silent is taken for lost, with the processes on it; where they are not, the engine's own lock on the stack is what is left.
 */
export class Steps {
  private readonly watched = new Map<string, Promise<StepEnded>>();

  constructor(
    private readonly parts: StepsParts,
    private readonly silenceMs = SILENCE_MS,
    private readonly lookMs = LOOK_MS,
  ) {}

  /** Writes down that an attempt begins here. */
  async begin(within: Kysely<Tables>, operation: string, attempt: number, step: BegunStep["step"]): Promise<void> {
    await within.insertInto("steps").values({ operation, attempt, step, place: this.parts.place, ended: null }).execute();
  }

  /** Follows the process of an attempt of this place to its end, and writes that down. */
  watch(operation: string, attempt: number, process: Promise<StepEnded>): Promise<StepEnded> {
    const key = keyOf(operation, attempt);
    const followed = process.then(async (ended) => {
      await this.parts.kept().catch((error: unknown) => this.parts.failed(operation, error));
      // Where the database is away, its next look finds it out.
      await this.write(operation, attempt, ended).catch((error: unknown) => this.parts.failed(operation, error));
      return ended;
    });
    this.watched.set(key, followed);
    const forget = () => this.watched.delete(key);
    followed.then(forget, forget);
    return followed;
  }

  /** Writes down that an attempt of this place was not begun after all. */
  async abandon(operation: string, attempt: number): Promise<void> {
    await this.write(operation, attempt, { outcome: "unknown" });
  }

  /** Those of this place whose end nobody knows and nobody here waits for: an earlier process of this service has left them. */
  async left(): Promise<BegunStep[]> {
    const open = await this.open();
    return open.filter(({ operation, attempt }) => !this.watched.has(keyOf(operation, attempt)));
  }

  /** Tells the others that the processes of this place live. Called every few seconds. */
  async beat(): Promise<void> {
    const living = (await this.open()).filter(({ operation, attempt }) => this.watched.has(keyOf(operation, attempt)));
    for (const { operation, attempt } of living)
      await this.parts.database.query
        .updateTable("steps")
        .set({ seen: sql<Date>`clock_timestamp()` })
        .where("operation", "=", operation)
        .where("attempt", "=", attempt)
        .execute();
  }

  /**
   * How an attempt that was begun earlier has ended, once it has. Of this place it is waited for; of another, as long as that one tells that it lives.
   * @throws the reason of `signal`
   */
  async endOf(operation: string, attempt: number, signal: AbortSignal): Promise<StepEnded> {
    for (let seen = 0, since = performance.now(); ; ) {
      const here = this.watched.get(keyOf(operation, attempt));
      if (here !== undefined) return await here;
      const row = await this.parts.database.query
        .selectFrom("steps")
        .selectAll()
        .where("operation", "=", operation)
        .where("attempt", "=", attempt)
        .executeTakeFirst();
      if (row === undefined) return { outcome: "unknown" };
      if (row.ended !== null) return endedIn(row.ended);
      // By the watch of who looks: while the database was away, nobody could tell anything.
      if (row.seen.getTime() !== seen) [seen, since] = [row.seen.getTime(), performance.now()];
      if (performance.now() - since >= this.silenceMs) return { outcome: "unknown" };
      await pause(this.lookMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  /** Resolves once no process of this place is under way. */
  async idle(): Promise<void> {
    while (this.watched.size > 0) await Promise.allSettled(this.watched.values());
  }

  private async open(): Promise<BegunStep[]> {
    return await this.parts.database.query
      .selectFrom("steps")
      .selectAll()
      .where("place", "=", this.parts.place)
      .where("ended", "is", null)
      .execute();
  }

  private async write(operation: string, attempt: number, ended: StepEnded): Promise<void> {
    await this.parts.database.query
      .updateTable("steps")
      .set({ ended: JSON.stringify(ended) })
      .where("operation", "=", operation)
      .where("attempt", "=", attempt)
      .where("place", "=", this.parts.place)
      .execute();
  }
}

function keyOf(operation: string, attempt: number): string {
  return `${operation}.${attempt}`;
}

function endedIn(text: string): StepEnded {
  const ended = parsedJson(text);
  return hasOutcome(ended) ? ended : { outcome: "unknown" };
}

function hasOutcome(value: unknown): value is StepEnded {
  return typeof value === "object" && value !== null && "outcome" in value && ["done", "failed", "unknown"].includes(String(value.outcome));
}
