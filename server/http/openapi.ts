import { z } from "zod";
import { defineRoute, type Route } from "./route";

const TITLE = "kpaas server";
/** Of the calls: it rises with one that is taken away or changed, not with the program's. */
const VERSION = "1.0.0";

/** Of what an answer that tells of a problem consists (RFC 9457). */
const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  requestId: z.string(),
  problems: z.array(z.strictObject({ path: z.string(), reason: z.string(), remedy: z.string().optional() })).optional(),
});

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
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operationOf(route);
    paths[route.path] = path;
  }
  const securitySchemes = { token: { type: "http", scheme: "bearer", bearerFormat: "JWT" }, compatible: { type: "http", scheme: "basic" } };
  return {
    openapi: "3.1.0",
    info: { title: TITLE, version: VERSION },
    paths,
    components: { schemas: { Problem: schemaOf(Problem, "output") }, securitySchemes },
  };
}

function operationOf(route: Route): Json {
  const { id, summary, params, query, body, needs, login, idempotent, stream, tells = {} } = route;
  const parameters = [
    ...parametersOf("path", params),
    ...parametersOf("query", query),
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
      : { requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } } }),
    responses: {
      [route.status ?? 200]: answerOf(route),
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

function answerOf({ reply, text, failure, streamed }: Route): Json {
  const description = "What was asked for.";
  if (streamed !== undefined)
    return {
      description: `${description} For who accepts text/event-stream: the same and what follows, as server-sent events with ids; the data of each is JSON of the schema, and the event \`end\` is the last.`,
      content: {
        ...(reply === undefined ? {} : { "application/json": { schema: schemaOf(reply, "output") } }),
        ...(text === undefined ? {} : { [text]: { schema: { type: "string" } } }),
        "text/event-stream": { schema: schemaOf(streamed, "output") },
      },
    };
  if (text !== undefined) return { description, content: { [text]: { schema: { type: "string" } } } };
  if (reply !== undefined) return { description, content: { "application/json": { schema: schemaOf(reply, "output") } } };
  // K-PaaS's answers are objects, whose `resultCode` says whether it was done; Terraman's own are empty.
  return failure === undefined ? { description } : { description, content: { "application/json": { schema: { type: "object" } } } };
}

function problem({ failure }: Route): Json {
  const described =
    failure === undefined ? "What is wrong." : "Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape.";
  return { description: described, content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } };
}

function parametersOf(where: "path" | "query", schema: z.ZodType | undefined): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, "input") as {
    readonly properties?: Json;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    ...{ name, in: where, schema: property },
    required: where === "path" || required.includes(name),
  }));
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any", target: "draft-2020-12" });
  return json;
}
