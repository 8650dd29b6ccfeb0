import { z } from "zod";
import type { Row } from "../data/tables";
import { HttpProblem } from "../http/problem";
import { defineRoute, type Route } from "../http/route";
import type { Face } from "./face";
import { listed } from "./list";
import { listOf, Template as TemplateReply } from "./replies";
import { failure, listQuery, ofProvider, providerType, SUCCESS, seoulTime, text, uid } from "./shapes";
import { checkText } from "./template-text";

const common = { login: "compatible", failure } as const;
const byUid = z.object({ resourceUid: uid });
const byProvider = z.object({ providerType: ofProvider });
const Template = z.object({
  resourceName: text(100).refine((name) => name.trim() !== "", "Invalid Name format."),
  ...{ providerType, hclScript: text(500_000), region: text(100) },
});
const Changed = Template.extend({ resourceUid: uid });

/** Templates, at `/templates`: texts of environment files in the place of K-PaaS's HCL. */
export function templateRoutes({ database, trail }: Face): Route[] {
  const all = () => database.query.selectFrom("templates").selectAll();
  const one = async (id: number) =>
    (await database.query.selectFrom("templates").selectAll().where("id", "=", id).executeTakeFirst()) ?? missing();
  const valuesOf = ({ resourceName: name, providerType: provider, hclScript, region }: z.output<typeof Template>) => {
    checkText(hclScript, provider);
    return { name, provider, text: hclScript, region: region || null };
  };
  return [
    defineRoute({
      ...{
        ...common,
        id: "listTemplates",
        reply: listOf(TemplateReply),
        method: "GET",
        path: "/templates",
        summary: "Templates of clusters",
        needs: "viewer",
        query: listQuery,
      },
      handle: ({ query }) => listed(all(), query, shapeOf),
    }),
    defineRoute({
      ...{
        ...common,
        id: "listTemplatesOfProvider",
        reply: listOf(TemplateReply),
        method: "GET",
        path: "/templates/provider/{providerType}",
        summary: "Templates for one cloud",
      },
      ...{ needs: "viewer", params: byProvider, query: listQuery },
      handle: ({ params, query }) => listed(all().where("provider", "=", params.providerType), query, shapeOf),
    }),
    defineRoute({
      ...{
        ...common,
        id: "readTemplate",
        reply: TemplateReply,
        method: "GET",
        path: "/templates/{resourceUid}",
        summary: "A template",
        needs: "viewer",
        params: byUid,
      },
      handle: async ({ params }) => ({ ...shapeOf(await one(params.resourceUid)), ...SUCCESS }),
    }),
    defineRoute({
      ...{
        ...common,
        id: "createTemplate",
        reply: TemplateReply,
        method: "POST",
        path: "/templates",
        summary: "Adds a template",
        needs: "administrator",
        body: Template,
      },
      handle: async ({ body, principal }) => {
        const values = valuesOf(body);
        const row = await database.query.transaction().execute(async (transaction) => {
          const made = await transaction.insertInto("templates").values(values).returningAll().executeTakeFirstOrThrow();
          const { name, provider } = values;
          await trail.append(
            { actor: principal.id, action: "template.create", target: String(made.id), detail: { name, provider } },
            transaction,
          );
          return made;
        });
        return { ...shapeOf(row), ...SUCCESS };
      },
    }),
    defineRoute({
      ...{
        ...common,
        id: "changeTemplate",
        reply: TemplateReply,
        method: "PUT",
        path: "/templates",
        summary: "Changes a template",
        needs: "administrator",
        body: Changed,
      },
      handle: async ({ body, principal }) => {
        const { resourceUid: id } = body;
        const values = { ...valuesOf(body), modified: new Date() };
        await one(id);
        const row = await database.query.transaction().execute(async (transaction) => {
          await trail.append(
            { actor: principal.id, action: "template.change", target: String(id), detail: { name: values.name } },
            transaction,
          );
          return await transaction.updateTable("templates").set(values).where("id", "=", id).returningAll().executeTakeFirstOrThrow();
        });
        return { ...shapeOf(row), ...SUCCESS };
      },
    }),
    defineRoute({
      ...{
        ...common,
        id: "deleteTemplate",
        reply: TemplateReply,
        method: "DELETE",
        path: "/templates/{resourceUid}",
        summary: "Removes a template",
      },
      ...{ needs: "administrator", params: byUid },
      handle: async ({ params: { resourceUid: id }, principal }) => {
        const { name } = await one(id);
        await database.query.transaction().execute(async (transaction) => {
          await trail.append({ actor: principal.id, action: "template.delete", target: String(id), detail: { name } }, transaction);
          await transaction.deleteFrom("templates").where("id", "=", id).execute();
        });
        return { ...EMPTY, ...SUCCESS };
      },
    }),
  ];
}

const EMPTY = { id: 0, name: null, provider: null, hclScript: null, region: null, created: null, lastModified: null };

function shapeOf({ id, name, provider, text: hclScript, region, created, modified }: Row<"templates">) {
  const nothing = { resultCode: null, resultMessage: null, httpStatusCode: null, detailMessage: null };
  return { ...nothing, id, name, provider, hclScript, region, created: seoulTime(created), lastModified: seoulTime(modified) };
}

function missing(): never {
  throw new HttpProblem("not-found", "The resource does not exist.");
}
