import { z } from "zod";
import type { LoadedEnvironment } from "../../files/load";
import { readIfThere } from "../../host/files";
import { allows } from "../access/roles";
import { HIGHEST_ROW } from "../data/tables";
import type { Outline } from "../environments/catalog";
import { filesOf, fourEyesOf } from "../environments/rules";
import { mayStand, NEW, type Standing, standingOf } from "../environments/standing";
import { HttpProblem } from "../http/problem";
import { Answer, defineRoute, type Route } from "../http/route";
import { OPEN } from "../work/types";
import type { Own } from "./own";
import { page, pageOf, pageQuery } from "./page";
import { byName, Environment, type EnvironmentShape, WholeEnvironment } from "./shapes";

const query = pageQuery.extend({
  label: z
    .string()
    .max(200)
    .regex(/^[^=]+=[^=]*$/, "must be NAME=VALUE")
    .optional()
    .meta({ description: "Those that have this label, as NAME=VALUE." }),
  provider: z.string().max(50).optional(),
  state: Environment.shape.state.optional(),
  search: z.string().max(100).optional().meta({ description: "Part of a name." }),
});
const Written = z.strictObject({
  text: z.string().max(500_000).meta({ description: "The environment file." }),
  expects: z
    .string()
    .max(64)
    .optional()
    .meta({ description: "The file's newest commit as it was read; left out: it must not be there yet." }),
  account: z.number().int().positive().max(HIGHEST_ROW).nullable().optional().meta({
    description: "The cloud account that its operations log in by; null: none. Takes an administrator. Left out: as it is.",
  }),
});
const about = { about: "environments" } as const;
/** Of so many environments it is asked at once how they stand, where those in one state are wanted. */
const TOGETHER = 200;

/** Environments as the repository has them. Who may see one goes by its labels. */
export function environmentRoutes(own: Own): Route[] {
  const { catalog, database, files, repository, trail } = own;
  const whole = async (outline: Outline): Promise<z.output<typeof WholeEnvironment>> => {
    const { name } = outline;
    const loaded = catalog.load(name);
    const paths = [`environments/${name}.yaml`, `environments/${name}.lock.yaml`];
    const bound = await database.query.selectFrom("environments").select("account").where("name", "=", name).executeTakeFirst();
    return {
      ...shapeOf(outline, (await standingOf(database, [name])).get(name)),
      problems: loaded.problems.map(({ path, reason, remedy, severity }) => ({ path, reason, remedy, severity })),
      text: readIfThere(filesOf(catalog.root, name).file) ?? "",
      commit: await files.commitOf(name),
      ...(bound?.account == null ? {} : { account: bound.account }),
      fourEyes: fourEyesOf(loaded.content),
      ...topologyOf(loaded),
      history: await repository.history(paths),
    };
  };
  return [
    defineRoute({
      ...{ ...about, id: "listEnvironments", method: "GET", path: "/api/v1/environments", summary: "Environments, by name" },
      ...{ needs: "viewer", query, reply: pageOf(Environment) },
      handle: async ({ query: { after = "", limit, label, provider, state, search = "" }, principal }) => {
        const [labelName = "", labelValue = ""] = label?.split("=") ?? [];
        const seen = (await catalog.all()).filter(
          (outline) =>
            outline.name > after &&
            outline.name.includes(search.toLowerCase()) &&
            allows(principal.grants, "viewer", outline.labels) &&
            (provider === undefined || outline.provider === provider) &&
            (label === undefined || outline.labels[labelName] === labelValue),
        );
        const all: EnvironmentShape[] = [];
        // No more of them are looked at than it takes to fill a page.
        const together = state === undefined ? limit + 1 : TOGETHER;
        for (let from = 0; from < seen.length && all.length <= limit; from += together) {
          const some = seen.slice(from, from + together);
          const names = some.map(({ name }) => name);
          const standing = await standingOf(database, names, { state, limit: limit + 1 - all.length });
          for (const outline of some) {
            const stands = standing.get(outline.name);
            if (stands !== undefined) all.push(shapeOf(outline, stands));
          }
        }
        return page(all, limit, ({ name }) => name);
      },
    }),
    defineRoute({
      ...{ ...about, id: "readEnvironment", method: "GET", path: "/api/v1/environments/{name}", needs: "viewer" },
      ...{
        summary: "An environment, what is wrong with it, what it consists of, and who has changed it",
        params: byName,
        reply: WholeEnvironment,
      },
      handle: async ({ params: { name }, principal }) => await whole(await catalog.outline(name, principal, "viewer")),
    }),
    defineRoute({
      ...{ ...about, id: "writeEnvironment", method: "PUT", path: "/api/v1/environments/{name}", needs: "operator" },
      ...{
        summary: "Makes or changes an environment's file, with its lock, as a commit of whoever asks; nothing is begun",
        params: byName,
      },
      ...{
        body: Written,
        reply: WholeEnvironment,
        also: { 201: "It was made." },
        tells: { 412: "The file is another one than was expected." },
      },
      handle: async ({ params: { name }, body: { text, expects, account }, principal }) => {
        const isNew = !catalog.has(name);
        if (!isNew) await catalog.outline(name, principal, "operator");
        await refuseUnderWay(own, name);
        if (account !== undefined) await checkAccount(own, account, allows(principal.grants, "administrator"));
        const outline = await files.write({ name, text, expects }, principal);
        await database.query.transaction().execute(async (transaction) => {
          if (account !== undefined)
            await transaction
              .insertInto("environments")
              .values({ name, account, sshKey: null })
              .onConflict((same) => same.column("name").doUpdateSet({ account }))
              .execute();
          const detail = { commit: await files.commitOf(name), ...(account === undefined ? {} : { account: account ?? "none" }) };
          await trail.append(
            { actor: principal.id, action: isNew ? "environment.add" : "environment.change", target: name, detail },
            transaction,
          );
        });
        return new Answer(await whole(outline), isNew ? 201 : 200);
      },
    }),
    defineRoute({
      ...{ ...about, id: "removeEnvironment", method: "DELETE", path: "/api/v1/environments/{name}", needs: "operator" },
      ...{ summary: "Takes an environment's file away, where nothing of it stands", params: byName },
      ...{ query: z.strictObject({ expects: z.string().max(64).optional() }), status: 204, tells: { 409: "Something of it stands." } },
      handle: async ({ params: { name }, query: { expects }, principal }) => {
        await catalog.outline(name, principal, "operator");
        await refuseUnderWay(own, name, OPEN);
        if (await mayStand(database, name)) throw standing(name);
        // What was brought up past the service is in its state all the same.
        const { code, printed } = await own.command(["destroy", name, "--dry-run", "--json"], name);
        if (!/has no stack here/.test(printed)) {
          if (code === 0) throw standing(name);
          throw new HttpProblem("conflict", `whether anything of ${name} stands cannot be told: destroy it first`);
        }
        await files.remove(name, principal, expects);
        await database.query.transaction().execute(async (transaction) => {
          await transaction.deleteFrom("environments").where("name", "=", name).execute();
          await trail.append({ actor: principal.id, action: "environment.remove", target: name, detail: {} }, transaction);
        });
      },
    }),
  ];
}

