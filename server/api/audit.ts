import { z } from "zod";
import type { Trail } from "../audit/trail";
import { HIGHEST_ROW } from "../data/tables";
import { defineRoute, type Route } from "../http/route";
import { page, pageOf, pageQuery } from "./page";

const Entry = z
  .strictObject({
    ...{ number: z.number().int(), at: z.string(), actor: z.string(), action: z.string(), target: z.string() },
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    ...{ previous: z.string(), hash: z.string() },
  })
  .meta({ id: "AuditEntry", description: "An entry of the audit trail." });
const Verification = z
  .strictObject({ entries: z.number().int(), heads: z.number().int(), faults: z.array(z.string()) })
  .meta({ id: "AuditVerification", description: "Whether the audit trail is whole." });

/** The audit trail. */
export function auditRoutes(trail: Pick<Trail, "read" | "verify">): Route[] {
  return [
    defineRoute({
      ...{ id: "listAudit", method: "GET", path: "/api/v1/audit", summary: "What was done, oldest first" },
      ...{
        needs: "administrator",
        query: pageQuery.extend({ after: z.coerce.number().int().min(0).max(HIGHEST_ROW).default(0) }),
        reply: pageOf(Entry),
      },
      handle: async ({ query: { after, limit } }) => {
        const entries = await trail.read(after, limit + 1);
        return page(
          entries.map((entry) => ({ ...entry, detail: JSON.parse(entry.detail) })),
          limit,
          ({ number }) => String(number),
        );
      },
    }),
    defineRoute({
      ...{ id: "verifyAudit", method: "GET", path: "/api/v1/audit/verification", summary: "Whether the trail is whole" },
      ...{ needs: "administrator", reply: Verification },
      handle: () => trail.verify(),
    }),
  ];
}
