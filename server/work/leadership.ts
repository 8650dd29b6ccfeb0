import { hostname } from "node:os";
import { type Kysely, sql } from "kysely";
import { isAlive, thisProcess } from "../../host/processes";
import { fields, parsedJson } from "../../model/data";
import type { Database } from "../data/database";
import type { Tables } from "../data/tables";

/** How long who leads is believed to live after they have last shown it, by the database's clock. */
export const LEASE_MS = 20_000;

/** Raised where another service leads by now, or this one may no longer take itself for the one that does. */
export class LeadershipLostError extends Error {
  override readonly name = "LeadershipLostError";
}

/** What leading goes by. */
export interface LeadershipParts {
  readonly database: Pick<Database, "query">;
  /** This service's place: that of its folder. */
  readonly place: string;
  /** Whether no other service can have this database, as where it is the embedded one: then leading is taken at once. */
  readonly alone?: boolean;
  /** Told of each change. */
  readonly changed?: (term: number | undefined) => void;
}

/**
 * Which of the services that share a database carries out what waits: one at a time. It holds a row that it renews. Each one that takes it over
 * counts its term up, and whatever is written down holds the term against that row within the same transaction: one that was stopped for a while and
 * goes on writes nothing any more.
 */
export class Leadership {
  private held: { readonly term: number; readonly until: number } | undefined;

  constructor(
    private readonly parts: LeadershipParts,
    private readonly leaseMs = LEASE_MS,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** The term that is this service's; undefined where it does not lead, or has not been able to show for too long that it lives. */
  get term(): number | undefined {
    return this.held !== undefined && this.clock() < this.held.until ? this.held.term : undefined;
  }

  /** Shows that this service lives, where it leads; takes over, where nobody does. Called every few seconds. */
  async beat(): Promise<void> {
    const before = this.held?.term;
    // Counted from before the question: the answer may have been long on its way.
    const until = this.clock() + this.leaseMs;
    const term = (before === undefined ? undefined : await this.renew(before)) ?? (await this.take());
    this.held = term === undefined ? undefined : { term, until };
    if (term !== before) this.parts.changed?.(term);
  }

  /**
   * Holds a term against the row, which nobody takes over before the transaction has ended.
   * @throws LeadershipLostError
   */
  async fence(within: Kysely<Tables>, term: number): Promise<void> {
    const held = await within.selectFrom("leader").select("term").where("term", "=", term).forShare().executeTakeFirst();
    if (held === undefined) throw lost();
  }

  /** @throws LeadershipLostError where the term is not this service's now, by its own clock */
  require(term: number): void {
    if (this.term !== term) throw lost();
  }

  /** Lets others lead at once. */
  async release(): Promise<void> {
    const term = this.held?.term;
    this.held = undefined;
    if (term === undefined) return;
    await this.parts.database.query.updateTable("leader").set({ expires: sql<Date>`clock_timestamp()` }).where("term", "=", term).execute();
    this.parts.changed?.(undefined);
  }

  /** Whoever leads, as messages name them; undefined where nobody does. */
  async leader(): Promise<string | undefined> {
    const row = await this.parts.database.query
      .selectFrom("leader")
      .select("holder")
      .where("expires", ">=", sql<Date>`clock_timestamp()`)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { pid, host } = fields(parsedJson(row.holder));
    return `process ${String(pid)} on ${String(host)}`;
  }

  private async renew(term: number): Promise<number | undefined> {
    const row = await this.parts.database.query
      .updateTable("leader")
      .set({ expires: this.expiry })
      .where("term", "=", term)
      .returning("term")
      .executeTakeFirst();
    return row?.term;
  }

  private async take(): Promise<number | undefined> {
    const { query } = this.parts.database;
    const found = await query.selectFrom("leader").select(["term", "holder"]).executeTakeFirst();
    const holder = JSON.stringify(thisProcess());
    const next = { holder, place: this.parts.place, expires: this.expiry };
    if (found === undefined)
      return (
        await query
          .insertInto("leader")
          .values({ id: 1, term: 1, ...next })
          .onConflict((other) => other.doNothing())
          .returning("term")
          .executeTakeFirst()
      )?.term;
    let rows = query
      .updateTable("leader")
      .set({ ...next, term: found.term + 1 })
      .where("term", "=", found.term);
    if (!this.parts.alone && !isGone(found.holder)) rows = rows.where("expires", "<", sql<Date>`clock_timestamp()`);
    return (await rows.returning("term").executeTakeFirst())?.term;
  }

  private get expiry() {
    return sql<Date>`clock_timestamp() + ${this.leaseMs} * interval '1 millisecond'`;
  }
}

/** Whether a holder was a process of this host that has ended: nobody waits for that one. */
function isGone(holder: string): boolean {
  const { pid, host, startedAt } = fields(parsedJson(holder));
  return host === hostname() && typeof pid === "number" && !isAlive({ pid, host, startedAt: Number(startedAt ?? 0) });
}

function lost(): LeadershipLostError {
  return new LeadershipLostError("another service leads by now: it goes on with what was under way");
}
