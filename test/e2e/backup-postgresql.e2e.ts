import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSpec } from "../../components/platform/postgresql/args";
import { FOLDERS, SUPERUSER_FILE, serverFiles } from "../../components/platform/postgresql/config";
import { accountsSql, endFormerSql } from "../../components/platform/postgresql/sql";
import { FIRST_START } from "../../components/platform/postgresql/workload";
import { removeFolder } from "../../host/files";
import { backup } from "../../operate/backup/backup";
import { restore } from "../../operate/backup/restore";
import { doorsTo, makePair, OPERATOR as operator } from "../support/backup";
import { PlayedCluster } from "../support/played-cluster";
import { type Login, PostgreSqlServer, postgreSqlForTests } from "../support/postgresql";
import { freePorts } from "../support/real-server";

const ROWS = 20_000;

/** The commands of the definition on real servers; the Kubernetes API between is played, and its pods are this machine. */
describe("a backup of a real PostgreSQL", function () {
  this.timeout(180_000);
  const DATABASES: readonly DatabaseSpec[] = [
    { database: "sonar", user: "sonarQube" },
    { database: "other", user: "other" },
  ];
  const ROOT_PASSWORD = "root's";
  let programs: string;
  let folder: string;
  let server: PostgreSqlServer;
  let cluster: PlayedCluster;
  let members = 1;
  let passwords = { sonarQube: "one", other: "two" };
  const file = (name: string) => join(folder, name);
  const sonar = (): Login => ({ user: "sonarQube", password: passwords.sonarQube, database: "sonar" });
  const root = (sql: string, database = "sonar") => server.administer(sql, ROOT_PASSWORD, database);

  before(async function () {
    programs = postgreSqlForTests.call(this);
    folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
    chmodSync(folder, 0o755);
    makePair(folder);
    mkdirSync(file("superuser"));
    writeFileSync(file(`superuser/${SUPERUSER_FILE}`), ROOT_PASSWORD);
    server = await anew("server");
    cluster = new PlayedCluster();
    cluster.workloads["sonarqube/statefulsets/sonarqube"] = { replicas: 1, annotations: {} };
    cluster.as = (script) => {
      // In an operator's member variables name the socket, which lets its user in.
      const member = members > 1 ? { PGHOST: server.folders.run, PGPASSWORD: ROOT_PASSWORD } : {};
      return {
        script: script.replaceAll(FOLDERS.superuser, file("superuser")).replaceAll(FOLDERS.run, server.folders.run),
        env: { PATH: `${programs}:${process.env.PATH}`, PGPORT: String(server.port), ...member },
      };
    };
    await cluster.start();
  });
  after(async () => {
    await cluster?.stop();
    await server?.dispose();
    if (folder) removeFolder(folder);
  });

  async function anew(name: string): Promise<PostgreSqlServer> {
    const [port = 0] = await freePorts(1);
    mkdirSync(file(name));
    const made = new PostgreSqlServer(programs, file(name), port);
    const files = serverFiles(DATABASES, "127.0.0.0/8", made.folders, made.port);
    made.prepare(files, accountsSql(DATABASES, passwords, ROOT_PASSWORD));
    await made.start(FIRST_START);
    return made;
  }

  const request = () => ({ reference: "seoul", root: folder });
  const services = ["postgresql"];
  const make = () => backup(request(), { services, encryptTo: file("crt") }, operator, doorsTo(cluster, members));
  const bring = () => restore(request(), { services, from: "latest", key: file("key") }, operator, doorsTo(cluster, members));
  /** Everything that is to come back, as text. */
  const content = () =>
    [
      "SELECT md5(string_agg(users::text, ',' ORDER BY id)), count(*) FROM users",
      "SELECT encode(b, 'hex') FROM blobs",
      "SELECT encode(lo_get(oid), 'escape') FROM pg_largeobject_metadata",
      "SELECT nextval('users_id_seq') > 20000, tableowner FROM pg_tables WHERE schemaname NOT LIKE 'pg%' AND schemaname <> 'information_schema' ORDER BY tablename",
      "SELECT definition FROM pg_views WHERE viewname = 'names'",
      "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
      "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
      "SELECT has_database_privilege('other', 'sonar', 'CONNECT'), has_schema_privilege('other', 'public', 'USAGE'), has_table_privilege('reader', 'users', 'SELECT')",
      "SELECT datname, pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate FROM pg_database ORDER BY 1",
    ].map((sql) => root(sql));
  let was: string[];

  it("holds databases whole: rows of any script and bytes, large objects, views, functions, triggers, owners and rights", async () => {
    const made = [
      "CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT)",
      `INSERT INTO users (name) SELECT format('한글 ''"\\ 🙂 %s', seq) FROM generate_series(1, ${ROWS}) seq`,
      "CREATE TABLE blobs (id INT PRIMARY KEY, b BYTEA)",
      "INSERT INTO blobs VALUES (1, '\\x00ff0a0d1a275c22')",
      "SELECT lo_from_bytea(0, 'large')",
      "CREATE VIEW names AS SELECT name FROM users",
      "CREATE FUNCTION p() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
      "CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION p()",
    ];
    for (const sql of made) assert.doesNotMatch(server.query(sql, sonar()), /ERROR/, sql);
    assert.equal(root("CREATE ROLE reader LOGIN; GRANT SELECT ON users TO reader"), "");
    was = content();
    assert.ok(!was.join().includes("ERROR"), was.join("\n"));
    const { backup: stored } = await make();
    assert.ok((stored.manifest.services.postgresql?.data[0]?.bytes ?? 0) > ROWS * 20);
    assert.doesNotMatch(JSON.stringify(stored.manifest), /root's/);
  });

  it("brings them back after a loss, and takes away what came later in them, with whoever uses them stopped", async () => {
    assert.equal(root("DROP TABLE blobs; DELETE FROM users; CREATE TABLE later (id INT)"), "");
    await bring();
    assert.deepEqual(content(), was);
    assert.equal(server.query("SELECT count(*) FROM names", sonar()), String(ROWS), "its account is let in");
    assert.equal(cluster.workloads["sonarqube/statefulsets/sonarqube"]?.replicas, 1);
  });

  it("comes to the same end when a restore is cut off and repeated", async () => {
    for (const cut of [0, 1_000, 300_000]) {
      cluster.cutAfter = cut;
      await assert.rejects(bring(), { message: /stay stopped/ });
      await bring();
      assert.deepEqual(content(), was, `cut after ${cut}`);
    }
  });

  it("goes into a server that was made anew with other passwords, which stay its own, and into an operator's", async () => {
    for (const several of [1, 3]) {
      await server.dispose();
      const before = { ...sonar() };
      passwords = { sonarQube: `one of ${several}`, other: "three" };
      members = several;
      server = await anew(`server-${several}`);
      await bring();
      assert.deepEqual(content(), was, `${several}`);
      assert.match(server.query("SELECT 1", before), /password authentication failed/);
      assert.equal(server.query("SELECT count(*) FROM names", sonar()), String(ROWS));
      assert.equal(root("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'reader'"), "f", "an account made by hand is a name alone");
    }
  });

  it("is taken of an operator's member that leads", async () => {
    const { backup: stored } = await make();
    assert.ok((stored.manifest.services.postgresql?.data[0]?.bytes ?? 0) > ROWS * 20);
  });

  it("brings no account back that was exchanged for another, and keeps the one that is valid now", async () => {
    const { sonarQube: _, ...others } = passwords;
    const numbered = (rotation: number) => DATABASES.map((each) => ({ ...each, rotation }));
    const login = (rotation: number): Login =>
      rotation === 1 ? sonar() : { user: `sonarQube_${rotation}`, password: `of ${rotation}`, database: "sonar" };
    const exchange = async (rotation: number) => {
      await server.stop();
      const files = serverFiles(numbered(rotation), "127.0.0.0/8", server.folders, server.port);
      server.prepare(files, accountsSql(numbered(rotation), { ...others, sonarQube: `of ${rotation}` }, ROOT_PASSWORD));
      await server.start(FIRST_START);
    };
    const end = (rotation: number) => assert.equal(server.query(endFormerSql(numbered(rotation)[0]!), login(rotation)), "");
    const letsIn = (valid: number) => {
      for (let number = 1; number < valid; number++)
        assert.match(server.query("SELECT 1", login(number)), /password authentication failed/);
      assert.equal(server.query("SELECT count(*) FROM names", login(valid)), String(ROWS));
    };
    const { backup: before } = await make();
    await exchange(2);
    for (const number of [1, 2]) assert.equal(server.query("SELECT count(*) FROM names", login(number)), String(ROWS));
    const { backup: during } = await make();
    end(2);
    for (const { folder: from } of [before, during]) {
      await restore(request(), { services, from, key: file("key") }, operator, doorsTo(cluster, members));
      assert.deepEqual(content(), was);
      letsIn(2);
    }
    await exchange(3);
    end(3);
    letsIn(3);
  });

  it("is none where rows cannot be read, which a restore mends", async () => {
    root("CHECKPOINT");
    const rows = join(folder, "server-3", "volume", "pgdata", root("SELECT pg_relation_filepath('users')"));
    await server.stop();
    const pages = readFileSync(rows);
    pages.fill(0xff, 5_000, 5_100);
    writeFileSync(rows, pages);
    await server.start(FIRST_START);
    await assert.rejects(make(), { name: "OperationFailedError", message: /invalid page/ });
    await bring();
    assert.deepEqual(content(), was);
  });
});
