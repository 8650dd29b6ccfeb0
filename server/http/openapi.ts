import { z } from "zod";
import { defineRoute, type Route } from "./route";
import { END } from "./stream";

const TITLE = "kpaas server";
/** Of the calls: it rises with one that is taken away or changed, not with the program's. */
const VERSION = "1.0.0";

/** Of what an answer that tells of a problem consists (RFC 9457). */
const Problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    requestId: z.string(),
    problems: z.array(z.strictObject({ path: z.string(), reason: z.string(), remedy: z.string().optional() })).optional(),
  })
  .meta({ id: "Problem", description: "What is wrong (RFC 9457); `type` is `urn:kpaas:problem:` and its kind." });

/** K-PaaS's shape of it, with status 200. */
const Failure = z
  .strictObject({
    resultCode: z.literal("FAIL"),
    ...{ resultMessage: z.string(), httpStatusCode: z.number().int().nullable(), detailMessage: z.string(), nextActionUrl: z.string() },
  })
  .meta({ id: "KPaaSFailure", description: "What is wrong, as K-PaaS's programs tell it." });

type Json = Readonly<Record<string, unknown>>;

/** Routes with one that gives their document, to everybody: it holds nothing that is not public. */
export function withDocument(routes: readonly Route[]): Route[] {
  const all: Route[] = [
    ...routes,
    defineRoute({
      ...{ id: "readDocument", method: "GET", path: "/openapi.json", summary: "The OpenAPI document of these calls", needs: "everybody" },
      handle: async () => (document ??= openApiOf(all)),
    }),
  ];
  let document: Json | undefined;
  return all;
}

/** The OpenAPI 3.1 document of routes, of the same schemas by which requests are checked. */
export function openApiOf(routes: readonly Route[]): Json {
  const schemas = new Schemas();
  schemas.of(Problem, "output");
  schemas.of(END, "output");
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operationOf(route, schemas);
    paths[route.path] = path;
  }
  const securitySchemes = { token: { type: "http", scheme: "bearer", bearerFormat: "JWT" }, compatible: { type: "http", scheme: "basic" } };
  return {
    openapi: "3.1.0",
    info: { title: TITLE, version: VERSION },
    paths,
    components: { schemas: schemas.named(), securitySchemes },
  };
}

function operationOf(route: Route, schemas: Schemas): Json {
  const { id, summary, params, query, body, needs, login, idempotent, stream, also = {}, tells = {} } = route;
  const parameters = [
    ...parametersOf("path", params, schemas),
    ...parametersOf("query", query, schemas),
    ...(idempotent ? [KEY_HEADER] : []),
    ...(stream === undefined ? [] : [LAST_EVENT]),
  ];
  const security = needs === "everybody" ? [] : [{ token: [] }, ...(login === "compatible" ? [{ compatible: [] }] : [])];
  return {
    ...{ operationId: id, summary, security },
    ...(needs === "everybody" ? {} : { description: `Takes the role ${needs}.` }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { "application/json": { schema: schemas.of(body, "input") } } } }),
    responses: {
      [route.status ?? 200]: answerOf(route, schemas),
      ...Object.fromEntries(Object.entries(also).map(([status, description]) => [status, { ...answerOf(route, schemas), description }])),
      ...Object.fromEntries(Object.entries(tells).map(([status, description]) => [status, { ...problem(route), description }])),
      default: problem(route),
    },
  };
}

const KEY_HEADER = {
  ...{ name: "idempotency-key", in: "header", required: false, schema: { type: "string", minLength: 1, maxLength: 128 } },
  description: "The same request by the same key has the same answer for 24 hours; another one by it is refused with 422.",
};
const LAST_EVENT = {
  ...{ name: "last-event-id", in: "header", required: false, schema: { type: "string" } },
  description: "The stream goes on behind this event.",
};

function answerOf({ reply, text, failure, streamed }: Route, schemas: Schemas): Json {
  const description = "What was asked for.";
  if (streamed !== undefined)
    return {
      description: `${description} For who accepts text/event-stream: the same and what follows, as server-sent events with ids; the data of each is JSON of the schema, and the event \`end\` is the last, whose data is a StreamEnd.`,
      content: {
        ...(reply === undefined ? {} : { "application/json": { schema: schemas.of(reply, "output") } }),
        ...(text === undefined ? {} : { [text]: { schema: { type: "string" } } }),
        "text/event-stream": { schema: schemas.of(streamed, "output") },
      },
    };
  if (text !== undefined) return { description, content: { [text]: { schema: { type: "string" } } } };
  if (reply === undefined) return { description };
  const schema = schemas.of(reply, "output");
  if (failure === undefined) return { description, content: { "application/json": { schema } } };
  // K-PaaS's programs go by `resultCode`, whatever the status.
  const both = { anyOf: [schema, schemas.of(Failure, "output")] };
  return { description: "What was asked for, or what is wrong.", content: { "application/json": { schema: both } } };
}

function problem({ failure }: Route): Json {
  const described =
    failure === undefined ? "What is wrong." : "Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape.";
  return { description: described, content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } };
}

function parametersOf(where: "path" | "query", schema: z.ZodType | undefined, schemas: Schemas): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemas.of(schema, "input") as {
    readonly properties?: Json;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    ...{ name, in: where, schema: property },
    required: where === "path" || required.includes(name),
  }));
}

/** Schemas as JSON Schema; those that have an id are told once, and referred to. */
class Schemas {
  private readonly known: Record<string, Json> = {};

  of(schema: z.ZodType, io: "input" | "output"): Json {
    const json = z.toJSONSchema(schema, { io, unrepresentable: "any", target: "draft-2020-12" });
    const { $schema: _, $defs = {}, ...own } = JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/'));
    Object.assign(this.known, $defs);
    return own;
  }

  /** Those that have an id. */
  named(): Json {
    return Object.fromEntries(Object.entries(this.known).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
