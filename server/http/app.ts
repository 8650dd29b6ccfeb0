import { randomUUID } from "node:crypto";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Gate } from "../access/gate";
import type { Principal } from "../access/principal";
import { HEADERS, overTls } from "./headers";
import type { Limits } from "./limits";
import { type Log, whatFailed } from "./log";
import type { Metrics } from "./metrics";
import { type Fault, HttpProblem, problemOf } from "./problem";
import type { Route } from "./route";

/** What the HTTP side is made of. */
export interface AppParts {
  readonly routes: readonly Route[];
  readonly gate: Gate;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** A request body may have so many bytes: environment files are far smaller. */
const BODY = 2 ** 20;
const MINUTE = 60_000;

/** What is sent as a request's number is taken over where it is harmless, so that a caller finds it again. */
const GIVEN_ID = /^[\w-]{8,64}$/;

/** The HTTP server of the routes; it listens where it is told to. */
export function makeApp({ routes, gate, limits, metrics, log, tls }: AppParts): FastifyInstance {
  const app: FastifyInstance = fastify({
    ...{ bodyLimit: BODY, requestTimeout: MINUTE, keepAliveTimeout: MINUTE, forceCloseConnections: "idle" },
    routerOptions: { maxParamLength: 256 },
    genReqId: ({ headers: { "x-request-id": given } }) => (typeof given === "string" && GIVEN_ID.test(given) ? given : randomUUID()),
    ...(tls === undefined ? {} : { https: { ...tls, minVersion: "TLSv1.2" as const } }),
  }) as FastifyInstance;
  const principals = new WeakMap<FastifyRequest, Principal>();
  const ofUrl = new Map(routes.map((route) => [`${route.method} ${urlOf(route.path)}`, route]));
  const routeOf = ({ method, routeOptions: { url } }: FastifyRequest) => ofUrl.get(`${method} ${url ?? ""}`);

  app.addHook("onRequest", async (request, reply) => {
    reply.headers(tls === undefined ? HEADERS : { ...HEADERS, ...overTls }).header("x-request-id", request.id);
    const route = routeOf(request);
    if (route?.unlimited) return;
    const wait = limits.take(request.ip);
    if (wait !== undefined) throw new HttpProblem("too-many-requests", `wait ${wait} s`, [], { "retry-after": String(wait) });
    // Before its body is read: whoever may not ask sends nothing.
    if (route !== undefined) principals.set(request, await gate.admit(route, request.headers.authorization));
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = routeOf(request)?.path ?? "none";
    metrics.request({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
    log.request(
      { id: request.id, method: request.method, route, status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime) },
      principals.get(request)?.id,
    );
  });
  app.setErrorHandler((error, request, reply) => fail(error, request, reply, routeOf(request), log));
  app.setNotFoundHandler((request, reply) => fail(new HttpProblem("not-found", "there is no such call"), request, reply, undefined, log));
  for (const route of routes) {
    app.route({
      method: route.method,
      url: urlOf(route.path),
      handler: async (request, reply) => {
        const checked = check(route, request);
        const call = {
          ...checked,
          principal: principals.get(request) ?? (await gate.admit(route, request.headers.authorization)),
          requestId: request.id,
        };
        const result = await route.handle(call);
        reply.code(route.status ?? 200).headers(route.headers ?? {});
        if (route.text !== undefined) return await reply.type(route.text).send(result);
        return result === undefined ? await reply.send() : await reply.send(result);
      },
    });
  }
  return app;
}

/** Checks all that was sent, and tells all that is wrong with it at once. @throws HttpProblem */
function check(route: Route, request: FastifyRequest): { readonly params: unknown; readonly query: unknown; readonly body: unknown } {
  const faults: Fault[] = [];
  const parsed = (schema: z.ZodType | undefined, value: unknown, where: string): unknown => {
    if (schema === undefined) return undefined;
    const result = schema.safeParse(value ?? {});
    if (result.success) return result.data;
    const prefix = where === "" ? [] : [where];
    for (const { path, message } of result.error.issues) faults.push({ path: [...prefix, ...path.map(String)].join("."), reason: message });
    return undefined;
  };
  const all = {
    params: parsed(route.params, request.params, "path"),
    query: parsed(route.query, request.query, "query"),
    body: parsed(route.body, request.body, ""),
  };
  if (faults.length > 0) throw new HttpProblem("invalid-request", "see problems", faults);
  return all;
}

async function fail(error: unknown, request: FastifyRequest, reply: FastifyReply, route: Route | undefined, log: Log): Promise<void> {
  const problem = problemOf(error);
  if (problem.status >= 500) log.failure(request.id, whatFailed(error));
  // Who is not let in is told so in the same way everywhere.
  const own = [401, 403, 429].includes(problem.status) ? undefined : route?.failure?.(problem, request.id);
  reply.code(own?.status ?? problem.status).headers(problem.headers);
  if (own !== undefined) await reply.send(own.body);
  else await reply.type("application/problem+json").send(JSON.stringify(problem.body(request.id)));
}

function urlOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}
