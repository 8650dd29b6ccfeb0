import { z } from "zod";
import { credentialsIn, emptyCredentials, lacking, PROVIDERS } from "../accounts/providers";
import type { Row } from "../data/tables";
import { HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import type { Face } from "./face";
import { listed } from "./list";
import { Account as AccountReply, listOf, ProviderForm, ProviderForms } from "./replies";
import { failure, listQuery, ofProvider, providerType, SUCCESS, seoulTime, text, uid } from "./shapes";

const common = { login: "compatible", failure } as const;
const byUid = z.object({ resourceUid: uid });
const byProvider = z.object({ providerType: ofProvider });
const Account = z.object({
  ...{ resourceName: text(100), providerType, region: text(100), project: text(200), site: text(100) },
  providerInfo: z.unknown().optional(),
});
const Renamed = Account.extend({ resourceUid: uid });

/** Cloud accounts, at `/accounts`. Their credentials go in, and come back in no answer. */
export function accountRoutes({ database, accounts }: Face): Route[] {
  // The portal draws no account of a cloud that K-PaaS does not know.
  const all = () => database.query.selectFrom("accounts").selectAll().where("provider", "in", PROVIDERS);
  const one = async (id: number) => {
    const account = await accounts.one(id);
    if (!ofProvider.safeParse(account.provider).success) throw new HttpProblem("not-found", "The resource does not exist.");
    return account;
  };
  return [
    defineRoute({
      ...{
        ...common,
        id: "listAccounts",
        reply: listOf(AccountReply),
        method: "GET",
        path: "/accounts",
        summary: "Cloud accounts",
        needs: "viewer",
        query: listQuery,
      },
      handle: ({ query }) => listed(all(), query, shapeOf),
    }),
    defineRoute({
      ...{
        ...common,
        id: "listAccountsOfProvider",
        reply: listOf(AccountReply),
        method: "GET",
        path: "/accounts/provider/{providerType}",
        summary: "Accounts of one cloud",
      },
      ...{ needs: "viewer", params: byProvider, query: listQuery },
      handle: ({ params, query }) => listed(all().where("provider", "=", params.providerType), query, shapeOf),
    }),
    defineRoute({
      ...{
        ...common,
        id: "readProviderForms",
        reply: ProviderForms,
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
        reply: ProviderForm,
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
        reply: AccountReply,
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
        reply: AccountReply,
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
        const values = { name, provider, region, project: project || null, site: site || null };
        const row = await accounts.add(values, secret, principal.id);
        return { ...shapeOf(row), ...SUCCESS };
      },
    }),
    defineRoute({
      ...{
        ...common,
        id: "renameAccount",
        reply: AccountReply,
        method: "PATCH",
        path: "/accounts",
        summary: "Renames a cloud account",
        needs: "administrator",
        body: Renamed,
      },
      handle: async ({ body, principal }) => {
        const account = await one(body.resourceUid);
        const how = { actor: principal.id, action: "account.rename" };
        const row = await accounts.change(account, { name: body.resourceName }, undefined, how);
        return { ...shapeOf(row), ...SUCCESS };
      },
    }),
    defineRoute({
      ...{
        ...common,
        id: "deleteAccount",
        reply: AccountReply,
        method: "DELETE",
        path: "/accounts/{resourceUid}",
        summary: "Removes a cloud account",
        needs: "administrator",
        params: byUid,
      },
      handle: async ({ params: { resourceUid: id }, principal }) => {
        await accounts.remove(await one(id), principal.id);
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
