import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { sql } from "kysely";
import { fields, list } from "../../../model/data";
import { apiRoutes } from "../../../server/api/routes";
import { openApiOf } from "../../../server/http/openapi";
import { kpaasRoutes } from "../../../server/terraman/routes";
import { asWord, junkFor, METACHARACTERS } from "../../support/junk";
import { fileOf, type OwnService, playOwn } from "../../support/own-service";
import { as, playApp } from "../../support/service";
import { serviceFolders } from "../../support/service-folders";

const RUNS = Number(process.env.KPAAS_FUZZ ?? 12);
const ADMINISTRATOR = as("cp-cluster-admin-role");
/** A number that there is: an operation's, put in before. */
const OPERATION = "3f2b7c1e-0000-4000-8000-000000000001";
const GOOD = ["seoul", "1", OPERATION, "OPENSTACK", "1.7.0", "worker", fileOf("seoul"), "https://hook.example.org/x"];

describe("Whatever is sent", function () {
  this.timeout(300_000);
  const folder = serviceFolders();
  let own: OwnService;
  before(async () => {
    own = await playOwn(folder(), { seoul: fileOf("seoul"), busan: fileOf("busan", "edge") });
  });
  after(() => own.close());

  it("to any call is answered by what was asked for or by a problem, and never by a failure", async () => {
    const parts = {
      ...own.parts,
      command: async () => ({ code: 2, printed: JSON.stringify({ problems: [] }) }),
      send: async () => ({ status: 401, headers: {}, body: "" }),
    };
    await own.parts.database.query
      .insertInto("operations")
      .values({ id: OPERATION, environment: "busan", kind: "up", state: "failed", askedBy: "kim" })
      .execute();
    const routes = [...apiRoutes(parts), ...kpaasRoutes(parts)];
    const { app, logged } = playApp(routes);
    const paths = fields(fields(openApiOf(routes)).paths);
    let sent = 0;
    for (const [path, operations] of Object.entries(paths))
      for (const [method, described] of Object.entries(fields(operations))) {
        const { operationId, parameters, requestBody, security } = fields(described);
        const named = list(parameters).map(fields);
        const of = (where: string) =>
          named.filter(({ in: place }) => place === where).map(({ name, schema }) => [String(name), junkFor(schema, GOOD)] as const);
        const body = fields(fields(fields(fields(requestBody).content)["application/json"]).schema);
        const isKPaaS = list(security).some((each) => "compatible" in fields(each));
        const request = fc.record({
          params: fc.record(Object.fromEntries(of("path"))),
          query: fc.record(Object.fromEntries(of("query")), { requiredKeys: [] }),
          headers: fc.record(Object.fromEntries(of("header")), { requiredKeys: [] }),
          payload: fc.oneof(
            { weight: 9, arbitrary: junkFor(body, GOOD).map((value) => JSON.stringify(value) ?? "") },
            fc.constantFrom("{", "[1", '"', "\0", "null", ""),
          ),
        });
        await fc.assert(
          fc.asyncProperty(request, async ({ params, query, headers, payload }) => {
            const words = Object.entries(query as object).map(([name, value]) => `${name}=${asWord(value)}`);
            const url = `${path.replace(/\{(\w+)\}/g, (_, name: string) => asWord((params as Record<string, unknown>)[name]))}?${words.join("&")}`;
            const own_ = Object.entries(headers as object).map(([name, value]) => [name, asWord(value)]);
            const answer = await app.inject({
              ...{
                method: method.toUpperCase() as "GET",
                url,
                headers: { ...ADMINISTRATOR, ...Object.fromEntries(own_), "content-type": "application/json" },
              },
              ...(requestBody === undefined ? {} : { payload }),
            });
            sent += 1;
            const what = `${operationId} ${url} ${payload.slice(0, 300)}: ${answer.statusCode} ${answer.body.slice(0, 300)} ${JSON.stringify(
              logged()
                .filter(({ level }) => level === "error")
                .at(-1) ?? "",
            )}`;
            assert.ok(answer.statusCode < 500, what);
            if (answer.statusCode >= 400) {
              assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/, what);
              assert.match(answer.json().type, /^urn:kpaas:problem:/, what);
            } else if (isKPaaS) assert.ok(answer.statusCode === 200, what);
          }),
          { numRuns: RUNS },
        );
      }
    assert.ok(sent > 500, String(sent));
    // Each field by itself, with the others as they should be.
    for (const { method, path, url, body, what } of oneByOne(paths)) {
      const sentBody = body === undefined ? {} : { payload: JSON.stringify(body) };
      const headers = { ...ADMINISTRATOR, "content-type": "application/json" };
      const answer = await app.inject({ method: method as "GET", url, headers, ...sentBody });
      assert.ok(answer.statusCode < 500, `${method} ${path} ${what}: ${answer.statusCode} ${answer.body}`);
    }
    assert.ok(!existsSync("/canary"));
    // Nothing was more than text.
    const { rows } = await sql<{
      tables: number;
    }>`select count(*)::int as tables from information_schema.tables where table_schema = 'public'`.execute(own.parts.database.query);
    assert.ok((rows[0]?.tables ?? 0) > 15);
    assert.deepEqual((await own.parts.trail.verify()).faults, []);
    await app.close();
  });
});

