import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { OperationState, Tables } from "../data/tables";
import type { Operation, Turn } from "./types";

/** Held by who writes one: they are numbered in the order in which they can be seen. Any number that nothing else of the service uses. */
const WRITING = 7_190_041;

/** Written down with each turn, and told to those webhooks that want it: with the turn or not at all. */
export async function tellOf(operation: Operation, turn: Turn, within: Kysely<Tables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${WRITING})`.execute(within);
  const { id, environment, kind, state, labels } = operation;
  const detail = {
    turn: turn.kind,
    ...(turn.kind === "stepped" || (turn.kind === "failed" && turn.step !== undefined) ? { step: turn.step } : {}),
    ...("reason" in turn && turn.reason !== undefined ? { reason: turn.reason } : {}),
  };
  const { id: event } = await within
    .insertInto("events")
    .values({ operation: id, environment, kind, state, labels, detail: JSON.stringify(detail) })
    .returning("id")
    .executeTakeFirstOrThrow();
  if (turn.kind === "stepped") return;
  for (const { id: webhook, events } of await within.selectFrom("webhooks").select(["id", "events"]).execute())
    if (isWanted(events, state))
      await within
        .insertInto("deliveries")
        .values({ id: randomUUID(), webhook, event, state: "waiting", status: null, reason: null })
        .execute();
}

function isWanted(events: string, state: OperationState): boolean {
  const wanted: readonly string[] = JSON.parse(events);
  return wanted.length === 0 || wanted.includes(state);
}
