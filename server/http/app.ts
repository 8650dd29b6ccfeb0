import { createHash, randomUUID } from "node:crypto";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Gate } from "../access/gate";
import { NOBODY, type Principal } from "../access/principal";
import { NO_TRACES, type Span, type Traces, traceparentIn } from "../trace/traces";
import { HEADERS, overTls } from "./headers";
import type { Limits } from "./limits";
import { type Log, whatFailed } from "./log";
import type { Metrics } from "./metrics";
import { type Fault, HttpProblem, problemOf } from "./problem";
import { Answer, type Call, type Route } from "./route";
import { Streams } from "./stream";

/** What the HTTP side is made of. */
export interface AppParts {
  readonly routes: readonly Route[];
  readonly gate: Gate;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly log: Log;
  /** @default none */
  readonly traces?: Traces;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Told of each change that somebody who is known has asked for and that was not made. */
  refused?(attempt: Attempt): Promise<void>;
}

/** A change that was asked for, and not made. */
export interface Attempt {
  readonly principal: Principal;
  /** The route's id. */
  readonly action: string;
  readonly target: string;
  readonly problem: HttpProblem;
}

/** A request body may have so many bytes: environment files are far smaller. */
const BODY = 2 ** 20;
const MINUTE = 60_000;

/** A key by which a caller's request is known again. */
const KEY = /^[\x21-\x7e]{1,128}$/;
/** What is sent as a request's number is taken over where it is harmless, so that a caller finds it again. */
const GIVEN_ID = /^[\w-]{8,64}$/;

