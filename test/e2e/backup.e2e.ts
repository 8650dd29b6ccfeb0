import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { accountsSql, endFormerSql } from "../../components/platform/mariadb/sql";
import { removeFolder } from "../../host/files";
import { backup } from "../../operate/backup/backup";
import { restore } from "../../operate/backup/restore";
import { ClusterApi } from "../../reach/cluster-api";
import { startWorkloads, stopWorkloads } from "../../reach/workloads";
import { namePath } from "../../sandbox/servers/record";
import type { Graph } from "../../testing/graph";
import { openbao, run } from "../components/platform/builds";
import { at } from "../components/platform/fixtures";
import { doorsTo, makePair, OPERATOR as operator } from "../support/backup";
import { MariaDbServer, mariaDbForTests } from "../support/mariadb";
import {
  accountToken,
  type Certificates,
  makeCertificates,
  OPENBAO_VERSIONS,
  OpenBaoMember,
  openBaoForTests,
  TokenReviews,
} from "../support/openbao";
import { type AppRoleIds, configure, logInAsProvider } from "../support/openbao-inside";
import { PlayedCluster } from "../support/played-cluster";
import { RealCluster } from "../support/real-cluster";
import { serversForTests } from "../support/servers";

const ROOT = { user: "root", password: "root's" };
const KEYCLOAK = { user: "keycloak", password: "one" };
const SCHEMAS = [{ schema: "keycloak", user: "keycloak" }];
const ROWS = 20_000;
/** Of the accounts that follow each other. */
const PASSWORDS = ["two", "three", "four"];

