import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { findable } from "../../../engine/state/findable";
import { saysNo } from "../../../engine/state/unanswered";
import { HARBOR_PROJECT, HARBOR_ROBOT } from "../../../model/type-tokens";
import { HarborAccess } from "../../../plugin/harbor/access";
import { Harbor } from "../../../plugin/harbor/harbor";
import { overHttps } from "../../../plugin/harbor/https";
import { ProjectProvider } from "../../../plugin/harbor/project";
import { RobotProvider } from "../../../plugin/harbor/robot";
import { kpaasPackage } from "../../../plugin/package";
import { PartialFailure, type Properties, secret } from "../../../plugin/rpc/provider";
import { HarborServer } from "../../support/harbor";
import { ProviderClient } from "../../support/provider-client";

const PROJECT = { type: HARBOR_PROJECT };
const ROBOT = { type: HARBOR_ROBOT };
const GOOD = "Canary0Canary0Canary0";
const demo = { name: "demo", public: false, quota: 1_000, deleteRepositories: false };
const ci = { project: "demo", name: "ci", access: ["repository:pull"], description: "made by kpaas", secret: secret(GOOD) };

describe("a Harbor's projects and robot accounts", () => {
  let server: HarborServer;
  let provider: ProviderClient;
  const configured = async (changes: object = {}, patience = 400) => {
    const access = new HarborAccess(overHttps, { patience, retry: 10 });
    const types = { [HARBOR_PROJECT]: new ProjectProvider(access), [HARBOR_ROBOT]: new RobotProvider(access) };
    provider?.close();
    provider = await ProviderClient.serve(kpaasPackage("0.0.0", types, (args) => access.configure(args)));
    await provider.configure({ ...server.configuration, ...changes });
  };

  beforeEach(async () => {
    server = new HarborServer();
    await server.start();
    await configured();
  });
  afterEach(async () => {
    provider.close();
    await server.stop();
  });

  const makeDemo = async (changes: Properties = {}) => await provider.create(PROJECT, { ...demo, ...changes });
  const made = (name: string) => server.rows.projects[name];

  it("are made, found, changed and deleted by their names", async () => {
    const project = await makeDemo();
    assert.deepEqual([project.id, project.properties.projectId], ["demo", 2]);
    const robot = await provider.create(ROBOT, ci);
    assert.deepEqual([robot.id, robot.properties.fullName], ["demo/ci", "robot$demo+ci"]);
    assert.deepEqual(server.rows.robots[3]?.permissions, [
      { kind: "project", namespace: "demo", access: [{ resource: "repository", action: "pull" }] },
    ]);
    const read = await provider.read({ ...ROBOT, id: robot.id }, ci, robot.properties);
    assert.deepEqual([read.inputs, read.properties], [ci, robot.properties]);
    const push = { ...ci, access: ["repository:pull", "repository:push"] };
    await provider.update({ ...ROBOT, id: robot.id }, { oldInputs: ci, olds: robot.properties, news: push });
    assert.equal(server.rows.robots[3]?.permissions[0]?.access.length, 2);
    const open = { ...demo, public: true, quota: -1 };
    await provider.update({ ...PROJECT, id: "demo" }, { oldInputs: demo, olds: project.properties, news: open });
    assert.deepEqual([made("demo")?.public, made("demo")?.quota], ["true", -1]);
    const found = await provider.read({ ...PROJECT, id: "demo" }, open, project.properties);
    assert.deepEqual(found.inputs, open);
    await provider.delete({ ...ROBOT, id: robot.id }, robot.properties);
    await provider.delete({ ...PROJECT, id: "demo" }, project.properties);
    assert.deepEqual([server.rows.projects.demo, server.rows.robots], [undefined, {}]);
    await provider.delete({ ...PROJECT, id: "demo" }, project.properties);
    assert.equal((await provider.read({ ...PROJECT, id: "demo" }, demo, {})).id, "");
  });

  it("call nobody in a preview, and what cannot be told yet is not told", async () => {
    await server.stop();
    const { properties } = await provider.create(PROJECT, demo, { preview: true });
    assert.match(String(properties.projectId), /^04da6b54/);
    const robot = await provider.create(ROBOT, ci, { preview: true });
    assert.match(String(robot.properties.fullName), /^04da6b54/);
    await provider.update({ ...PROJECT, id: "demo" }, { oldInputs: demo, olds: demo, news: { ...demo, public: true }, preview: true });
  });

  it("are refused before anything is called, each with what is wrong", async () => {
    const failures = async (type: { type: string }, inputs: Properties) =>
      (await provider.check(type, inputs)).failures.map(({ property }) => property);
    assert.deepEqual(await failures(PROJECT, { name: "Demo", quota: 0 }), ["name", "quota"]);
    assert.deepEqual(await failures(ROBOT, { ...ci, access: ["repository:burn"], secret: secret("short") }), ["access.0", "secret"]);
    const { inputs } = await provider.check(PROJECT, { name: "demo" });
    assert.deepEqual(inputs, { name: "demo", public: false, quota: -1, deleteRepositories: false });
    const robot = await provider.check(ROBOT, { ...ci, access: ["repository:push", "repository:pull", "repository:pull"] });
    assert.deepEqual(robot.inputs.access, ["repository:pull", "repository:push"]);
    assert.deepEqual(robot.inputs.secret, ci.secret);
    assert.deepEqual(server.calls, []);
  });

  it("replace what another name makes, and change the rest in place", async () => {
    const diff = async (news: Properties) => (await provider.diff({ ...PROJECT, id: "demo" }, { oldInputs: demo, news })).detailed;
    assert.deepEqual(await diff({ ...demo, name: "other" }), { name: "UPDATE_REPLACE" });
    assert.deepEqual(await diff({ ...demo, quota: 5, public: true }), { quota: "UPDATE", public: "UPDATE" });
    assert.deepEqual(await diff(demo), {});
  });

  it("are not taken from whoever has made them, with the way out", async () => {
    server.rows.projects.demo = { id: 9, public: "true", quota: -1, repositories: ["demo/theirs"] };
    await assert.rejects(
      makeDemo(),
      (error: Error) => /not of this program.*pulumi import kpaas:harbor:Project it demo/.test(error.message) && saysNo(error.message),
    );
    assert.equal(made("demo")?.public, "true");
    const imported = await provider.read({ ...PROJECT, id: "demo" });
    assert.deepEqual(imported.inputs, { name: "demo", public: true, quota: -1, deleteRepositories: false });
    const theirs = { id: 10, projectId: 9, name: "demo+ci", description: "", disable: false, duration: -1, hash: "", permissions: [] };
    server.rows.robots[10] = theirs;
    await assert.rejects(provider.create(ROBOT, ci), /not of this program.*import kpaas:harbor:Robot it demo\/ci/);
    assert.deepEqual(server.rows.robots[10], theirs);
  });

  it("survive an answer that gets lost: what was made is found, what was not is made", async () => {
    let cuts = 0;
    for (const when of ["after", "before"] as const) {
      server.rows.projects = {};
      cuts = 0;
      server.cut = ({ method }) => (method === "POST" && cuts++ === (when === "after" ? 1 : 0) ? when : undefined);
      assert.equal((await makeDemo()).id, "demo", when);
      assert.equal(server.calls.filter(({ status }) => status === 409).length, 0);
    }
    for (const lost of ["GET", "PUT", "PATCH", "DELETE"]) {
      let isFirst = true;
      server.cut = ({ method }) => {
        if (method !== lost || !isFirst) return undefined;
        isFirst = false;
        return "before";
      };
      const { properties } = await provider.create(ROBOT, ci);
      await provider.update({ ...ROBOT, id: "demo/ci" }, { oldInputs: ci, olds: properties, news: { ...ci, description: "mine" } });
      await provider.delete({ ...ROBOT, id: "demo/ci" }, properties);
      assert.deepEqual(server.rows.robots, {}, lost);
    }
  });

  it("take up what a broken creation has made, and give it its secret", async () => {
    await makeDemo();
    // The engine was killed between the creation and its record: it reads the object by the id that follows from the inputs.
    const way = findable({ type: HARBOR_ROBOT, urn: "urn:pulumi:test::kpaas::kpaas:harbor:Robot::it" });
    assert.equal(way.how === "id" && way.id(ci), "demo/ci");
    server.cut = ({ method }) => (method === "PATCH" ? "before" : undefined);
    const failed = await provider.create(ROBOT, ci).catch((error: unknown) => error);
    assert.ok(failed instanceof PartialFailure);
    assert.deepEqual([failed.id, failed.properties.secret], ["demo/ci", undefined]);
    server.cut = () => undefined;
    const { id, properties } = await provider.read({ ...ROBOT, id: "demo/ci" }, ci);
    assert.equal(id, "demo/ci");
    const diff = await provider.diff({ ...ROBOT, id }, { oldInputs: ci, olds: properties, news: ci });
    assert.deepEqual(diff.detailed, { secret: "ADD" });
    await provider.update({ ...ROBOT, id }, { oldInputs: ci, olds: properties, news: ci });
    const harbor = new Harbor(
      overHttps({ url: server.configuration.harborUrl, user: "admin", password: "canary-admin", ca: server.configuration.harborCa }),
    );
    assert.equal(await harbor.letsIn("robot$demo+ci", GOOD, AbortSignal.timeout(5_000)), true);
  });

  it("find out that a secret lets nobody in any more, and that an account was closed, and mend both", async () => {
    await makeDemo();
    const { properties } = await provider.create(ROBOT, ci);
    const robot = server.rows.robots[3];
    assert.ok(robot);
    robot.hash = "another";
    const spoilt = await provider.read({ ...ROBOT, id: "demo/ci" }, ci, properties);
    assert.equal(spoilt.properties.secret, undefined);
    robot.disable = true;
    const closed = await provider.read({ ...ROBOT, id: "demo/ci" }, ci, properties);
    const { detailed } = await provider.diff({ ...ROBOT, id: "demo/ci" }, { oldInputs: ci, olds: closed.properties, news: ci });
    assert.deepEqual(detailed, { disabled: "UPDATE", secret: "ADD" });
    await provider.update({ ...ROBOT, id: "demo/ci" }, { oldInputs: ci, olds: closed.properties, news: ci });
    const mended = await provider.read({ ...ROBOT, id: "demo/ci" }, ci, properties);
    assert.deepEqual(mended.properties, properties);
  });

  it("keep what a project holds, unless it was said that it goes too", async () => {
    const { properties } = await makeDemo();
    const held = Array.from({ length: 130 }, (_, index) => `demo/team/image-${index}`);
    server.rows.projects.demo!.repositories = [...held];
    await assert.rejects(provider.delete({ ...PROJECT, id: "demo" }, properties), /holds 130 repositories.*deleteRepositories/);
    await provider.delete({ ...PROJECT, id: "demo" }, { ...properties, deleteRepositories: true });
    assert.equal(made("demo"), undefined);
  });

  it("say that nothing was made where Harbor cannot be asked, and never trust another server", async () => {
    const { harborUrl } = server.configuration;
    await server.stop();
    const refused = await makeDemo().catch((error: Error) => error.message);
    assert.match(String(refused), /nothing was made/);
    assert.ok(saysNo(String(refused)), "what another has made would be taken for it later");
    assert.match(provider.logs.map(({ message }) => message).join(), /ECONNREFUSED/);
    const other = new HarborServer();
    await other.start();
    await configured({
      ...other.configuration,
      harborCa: server.configuration.harborCa || other.configuration.harborCa.replace(/\n\S{8}/, "\nAAAAAAAA"),
    });
    await assert.rejects(makeDemo(), /nothing was made/);
    assert.deepEqual(other.calls, []);
    await other.stop();
    assert.ok(harborUrl);
  });

  it("say what Harbor says where it refuses, and tell no password", async () => {
    await makeDemo();
    await configured({ harborPassword: "canary-wrong" });
    const error = await provider.read({ ...PROJECT, id: "demo" }).catch((each: Error) => each.message);
    assert.match(String(error), /GET \/api\/v2\.0\/projects\/demo: 401: it does not know this user by this password/);
    assert.doesNotMatch(`${error}${JSON.stringify(provider.logs)}`, /canary/);
    await configured();
    await assert.rejects(provider.create(ROBOT, { ...ci, project: "nobodys" }), /there must be a project nobodys/);
    await assert.rejects(provider.create(PROJECT, { ...demo, name: "bad", quota: -7 }), /-1/);
  });

  it("are told nothing that Harbor's own description of its API does not have", async () => {
    await makeDemo();
    const { properties } = await provider.create(ROBOT, ci);
    await provider.update({ ...ROBOT, id: "demo/ci" }, { oldInputs: ci, olds: properties, news: { ...ci, description: "mine" } });
    await provider.update({ ...PROJECT, id: "demo" }, { oldInputs: demo, olds: demo, news: { ...demo, public: true, quota: 7 } });
    server.rows.projects.demo!.repositories = ["demo/one/two"];
    await provider.read({ ...ROBOT, id: "demo/ci" }, ci, properties);
    await provider.delete({ ...ROBOT, id: "demo/ci" }, properties);
    await provider.delete({ ...PROJECT, id: "demo" }, { ...demo, deleteRepositories: true });
    const called = new Set<string>();
    for (const { method, path, body = {}, status } of server.calls) {
      const { pathname, searchParams } = new URL(path, "https://harbor");
      // How registries are logged in to, which is not of its API.
      if (pathname === "/service/token") continue;
      const key = Object.keys(FACTS).find((each) => formOf(each).test(`${method} ${pathname}`));
      assert.ok(key, `${method} ${pathname}`);
      called.add(key);
      const { query, body: fields, answers } = FACTS[key]!;
      for (const name of searchParams.keys()) assert.ok(query.includes(name), `${key}?${name}`);
      for (const name of Object.keys(body)) assert.ok(fields.includes(name), `${key}: ${name}`);
      assert.ok(answers.includes(status) || (status === 404 && method === "GET"), `${key}: ${status}`);
    }
    assert.deepEqual([...called].sort(), Object.keys(FACTS).sort());
  });

  it("are held against that description itself, where KPAAS_TEST_HARBOR_SWAGGER names its file", function () {
    const file = process.env.KPAAS_TEST_HARBOR_SWAGGER ?? "";
    if (!existsSync(file)) return this.skip();
    const whole = parseDocument(readFileSync(file, "utf8")).toJS() as Described;
    const resolved = <T>(value: T & { $ref?: string }): T =>
      value.$ref === undefined
        ? value
        : (value.$ref
            .split("/")
            .slice(1)
            .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], whole) as T);
    const facts = Object.keys(FACTS).map((key) => {
      const [method = "", path = ""] = key.split(" ");
      const { parameters, responses } = whole.paths[path]?.[method.toLowerCase()] ?? { parameters: [], responses: {} };
      const all = parameters.map(resolved);
      const query = all.filter((each) => each.in === "query").map(({ name }) => name);
      const fields = all.flatMap(({ schema }) => (schema === undefined ? [] : Object.keys(resolved(schema).properties ?? {})));
      return [key, { query: query.sort(), body: fields.sort(), answers: Object.keys(responses).map(Number) }];
    });
    assert.deepEqual(Object.fromEntries(facts), FACTS);
  });
});

interface Described {
  readonly paths: Record<string, Record<string, { parameters: Parameter[]; responses: object }>>;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: { readonly properties?: object };
}

/** Of its swagger.yaml of v2.14.0: by call, the names in the query and in the body, and what is answered. */
const FACTS = JSON.parse(readFileSync(join(__dirname, "../../../../test/plugin/harbor/api-facts.json"), "utf8")) as Readonly<
  Record<string, { readonly query: readonly string[]; readonly body: readonly string[]; readonly answers: readonly number[] }>
>;

function formOf(key: string): RegExp {
  const [method, path = ""] = key.split(" ");
  return new RegExp(`^${method} /api/v2\\.0${path.replace(/\{[^}]+\}/g, "[^/]+")}$`);
}