interface OneByOne {
  readonly method: string;
  readonly path: string;
  readonly url: string;
  readonly body?: unknown;
  readonly what: string;
}

/** Of how many characters that mean something elsewhere each field is given each time; of all of them in turn. */
const EACH = Math.max(3, Math.min(METACHARACTERS.length, Math.ceil(RUNS / 4)));

/** For each field of each call, requests in which it alone is what breaks out of SQL, shells and paths, or where numbers end. */
function* oneByOne(paths: Readonly<Record<string, unknown>>): Generator<OneByOne> {
  let turn = 0;
  for (const [path, operations] of Object.entries(paths))
    for (const [method, described] of Object.entries(fields(operations))) {
      const { parameters, requestBody } = fields(described);
      const named = list(parameters).map(fields);
      const properties = fields(fields(fields(fields(fields(requestBody).content)["application/json"]).schema).properties);
      const places = [
        ...named.filter(({ in: where }) => where !== "header").map(({ name, schema }) => [String(name), schema] as const),
        ...Object.entries(properties).map(([name, schema]) => [`body.${name}`, schema] as const),
      ];
      for (const [place, schema] of places) {
        const texts = Array.from({ length: EACH }, () => METACHARACTERS[turn++ % METACHARACTERS.length] ?? "");
        for (const bad of [...texts, ...edgesOf(schema)]) {
          const url = path.replace(/\{(\w+)\}/g, (_, name: string) => asWord(name === place ? bad : goodFor(name)));
          const query = named.some(({ name, in: where }) => name === place && where === "query") ? `?${place}=${asWord(bad)}` : "";
          const body = Object.fromEntries(Object.keys(properties).map((name) => [name, `body.${name}` === place ? bad : goodFor(name)]));
          yield {
            method: method.toUpperCase(),
            path,
            url: `${url}${query}`,
            what: `${place}: ${bad}`,
            ...(requestBody === undefined ? {} : { body }),
          };
        }
      }
    }
}

/** The lowest and the highest number that a schema takes; none where it takes no whole numbers. */
function edgesOf(schema: unknown): number[] {
  const { type, minimum, maximum, exclusiveMinimum } = fields(schema);
  if (type !== "integer") return [];
  return [Number(minimum ?? exclusiveMinimum ?? 0), Number(maximum ?? Number.MAX_SAFE_INTEGER)];
}

function goodFor(name: string): unknown {
  const known: Readonly<Record<string, unknown>> = {
    ...{ name: "seoul", id: OPERATION, cluster: OPERATION, providerType: "OPENSTACK", provider: "OPENSTACK", resourceUid: "1" },
    ...{ kind: "preview", pool: "worker", count: 2, to: "1.7.0", ttl: "1h", digest: "x", reason: "x", text: fileOf("seoul") },
    ...{ resourceName: "one", hclScript: "infrastructure: {}", region: "KR1", project: "p", credentials: {}, approvals: [], names: [] },
  };
  return known[name] ?? "";
}
