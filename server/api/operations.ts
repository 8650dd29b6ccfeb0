import { sql } from "kysely";
import { z } from "zod";
import type { Principal } from "../access/principal";
import { allows } from "../access/roles";
import { HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import { type Own, operationFor, shown } from "./own";
import { page, pageOf, pageQuery } from "./page";
import { byId, KINDS, Name, Operation, STATES } from "./shapes";

const query = pageQuery.extend({
  environment: Name.optional(),
  state: z.enum(STATES).optional(),
  kind: z.enum(KINDS).optional(),
  order: z.enum(["oldest", "newest"]).default("oldest"),
});
const about = { about: "environments", needs: "viewer" } as const;

/** Operations that were asked for. Who may see one goes by its environment's labels. */
export function operationRoutes(own: Pick<Own, "database" | "catalog">): Route[] {
  return [
    defineRoute({
      ...{ ...about, id: "listOperations", method: "GET", path: "/api/v1/operations", summary: "Operations, oldest first" },
      ...{ query, reply: pageOf(Operation) },
      handle: async ({ query: { after, limit, environment, state, kind, order }, principal }) => {
        const back = order === "newest";
        let rows = own.database.query
          .selectFrom("operations")
          .selectAll()
          .orderBy("created", back ? "desc" : "asc")
          .orderBy("id", back ? "desc" : "asc")
          .limit(limit + 1);
        if (environment !== undefined) rows = rows.where("environment", "=", environment);
        if (state !== undefined) rows = rows.where("state", "=", state);
        if (kind !== undefined) rows = rows.where("kind", "=", kind);
        const seen = await visibleTo(own, principal);
        if (seen !== undefined) rows = rows.where(seen);
        const { created, id } = cursorIn(after);
        if (created !== undefined && id !== undefined)
          rows = rows.where((is) =>
            is.or([is("created", back ? "<" : ">", created), is.and([is("created", "=", created), is("id", back ? "<" : ">", id)])]),
          );
        return page((await rows.execute()).map(shown), limit, (operation) => `${operation.created} ${operation.id}`);
      },
    }),
    defineRoute({
      ...{ ...about, id: "readOperation", method: "GET", path: "/api/v1/operations/{id}", summary: "An operation" },
      ...{ params: byId, reply: Operation },
      handle: async ({ params: { id }, principal }) => shown(await operationFor(own as Own, id, principal, "viewer")),
    }),
  ];
}

/** Which rows somebody may see, of operations and their events; undefined: all. */
export async function visibleTo({ catalog }: Pick<Own, "catalog">, { grants }: Principal) {
  if (allows(grants, "viewer")) return undefined;
  const outlines = await catalog.all();
  const [own, all] = [outlines.filter(({ labels }) => allows(grants, "viewer", labels)), outlines].map((some) =>
    some.map(({ name }) => name),
  );
  // Of those that are gone the labels count that they had.
  const had = grants.flatMap(({ label }) =>
    label === undefined ? [] : [sql<boolean>`(labels::jsonb ->> ${label.name}) = ${label.value}`],
  );
  const gone = had.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(had, sql` or `)})`;
  const isOwn = own?.length ? sql<boolean>`environment in (${sql.join(own)})` : sql<boolean>`false`;
  const isGone = all?.length ? sql<boolean>`(environment not in (${sql.join(all)}) and ${gone})` : gone;
  return sql<boolean>`(${isOwn} or ${isGone})`;
}

function cursorIn(after: string | undefined): { readonly created?: Date; readonly id?: string } {
  if (after === undefined) return {};
  const [, created = "", id] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(after) ?? [];
  if (id === undefined || Number.isNaN(Date.parse(created)))
    throw new HttpProblem("invalid-request", "see problems", [{ path: "query.after", reason: "must be what `next` of a page said" }]);
  return { created: new Date(created), id };
}
