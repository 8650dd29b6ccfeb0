import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tablesSql } from "../../components/platform/database/statements";
import type { DatabaseSpec } from "../../components/platform/postgresql/args";
import { serverFiles } from "../../components/platform/postgresql/config";
import { accountsSql, clientSettings } from "../../components/platform/postgresql/sql";
import { FIRST_START, makeTables } from "../../components/platform/postgresql/workload";
import { type Login, PostgreSqlServer, postgreSqlForTests } from "../support/postgresql";
import { freePorts } from "../support/real-server";

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

  it("makes tables as the account, as often as asked", () => {
    const files = mkdtempSync(join(folder, "sql-"));
    const settings = clientSettings(SONAR, PASSWORDS, { host: "localhost", port: server.port, caFile: server.ca });
    writeFileSync(join(files, "sonar.cnf"), settings);
    writeFileSync(join(files, "sonar.sql"), tablesSql(SONAR.tables ?? []));
    server.own(files);
    for (let time = 0; time < 2; time++) {
      const { status, said } = server.run(makeTables(files));
      assert.equal(status, 0, said);
    }
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

  it("ends without starting where a statement fails", async () => {
    await server.stop();
    server.prepare(serverFiles([SONAR], "127.0.0.0/8", server.folders, server.port), "SELECT nothing;\n");
    const { status, said } = server.run(FIRST_START);
    assert.notEqual(status, 0);
    assert.match(said, /column "nothing" does not exist/);
  });
});
