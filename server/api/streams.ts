import { sql } from "kysely";
import { z } from "zod";
import type { Row } from "../data/tables";
import { defineRoute, type Route, type StreamEvent } from "../http/route";
import { Shared } from "../shared";
import { OPEN } from "../work/types";
import { visibleTo } from "./operations";
import { type Own, operationFor } from "./own";
import { page, pageOf, pageQuery } from "./page";
import { byId, Event, Line } from "./shapes";

/** How often it is looked for what follows. */
const LOOK_MS = 500;
/** What is sent at once. */
const TOGETHER = 500;
/** Beyond it no number of an event or a line goes. */
const HIGHEST = Number.MAX_SAFE_INTEGER;
const NUMBER = /^\d{1,15}$/;

const query = pageQuery.extend({ after: z.string().regex(NUMBER, "must be what `next` of a page said").optional() });
const about = { about: "environments", needs: "viewer" } as const;

/** What operations say, and what becomes of them, as lists and as streams. */
export function streamRoutes(own: Own, lookMs = LOOK_MS): Route[] {
  const { query: database } = own.database;
  const linesOf = async (operation: string, after: number, limit: number) =>
    (
      await database
        .selectFrom("operationLines")
        .selectAll()
        .where("operation", "=", operation)
        .where("number", ">", after)
        .orderBy("number")
        .limit(limit)
        .execute()
    ).map(({ number, at, step, text }) => ({ number: Number(number), at: at.toISOString(), step, text }));
  const newestEvent = async () =>
    Number(
      (
        await database
          .selectFrom("events")
          .select(({ fn }) => fn.max("id").as("id"))
          .executeTakeFirst()
      )?.id ?? 0,
    );
  // However many follow, the database is asked once in that time how far what they follow is.
  const shared = new Shared(lookMs);
  const followed = new Map<string, number>();
  const howFar = () =>
    shared.of("operations", async () => {
      const rows = await database
        .selectFrom("operations")
        .select((is) => [
          "id",
          "state",
          is
            .selectFrom("operationLines")
            .whereRef("operation", "=", "operations.id")
            .select(({ fn }) => fn.max("number").as("number"))
            .as("line"),
        ])
        .where("id", "in", [...followed.keys()])
        .execute();
      return new Map(rows.map(({ id, state, line }) => [id, { state, line: Number(line ?? -1) }]));
    });
  return [
    defineRoute({
      ...{ ...about, id: "readLog", method: "GET", path: "/api/v1/operations/{id}/log", params: byId, query },
      ...{ summary: "What an operation has said, line by line", reply: pageOf(Line), streamed: Line },
      handle: async ({ params: { id }, query: { after = "-1", limit }, principal }) => {
        await operationFor(own, id, principal, "viewer");
        return page(await linesOf(id, Number(after), limit + 1), limit, ({ number }) => String(number));
      },
      stream: async function* ({ params: { id }, query: { after = "-1" }, lastEventId }, signal) {
        let last = numberIn(lastEventId, Number(after));
        followed.set(id, (followed.get(id) ?? 0) + 1);
        try {
          while (!signal.aborted) {
            const far = followed.has(id) ? (await howFar()).get(id) : undefined;
            if (far !== undefined && far.line > last) {
              // Those that are as far as each other are sent the same.
              const lines = await shared.of(`${id} ${last} ${far.line}`, () => linesOf(id, last, TOGETHER));
              for (const line of lines) yield { id: String(line.number), event: "line", data: line } satisfies StreamEvent;
              last = lines.at(-1)?.number ?? last;
              if (last < far.line) continue;
            }
            // Both were read at once: what it has said up to its end was sent.
            if (far !== undefined && !OPEN.includes(far.state)) return;
            await pause(lookMs, signal);
          }
        } finally {
          const left = (followed.get(id) ?? 1) - 1;
          if (left === 0) followed.delete(id);
          else followed.set(id, left);
        }
      },
    }),
    defineRoute({
      ...{ ...about, id: "readEvents", method: "GET", path: "/api/v1/events", query, reply: pageOf(Event), streamed: Event },
      summary: "What has become of operations, in order; as a stream what follows from now on",
      handle: async ({ query: { after = "0", limit }, principal }) => {
        const events = await eventsFor(own, principal, Number(after), limit + 1);
        return page(events, limit, ({ id }) => String(id));
      },
      stream: async function* ({ query: { after }, principal, lastEventId }, signal) {
        let last = lastEventId === undefined && after === undefined ? await newestEvent() : numberIn(lastEventId, Number(after ?? 0));
        while (!signal.aborted) {
          const newest = await shared.of("events", newestEvent);
          if (newest > last) {
            const events = await eventsFor(own, principal, last, TOGETHER);
            for (const event of events) yield { id: String(event.id), event: "operation", data: event } satisfies StreamEvent;
            last = events.length < TOGETHER ? Math.max(newest, events.at(-1)?.id ?? 0) : (events.at(-1)?.id ?? newest);
          } else await pause(lookMs, signal);
        }
      },
    }),
  ];
}

async function eventsFor(own: Own, principal: Parameters<typeof visibleTo>[1], after: number, limit: number) {
  const seen = await visibleTo(own, principal);
  const rows = await own.database.query
    .selectFrom("events")
    .selectAll()
    .where("id", ">", sql<string>`${after}::bigint`)
    .$if(seen !== undefined, (some) => (seen === undefined ? some : some.where(seen)))
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(eventOf);
}

/** An event as answers and webhooks have it. */
export function eventOf({ id, operation, environment, kind, state, detail, at }: Row<"events">): z.output<typeof Event> {
  const { step, reason }: { readonly step?: string; readonly reason?: string } = JSON.parse(detail);
  const more = { ...(step === undefined ? {} : { step }), ...(reason === undefined ? {} : { reason }) };
  return { id: Number(id), operation, environment, kind, state, ...more, at: at.toISOString() };
}

function numberIn(text: string | undefined, otherwise: number): number {
  return text !== undefined && NUMBER.test(text) ? Math.min(Number(text), HIGHEST) : otherwise;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
