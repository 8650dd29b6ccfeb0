import { z } from "zod";
import { registry } from "../../files/registry";
import type { Accounts } from "../accounts/accounts";
import { accountForms, accountVariables, CLOUDS, credentialsIn, fieldOf, lacking, type Provider, providerOf } from "../accounts/providers";
import { type Send, tryLogin } from "../accounts/try-login";
import { nameHolds } from "../data/name-holds";
import { HIGHEST_ROW, type Row } from "../data/tables";
import { type Fault, HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import { secretFields } from "../secrets/store";
import type { Own } from "./own";
import { page, pageOf, pageQuery } from "./page";

const provider = z.enum(CLOUDS).meta({ description: "The cloud, as K-PaaS calls it; those that it knows nothing of are called alike." });
const name = z.string().trim().min(1).max(100);
const where = { region: z.string().max(100), project: z.string().max(200), site: z.string().max(100) };
const credentials = secretFields(
  z.record(z.string().max(50), z.string().max(8_192)),
  "By the names that `listAccountForms` tells. They come back in no answer.",
);
const Account = z
  .strictObject({
    ...{ id: z.number().int(), name: z.string(), provider },
    ...{ region: z.string().optional(), project: z.string().optional(), site: z.string().optional() },
    ...{ created: z.string(), modified: z.string() },
    environments: z.array(z.string()).meta({ description: "Environments whose operations log in by it." }),
  })
  .meta({ id: "Account", description: "A cloud account, without its credentials." });
const Form = z
  .strictObject({
    provider,
    needs: z.array(z.string()).meta({ description: "Which of region, project and site have to be given." }),
    credentials: z.array(z.string()),
    makes: z.boolean().meta({ description: "Whether clusters are made there; else they are registered only." }),
  })
  .meta({ id: "AccountForm", description: "What an account of a cloud consists of." });
const Tried = z
  .strictObject({
    good: z.boolean(),
    path: z.string().optional().meta({ description: "The field that is wrong, as far as the cloud tells." }),
    ...{ reason: z.string().optional(), remedy: z.string().optional() },
  })
  .meta({ id: "TriedAccount", description: "Whether an account's credentials log in to its cloud, and what is wrong where they do not." });
const Added = z.strictObject({
  ...{ name, provider, credentials },
  ...{ region: where.region.default(""), project: where.project.default(""), site: where.site.default("") },
});
const Changed = z.strictObject({
  name: name.optional(),
  ...{ region: where.region.optional(), project: where.project.optional(), site: where.site.optional() },
  credentials: credentials.optional(),
});
const byNumber = z.strictObject({ id: z.coerce.number().int().positive().max(HIGHEST_ROW) });
const query = pageQuery.extend({
  after: z.coerce.number().int().min(0).max(HIGHEST_ROW).optional().meta({ description: "What `next` of the page before said." }),
  provider: provider.optional(),
  search: z.string().max(100).optional().meta({ description: "Part of a name." }),
});

/** Cloud accounts, by the service's own calls. They hold for all environments, so they are an administrator's. */
export function accountRoutes({ database: { query: database }, trail }: Own, accounts: Accounts, send: Send): Route[] {
  const needs = "administrator";
  const shown = async (rows: readonly Row<"accounts">[]): Promise<z.output<typeof Account>[]> => {
    const ids = rows.map(({ id }) => id);
    const bound =
      ids.length === 0
        ? []
        : await database.selectFrom("environments").select(["name", "account"]).where("account", "in", ids).orderBy("name").execute();
    return rows.map((row) =>
      shapeOf(
        row,
        bound.flatMap(({ name: environment, account }) => (account === row.id ? [environment] : [])),
      ),
    );
  };
  const oneShown = async (row: Row<"accounts">) => (await shown([row]))[0];
  return [
    defineRoute({
      ...{ id: "listCloudAccounts", method: "GET", path: "/api/v1/accounts", needs, summary: "Cloud accounts, without their credentials" },
      ...{ query, reply: pageOf(Account) },
      handle: async ({ query: { after = 0, limit, provider: of, search = "" } }) => {
        let rows = database
          .selectFrom("accounts")
          .selectAll()
          .where("id", ">", after)
          .where(nameHolds(search))
          .orderBy("id")
          .limit(limit + 1);
        if (of !== undefined) rows = rows.where("provider", "=", of);
        return page(await shown(await rows.execute()), limit, ({ id }) => String(id));
      },
    }),
    defineRoute({
      ...{
        id: "listAccountForms",
        method: "GET",
        path: "/api/v1/accounts/forms",
        needs,
        summary: "What an account of each cloud consists of",
      },
      reply: z.strictObject({ items: z.array(Form) }),
      handle: async () => ({ items: accountForms() }),
    }),
    defineRoute({
      ...{ id: "readCloudAccount", method: "GET", path: "/api/v1/accounts/{id}", needs, summary: "A cloud account" },
      ...{ params: byNumber, reply: Account },
      handle: async ({ params: { id } }) => await oneShown(await accounts.one(id)),
    }),
    defineRoute({
      ...{ id: "addCloudAccount", method: "POST", path: "/api/v1/accounts", needs, summary: "Adds a cloud account" },
      ...{ body: Added, reply: Account, status: 201 },
      handle: async ({ body: { credentials: sent, ...values }, principal }) => {
        const secret = checked(values, sent);
        const { region, project, site } = values;
        const row = { ...values, region: region || null, project: project || null, site: site || null };
        return await oneShown(await accounts.add(row, secret, principal.id));
      },
    }),
    defineRoute({
      ...{ id: "changeCloudAccount", method: "PATCH", path: "/api/v1/accounts/{id}", needs },
      ...{
        summary: "Changes what is given of an account; credentials that are left out stay",
        params: byNumber,
        body: Changed,
        reply: Account,
      },
      handle: async ({ params: { id }, body: { credentials: sent, ...values }, principal }) => {
        const before = await accounts.one(id);
        const whole = { region: before.region ?? "", project: before.project ?? "", site: before.site ?? "", ...given(values) };
        const secret = checked({ ...whole, provider: providerIn(before) }, sent);
        const change = Object.fromEntries(Object.entries(given(values)).map(([field, value]) => [field, value || null]));
        const how = { actor: principal.id, action: "account.change" };
        return await oneShown(await accounts.change(before, change, sent === undefined ? undefined : secret, how));
      },
    }),
    defineRoute({
      ...{ id: "removeCloudAccount", method: "DELETE", path: "/api/v1/accounts/{id}", needs, params: byNumber, status: 204 },
      ...{ summary: "Removes an account that nothing logs in by", tells: { 409: "Something logs in by it." } },
      handle: async ({ params: { id }, principal }) => await accounts.remove(await accounts.one(id), principal.id),
    }),
    defineRoute({
      ...{ id: "testCloudAccount", method: "POST", path: "/api/v1/accounts/{id}/test", needs, params: byNumber, reply: Tried },
      ...{
        summary: "Logs in to the cloud by an account, and does nothing else there",
        tells: { 409: "Such an account is not tried out." },
      },
      handle: async ({ params: { id }, principal }) => {
        const account = await accounts.one(id);
        const of = providerIn(account);
        const makes = providerOf(of);
        const secret = await accounts.credentials(account);
        if (secret === undefined)
          return { good: false, path: "credentials", reason: "they are not there any more", remedy: "give them again" };
        const tries = makes === undefined ? undefined : registry.clouds[makes]?.credentials?.tries;
        if (tries === undefined)
          throw new HttpProblem(
            "conflict",
            `clusters on ${of} are registered only: nothing logs in by this account, and it is not tried out`,
          );
        const { good, fault } = await tryLogin(tries(accountVariables(account, secret), new Date()), send);
        await trail.append({ actor: principal.id, action: "account.test", target: String(id), detail: { good } });
        if (fault === undefined) return { good };
        const path = fieldOf(of, fault.variable);
        return { good, ...(path === undefined ? {} : { path }), reason: fault.reason, remedy: fault.remedy };
      },
    }),
  ];
}

/** The credentials that were sent. @throws HttpProblem with all that is missing, or that the cloud's accounts do not have */
function checked(
  values: { readonly provider: Provider; readonly region: string; readonly project: string; readonly site: string },
  sent: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const secret = credentialsIn(values.provider, sent);
  const faults: Fault[] = lacking(values.provider, values, secret).flatMap(({ path, reason }) => {
    const isSecret = path.startsWith("providerInfo.");
    return isSecret && sent === undefined ? [] : [{ path: path.replace(/^providerInfo\./, "credentials."), reason }];
  });
  for (const each of Object.keys(sent ?? {}))
    if (!(each in secret))
      faults.push({
        path: `credentials.${each}`,
        reason: "the cloud's accounts have none of this name",
        remedy: `give ${Object.keys(secret).join(", ")}`,
      });
  if (faults.length > 0) throw new HttpProblem("invalid-request", "see problems", faults);
  return secret;
}

function providerIn({ provider: of }: Row<"accounts">): Provider {
  return provider.parse(of);
}

function given<T extends Readonly<Record<string, string | undefined>>>(values: T): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([field, value]) => (value === undefined ? [] : [[field, value]])));
}

function shapeOf(
  { id, name: called, provider: of, region, project, site, created, modified }: Row<"accounts">,
  environments: readonly string[],
): z.output<typeof Account> {
  return {
    ...{ id, name: called, provider: provider.parse(of) },
    ...(region === null ? {} : { region }),
    ...(project === null ? {} : { project }),
    ...(site === null ? {} : { site }),
    ...{ created: created.toISOString(), modified: modified.toISOString(), environments: [...environments] },
  };
}
