import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020";
import { auditRoutes } from "../../../server/api/audit";
import { apiRoutes } from "../../../server/api/routes";
import { entryOf } from "../../../server/audit/chain";
import { openApiOf } from "../../../server/http/openapi";
import { fileOf, type OwnService, playOwn } from "../../support/own-service";
import { as, playApp } from "../../support/service";
import { serviceFolders } from "../../support/service-folders";

describe("The service's own API", () => {
  const folder = serviceFolders();
  const open: OwnService[] = [];
  const environments = async (names: Readonly<Record<string, string>>) => {
    const own = await playOwn(folder(), Object.fromEntries(Object.entries(names).map(([name, team]) => [name, fileOf(name, team)])));
    open.push(own);
    return own.app;
  };
  afterEach(async () => {
    for (const own of open.splice(0)) await own.close();
  });

  it("shows environments to whom their labels let see them, and to others not even that they are there", async () => {
    const app = await environments({ seoul: "platform", busan: "platform", jeju: "edge" });
    const names = async (headers: Record<string, string>, url = "/api/v1/environments") =>
      (await app.inject({ url, headers })).json().items.map(({ name }: { name: string }) => name);
    assert.deepEqual(await names(as("kpaas-viewer")), ["busan", "jeju", "seoul"]);
    const edge = as("kpaas-operator:team=edge");
    assert.deepEqual(await names(edge), ["jeju"]);
    assert.equal((await app.inject({ url: "/api/v1/environments/seoul", headers: edge })).statusCode, 404);
    const { name, machines, lock, problems } = (await app.inject({ url: "/api/v1/environments/jeju", headers: edge })).json();
    assert.deepEqual(
      [name, machines > 2, lock, problems.every(({ severity }: { severity: string }) => severity === "warning")],
      ["jeju", true, "missing", true],
    );
    assert.equal((await app.inject({ url: "/api/v1/environments", headers: as("offline_access") })).statusCode, 403);
  });

  it("gives lists page by page", async () => {
    const app = await environments({ a: "x", b: "x", c: "x" });
    const read = async (query: string) => (await app.inject({ url: `/api/v1/environments?${query}`, headers: as("kpaas-viewer") })).json();
    const first = await read("limit=2");
    assert.deepEqual([first.items.length, first.next], [2, "b"]);
    const second = await read(`limit=2&after=${first.next}`);
    assert.deepEqual([second.items.length, second.next], [1, undefined]);
    const found = await read("search=B");
    assert.deepEqual([found.items.map(({ name }: { name: string }) => name), found.next], [["b"], undefined]);
    assert.equal((await read("limit=0")).status, 400);
    assert.equal((await read("page=2")).status, 400);
  });

  it("reaches for no file by an environment's name", async () => {
    const app = await environments({ a: "x" });
    for (const name of ["..%2fa", "a.yaml", "%2fetc%2fpasswd", "a%00", "A"])
      assert.equal((await app.inject({ url: `/api/v1/environments/${name}`, headers: as("kpaas-viewer") })).statusCode, 400, name);
  });

  it("gives operations oldest first, page by page", async () => {
    const app = await environments({});
    const { database } = open[0]?.parts ?? assert.fail();
    const created = new Date("2026-11-28T00:00:00.000Z");
    const ids = [1, 2, 3].map((digit) => `3f2b7c1e-0000-4000-8000-00000000000${digit}`);
    const row = { kind: "up", state: "done", step: "up", askedBy: "kim", created } as const;
    await database.query
      .insertInto("operations")
      .values(ids.map((id) => ({ ...row, id, environment: id })))
      .execute();
    const read = async (query: string) => (await app.inject({ url: `/api/v1/operations?${query}`, headers: as("kpaas-viewer") })).json();
    const first = await read("limit=2");
    const second = await read(`limit=2&after=${encodeURIComponent(first.next)}`);
    assert.deepEqual(
      [...first.items, ...second.items].map(({ id }) => id),
      ids,
    );
    assert.equal((await read("after=x")).status, 400);
    assert.equal((await app.inject({ url: `/api/v1/operations/${ids[0]}`, headers: as("kpaas-viewer") })).json().askedBy, "kim");
    assert.equal(
      (await app.inject({ url: "/api/v1/operations/3f2b7c1e-0000-4000-8000-000000000009", headers: as("kpaas-viewer") })).statusCode,
      404,
    );
    assert.deepEqual((await app.inject({ url: "/api/v1/operations", headers: as("kpaas-viewer:team=edge") })).json().items, []);
    assert.equal((await app.inject({ url: `/api/v1/operations/${ids[0]}`, headers: as("kpaas-viewer:team=edge") })).statusCode, 404);
  });

  it("shows the audit trail to administrators", async () => {
    const entry = entryOf(
      { actor: "kim", action: "key.create", target: "1", detail: { name: "key" } },
      { number: 0, hash: "" },
      new Date(0),
    );
    const { app } = playApp(auditRoutes({ read: async () => [entry], verify: async () => ({ entries: 1, heads: 0, faults: [] }) }));
    assert.deepEqual((await app.inject({ url: "/api/v1/audit", headers: as("cp-cluster-admin-role") })).json().items[0].detail, {
      name: "key",
    });
    assert.equal((await app.inject({ url: "/api/v1/audit/verification", headers: as("kpaas-operator") })).statusCode, 403);
  });

  it("is described by a document of the same schemas, each of which is one", async () => {
    await environments({});
    const routes = apiRoutes(open[0]?.parts ?? assert.fail());
    const document = openApiOf(routes) as {
      readonly openapi: string;
      readonly paths: Record<string, Record<string, Operation>>;
      readonly components: { readonly schemas: Record<string, object> };
    };
    assert.equal(document.openapi, "3.1.0");
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: "document", components: document.components });
    const compile = (schema: object) =>
      ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components')));
    for (const schema of Object.values(document.components.schemas)) compile(schema);
    for (const [path, operations] of Object.entries(document.paths))
      for (const { operationId, parameters = [], responses } of Object.values(operations)) {
        const named = parameters.filter(({ in: where }) => where === "path").map(({ name }) => name);
        assert.deepEqual(
          named,
          [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
          operationId,
        );
        for (const { schema } of parameters) compile(schema);
        const [status = "", answer] = Object.entries(responses)[0] ?? [];
        if (status !== "204") compile(answer?.content?.["application/json"]?.schema ?? assert.fail(operationId));
      }
  });
});

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: object }> }>;
}
