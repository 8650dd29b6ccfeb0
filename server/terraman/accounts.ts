import { z } from "zod";
import type { Row } from "../data/tables";
import { HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import { accountPath } from "../secrets/store";
import type { Face } from "./face";
import { credentialsIn, emptyCredentials, lacking } from "./providers";
import { failure, listed, listQuery, ofProvider, providerType, SUCCESS, seoulTime, text, uid } from "./shapes";

const common = { login: "compatible", failure } as const;
const byUid = z.object({ resourceUid: uid });
const byProvider = z.object({ providerType: ofProvider });
const Account = z.object({
  ...{ resourceName: text(100), providerType, region: text(100), project: text(200), site: text(100) },
  providerInfo: z.unknown().optional(),
});
const Renamed = Account.extend({ resourceUid: uid });

/** Cloud accounts, at `/accounts`. Their credentials go in, and come back in no answer. */
export function accountRoutes({ database, secrets, trail }: Face): Route[] {
  const all = () => database.query.selectFrom("accounts").selectAll().orderBy("id").execute();
  const one = async (id: number) => {
    const row = await database.query.selectFrom("accounts").selectAll().where("id", "=", id).executeTakeFirst();
    return row ?? missing();
  };
  return [
    defineRoute({
      ...{ ...common, id: "listAccounts", method: "GET", path: "/accounts", summary: "Cloud accounts", needs: "viewer", query: listQuery },
      handle: async ({ query }) => listed((await all()).map(shapeOf), query),
    }),
    defineRoute({
      ...{
        ...common,
        id: "listAccountsOfProvider",
        method: "GET",
        path: "/accounts/provider/{providerType}",
        summary: "Accounts of one cloud",
      },
      ...{ needs: "viewer", params: byProvider, query: listQuery },
      handle: async ({ params, query }) =>
        listed((await all()).filter(({ provider }) => provider === params.providerType).map(shapeOf), query),
    }),
    defineRoute({
      ...{
        ...common,
        id: "readProviderForms",
        method: "GET",
        path: "/accounts/provider/info",
        summary: "Which credentials each cloud takes",
      },
      needs: "viewer",
      handle: async () => ({ resultCode: "SUCCESS", items: emptyCredentials() }),
    }),
    defineRoute({
      ...{
        ...common,
        id: "readProviderForm",
        method: "GET",
        path: "/accounts/provider/info/{providerType}",
        summary: "Which credentials a cloud takes",
      },
      ...{ needs: "viewer", params: byProvider },
      handle: async ({ params }) => emptyCredentials()[params.providerType],
    }),
    defineRoute({
      ...{
        ...common,
        id: "readAccount",
        method: "GET",
        path: "/accounts/{resourceUid}",
        summary: "A cloud account",
        needs: "viewer",
        params: byUid,
      },
      handle: async ({ params }) => ({ ...shapeOf(await one(params.resourceUid)), ...SUCCESS }),
    }),
    defineRoute({
      ...{
        ...common,
        id: "createAccount",
        method: "POST",
        path: "/accounts",
        summary: "Adds a cloud account",
        needs: "administrator",
        body: Account,
      },
      handle: async ({ body, principal }) => {
        const secret = credentialsIn(body.providerType, body.providerInfo);
        const faults = [
          ...(body.resourceName.trim() === "" ? [{ path: "resourceName", reason: "must be given" }] : []),
          ...lacking(body.providerType, body, secret),
        ];
        if (faults.length > 0) throw new HttpProblem("invalid-request", "Requirements are missing.", faults);
        const { resourceName: name, providerType: provider, region, project, site } = body;
        const row = await database.query.transaction().execute(async (transaction) => {
          const values = { name, provider, region, project: project || null, site: site || null };
          const made = await transaction.insertInto("accounts").values(values).returningAll().executeTakeFirstOrThrow();
          await trail.append(
            { actor: principal.id, action: "account.create", target: String(made.id), detail: { name, provider } },
            transaction,
          );
          return made;
        });
        try {
          await secrets.write(accountPath(provider, row.id), secret);
        } catch (error) {
          await database.query.deleteFrom("accounts").where("id", "=", row.id).execute();
          throw error;
        }
        return { ...shapeOf(row), ...SUCCESS };
      },
    }),
    defineRoute({
      ...{
        ...common,
        id: "renameAccount",
        method: "PATCH",
        path: "/accounts",
        summary: "Renames a cloud account",
        needs: "administrator",
        body: Renamed,
      },
      handle: async ({ body, principal }) => {
        const { resourceUid: id } = body;
        await one(id);
        const row = await database.query.transaction().execute(async (transaction) => {
          await trail.append(
            { actor: principal.id, action: "account.rename", target: String(id), detail: { name: body.resourceName } },
            transaction,
          );
          const change = { name: body.resourceName, modified: new Date() };
          return await transaction.updateTable("accounts").set(change).where("id", "=", id).returningAll().executeTakeFirstOrThrow();
        });
        return { ...shapeOf(row), ...SUCCESS };
      },
    }),
    defineRoute({
      ...{
        ...common,
        id: "deleteAccount",
        method: "DELETE",
        path: "/accounts/{resourceUid}",
        summary: "Removes a cloud account",
        needs: "administrator",
        params: byUid,
      },
      handle: async ({ params: { resourceUid: id }, principal }) => {
        const { provider, name } = await one(id);
        const user = await database.query.selectFrom("clusters").select("name").where("account", "=", id).executeTakeFirst();
        if (user !== undefined) throw new HttpProblem("conflict", `the cluster ${user.name} is made with this account: delete that first`);
        await database.query.transaction().execute(async (transaction) => {
          await trail.append(
            { actor: principal.id, action: "account.delete", target: String(id), detail: { name, provider } },
            transaction,
          );
          await transaction.deleteFrom("accounts").where("id", "=", id).execute();
        });
        await secrets.remove(accountPath(provider, id));
        return { ...EMPTY, ...SUCCESS };
      },
    }),
  ];
}

const EMPTY = {
  id: 0,
  name: null,
  provider: null,
  region: null,
  project: null,
  created: null,
  lastModified: null,
  providerInfo: null,
  site: null,
};

function shapeOf({ id, name, provider, region, project, site, created, modified }: Row<"accounts">) {
  const nothing = { resultCode: null, resultMessage: null, httpStatusCode: null, detailMessage: null };
  return {
    ...nothing,
    id,
    name,
    provider,
    region,
    project,
    created: seoulTime(created),
    lastModified: seoulTime(modified),
    providerInfo: null,
    site,
  };
}

function missing(): never {
  throw new HttpProblem("not-found", "The resource does not exist.");
}