/** The commands of the definitions on real servers; the Kubernetes API between is played, and its pods are this machine. */
describe("a backup of a real MariaDB", function () {
  this.timeout(180_000);
  let folder: string;
  let server: MariaDbServer;
  let cluster: PlayedCluster;
  const file = (name: string) => join(folder, name);

  before(async function () {
    const programs = mariaDbForTests.call(this, "mariadb-dump", "mariadb-check");
    folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
    mkdirSync(file("server"));
    server = new MariaDbServer(programs, file("server"));
    await server.start(accountsSql(SCHEMAS, { keycloak: KEYCLOAK.password }));
    server.query(`ALTER USER root@localhost IDENTIFIED BY "${ROOT.password}"`);
    mkdirSync(file("bin"));
    mkdirSync(file("root"));
    writeFileSync(file("root/root-password"), ROOT.password);
    for (const name of ["mariadb", "mariadb-dump", "mariadb-check"]) {
      const program = programs.mariadb.replace(/mariadb$/, name);
      writeFileSync(file(`bin/${name}`), `#!/bin/sh\nexec ${program} --no-defaults --socket=${server.socket} "$@"\n`);
      chmodSync(file(`bin/${name}`), 0o755);
    }
    makePair(folder);
    cluster = new PlayedCluster();
    cluster.workloads["keycloak/statefulsets/keycloak"] = { replicas: 1, annotations: {} };
    cluster.as = (script) => ({
      script: script.replaceAll("/etc/kpaas-root", file("root")),
      env: { PATH: `${file("bin")}:${process.env.PATH}` },
    });
    await cluster.start();
  });
  after(async () => {
    await cluster?.stop();
    await server?.dispose();
    if (folder) removeFolder(folder);
  });

  const doors = () => doorsTo(cluster);
  const request = () => ({ reference: "seoul", root: folder });
  const services = ["mariadb"];
  const bring = () => restore(request(), { services, from: "latest", key: file("key") }, operator, doors());
  /** Everything that is to come back, as text. */
  const content = () =>
    [
      "CHECKSUM TABLE keycloak.USER_ENTITY, keycloak.BLOBS, keycloak.SEEN",
      "SHOW TABLES IN keycloak",
      "SHOW CREATE VIEW keycloak.NAMES",
      "SELECT ROUTINE_NAME, ROUTINE_DEFINITION FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = 'keycloak'",
      "SELECT EVENT_NAME, EVENT_DEFINITION FROM information_schema.EVENTS",
      "SELECT TRIGGER_NAME, ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = 'keycloak'",
      "SELECT HEX(B) FROM keycloak.BLOBS",
      "SELECT NAME FROM keycloak.USER_ENTITY WHERE ID = 7",
    ].map((sql) => server.query(sql, ROOT));
  let was: string[];

  it("holds schemas whole: rows of any script and bytes, views, routines, events and triggers", async () => {
    const made = [
      "CREATE TABLE USER_ENTITY (ID INT PRIMARY KEY, NAME VARCHAR(255))",
      `INSERT INTO USER_ENTITY SELECT seq, CONCAT('한글 ''"\\\\ 🙂 ', seq) FROM seq_1_to_${ROWS}`,
      "CREATE TABLE BLOBS (ID INT PRIMARY KEY, B BLOB)",
      "INSERT INTO BLOBS VALUES (1, UNHEX('00FF0A0D1A275C22'))",
      "CREATE TABLE SEEN (N INT)",
      "CREATE VIEW NAMES AS SELECT NAME FROM USER_ENTITY",
      "CREATE PROCEDURE P() SELECT 'p'",
      "CREATE EVENT E ON SCHEDULE EVERY 1 YEAR DO SELECT 1",
      "CREATE TRIGGER T AFTER DELETE ON BLOBS FOR EACH ROW INSERT INTO SEEN VALUES (1)",
    ];
    for (const sql of made) assert.equal(server.query(`USE keycloak; SET NAMES utf8mb4; ${sql}`, KEYCLOAK), "");
    was = content();
    assert.ok(!was.join().includes("ERROR"), was.join("\n"));
    const { backup: stored } = await backup(request(), { services, encryptTo: file("crt") }, operator, doors());
    assert.ok((stored.manifest.services.mariadb?.data[0]?.bytes ?? 0) > ROWS * 20);
  });

  it("brings them back after a loss, and takes away what came later in them", async () => {
    server.query("DROP TABLE keycloak.BLOBS; DELETE FROM keycloak.USER_ENTITY; CREATE TABLE keycloak.LATER (ID INT)", ROOT);
    await bring();
    assert.deepEqual(content(), was);
    assert.equal(server.query("SELECT COUNT(*) FROM keycloak.NAMES", KEYCLOAK), String(ROWS), "its account is let in");
    assert.equal(cluster.workloads["keycloak/statefulsets/keycloak"]?.replicas, 1);
  });

  it("comes to the same end when a restore is cut off and repeated", async () => {
    for (const cut of [0, 1_000, 300_000]) {
      cluster.cutAfter = cut;
      await assert.rejects(bring(), { message: /stay stopped/ });
      assert.equal(cluster.workloads["keycloak/statefulsets/keycloak"]?.replicas, 0);
      await bring();
      assert.deepEqual(content(), was, `cut after ${cut}`);
    }
  });

  it("goes into a server that was made anew with other passwords, which stay its own", async () => {
    await server.dispose();
    mkdirSync(file("server"));
    const anew = { keycloak: "two" };
    await server.start(accountsSql(SCHEMAS, anew));
    server.query(`ALTER USER root@localhost IDENTIFIED BY "${ROOT.password}"`);
    await bring();
    assert.deepEqual(content(), was);
    assert.match(server.query("SELECT 1", KEYCLOAK), /^ERROR 1045/);
    assert.equal(server.query("SELECT COUNT(*) FROM keycloak.NAMES", { user: "keycloak", password: "two" }), String(ROWS));
  });

  it("holds what is written meanwhile as of one moment: Keycloak goes on while it is made", async () => {
    const two = { user: "keycloak", password: "two" };
    const tables = ["CREATE TABLE USERS (ID INT PRIMARY KEY AUTO_INCREMENT)", "CREATE TABLE PASSWORDS (USER INT PRIMARY KEY)"];
    assert.equal(server.query(`USE keycloak; ${tables.join("; ")}`, two), "");
    // A visitor is two rows in one transaction, time and again.
    const visitor = "START TRANSACTION; INSERT INTO USERS VALUES (); INSERT INTO PASSWORDS VALUES (LAST_INSERT_ID()); COMMIT;";
    const writing = server.hold(two, `USE keycloak; ${visitor.repeat(1_000)}`);
    const count = (table: string) => Number(server.query(`SELECT COUNT(*) FROM keycloak.${table}`, two));
    for (let tries = 0; count("USERS") === 0 && tries < 50; tries++);
    await backup(request(), { services, encryptTo: file("crt") }, operator, doors());
    const during = count("USERS");
    await writing;
    assert.equal(count("USERS"), 1_000);
    await bring();
    assert.equal(count("USERS"), count("PASSWORDS"));
    assert.ok(count("USERS") > 0 && count("USERS") <= during, "it was made while they came");
    server.query("DROP TABLE keycloak.USERS, keycloak.PASSWORDS", ROOT);
  });

  it("brings no account back that was exchanged for another, and keeps the one that is valid now", async () => {
    const rotated = (rotation: number) => SCHEMAS.map((spec) => ({ ...spec, rotation }));
    const login = (number: number) => ({ user: number === 1 ? "keycloak" : `keycloak_${number}`, password: PASSWORDS[number - 1] ?? "" });
    const start = async (rotation: number) => {
      await server.stop();
      await server.start(accountsSql(rotated(rotation), { keycloak: login(rotation).password }, { rootPassword: ROOT.password }));
    };
    const end = (rotation: number) => assert.equal(server.query(endFormerSql(rotated(rotation)[0]!), login(rotation)), "");
    const make = () => backup(request(), { services, encryptTo: file("crt") }, operator, doors());
    const letsIn = (valid: number) => {
      for (let number = 1; number <= valid; number++) {
        const said = server.query("SELECT COUNT(*) FROM keycloak.NAMES", login(number));
        if (number === valid) assert.equal(said, String(ROWS));
        else assert.match(said, /^ERROR 4151/);
      }
    };
    const { backup: before } = await make();
    await start(2);
    // Both are valid.
    for (const number of [1, 2]) assert.equal(server.query("SELECT COUNT(*) FROM keycloak.NAMES", login(number)), String(ROWS));
    const { backup: during } = await make();
    end(2);
    for (const { folder: from } of [before, during]) {
      await restore(request(), { services, from, key: file("key") }, operator, doors());
      assert.deepEqual(content(), was);
      letsIn(2);
    }
    await start(3);
    end(3);
    letsIn(3);
    // One of before into a server that never had those accounts: what was made as one of them works there.
    await server.dispose();
    mkdirSync(file("server"));
    await server.start(accountsSql(rotated(3), { keycloak: login(3).password }));
    server.query(`ALTER USER root@localhost IDENTIFIED BY "${ROOT.password}"`);
    await restore(request(), { services, from: before.folder, key: file("key") }, operator, doors());
    assert.deepEqual(content(), was);
    assert.equal(server.query("SELECT COUNT(*) FROM keycloak.NAMES", login(3)), String(ROWS));
    for (const number of [1, 2]) assert.match(server.query("SELECT 1", login(number)), /^ERROR (1045|4151)/);
  });

  it("lets no administrator of Keycloak's in who came back with it and has a successor, and whoever is valid now as before", async () => {
    // As Keycloak 26 makes them in MariaDB.
    const users = ["USER_ENTITY (ID VARCHAR(36) PRIMARY KEY, REALM_ID VARCHAR(255), USERNAME VARCHAR(255))"];
    const theirs = [
      "CREDENTIAL (ID VARCHAR(36) PRIMARY KEY",
      "USER_ROLE_MAPPING (ROLE_ID VARCHAR(255)",
      "USER_GROUP_MEMBERSHIP (GROUP_ID VARCHAR(36)",
    ];
    const tables = [
      "REALM (ID VARCHAR(36) PRIMARY KEY, NAME VARCHAR(255))",
      ...users,
      ...theirs.map((begin) => `${begin}, USER_ID VARCHAR(36) REFERENCES USER_ENTITY (ID))`),
    ];
    const named = ["kpaas-admin", "kpaas-admin-2", "kpaas-admin-3", "kpaas-admin-20", "somebody"];
    const people = [...named.map((name) => ["m", name] as const), ["cp", "kpaas-admin"] as const];
    const rows = people.flatMap(([realm, name], id) => [
      `INSERT INTO USER_ENTITY VALUES (${id}, '${realm}', '${name}')`,
      ...["CREDENTIAL", "USER_ROLE_MAPPING", "USER_GROUP_MEMBERSHIP"].map((table) => `INSERT INTO ${table} VALUES (${id}, ${id})`),
    ]);
    const schema = ["CREATE DATABASE realms", "USE realms", ...tables.map((each) => `CREATE TABLE ${each}`)];
    const realms = "INSERT INTO REALM VALUES ('m', 'master'), ('cp', 'cp-realm')";
    assert.equal(server.query([...schema, realms, ...rows].join("; "), ROOT), "");
    const { backup: made } = await backup(request(), { services, encryptTo: file("crt") }, operator, doors());
    const left = (table: string) => server.query(`SELECT GROUP_CONCAT(USER_ID ORDER BY USER_ID) FROM realms.${table}`, ROOT);
    const rotated = (rotation: number) => doorsTo(cluster, undefined, { keycloak: { rotation, options: { schema: "realms" } } });
    const bringTo = (rotation: number) =>
      restore(request(), { services, from: made.folder, key: file("key") }, operator, rotated(rotation));
    const wanted: Readonly<Record<number, string>> = { 1: "0,1,2,3,4,5", 2: "1,2,3,4,5", 3: "2,3,4,5" };
    for (const rotation of [1, 2, 3, 3]) {
      const { plan } = await bringTo(rotation);
      for (const table of ["CREDENTIAL", "USER_ROLE_MAPPING", "USER_GROUP_MEMBERSHIP"]) assert.equal(left(table), wanted[rotation], table);
      assert.equal(server.query("SELECT COUNT(*) FROM realms.USER_ENTITY", ROOT), String(people.length));
      assert.equal(plan.ended.length, rotation === 1 ? 0 : 1);
    }
    // Before Keycloak's first start there is nothing of it.
    server.query("DROP DATABASE realms", ROOT);
    const { backup: without } = await backup(request(), { services, encryptTo: file("crt") }, operator, doors());
    await restore(request(), { services, from: without.folder, key: file("key") }, operator, rotated(3));
  });

  it("tells a table that is broken", async () => {
    server.query("CREATE TABLE keycloak.V (ID INT); CREATE VIEW keycloak.BROKEN AS SELECT ID FROM keycloak.V; DROP TABLE keycloak.V", ROOT);
    await assert.rejects(backup(request(), { services, encryptTo: file("crt") }, operator, doors()), { message: /BROKEN/ });
  });
});

