import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tablesSql } from "../../components/platform/database/statements";
import type { DatabaseSpec } from "../../components/platform/postgresql/args";
import { serverFiles } from "../../components/platform/postgresql/config";
import { accountsSql, actAsOwnerSql, clientSettings, endFormerSql } from "../../components/platform/postgresql/sql";
import { FIRST_START, makeTables } from "../../components/platform/postgresql/workload";
import { type Login, PostgreSqlServer, postgreSqlForTests } from "../support/postgresql";
import { freePorts, makeCertificates } from "../support/real-server";

const SONAR: DatabaseSpec = { database: "sonar", user: "sonarQube", tables: ["CREATE TABLE IF NOT EXISTS rules (id INT PRIMARY KEY)"] };
const DATABASES: readonly DatabaseSpec[] = [SONAR, { database: "other", user: "other" }];
const PASSWORDS = { sonarQube: "one", other: "two" };
const ROOT = "three";
const sonar: Login = { user: "sonarQube", password: "one", database: "sonar" };
const other: Login = { user: "other", password: "two", database: "other" };

/** What would make an account superuser, or let it see or change what is another's. */
const FORBIDDEN = [
  "CREATE ROLE x",
  "CREATE DATABASE x",
  "ALTER ROLE CURRENT_USER SUPERUSER",
  "ALTER ROLE postgres PASSWORD 'x'",
  "ALTER ROLE CURRENT_USER CREATEDB",
  "SET ROLE postgres",
  "SET SESSION AUTHORIZATION postgres",
  "SELECT * FROM pg_authid",
  "GRANT pg_read_server_files TO CURRENT_USER",
  "COPY (SELECT 1) TO '/tmp/kpaas-test-outfile'",
  "COPY (SELECT 1) TO PROGRAM 'true'",
  "SELECT pg_read_file('/etc/passwd')",
  "SELECT lo_import('/etc/passwd')",
  "ALTER SYSTEM SET log_connections = on",
  "SELECT pg_reload_conf()",
  "CREATE EXTENSION file_fdw",
  "DROP DATABASE postgres",
  "CHECKPOINT",
];

