import assert from "node:assert/strict";
import { z } from "zod";
import { InvalidInputError } from "../../../model/problems";
import { Limits } from "../../../server/http/limits";
import { HttpProblem } from "../../../server/http/problem";
import { defineRoute } from "../../../server/http/route";
import { as, playApp } from "../../support/service";

const thing = defineRoute({
  ...{ id: "makeThing", method: "POST", path: "/things/{name}", summary: "Makes a thing", needs: "operator", status: 201 },
  params: z.strictObject({ name: z.string().max(8) }),
  query: z.strictObject({ count: z.coerce.number().int().default(1) }),
  body: z.strictObject({ colour: z.enum(["red", "blue"]), size: z.number() }),
  reply: z.strictObject({ name: z.string(), count: z.number(), colour: z.string(), size: z.number(), by: z.string() }),
  handle: async ({ params, query, body, principal }) => ({ ...params, ...query, ...body, by: principal.name }),
});
const failing = (error: unknown) =>
  defineRoute({ id: "fail", method: "GET", path: "/fail", summary: "Fails", needs: "everybody", handle: () => Promise.reject(error) });

describe("The HTTP side", () => {
  it("gives a route what was sent, checked, and its answer back", async () => {
    const { app } = playApp([thing]);
    const answer = await app.inject({
      method: "POST",
      url: "/things/a?count=2",
      headers: as("kpaas-operator"),
      payload: { colour: "red", size: 3 },
    });
    assert.equal(answer.statusCode, 201);
    assert.deepEqual(answer.json(), { name: "a", count: 2, colour: "red", size: 3, by: "kpaas-operator" });
  });

  it("tells all that is wrong at once, each with its path", async () => {
    const { app } = playApp([thing]);
    const payload = { colour: "green", extra: 1 };
    const answer = await app.inject({ method: "POST", url: "/things/far-too-long?count=x", headers: as("kpaas-operator"), payload });
    assert.equal(answer.statusCode, 400);
    assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
    const { type, status, problems } = answer.json();
    assert.deepEqual([type, status], ["urn:kpaas:problem:invalid-request", 400]);
    assert.deepEqual(problems.map(({ path }: { path: string }) => path).sort(), ["", "colour", "path.name", "query.count", "size"]);
  });

  it("ends a stream with the token that it was asked for by, and says so", async () => {
    const events = defineRoute({
      ...{ id: "readEvents", method: "GET", path: "/events", summary: "Events", needs: "viewer" },
      ...{ reply: z.array(z.string()), streamed: z.string(), handle: async () => [] },
      stream: async function* (_call, signal) {
        yield { id: "1", event: "said", data: "first" };
        await new Promise((ended) => signal.addEventListener("abort", ended, { once: true }));
      },
    });
    const until = Date.now() + 200;
    const login = async () => ({ id: "kim", name: "kim", grants: [{ role: "viewer" as const }], login: "token" as const, until });
    const { app } = playApp([events], { logins: [login] });
    const answer = await app.inject({ url: "/events", headers: { ...as("kpaas-viewer"), accept: "text/event-stream" } });
    assert.match(answer.body, /^: \n\nid: 1\nevent: said\ndata: "first"\n\nevent: end\ndata: \{"reason":"expired"\}\n\n$/);
    assert.ok(Date.now() >= until);
  });

  it("refuses who is not known, or may not, before their body is read", async () => {
    const { app } = playApp([thing]);
    const post = (headers: Record<string, string>, payload = "{") =>
      app.inject({ method: "POST", url: "/things/a", headers: { ...headers, "content-type": "application/json" }, payload });
    const nobody = await post({});
    assert.deepEqual([nobody.statusCode, nobody.headers["www-authenticate"]], [401, 'Bearer realm="kpaas"']);
    assert.equal((await post(as("kpaas-viewer"))).statusCode, 403);
    assert.equal((await post(as("kpaas-operator"))).statusCode, 400);
  });

  it("answers what is no call, no JSON or too much with problems", async () => {
    const { app } = playApp([thing]);
    const headers = as("kpaas-operator");
    assert.equal((await app.inject({ url: "/things" })).statusCode, 404);
    assert.equal((await app.inject({ url: "/things/%00", headers })).json().type, "urn:kpaas:problem:not-found");
    const xml = { ...headers, "content-type": "text/xml" };
    assert.equal((await app.inject({ method: "POST", url: "/things/a", headers: xml, payload: "<a/>" })).statusCode, 415);
    const large = { colour: "red", size: 1, text: "x".repeat(2 ** 20) };
    assert.equal((await app.inject({ method: "POST", url: "/things/a", headers, payload: large })).statusCode, 413);
  });

  it("says nothing of what is inside where it fails, and logs it with the request's number", async () => {
    const { app, logged } = playApp([failing(Object.assign(new Error("column x is missing"), { code: "42703", detail: "(hunter2)" }))]);
    const answer = await app.inject({ url: "/fail?token=hunter2", headers: { "x-request-id": "given-by-caller" } });
    assert.equal(answer.statusCode, 500);
    assert.ok(!answer.body.includes("column"));
    assert.equal(answer.json().requestId, "given-by-caller");
    const lines = logged();
    assert.deepEqual(
      lines.map(({ event, id, code, status, route }) => [event, id, code ?? status, route]),
      [
        ["failure", "given-by-caller", "42703", undefined],
        ["request", "given-by-caller", 500, "/fail"],
      ],
    );
    assert.ok(!JSON.stringify(lines).includes("hunter2"));
  });

  it("keeps the paths of what is wrong with an environment", async () => {
    const problem = { environment: "seoul", path: "cluster.pools", reason: "is empty", remedy: "give one", severity: "error" } as const;
    const answer = await playApp([failing(new InvalidInputError([problem]))]).app.inject({ url: "/fail" });
    assert.deepEqual(answer.json().problems, [{ path: "cluster.pools", reason: "is empty", remedy: "give one" }]);
  });

  it("sends headers that keep browsers from running, keeping or framing an answer, and numbers of its own for odd ones", async () => {
    const { app } = playApp([failing(new HttpProblem("not-found", "gone"))]);
    const { headers } = await app.inject({ url: "/fail", headers: { "x-request-id": "a\tb; drop table" } });
    assert.match(String(headers["x-request-id"]), /^[0-9a-f-]{36}$/);
    assert.equal(headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'");
    assert.deepEqual(
      [headers["cache-control"], headers["x-content-type-options"], headers["x-frame-options"]],
      ["no-store", "nosniff", "DENY"],
    );
    assert.equal(headers["access-control-allow-origin"], undefined);
  });

  it("lets nobody ask too often, and says how long to wait", async () => {
    const { app } = playApp([failing(new HttpProblem("not-found", "gone"))], { limits: new Limits(1, 2, () => 0) });
    const answers = [await app.inject({ url: "/fail" }), await app.inject({ url: "/none" }), await app.inject({ url: "/fail" })];
    assert.deepEqual(
      answers.map(({ statusCode }) => statusCode),
      [404, 404, 429],
    );
    assert.equal(answers[2]?.headers["retry-after"], "1");
  });

  it("counts requests by route, with no name that somebody has sent", async () => {
    const { app, metrics } = playApp([thing]);
    await app.inject({ method: "POST", url: "/things/secret", headers: as("kpaas-operator"), payload: { colour: "red", size: 1 } });
    await app.inject({ url: "/secret" });
    const text = await metrics.text();
    assert.match(text, /^kpaas_http_requests_total\{method="POST",route="\/things\/\{name\}",status="201"\} 1$/m);
    assert.match(text, /^kpaas_http_request_seconds_bucket\{method="GET",route="none",le="\+Inf"\} 1$/m);
    assert.ok(!text.includes("secret"));
  });
});

describe("Limits", () => {
  it("give back by time what was taken, and each caller has their own", () => {
    let now = 0;
    const limits = new Limits(2, 3, () => now);
    const take = (caller: string) => limits.take(caller);
    assert.deepEqual([take("a"), take("a"), take("a"), take("a"), take("b")], [undefined, undefined, undefined, 1, undefined]);
    now = 1_000;
    assert.deepEqual([take("a"), take("a"), take("a")], [undefined, undefined, 1]);
  });
});
