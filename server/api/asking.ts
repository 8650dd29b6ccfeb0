import { z } from "zod";
import { chooseVersion } from "../../model/cluster/versions";
import { at, fields, isFields } from "../../model/data";
import { approvalMistake } from "../../model/guard/approvals";
import type { Outline } from "../environments/catalog";
import { HttpProblem } from "../http/problem";
import { Answer, type Call, defineRoute, type Route } from "../http/route";
import { OPEN, type Wanted } from "../work/types";
import { refuseUnderWay } from "./environments";
import { type Own, shown } from "./own";
import { byName, KINDS, Operation } from "./shapes";

const approvals = z
  .array(
    z
      .string()
      .max(200)
      .superRefine((value, context) => {
        const mistake = approvalMistake(value);
        if (mistake !== undefined) context.addIssue({ code: "custom", message: mistake });
      }),
  )
  .max(50)
  .default([])
  .meta({ description: "Dangerous changes that the plan is looked at with, `KEY:ACTION`. Whoever approves agrees to each all the same." });
const Asked = z.strictObject({
  kind: z.enum(KINDS),
  approvals,
  removeFile: z.boolean().default(false).meta({ description: "Of a destroy: whether the environment's file goes too." }),
});
const Scale = z.strictObject({
  pool: z.string().min(1).max(63).meta({ description: "`control-plane`, or a pool's name." }),
  count: z.number().int().min(0).max(1_000),
  approvals,
});
const Upgrade = z.strictObject({
  to: z.string().min(1).max(50).meta({ description: "A release of K-PaaS, or a version of Kubernetes." }),
  approvals,
});
const common = {
  ...({ needs: "operator", about: "environments", params: byName, reply: Operation, status: 202, idempotent: true } as const),
  tells: { 409: "An operation of the environment is open.", 422: "The idempotency-key was given to another request." },
};

/** Where a file says how many there are of machines that are in no pool. */
const GROUPS: Readonly<Record<string, readonly string[]>> = { "control-plane": ["cluster", "controlPlane"], etcd: ["cluster", "etcd"] };

/** Calls that ask for an operation. It is carried out after its answer; `location` leads to it. */
export function askingRoutes(own: Own): Route[] {
  const { catalog, database, files, requests, trail, work } = own;
  const ask = async (
    call: Call<unknown, unknown, unknown>,
    { name, labels }: Outline,
    wanted: Omit<Wanted, "environment" | "askedBy" | "cluster">,
    action: string,
  ) => {
    const { principal } = call;
    const cluster = await database.query.selectFrom("clusters").select("id").where("environment", "=", name).executeTakeFirst();
    const answer = await database.query.transaction().execute(async (transaction) => {
      const operation = await work.ask(
        {
          environment: name,
          askedBy: principal.id,
          cluster: cluster?.id ?? null,
          labels,
          needsApproval: ["up", "destroy"].includes(wanted.kind),
          ...wanted,
        },
        transaction,
      );
      const { id } = operation;
      const detail = { environment: name, kind: wanted.kind, ...(wanted.title === undefined ? {} : { title: wanted.title }) };
      await trail.append({ actor: principal.id, action, target: id, detail }, transaction);
      const made = new Answer(shown(operation), 202, { location: `/api/v1/operations/${id}` });
      await requests.keep(call, made, transaction);
      return made;
    });
    await work.wake();
    return answer;
  };
  /** A request that comes again is answered as it was before. */
  const once =
    <P, Q, B>(handle: (call: Call<P, Q, B>) => Promise<Answer>) =>
    async (call: Call<P, Q, B>) =>
      (await requests.answered(call)) ?? (await handle(call));
  return [
    defineRoute({
      ...{ ...common, id: "askForOperation", method: "POST", path: "/api/v1/environments/{name}/operations", body: Asked },
      summary: "Asks for an operation; one that changes something is planned, and waits for an approval of its plan",
      handle: once(async (call) => {
        const { kind, approvals: given, removeFile } = call.body;
        if (removeFile && kind !== "destroy")
          throw new HttpProblem("invalid-request", "see problems", [{ path: "removeFile", reason: "is of a destroy alone" }]);
        const outline = await catalog.outline(call.params.name, call.principal, "operator");
        return await ask(call, outline, { kind, approvals: given, removeFile }, `operation.${kind}`);
      }),
    }),
    defineRoute({
      ...{ ...common, id: "scaleEnvironment", method: "POST", path: "/api/v1/environments/{name}/scale", body: Scale },
      summary: "Writes another number of machines into the file, and asks for an up",
      handle: once(async (call) => {
        const {
          params: { name },
          body: { pool, count, approvals: given },
          principal,
        } = call;
        await catalog.outline(name, principal, "operator");
        await refuseUnderWay(own, name, OPEN);
        const title = `scale ${pool} to ${count}`;
        const outline = await files.edit(name, principal, `Scale ${pool} of ${name} to ${count}`, ({ content, planned }) => {
          const machines = (planned?.plan.machines ?? []).filter(({ group }) => group === pool);
          const pools = Object.keys(fields(at(content, "cluster.pools")));
          if (machines.length === 0 && !pools.includes(pool)) {
            const known = [...new Set([...(planned?.plan.machines ?? []).map(({ group }) => group), ...pools])];
            throw wrong("pool", `is none of ${name}`, `its pools are: ${known.join(", ")}`);
          }
          const path = GROUPS[pool] ?? ["cluster", "pools", pool];
          const standing = fields(path.reduce<unknown>((inner, step) => fields(inner)[step], content));
          if (isFields(standing.nodes))
            throw wrong("pool", `names its machines one by one`, "change the text: add or take out a key below nodes");
          return machines.length === count ? [] : [{ path: [...path, "nodes"], value: count }];
        });
        return await ask(call, outline, { kind: "up", title, approvals: given }, "operation.scale");
      }),
    }),
    defineRoute({
      ...{ ...common, id: "upgradeEnvironment", method: "POST", path: "/api/v1/environments/{name}/upgrade", body: Upgrade },
      summary: "Writes another release, or version of Kubernetes, into the file, and asks for an up",
      handle: once(async (call) => {
        const {
          params: { name },
          body: { to, approvals: given },
          principal,
        } = call;
        const choice = chooseVersion(to);
        if ("reason" in choice) throw wrong("to", choice.reason, choice.remedy);
        await catalog.outline(name, principal, "operator");
        await refuseUnderWay(own, name, OPEN);
        const { field, value } = choice;
        const outline = await files.edit(name, principal, `Upgrade ${name} to ${value}`, ({ planned }) => {
          const now = field === "release" ? planned?.plan.release : planned?.plan.cluster.kubernetes;
          return now === value ? [] : [{ path: field.split("."), value }];
        });
        return await ask(call, outline, { kind: "up", title: `upgrade to ${value}`, approvals: given }, "operation.upgrade");
      }),
    }),
  ];
}

function wrong(path: string, reason: string, remedy: string): HttpProblem {
  return new HttpProblem("invalid-request", "see problems", [{ path, reason, remedy }]);
}