function standing(name: string): HttpProblem {
  return new HttpProblem("conflict", `something of ${name} stands: destroy it first, by an operation of kind destroy`);
}

/** Whether a file may be changed: while an operation works by it, it is not. @throws HttpProblem */
export async function refuseUnderWay({ database }: Own, name: string, states: typeof OPEN = ["waiting", "running"]): Promise<void> {
  const open = await database.query
    .selectFrom("operations")
    .select("id")
    .where("environment", "=", name)
    .where("state", "in", states)
    .executeTakeFirst();
  if (open !== undefined) throw new HttpProblem("conflict", `an operation of ${name} (${open.id}) is open: wait for its end, or cancel it`);
}

async function checkAccount({ database }: Own, account: number | null, administrator: boolean): Promise<void> {
  if (!administrator) throw new HttpProblem("forbidden", "account takes the role administrator");
  if (account === null) return;
  const row = await database.query.selectFrom("accounts").select("id").where("id", "=", account).executeTakeFirst();
  if (row === undefined)
    throw new HttpProblem("invalid-request", "see problems", [{ path: "account", reason: "there is no such account" }]);
}

function shapeOf({ fourEyes: _, ...outline }: Outline, standing: Standing = NEW): EnvironmentShape {
  return { ...outline, ...standing };
}

function topologyOf({ planned }: LoadedEnvironment): Pick<z.output<typeof WholeEnvironment>, "topology"> {
  if (planned === undefined) return {};
  const { machines, services, apiEndpoint } = planned.plan;
  const pools = [...new Set(machines.map(({ group }) => group))];
  return {
    topology: {
      pools: pools.map((name) => ({ name, machines: machines.filter(({ group }) => group === name).length })),
      machines: machines.map(({ key, name, group: pool, roles, zone, address, size, generation }) => ({
        ...{ key, name, pool, roles: [...roles], address, size, generation },
        ...(zone === undefined ? {} : { zone }),
      })),
      services: services.map(({ name, version, host }) => ({ name, version, ...(host === undefined ? {} : { host }) })),
      apiEndpoint: `${apiEndpoint.domain ?? apiEndpoint.address}:${apiEndpoint.port}`,
    },
  };
}
