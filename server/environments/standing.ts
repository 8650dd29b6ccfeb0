import { sql } from "kysely";
import type { Database } from "../data/database";
import type { OperationKind, OperationState } from "../data/tables";
import type { StepResult } from "../work/result";

/** How an environment stands, as far as its operations tell. */
export interface Standing {
  readonly state: "new" | "up" | "failed" | "gone" | "planned" | "working";
  readonly operation?: string;
  readonly last?: { readonly id: string; readonly kind: OperationKind; readonly state: OperationState; readonly ended?: string };
  readonly drift?: { readonly drifted: boolean; readonly at: string };
  readonly certificatesUntil?: string;
}

/** Nothing was done with it. */
export const NEW: Standing = { state: "new" };

/** What is known of how each of some environments stands. */
interface Found {
  readonly name: string;
  readonly state: Standing["state"];
  readonly open: string | null;
  readonly last: string | null;
  readonly kind: OperationKind | null;
  readonly lastState: OperationState | null;
  readonly lastEnded: Date | null;
  readonly drift: string | null;
  readonly driftEnded: Date | null;
  readonly health: string | null;
}

/**
 * By name, how environments stand, in the order that they are given in; the database looks at the newest operations of each alone.
 * @param wanted those alone that stand so, and how many at most
 */
export async function standingOf(
  { query }: Pick<Database, "query">,
  names: readonly string[],
  wanted: { readonly state?: Standing["state"] | undefined; readonly limit?: number } = {},
): Promise<ReadonlyMap<string, Standing>> {
  if (names.length === 0) return new Map();
  const is = wanted.state === undefined ? sql`true` : sql`stands.state = ${wanted.state}`;
  const limit = wanted.limit === undefined ? sql`` : sql`limit ${wanted.limit}`;
  const { rows } = await sql<Found>`
    with named as (select value as name, place from json_array_elements_text(${JSON.stringify(names)}::json) with ordinality as n (value, place)),
    standing as (
      select named.name, named.place, open.id as open, case
        when open.state = 'planned' then 'planned'
        when open.id is not null then 'working'
        when changing.state = 'done' and changing.kind = 'destroy' then 'gone'
        when changing.state = 'done' then 'up'
        when changing.state in ('failed', 'cancelled') then 'failed'
        else 'new' end as state
      from named
      left join operations as open on open.environment = named.name and open.state in ('waiting', 'running', 'planned')
      -- Those that have begun to change something: a plan that nobody agreed to has changed nothing.
      left join lateral (select kind, state from operations where environment = named.name and kind in ('up', 'destroy')
        and step in ('up', 'destroy') order by created desc, id limit 1) as changing on true),
    stands as (select * from standing as stands where ${is} order by place ${limit})
    select stands.name, stands.state, stands.open, newest.id as last, newest.kind, newest.state as last_state, newest.ended as last_ended,
      drift.result as drift, drift.ended as drift_ended, health.result as health
    from stands
    left join lateral (select id, kind, state, ended from operations where environment = stands.name
      order by created desc, id limit 1) as newest on true
    left join lateral (select result, ended from operations where environment = stands.name and kind = 'drift' and state = 'done'
      order by created desc, id limit 1) as drift on true
    left join lateral (select result from operations where environment = stands.name and kind = 'health' and state = 'done'
      order by created desc, id limit 1) as health on true
    order by stands.place`.execute(query);
  return new Map(rows.map((row) => [row.name, shapeOf(row)]));
}

function shapeOf({ state, open, last, kind, lastState, lastEnded, drift, driftEnded, health }: Found): Standing {
  const { drifted } = resultIn(drift);
  const { certificatesUntil } = resultIn(health);
  return {
    state,
    ...(open === null ? {} : { operation: open }),
    ...(last === null || kind === null || lastState === null
      ? {}
      : { last: { id: last, kind, state: lastState, ...(lastEnded === null ? {} : { ended: lastEnded.toISOString() }) } }),
    ...(drifted === undefined || driftEnded === null ? {} : { drift: { drifted, at: driftEnded.toISOString() } }),
    ...(certificatesUntil === undefined ? {} : { certificatesUntil }),
  };
}

function resultIn(result: string | null): StepResult {
  return result === null ? {} : JSON.parse(result);
}

/** Whether something of an environment may stand: it was begun to be brought up, and was not taken down since. */
export async function mayStand({ query }: Pick<Database, "query">, name: string): Promise<boolean> {
  const row = await query
    .selectFrom("operations")
    .select(["kind", "state"])
    .where("environment", "=", name)
    .where("step", "in", ["up", "destroy"])
    .orderBy("created", "desc")
    .orderBy(sql`id`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined && !(row.kind === "destroy" && row.state === "done");
}