/** Our settings and statements on a real server. The tests are one story, in order. */
describe("a real PostgreSQL", function () {
  this.timeout(120_000);
  let server: PostgreSqlServer;
  let folder: string;
  const prepare = (passwords: Readonly<Record<string, string>> = PASSWORDS, databases = DATABASES, root = ROOT) =>
    server.prepare(serverFiles(databases, "127.0.0.0/8", server.folders, server.port), accountsSql(databases, passwords, root));

  before(async function () {
    const programs = postgreSqlForTests.call(this);
    const [port = 0] = await freePorts(1);
    folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
    server = new PostgreSqlServer(programs, folder, port);
    prepare();
    // What a start that was cut off left.
    mkdirSync(join(folder, "volume", "pgdata.new"));
    await server.start(FIRST_START);
  });
  after(() => server?.dispose());

  it("lets an account into its own database, by TLS and its password", () => {
    const asked = "SELECT current_user, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert.match(server.query(asked, sonar), /^sonarQube\|TLSv1\.[23]$/);
    assert.match(server.query("SELECT 1", { ...sonar, password: "two" }), /password authentication failed/);
    assert.match(server.query("SELECT 1", sonar, "disable"), /no encryption/);
    assert.equal(
      server.administer("SELECT count(*) FROM pg_authid WHERE rolcanlogin AND rolpassword NOT LIKE 'SCRAM-SHA-256%'", ROOT),
      "0",
    );
  });

  it("is refused by its clients where another authority signed its certificate, or it has another name", () => {
    const another = join(folder, "another");
    makeCertificates(another);
    server.own(another);
    const answers = [{ ca: join(another, "ca.crt") }, { host: "postgresql.elsewhere.svc" }].map((at) =>
      server.query("SELECT 1", sonar, "verify-full", at),
    );
    assert.match(answers[0] ?? "", /certificate verify failed/);
    assert.match(answers[1] ?? "", /does not match host name/);
  });

  /** Runs statements of a database as its account, as the jobs do, twice. */
  const runAsJob = (spec: DatabaseSpec, passwords: Readonly<Record<string, string>>, sql: string) => {
    const files = mkdtempSync(join(folder, "sql-"));
    const settings = clientSettings(spec, passwords, { host: "localhost", port: server.port, caFile: server.ca });
    writeFileSync(join(files, "sonar.cnf"), settings);
    writeFileSync(join(files, "sonar.sql"), sql);
    server.own(files);
    for (let time = 0; time < 2; time++) {
      const { status, said } = server.run(makeTables(files));
      assert.equal(status, 0, said);
    }
  };

  it("makes tables as the account, as often as asked", () => {
    runAsJob(SONAR, PASSWORDS, tablesSql(SONAR.tables ?? []));
    assert.equal(server.query("SELECT tableowner FROM pg_tables WHERE tablename = 'rules'", sonar), "sonarQube");
    assert.equal(server.query("INSERT INTO rules VALUES (1)", sonar), "");
  });

  it("lets nobody into another's database, nor into the server's own, nor the superuser in from elsewhere", () => {
    for (const login of [
      { ...other, database: "sonar" },
      { ...sonar, database: "other" },
      { ...sonar, database: "postgres" },
      { ...sonar, database: "template1" },
      { user: "postgres", password: ROOT, database: "postgres" },
    ])
      assert.match(server.query("SELECT 1", login), /pg_hba\.conf rejects connection/, JSON.stringify(login));
    // Even where the rules would let it in.
    for (const database of ["sonar", "postgres", "template1"])
      assert.equal(server.administer(`SELECT has_database_privilege('other', '${database}', 'CONNECT')`, ROOT), "f", database);
    assert.equal(server.administer("SELECT has_schema_privilege('other', 'public', 'USAGE')", ROOT, "sonar"), "f");
  });

  it("gives an account no way to more", () => {
    for (const account of [sonar, other])
      for (const sql of FORBIDDEN) assert.match(server.query(sql, account), /ERROR/, `${account.user}: ${sql}`);
    const roles = "SELECT rolname FROM pg_roles WHERE rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls";
    assert.equal(server.administer(roles, ROOT), "postgres");
    assert.match(server.administer("SELECT 1", "wrong"), /password authentication failed/);
  });

  it("takes other passwords at the next start, and back what an account should not have had, and keeps the data", async () => {
    const given = ["GRANT pg_read_all_data TO other", "ALTER ROLE other SUPERUSER", "GRANT CONNECT ON DATABASE sonar TO PUBLIC"];
    assert.equal(server.administer(given.join("; "), ROOT), "");
    await server.stop("SIGKILL");
    prepare({ ...PASSWORDS, sonarQube: "changed" }, DATABASES, "four");
    await server.start(FIRST_START);
    assert.match(server.query("SELECT 1", sonar), /password authentication failed/);
    assert.match(server.administer("SELECT 1", ROOT), /password authentication failed/);
    assert.equal(server.query("SELECT id FROM rules", { ...sonar, password: "changed" }), "1");
    assert.match(server.query("SELECT pg_read_file('/etc/passwd')", other), /ERROR/);
    assert.equal(server.administer("SELECT count(*) FROM pg_auth_members WHERE member = 'other'::regrole", "four"), "0");
    assert.equal(server.administer("SELECT has_database_privilege('other', 'sonar', 'CONNECT')", "four"), "f");
  });

  it("lets nobody into a database that is no longer claimed, and leaves it", async () => {
    await server.stop();
    prepare({ sonarQube: "changed" }, [SONAR], "four");
    await server.start(FIRST_START);
    assert.match(server.query("SELECT 1", other), /rejects connection/);
    assert.equal(server.administer("SELECT datname FROM pg_database WHERE datname = 'other'", "four"), "other");
  });

  it("exchanges accounts for others: those of before let in until their successors end them, and then never again", async () => {
    const first: Login = { ...sonar, password: "changed" };
    const numbered = (rotation: number): DatabaseSpec => ({ ...SONAR, rotation });
    const login = (rotation: number): Login => ({ user: `sonarQube_${rotation}`, password: `of ${rotation}`, database: "sonar" });
    const restart = async (rotation: number) => {
      await server.stop();
      prepare({ sonarQube: `of ${rotation}` }, [numbered(rotation)], "five");
      await server.start(FIRST_START);
    };
    await restart(2);
    await restart(2);
    for (const account of [first, login(2)]) {
      assert.equal(server.query("SELECT id FROM rules", account), "1");
      for (const sql of FORBIDDEN) assert.match(server.query(sql, account), /ERROR/, `${account.user}: ${sql}`);
    }
    assert.match(server.query('ALTER ROLE "sonarQube_2" PASSWORD NULL', first), /permission denied/);
    assert.equal(server.query("CREATE TABLE later (id INT)", login(2)), "");
    assert.equal(server.query("SELECT tableowner FROM pg_tables WHERE tablename = 'later'", login(2)), "sonarQube");
    const open = server.hold(first);
    const connections = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'sonarQube' AND query LIKE '%pg_sleep%'";
    for (let tries = 0; server.administer(connections, "five") !== "1" && tries < 50; tries++);
    runAsJob(numbered(2), { sonarQube: "of 2" }, endFormerSql(numbered(2)));
    assert.match(await open, /terminating connection/);
    assert.match(server.query("SELECT 1", first), /password authentication failed/);
    assert.equal(server.query("SELECT id FROM rules", login(2)), "1");
    await restart(3);
    assert.match(server.query("SELECT 1", first), /password authentication failed/);
    assert.equal(server.query("SELECT id FROM rules", login(2)), "1");
    runAsJob(numbered(3), { sonarQube: "of 3" }, endFormerSql(numbered(3)));
    assert.match(server.query("SELECT 1", login(2)), /password authentication failed/);
    assert.equal(server.query("DROP TABLE later", login(3)), "");
  });

  it("exchanges them by what the account itself may, where an operator made it", () => {
    // As the operator of several members does: roles and memberships, and nothing else.
    const made = [
      "CREATE ROLE \"sonarQube_4\" LOGIN PASSWORD 'of 4'",
      ...["sonarQube", "sonarQube_2", "sonarQube_3"].map((role) => `GRANT "${role}" TO "sonarQube_4"`),
      "ALTER ROLE \"sonarQube\" PASSWORD 'again'",
    ];
    for (const sql of made) assert.equal(server.administer(sql, "five"), "", sql);
    const numbered = { ...SONAR, rotation: 4 };
    const files = serverFiles([numbered], "127.0.0.0/8", server.folders, server.port);
    server.prepare(files, "");
    assert.equal(server.administer("SELECT pg_reload_conf()", "five"), "t");
    const again = { ...sonar, password: "again" };
    assert.equal(server.query("SELECT id FROM rules", again), "1", "without a start in between");
    runAsJob(numbered, { sonarQube: "of 4" }, `${actAsOwnerSql(numbered).join("\n")}\nCREATE TABLE IF NOT EXISTS fourth (id INT);\n`);
    assert.equal(server.administer("SELECT tableowner FROM pg_tables WHERE tablename = 'fourth'", "five", "sonar"), "sonarQube");
    runAsJob(numbered, { sonarQube: "of 4" }, endFormerSql(numbered));
    for (const account of [again, { user: "sonarQube_3", password: "of 3", database: "sonar" }])
      assert.match(server.query("SELECT 1", account), /password authentication failed/);
    assert.equal(
      server.query("SELECT current_user, session_user", { user: "sonarQube_4", password: "of 4", database: "sonar" }),
      "sonarQube|sonarQube_4",
    );
  });

  it("ends without starting where a statement fails", async () => {
    await server.stop();
    server.prepare(serverFiles([SONAR], "127.0.0.0/8", server.folders, server.port), "SELECT nothing;\n");
    const { status, said } = server.run(FIRST_START);
    assert.notEqual(status, 0);
    assert.match(said, /column "nothing" does not exist/);
  });
});
