import { z } from "zod";
import { allows, ROLES } from "../access/roles";
import { HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import { noting, type Own, operationFor, shown } from "./own";
import { byId, Operation, Plan } from "./shapes";

const Approval = z.strictObject({
  digest: z.string().max(128).meta({ description: "That of the plan that was read." }),
  names: z.array(z.string().max(200)).max(200).default([]).meta({ description: "All that `needs` of the plan names: each is agreed to." }),
});
const Me = z
  .strictObject({
    ...{ id: z.string(), name: z.string() },
    roles: z.array(z.strictObject({ role: z.enum(ROLES), label: z.strictObject({ name: z.string(), value: z.string() }).optional() })),
    may: z.strictObject({ view: z.boolean(), operate: z.boolean(), approve: z.boolean(), administer: z.boolean() }).meta({
      description: "In all environments; elsewhere it goes by their labels.",
    }),
  })
  .meta({ id: "Me", description: "Who asks, and what they may do." });
const Rejection = z.strictObject({ reason: z.string().min(1).max(1_000) });
const common = { about: "environments", params: byId, reply: Operation } as const;

/** Calls that decide what becomes of an operation. */
export function decisionRoutes(own: Own): Route[] {
  const { decisions, trail, work, catalog } = own;
  /** Whether somebody else than who asked has to approve. Where the environment is gone, they have to. */
  const fourEyes = async (name: string) => (catalog.has(name) ? ((await catalog.outlines([name]))[0]?.fourEyes ?? true) : true);
  return [
    defineRoute({
      ...{ ...common, id: "readPlan", method: "GET", path: "/api/v1/operations/{id}/plan", needs: "viewer", reply: Plan },
      summary: "What an operation would do, and what an approval of it has to name",
      handle: async ({ params: { id }, principal }) => {
        const { environment } = await operationFor(own, id, principal, "viewer");
        const { digest, plan } = await decisions.planOf(id);
        return { ...plan, digest, fourEyes: await fourEyes(environment) };
      },
    }),
    defineRoute({
      ...{ ...common, id: "approveOperation", method: "POST", path: "/api/v1/operations/{id}/approval", needs: "approver", body: Approval },
      ...{ summary: "Agrees to an operation's plan: it is carried out, if it still does that and nothing else" },
      tells: { 409: "It waits for no approval, or its plan is another one.", 422: "Not all that is dangerous in it was named." },
      handle: async ({ params: { id }, body: { digest, names }, principal }) => {
        const operation = await operationFor(own, id, principal, "approver");
        if (operation.askedBy === principal.id && (await fourEyes(operation.environment)))
          throw new HttpProblem("forbidden", "you have asked for this: somebody else has to approve it");
        const approved = await decisions.approve(
          operation,
          principal.id,
          digest,
          names,
          noting(trail, principal.id, "operation.approve", { digest, names: names.join(" ") }),
        );
        await work.wake();
        return shown(approved);
      },
    }),
    defineRoute({
      ...{ ...common, id: "rejectOperation", method: "POST", path: "/api/v1/operations/{id}/rejection", needs: "viewer", body: Rejection },
      ...{ summary: "Ends an operation that waits for an approval", tells: { 409: "It waits for none." } },
      handle: async ({ params: { id }, body: { reason }, principal }) => {
        const operation = await operationFor(own, id, principal, "approver", "operator");
        return shown(await decisions.reject(operation, principal.id, reason, noting(trail, principal.id, "operation.reject", { reason })));
      },
    }),
    defineRoute({
      ...{ ...common, id: "retryOperation", method: "POST", path: "/api/v1/operations/{id}/retry", needs: "operator", status: 202 },
      ...{
        summary: "Does one that failed again, from the step at which it stopped",
        tells: { 409: "It has not failed, or its file was changed." },
      },
      handle: async ({ params: { id }, principal }) => {
        const operation = await operationFor(own, id, principal, "operator");
        if (!catalog.has(operation.environment)) throw new HttpProblem("conflict", `the file of ${operation.environment} is gone`);
        const retried = await decisions.retry(operation, noting(trail, principal.id, "operation.retry"));
        await work.wake();
        return shown(retried);
      },
    }),
    defineRoute({
      ...{ ...common, id: "cancelOperation", method: "POST", path: "/api/v1/operations/{id}/cancel", needs: "operator", status: 202 },
      ...{ summary: "Ends one: at once where it waits, else once its step has ended", tells: { 409: "It has ended." } },
      handle: async ({ params: { id }, principal }) => {
        const operation = await operationFor(own, id, principal, "operator");
        return shown(await decisions.cancel(operation, principal.id, noting(trail, principal.id, "operation.cancel")));
      },
    }),
    defineRoute({
      ...{
        id: "readMe",
        method: "GET",
        path: "/api/v1/me",
        needs: "viewer",
        about: "environments",
        summary: "Who asks, and what they may do",
      },
      reply: Me,
      handle: async ({ principal: { id, name, grants } }) => ({
        ...{ id, name, roles: grants.map(({ role, label }) => ({ role, ...(label === undefined ? {} : { label }) })) },
        may: {
          view: allows(grants, "viewer"),
          operate: allows(grants, "operator"),
          approve: allows(grants, "approver"),
          administer: allows(grants, "administrator"),
        },
      }),
    }),
  ];
}