function ofOpenBao(this: Mocha.Suite, version: string): void {
  this.timeout(240_000);
  let folder: string;
  let program: string;
  let graph: Graph;
  let certificates: Certificates;
  let reviews: TokenReviews;
  let api: string;
  let bao: OpenBaoMember;
  let portal: AppRoleIds | undefined;
  let cluster: PlayedCluster;
  let port = 21_900;
  const members: OpenBaoMember[] = [];
  const file = (name: string) => join(folder, name);
  const doors = () => doorsTo(cluster);
  const request = () => ({ reference: "seoul", root: folder });
  const services = ["openbao"];
  const bring = () => restore(request(), { services, from: "latest", key: file("key") }, operator, doors());

  before(async function () {
    program = openBaoForTests.call(this, version);
    folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
    makePair(folder);
    certificates = makeCertificates(folder, ["127.0.88.10"]);
    reviews = new TokenReviews();
    api = await reviews.start();
    const key = randomBytes(32).toString("base64");
    graph = await run(openbao({ version, replicas: 1 }), { outputs: { "random:index/randomBytes:RandomBytes": () => ({ base64: key }) } });
    cluster = new PlayedCluster();
    cluster.token = accountToken("openbao", "openbao-kpaas");
    cluster.secrets["openbao/openbao-seal"] = { key };
    cluster.as = (script) => ({ script: bao.mapped(script), env: { PATH: `${dirname(program)}:${process.env.PATH}` } });
    await cluster.start();
    bao = await anew("first");
  });
  after(async () => {
    for (const each of members) await each.kill();
    await cluster?.stop();
    reviews?.stop();
    if (folder) removeFolder(folder);
  });

  async function anew(name: string, { keepsIds = true } = {}): Promise<OpenBaoMember> {
    port += 2;
    const made = new OpenBaoMember({ program, graph, certificates, reviews: api, port }, join(folder, name));
    members.push(made);
    assert.equal(await made.run(), "initialised", made.log);
    await made.serves();
    // As an `up` does; what is restored has the ids of the server that it was taken of.
    const { portal: ids } = await configure(made, graph);
    portal = keepsIds && portal !== undefined ? portal : ids;
    return made;
  }

  /** Logs the portal in and does something with its secrets. */
  async function secret(write?: string): Promise<unknown> {
    const body = { role_id: portal?.roleId, secret_id: portal?.secretId };
    const login = await bao.call("POST", "auth/approle/login", { body });
    const token = String(at(login.body, "auth", "client_token"));
    if (write !== undefined) return (await bao.call("POST", "secret/data/cluster/one", { token, body: { data: { a: write } } })).status;
    return at((await bao.call("GET", "secret/data/cluster/one", { token })).body, "data", "data", "a");
  }

  it("brings back what was stored, by its manager's account", async () => {
    let written: unknown;
    for (let tries = 0; written !== 200 && tries < 50; tries++) {
      written = await secret("canary").catch(() => undefined);
      await pause(100);
    }
    assert.equal(written, 200);
    const { backup: made } = await backup(request(), { services, encryptTo: file("crt") }, operator, doors());
    assert.ok((made.manifest.services.openbao?.data[0]?.bytes ?? 0) > 1_000);
    assert.equal(await secret("later"), 200);
    await bring();
    assert.equal(await secret(), "canary");
  });

  it("takes no half of a snapshot", async () => {
    cluster.cutAfter = 1_000;
    await assert.rejects(bring(), { name: "OperationFailedError" });
    assert.equal(await secret(), "canary");
  });

  it("goes into one that came up empty, with the same key", async () => {
    await bao.kill();
    bao = await anew("second");
    await bring();
    assert.equal(await secret(), "canary");
    const { backup: again } = await backup(request(), { services, encryptTo: file("crt") }, operator, doors());
    assert.ok((again.manifest.services.openbao?.data[0]?.bytes ?? 0) > 1_000, "it is backed up again");
  });

  it("lets nobody in by a secret id that came back and has a successor, and makes way for that one", async () => {
    await bao.kill();
    bao = await anew("third", { keepsIds: false });
    const { inputs } = (await run(openbao({ replicas: 1, rotation: 2 }))).get("bao-portal-secret-id");
    const role = "auth/approle/role/portal";
    const provider = await logInAsProvider(bao, graph);
    const call = (path: string, body: object = {}) => bao.call("POST", `${role}/${path}`, { token: provider, body });
    const made = async (metadata: unknown) => {
      const { data } = (await call("secret-id", { metadata })).body as { data: { secret_id: string; secret_id_accessor: string } };
      return { id: data.secret_id, accessor: data.secret_id_accessor };
    };
    const letsIn = async (secretId: string) =>
      (await bao.call("POST", "auth/approle/login", { body: { role_id: portal?.roleId, secret_id: secretId } })).status === 200;
    const first = portal?.secretId ?? "";
    const somebodys = await made(JSON.stringify({ team: "theirs" }));
    const { backup: before } = await backup(request(), { services, encryptTo: file("crt") }, operator, doors());
    const rotated = doorsTo(cluster, undefined, { openbao: { rotation: 2 } });
    const back = (from: string, to = rotated) => restore(request(), { services, from, key: file("key") }, operator, to);
    // The exchange: the second one, then the end of the first.
    const second = await made(inputs.metadata);
    const { backup: during } = await backup(request(), { services, encryptTo: file("crt") }, operator, doors());
    const { keys } = (await bao.call("LIST", `${role}/secret-id`, { token: provider })).body.data as { keys: string[] };
    assert.equal(keys.length, 3);
    await back(before.folder, doors());
    assert.deepEqual([await letsIn(first), await letsIn(second.id)], [true, false], "as long as nothing has been exchanged");
    for (let time = 0; time < 2; time++) {
      await back(before.folder);
      assert.deepEqual([await letsIn(first), await letsIn(second.id), await letsIn(somebodys.id)], [false, false, true]);
    }
    // What a refresh reads of the one that the state knows, and what an `up` makes then.
    const known = await bao.call("POST", `${role}/secret-id-accessor/lookup`, {
      token: provider,
      body: { secret_id_accessor: second.accessor },
    });
    assert.equal(known.status, 404);
    const again = await made(inputs.metadata);
    assert.ok(await letsIn(again.id));
    await back(during.folder);
    assert.deepEqual([await letsIn(first), await letsIn(second.id), await letsIn(somebodys.id)], [false, true, true]);
  });
}
for (const version of OPENBAO_VERSIONS)
  describe(`a backup of a real OpenBao ${version}`, function () {
    ofOpenBao.call(this, version);
  });

