import { randomBytes, randomUUID } from "node:crypto";
import { isIP } from "node:net";
import { z } from "zod";
import { HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import type { Addresses } from "../webhooks/address";
import { webhookPath } from "../webhooks/deliver";
import type { Own } from "./own";
import { page, pageOf, pageQuery } from "./page";
import { byId, STATES } from "./shapes";

const Webhook = z
  .strictObject({
    id: z.uuid(),
    url: z.string(),
    events: z.array(z.enum(STATES)),
    createdBy: z.string(),
    created: z.string(),
  })
  .meta({ id: "Webhook", description: "Who is told of operations." });
const Made = Webhook.extend({ secret: z.string().meta({ description: "Signs what is delivered; it is told this once." }) });
const Wanted = z.strictObject({
  url: z.string().max(2_000).meta({ description: "https; what it holds beside host and path is not told to others." }),
  events: z
    .array(z.enum(STATES))
    .max(STATES.length)
    .default([])
    .meta({ description: "The states of operations that it is told of; none: all." }),
});
const Delivery = z
  .strictObject({
    ...{ id: z.uuid(), event: z.number().int(), state: z.enum(["waiting", "done", "failed"]), tries: z.number().int(), due: z.string() },
    ...{ status: z.number().int().optional(), reason: z.string().optional(), delivered: z.string().optional() },
  })
  .meta({ id: "Delivery", description: "What a webhook was told, or is to be." });

/** Webhooks: who is told of what becomes of operations. They see all environments, so they are an administrator's. */
export function webhookRoutes({ database: { query: database }, trail, secrets }: Own, addresses: Addresses): Route[] {
  const one = async (id: string) => {
    const row = await database.selectFrom("webhooks").selectAll().where("id", "=", id).executeTakeFirst();
    if (row === undefined) throw new HttpProblem("not-found", "there is no such webhook");
    return row;
  };
  const shape = ({ id, url, events, createdBy, created }: Awaited<ReturnType<typeof one>>) => ({
    ...{ id, url, events: JSON.parse(events), createdBy, created: created.toISOString() },
  });
  const needs = "administrator";
  return [
    defineRoute({
      ...{ id: "listWebhooks", method: "GET", path: "/api/v1/webhooks", needs, summary: "Webhooks, without their secrets" },
      ...{ query: pageQuery, reply: pageOf(Webhook) },
      handle: async ({ query: { after, limit } }) => {
        let rows = database
          .selectFrom("webhooks")
          .selectAll()
          .orderBy("id")
          .limit(limit + 1);
        if (after !== undefined) {
          if (!z.uuid().safeParse(after).success)
            throw new HttpProblem("invalid-request", "see problems", [
              { path: "query.after", reason: "must be what `next` of a page said" },
            ]);
          rows = rows.where("id", ">", after);
        }
        return page((await rows.execute()).map(shape), limit, ({ id }) => id);
      },
    }),
    defineRoute({
      ...{ id: "addWebhook", method: "POST", path: "/api/v1/webhooks", needs, summary: "Adds one; its secret is in this answer alone" },
      ...{ body: Wanted, reply: Made, status: 201 },
      handle: async ({ body: { url, events }, principal }) => {
        const fault = faultOf(url, addresses);
        if (fault !== undefined) throw new HttpProblem("invalid-request", "see problems", [{ path: "url", reason: fault }]);
        const [id, secret] = [randomUUID(), randomBytes(32).toString("base64url")];
        await secrets.write(webhookPath(id), { secret });
        const row = await database.transaction().execute(async (transaction) => {
          const values = { id, url, events: JSON.stringify([...new Set(events)]), createdBy: principal.id };
          await trail.append({ actor: principal.id, action: "webhook.add", target: id, detail: { host: new URL(url).host } }, transaction);
          return await transaction.insertInto("webhooks").values(values).returningAll().executeTakeFirstOrThrow();
        });
        return { ...shape(row), secret };
      },
    }),
    defineRoute({
      ...{
        id: "removeWebhook",
        method: "DELETE",
        path: "/api/v1/webhooks/{id}",
        needs,
        summary: "Removes one, and what was to be delivered",
      },
      ...{ params: byId, status: 204 },
      handle: async ({ params: { id }, principal }) => {
        await one(id);
        await database.transaction().execute(async (transaction) => {
          await trail.append({ actor: principal.id, action: "webhook.remove", target: id, detail: {} }, transaction);
          await transaction.deleteFrom("webhooks").where("id", "=", id).execute();
        });
        await secrets.remove(webhookPath(id));
      },
    }),
    defineRoute({
      ...{
        id: "listDeliveries",
        method: "GET",
        path: "/api/v1/webhooks/{id}/deliveries",
        needs,
        summary: "What was delivered, newest first",
      },
      ...{ params: byId, query: z.strictObject({ limit: pageQuery.shape.limit }), reply: z.strictObject({ items: z.array(Delivery) }) },
      handle: async ({ params: { id }, query: { limit } }) => {
        await one(id);
        const rows = await database
          .selectFrom("deliveries")
          .selectAll()
          .where("webhook", "=", id)
          .orderBy("event", "desc")
          .limit(limit)
          .execute();
        return {
          items: rows.map(({ id: delivery, event, state, tries, due, status, reason, delivered }) => ({
            ...{ id: delivery, event: Number(event), state, tries, due: due.toISOString() },
            ...(status === null ? {} : { status }),
            ...(reason === null ? {} : { reason }),
            ...(delivered === null ? {} : { delivered: delivered.toISOString() }),
          })),
        };
      },
    }),
  ];
}

/** Why nothing is sent there; what its name stands for is looked at with each delivery. */
function faultOf(url: string, addresses: Addresses): string | undefined {
  if (!URL.canParse(url)) return "is no URL";
  const { protocol, hostname, username, password } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  if (username !== "" || password !== "") return "must hold no account: what is delivered is signed";
  if (isIP(host) !== 0 ? !addresses.takes(host) : /(^|\.)(localhost|internal)\.?$/i.test(host) && !addresses.isAllowed("127.0.0.1"))
    return "leads to this machine, its link or a cloud's metadata: nothing is sent there";
  if (protocol !== "https:" && !(protocol === "http:" && addresses.isAllowed(isIP(host) === 0 ? "127.0.0.1" : host)))
    return "must be https";
  return undefined;
}
