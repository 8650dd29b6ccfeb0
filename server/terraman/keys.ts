import { z } from "zod";
import type { Row } from "../data/tables";
import { HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import { keyPath } from "../secrets/store";
import type { Face } from "./face";
import { listed } from "./list";
import { Key as KeyReply, listOf } from "./replies";
import { failure, listQuery, ofProvider, providerType, SUCCESS, seoulTime, text, uid } from "./shapes";

const common = { login: "compatible", failure } as const;
/** K-PaaS has the cluster's name in the path, and looks at it nowhere. */
const below = { cluster: z.string() };
const PATH = "/clusters/{cluster}/keys";
const Key = z.object({
  resourceName: text(100).refine((name) => name.trim() !== "", "Please enter SSH Key name."),
  providerType,
  privateKey: text(32_768).refine((key) => key === "" || /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key.trim()), "This is not a key file."),
});
const Changed = Key.extend({ resourceUid: uid });

/** SSH keys. Their private halves go in, and come back in no answer. */
export function keyRoutes({ database, secrets, trail }: Face): Route[] {
  const all = () => database.query.selectFrom("sshKeys").selectAll();
  const one = async (id: number) =>
    (await database.query.selectFrom("sshKeys").selectAll().where("id", "=", id).executeTakeFirst()) ?? missing();
  const free = async (name: string, id = 0) => {
    const other = await database.query.selectFrom("sshKeys").select("id").where("name", "=", name).where("id", "<>", id).executeTakeFirst();
    if (other !== undefined) throw new HttpProblem("conflict", "SSH Key Name is duplicated.");
  };
  return [
    defineRoute({
      ...{
        ...common,
        id: "listKeys",
        reply: listOf(KeyReply),
        method: "GET",
        path: PATH,
        summary: "SSH keys",
        needs: "viewer",
        params: z.object(below),
        query: listQuery,
      },
      handle: ({ query }) => listed(all(), query, shapeOf),
    }),
    defineRoute({
      ...{
        ...common,
        id: "listKeysOfProvider",
        reply: listOf(KeyReply),
        method: "GET",
        path: `${PATH}/provider/{providerType}`,
        summary: "SSH keys of one cloud",
      },
      ...{ needs: "viewer", params: z.object({ ...below, providerType: ofProvider }), query: listQuery },
      handle: ({ params, query }) => listed(all().where("provider", "=", params.providerType), query, shapeOf),
    }),
    defineRoute({
      ...{ ...common, id: "readKey", reply: KeyReply, method: "GET", path: `${PATH}/{resourceUid}`, summary: "An SSH key" },
      ...{ needs: "viewer", params: z.object({ ...below, resourceUid: uid }) },
      handle: async ({ params }) => ({ ...shapeOf(await one(params.resourceUid)), ...SUCCESS }),
    }),
    defineRoute({
      ...{
        ...common,
        id: "createKey",
        reply: KeyReply,
        method: "POST",
        path: PATH,
        summary: "Adds an SSH key",
        needs: "administrator",
        params: z.object(below),
        body: Key,
      },
      handle: async ({ body: { resourceName: name, providerType: provider, privateKey }, principal }) => {
        await free(name);
        if (privateKey === "") throw new HttpProblem("invalid-request", "Please select a Private Key file.");
        const row = await database.query.transaction().execute(async (transaction) => {
          const made = await transaction.insertInto("sshKeys").values({ name, provider }).returningAll().executeTakeFirstOrThrow();
          await trail.append(
            { actor: principal.id, action: "key.create", target: String(made.id), detail: { name, provider } },
            transaction,
          );
          return made;
        });
        try {
          await secrets.write(keyPath(row.id), { privateKey });
        } catch (error) {
          await database.query.deleteFrom("sshKeys").where("id", "=", row.id).execute();
          throw error;
        }
        return { ...shapeOf(row), ...SUCCESS };
      },
    }),
    defineRoute({
      ...{
        ...common,
        id: "renameKey",
        reply: KeyReply,
        method: "PUT",
        path: PATH,
        summary: "Renames an SSH key",
        needs: "administrator",
        params: z.object(below),
        body: Changed,
      },
      handle: async ({ body: { resourceUid: id, resourceName: name, providerType: provider }, principal }) => {
        const before = await one(id);
        await free(name, id);
        const row = await database.query.transaction().execute(async (transaction) => {
          await trail.append({ actor: principal.id, action: "key.rename", target: String(id), detail: { name } }, transaction);
          const change = { name, provider, modified: new Date() };
          // Clusters know their key by its name, as K-PaaS's calls do.
          await transaction.updateTable("clusters").set({ sshKey: name }).where("sshKey", "=", before.name).execute();
          return await transaction.updateTable("sshKeys").set(change).where("id", "=", id).returningAll().executeTakeFirstOrThrow();
        });
        return { ...shapeOf(row), ...SUCCESS };
      },
    }),
    defineRoute({
      ...{ ...common, id: "deleteKey", reply: KeyReply, method: "DELETE", path: `${PATH}/{resourceUid}`, summary: "Removes an SSH key" },
      ...{ needs: "administrator", params: z.object({ ...below, resourceUid: uid }) },
      handle: async ({ params: { resourceUid: id }, principal }) => {
        const { name } = await one(id);
        const user = await database.query.selectFrom("clusters").select("name").where("sshKey", "=", name).executeTakeFirst();
        if (user !== undefined)
          throw new HttpProblem("conflict", `the machines of ${user.name} are logged in to by this key: delete that cluster first`);
        await database.query.transaction().execute(async (transaction) => {
          await trail.append({ actor: principal.id, action: "key.delete", target: String(id), detail: { name } }, transaction);
          await transaction.deleteFrom("sshKeys").where("id", "=", id).execute();
        });
        await secrets.remove(keyPath(id));
        return { ...EMPTY, ...SUCCESS };
      },
    }),
  ];
}

const EMPTY = { id: 0, name: null, provider: null, privateKey: null, created: null, lastModified: null };

function shapeOf({ id, name, provider, created, modified }: Row<"sshKeys">) {
  const nothing = { resultCode: null, resultMessage: null, httpStatusCode: null, detailMessage: null };
  return { ...nothing, id, name, provider, privateKey: null, created: seoulTime(created), lastModified: seoulTime(modified) };
}

function missing(): never {
  throw new HttpProblem("not-found", "The resource does not exist.");
}