describe("workloads that are stopped in a real cluster", function () {
  this.timeout(120_000);
  let folder: string;
  let cluster: RealCluster;
  let api: ClusterApi;
  const file = (name: string) => join(folder, name);
  const path = "/apis/apps/v1/namespaces/default/deployments/portal-web";
  const labels = { app: "portal-web" };
  const apply = (replicas: number) => {
    const template = { metadata: { labels }, spec: { containers: [{ name: "web", image: "web" }] } };
    const object = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "portal-web" },
      spec: { replicas, selector: { matchLabels: labels }, template },
    };
    return api.call(`${path}?fieldManager=pulumi`, { method: "PATCH", type: "application/apply-patch+yaml", body: object });
  };

  before(async function () {
    const programs = await serversForTests.call(this);
    folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
    for (const name of ["servers", "world"]) mkdirSync(file(name));
    cluster = await RealCluster.start(file("servers"), file("world"), programs);
    const named = JSON.parse(readFileSync(namePath(file("world")), "utf8")) as { server: string; ca: string; token: string };
    const authority = Buffer.from(named.ca).toString("base64");
    api = new ClusterApi(
      JSON.stringify({
        "current-context": "a",
        contexts: [{ name: "a", context: { cluster: "c", user: "u" } }],
        clusters: [{ name: "c", cluster: { server: named.server, "certificate-authority-data": authority } }],
        users: [{ name: "u", user: { token: named.token } }],
      }),
    );
  });
  after(async () => {
    await cluster?.stop();
    if (folder) removeFolder(folder);
  });

  it("get back what they had, and whoever applies them next meets nobody", async () => {
    const times = { patience: 20_000, look: 50 };
    await apply(2);
    const there = async () => at(await api.call(path), "status", "replicas") === 2;
    for (let tries = 0; !(await there()) && tries < 200; tries++) await pause(50);
    await stopWorkloads(api, { namespace: "default" }, undefined, times);
    await stopWorkloads(api, { namespace: "default" }, undefined, times);
    assert.equal(at(await api.call(path), "spec", "replicas"), 0);
    // No node is there, so that no pod becomes ready.
    await assert.rejects(startWorkloads(api, "default", undefined, { patience: 200, look: 50 }), {
      message: /portal-web in default did not become ready/,
    });
    const started = await api.call(path);
    assert.equal(at(started, "spec", "replicas"), 2);
    assert.equal(at(started, "metadata", "annotations", "kpaas/stopped-replicas"), undefined);
    await apply(3);
    assert.equal(at(await api.call(path), "spec", "replicas"), 3);
  });
});