/** The HTTP server of the routes; it listens where it is told to. */
export function makeApp({
  routes,
  gate,
  limits,
  metrics,
  log,
  traces = NO_TRACES,
  tls,
  refused = async () => undefined,
}: AppParts): FastifyInstance {
  const app: FastifyInstance = fastify({
    ...{ bodyLimit: BODY, requestTimeout: MINUTE, keepAliveTimeout: MINUTE, forceCloseConnections: "idle" },
    routerOptions: { maxParamLength: 256 },
    // An address that cannot be read, before there is a route.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => void fail(error, request, reply, undefined, log),
    genReqId: ({ headers: { "x-request-id": given } }) => (typeof given === "string" && GIVEN_ID.test(given) ? given : randomUUID()),
    ...(tls === undefined ? {} : { https: { ...tls, minVersion: "TLSv1.2" as const } }),
  }) as FastifyInstance;
  // Some clients name JSON where they send nothing.
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else parse(request, String(body), done);
  });
  const principals = new WeakMap<FastifyRequest, Principal>();
  const spans = new WeakMap<FastifyRequest, Span>();
  const ofUrl = new Map(routes.map((route) => [`${route.method} ${urlOf(route.path)}`, route]));
  const routeOf = ({ method, routeOptions: { url } }: FastifyRequest) => ofUrl.get(`${method} ${url ?? ""}`);

  app.addHook("onRequest", async (request, reply) => {
    reply.headers(tls === undefined ? HEADERS : { ...HEADERS, ...overTls }).header("x-request-id", request.id);
    const route = routeOf(request);
    if (route?.unlimited) return;
    const parent = traceparentIn(request.headers.traceparent);
    const attributes = { "http.request.method": request.method, "http.route": route?.path ?? "none" };
    spans.set(request, traces.begin(`${request.method} ${route?.path ?? "none"}`, { kind: "server", parent, attributes }));
    const wait = limits.take(request.ip);
    if (wait !== undefined) throw new HttpProblem("too-many-requests", `wait ${wait} s`, [], { "retry-after": String(wait) });
    // Before its body is read: whoever may not ask sends nothing.
    if (route === undefined) return;
    if (route.needs === "everybody") principals.set(request, NOBODY);
    else {
      const principal = await gate.identify(request.headers.authorization);
      principals.set(request, principal);
      gate.check(route, principal);
    }
  });
  const streams = new Streams();
  app.addHook("preClose", async () => streams.stop());
  app.addHook("onResponse", async (request, reply) => {
    const route = routeOf(request)?.path ?? "none";
    metrics.request({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
    log.request(
      { id: request.id, method: request.method, route, status: reply.statusCode, milliseconds: Math.round(reply.elapsedTime) },
      principals.get(request)?.id,
    );
    spans
      .get(request)
      ?.end({ "http.response.status_code": reply.statusCode }, reply.statusCode >= 500 ? String(reply.statusCode) : undefined);
  });
  app.setErrorHandler(async (error, request, reply) => {
    const route = routeOf(request);
    const principal = principals.get(request);
    const problem = problemOf(error);
    if (route !== undefined && route.method !== "GET" && principal !== undefined && principal.id !== "")
      await refused({ principal, action: route.id, target: targetOf(request), problem }).catch((failure: unknown) =>
        log.failure(request.id, whatFailed(failure)),
      );
    await fail(error, request, reply, route, log);
  });
  app.setNotFoundHandler((request, reply) => fail(new HttpProblem("not-found", "there is no such call"), request, reply, undefined, log));
  for (const route of routes) {
    app.route({
      method: route.method,
      url: urlOf(route.path),
      handler: async (request, reply) => {
        const within = <T>(work: () => T) => spans.get(request)?.run(work) ?? work();
        const principal = principals.get(request) ?? (await gate.admit(route, request.headers.authorization));
        const call: Call<unknown, unknown, unknown> = {
          ...check(route, request),
          principal,
          requestId: request.id,
          ...sentWith(route, request),
        };
        if (route.stream !== undefined && wantsStream(request)) {
          const { stream } = route;
          // What is wrong is told before the stream begins: as the answer without it.
          await within(() => route.handle(call));
          reply.header("x-accel-buffering", "no").type("text/event-stream; charset=utf-8");
          return await reply.send(streams.start(principal, (signal) => stream(call, signal)));
        }
        let result = await within(() => route.handle(call));
        reply.code(route.status ?? 200).headers(route.headers ?? {});
        if (result instanceof Answer) {
          reply.code(result.status).headers(result.headers);
          result = result.body;
        }
        if (route.text !== undefined) return await reply.type(route.text).send(result);
        return result === undefined ? await reply.send() : await reply.send(result);
      },
    });
  }
  return app;
}

function wantsStream({ headers: { accept = "" } }: FastifyRequest): boolean {
  return accept.split(",").some((type) => type.trim().split(";")[0] === "text/event-stream");
}

/** What the headers of a request bring. @throws HttpProblem */
function sentWith({ idempotent }: Route, request: FastifyRequest): Pick<Call<unknown, unknown, unknown>, "key" | "digest" | "lastEventId"> {
  const { "idempotency-key": key, "last-event-id": lastEventId } = request.headers;
  const digest = createHash("sha256")
    .update(JSON.stringify([request.method, request.url, request.body ?? null]))
    .digest("hex");
  if (idempotent && key !== undefined && (typeof key !== "string" || !KEY.test(key)))
    throw new HttpProblem("invalid-request", "see problems", [
      { path: "header.idempotency-key", reason: "must be 1 to 128 visible characters of ASCII" },
    ]);
  return {
    digest,
    ...(idempotent && typeof key === "string" ? { key } : {}),
    ...(typeof lastEventId === "string" ? { lastEventId } : {}),
  };
}

/** What a request is about, as its path says; no more of it than names have. */
function targetOf({ params }: FastifyRequest): string {
  return Object.values((params ?? {}) as Record<string, string>)
    .join(" ")
    .slice(0, 100);
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
  for (const [where, value] of Object.entries({ path: request.params, query: request.query, body: request.body }))
    if (!isText(value)) faults.push({ path: where, reason: "holds characters that are no text (U+0000, or half of a pair)" });
  const all = {
    params: parsed(route.params, request.params, "path"),
    query: parsed(route.query, request.query, "query"),
    body: parsed(route.body, request.body, ""),
  };
  if (faults.length > 0) throw new HttpProblem("invalid-request", "see problems", faults);
  return all;
}

/** Whether all texts in it are such that a database keeps them. */
function isText(value: unknown): boolean {
  if (typeof value === "string") return !value.includes("\0") && !/\p{Surrogate}/u.test(value);
  if (Array.isArray(value)) return value.every(isText);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, inner]) => isText(name) && isText(inner));
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
