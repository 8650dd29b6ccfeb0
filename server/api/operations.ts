import { z } from "zod";
import type { Database } from "../data/database";
import type { Row } from "../data/tables";
import { HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import { page, pageOf, pageQuery } from "./page";

const Operation = z.strictObject({
  ...{ id: z.uuid(), environment: z.string(), kind: z.enum(["up", "destroy"]), state: z.enum(["waiting", "running", "done", "failed"]) },
  step: z.string().optional().meta({ description: "The step that was begun last." }),
  askedBy: z.string(),
  reason: z.string().optional().meta({ description: "Why it failed." }),
  ...{ created: z.string(), started: z.string().optional(), ended: z.string().optional() },
});

/** Operations that were asked for. */
export function operationRoutes({ query: database }: Pick<Database, "query">): Route[] {
  return [
    defineRoute({
      ...{ id: "listOperations", method: "GET", path: "/api/v1/operations", summary: "Operations, oldest first" },
      ...{ needs: "viewer", query: pageQuery, reply: pageOf(Operation) },
      handle: async ({ query: { after, limit } }) => {
        let rows = database
          .selectFrom("operations")
          .selectAll()
          .orderBy("created")
          .orderBy("id")
          .limit(limit + 1);
        const [, created, id] = /^(\S+) ([0-9a-f-]{36})$/.exec(after ?? "") ?? [];
        if (after !== undefined && (created === undefined || Number.isNaN(Date.parse(created))))
          throw new HttpProblem("invalid-request", "see problems", [{ path: "query.after", reason: "must be what `next` of a page said" }]);
        if (created !== undefined && id !== undefined)
          rows = rows.where((is) =>
            is.or([is("created", ">", new Date(created)), is.and([is("created", "=", new Date(created)), is("id", ">", id)])]),
          );
        return page((await rows.execute()).map(shown), limit, (operation) => `${operation.created} ${operation.id}`);
      },
    }),
    defineRoute({
      ...{ id: "readOperation", method: "GET", path: "/api/v1/operations/{id}", summary: "An operation" },
      ...{ needs: "viewer", params: z.strictObject({ id: z.uuid() }), reply: Operation },
      handle: async ({ params: { id } }) => {
        const row = await database.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirst();
        if (row === undefined) throw new HttpProblem("not-found", "there is no such operation");
        return shown(row);
      },
    }),
  ];
}

function shown({
  id,
  environment,
  kind,
  state,
  step,
  askedBy,
  reason,
  created,
  started,
  ended,
}: Row<"operations">): z.output<typeof Operation> {
  return {
    ...{ id, environment, kind, state, askedBy, created: created.toISOString() },
    ...(step === null ? {} : { step }),
    ...(reason === null ? {} : { reason }),
    ...(started === null ? {} : { started: started.toISOString() }),
    ...(ended === null ? {} : { ended: ended.toISOString() }),
  };
}
