import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tablesSql } from "../../components/platform/database/statements";
import type { SchemaSpec } from "../../components/platform/mariadb/args";
import { accountsSql, clientSettings, endFormerSql } from "../../components/platform/mariadb/sql";
import { makeTables, singleServerConfig } from "../../components/platform/mariadb/workload";
import { pipelineBrokerTables, pipelineTables } from "../../components/platform/pipeline/schema";
import { METRIC_TABLES, portalTables, REALM_USERS } from "../../components/platform/portal/schema";
import { sourceControlTables } from "../../components/platform/source-control/schema";
import { removeFolder } from "../../host/files";
import { MariaDbServer, mariaDbForTests } from "../support/mariadb";
import { freePorts } from "../support/real-server";

const PORTAL: SchemaSpec = {
  schema: "cp",
  user: "portal",
  reads: [{ schema: "keycloak", ...REALM_USERS }],
  tables: portalTables({ id: "seoul", name: "seoul", provider: "OPENSTACK" }),
};
/** Of K-PaaS's other applications, whose schemas have names with a wildcard in them. */
const OTHERS: readonly SchemaSpec[] = [
  { schema: "delivery_pipeline", user: "pipeline", tables: pipelineTables() },
  { schema: "pipeline_broker", user: "pipelineBroker", tables: pipelineBrokerTables() },
  { schema: "cp_scm", user: "sourceControl", tables: sourceControlTables() },
];
const THEIRS = Object.fromEntries(OTHERS.map(({ user }) => [user, `${user}'s`]));
const SCHEMAS: readonly SchemaSpec[] = [{ schema: "keycloak", user: "keycloak" }, PORTAL];
const PASSWORDS = { keycloak: "one", portal: "two" };
const ACCOUNTS = Object.entries(PASSWORDS).map(([user, password]) => ({ user, password }));
const [keycloak, portal] = ACCOUNTS as [(typeof ACCOUNTS)[0], (typeof ACCOUNTS)[0]];

/** What would make an account root, or let it see or change what is another's. */
const FORBIDDEN = [
  "SELECT * FROM mysql.global_priv",
  "UPDATE mysql.global_priv SET Priv = '{}'",
  "INSERT INTO mysql.global_priv VALUES ('%', 'x', '{}')",
  "CREATE USER x IDENTIFIED BY 'x'",
  "ALTER USER root@localhost IDENTIFIED BY 'x'",
  "SET PASSWORD FOR root@localhost = PASSWORD('x')",
  "RENAME USER root@localhost TO x@localhost",
  "DROP USER root@localhost",
  "CREATE ROLE x",
  "GRANT SELECT ON mysql.* TO CURRENT_USER",
  "GRANT ALL PRIVILEGES ON *.* TO CURRENT_USER",
  "CREATE DATABASE elsewhere",
  "CREATE FUNCTION mysql.f() RETURNS INT RETURN 1",
  "SELECT 1 INTO OUTFILE '/tmp/kpaas-test-outfile'",
  "SELECT LOAD_FILE('/etc/passwd') IS NOT NULL FROM mysql.user",
  "SET GLOBAL init_connect = 'x'",
  "SET GLOBAL general_log = 1",
  "INSTALL SONAME 'x'",
  "SHUTDOWN",
  "FLUSH PRIVILEGES",
];

/** The accounts on a real MariaDB. The tests are one story, in order. */
describe("the accounts of a real MariaDB", function () {
  this.timeout(120_000);
  let server: MariaDbServer;
  let mariaDbPrograms: ReturnType<typeof mariaDbForTests>;

  before(async function () {
    mariaDbPrograms = mariaDbForTests.call(this);
    server = new MariaDbServer(mariaDbPrograms, mkdtempSync(join(tmpdir(), "kpaas-e2e-")));
    await server.start(accountsSql([...SCHEMAS, ...OTHERS], { ...PASSWORDS, ...THEIRS }));
  });
  after(() => server?.dispose());

  it("leave nothing where the owner of a schema will make its tables", () => {
    assert.equal(server.query("SHOW TABLES IN keycloak"), "");
    const tables = [
      "USER_ENTITY (ID VARCHAR(36) PRIMARY KEY, EMAIL VARCHAR(255), REALM_ID VARCHAR(255), USERNAME VARCHAR(255))",
      "CREDENTIAL (ID VARCHAR(36) PRIMARY KEY, SECRET_DATA LONGTEXT)",
      "COMPONENT_CONFIG (ID VARCHAR(36) PRIMARY KEY, VALUE LONGTEXT)",
      "CLIENT (ID VARCHAR(36) PRIMARY KEY, SECRET VARCHAR(255))",
    ].map((table) => `CREATE TABLE keycloak.${table}`);
    const rows = "INSERT INTO keycloak.USER_ENTITY VALUES ('1', 'mail', 'cp-realm', 'admin')";
    assert.equal(server.query([...tables, rows].join("; "), keycloak), "");
  });

  it("let the portal read who is in a realm, and nothing else of Keycloak's", () => {
    assert.equal(server.query("SELECT id, realm_id, username FROM keycloak.USER_ENTITY", portal), "1\tcp-realm\tadmin");
    for (const sql of [
      "SELECT * FROM keycloak.USER_ENTITY",
      "SELECT EMAIL FROM keycloak.USER_ENTITY",
      "SELECT ID FROM keycloak.CREDENTIAL",
      "SELECT ID FROM keycloak.COMPONENT_CONFIG",
      "SELECT SECRET FROM keycloak.CLIENT",
      "UPDATE keycloak.USER_ENTITY SET USERNAME = 'x'",
      "CREATE TABLE keycloak.x (ID INT)",
    ])
      assert.match(server.query(sql, portal), /^ERROR 1(142|143|044|370)/, sql);
    assert.match(server.query("SELECT * FROM cp.cp_users", keycloak), /^ERROR 1142/);
  });

  /** Runs statements of each schema as its account, as the jobs do, twice. */
  const runAsJob = (specs: readonly SchemaSpec[], passwords: Readonly<Record<string, string>>, sql: (spec: SchemaSpec) => string) => {
    const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
    for (const spec of specs) {
      const settings = clientSettings(spec, passwords, { host: "localhost", port: 3306 }).replace("port=3306", `socket=${server.socket}`);
      writeFileSync(join(folder, `${spec.schema}.cnf`), settings);
      writeFileSync(join(folder, `${spec.schema}.sql`), sql(spec));
    }
    for (let time = 0; time < 2; time++) {
      const { status, stderr } = spawnSync("sh", ["-ec", makeTables(folder)], { encoding: "utf8" });
      assert.equal(status, 0, stderr);
    }
  };

  it("make the portal's tables as the portal, as often as asked", () => {
    runAsJob([PORTAL], PASSWORDS, ({ tables = [] }) => tablesSql(tables));
    assert.equal(server.query("SELECT cluster_id FROM cp.cp_clusters", portal), "seoul");
  });

  it("make the tables of pipeline and source control as their owners, in schemas of that name and of no like one", () => {
    runAsJob(OTHERS, THEIRS, ({ tables = [] }) => tablesSql(tables));
    const [pipeline, , scm] = OTHERS.map(({ user }) => ({ user, password: `${user}'s` }));
    assert.equal(server.query("SELECT COUNT(*) FROM delivery_pipeline.authority", pipeline), "5");
    assert.match(server.query("SELECT ci_server_url FROM delivery_pipeline.service_instances", pipeline), /^http:.*:8080$/);
    const counted = "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA =";
    assert.equal(server.query(`${counted} 'delivery_pipeline'`), "20");
    assert.equal(server.query(`${counted} 'pipeline_broker'`), "2");
    assert.equal(server.query(`${counted} 'cp_scm'`), "6");
    // `_` is a wildcard in a grant.
    assert.equal(server.query("CREATE DATABASE cpXscm; CREATE TABLE cpXscm.t (id INT)"), "");
    assert.match(server.query("SELECT * FROM cpXscm.t", scm), /^ERROR 1142/);
    assert.match(server.query("SELECT * FROM cp_scm.SC_USER", pipeline), /^ERROR 1142/);
    assert.equal(server.query("DROP DATABASE cpXscm"), "");
  });

  it("have no way to root", () => {
    for (const account of ACCOUNTS) {
      for (const sql of FORBIDDEN) assert.match(server.query(sql, account), /^ERROR/, `${account.user}: ${sql}`);
      const routine = `CREATE DEFINER = root@localhost PROCEDURE ${account === portal ? "cp" : "keycloak"}.p() SELECT 1`;
      assert.match(server.query(routine, account), /^ERROR/);
    }
    assert.equal(
      server.query("SELECT User FROM mysql.user WHERE User NOT IN ('root', 'mariadb.sys') ORDER BY User"),
      Object.keys({ ...PASSWORDS, ...THEIRS })
        .sort()
        .join("\n"),
    );
    assert.equal(
      server.query("SELECT COUNT(*) FROM information_schema.user_privileges WHERE GRANTEE LIKE '%portal%' AND PRIVILEGE_TYPE <> 'USAGE'"),
      "0",
    );
  });

  it("lose at the next start what an earlier version had given them, and keep their data", async () => {
    const former = [
      "CREATE USER kpaas_provisioner IDENTIFIED BY 'three'",
      "GRANT ALL PRIVILEGES ON *.* TO kpaas_provisioner WITH GRANT OPTION",
      "GRANT SELECT ON keycloak.* TO portal",
    ];
    assert.equal(server.query(former.join("; ")), "");
    assert.equal(server.query("SELECT COUNT(*) FROM keycloak.CREDENTIAL", portal), "0");
    await server.stop();
    await server.start(accountsSql(SCHEMAS, { ...PASSWORDS, portal: "changed" }));
    const changed = { user: "portal", password: "changed" };
    assert.match(server.query("SELECT 1", { user: "kpaas_provisioner", password: "three" }), /^ERROR 1045/);
    assert.match(server.query("SELECT 1", portal), /^ERROR 1045/);
    assert.match(server.query("SELECT COUNT(*) FROM keycloak.CREDENTIAL", changed), /^ERROR 1142/);
    assert.equal(server.query("SELECT USERNAME FROM keycloak.USER_ENTITY", changed), "admin");
    assert.equal(server.query("SELECT cluster_id FROM cp.cp_clusters", changed), "seoul");
  });

  it("are exchanged for others: those of before are valid until their successors end them, and then never again", async () => {
    const was = { keycloak: keycloak.password, portal: "changed" };
    const rotated = (rotation: number) => SCHEMAS.map((spec) => ({ ...spec, rotation }));
    const login = (user: string, password: string) => ({ user, password });
    const [root, first, second] = [login("root", "old"), login("portal", was.portal), login("portal_2", "four")];
    assert.equal(server.query("CREATE VIEW cp.mine AS SELECT cluster_id FROM cp.cp_clusters", first), "");
    assert.equal(server.query("ALTER USER root@localhost IDENTIFIED BY 'old'"), "");
    await server.stop();
    await server.start(accountsSql(rotated(2), { keycloak: "three", portal: "four" }, { rootPassword: "new" }));
    // Both let in, with the same rights; a start in between changes nothing of that.
    await server.stop();
    await server.start(accountsSql(rotated(2), { keycloak: "three", portal: "four" }, { rootPassword: "new" }));
    for (const account of [first, second]) {
      assert.equal(server.query("SELECT cluster_id FROM cp.cp_clusters", account), "seoul");
      assert.equal(server.query("SELECT USERNAME FROM keycloak.USER_ENTITY", account), "admin");
      for (const sql of FORBIDDEN) assert.match(server.query(sql, account), /^ERROR/, `${account.user}: ${sql}`);
    }
    assert.match(server.query("CALL kpaas.end_portal()", first), /^ERROR 1(370|044)/, "nobody ends himself, or others");
    assert.match(server.query("CALL kpaas.end_keycloak()", second), /^ERROR 1370/);
    assert.match(server.query("SELECT 1", root), /^ERROR 1045/);
    assert.equal(server.query("SELECT 1", login("root", "new")), "1");
    const open = server.hold(first);
    const sleeping = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = 'portal' AND INFO LIKE 'SELECT SLEEP%'";
    for (let tries = 0; server.query(sleeping, login("root", "new")) !== "1" && tries < 50; tries++);
    runAsJob(rotated(2), { keycloak: "three", portal: "four" }, endFormerSql);
    assert.match(await open, /killed|gone away|Lost connection/i);
    assert.match(server.query("SELECT 1", first), /^ERROR 4151/);
    assert.match(server.query("SELECT 1", keycloak), /^ERROR 4151/);
    assert.equal(server.query("SELECT cluster_id FROM cp.mine", second), "seoul", "what was made as the first one goes on working");
    await server.stop();
    await server.start(accountsSql(rotated(3), { keycloak: "five", portal: "six" }, { rootPassword: "newest" }));
    assert.match(server.query("SELECT 1", first), /^ERROR 4151/);
    assert.equal(server.query("SELECT cluster_id FROM cp.cp_clusters", second), "seoul");
    runAsJob(rotated(3), { keycloak: "five", portal: "six" }, endFormerSql);
    assert.match(server.query("SELECT 1", second), /^ERROR 4151/);
    assert.equal(server.query("SELECT cluster_id FROM cp.mine", login("portal_3", "six")), "seoul");
  });

  it("are there on a server that never had those of before, in which nobody gets", async () => {
    const fresh = new MariaDbServer(mariaDbPrograms, mkdtempSync(join(tmpdir(), "kpaas-e2e-")));
    try {
      const rotated = SCHEMAS.map((spec) => ({ ...spec, rotation: 3 }));
      await fresh.start(accountsSql(rotated, PASSWORDS, { rootPassword: "root" }));
      assert.equal(fresh.query("SELECT 1"), "1", "the image gives root its first password");
      assert.equal(fresh.query("SHOW TABLES IN cp", { user: "portal_3", password: "two" }), "");
      for (const user of ["portal", "portal_2"]) assert.match(fresh.query("SELECT 1", { user, password: "" }), /^ERROR (1045|4151)/, user);
    } finally {
      await fresh.dispose();
    }
  });
});

/** Two authorities, each in a folder of its own with a certificate of the server's, for 127.0.0.1 alone. */
function makeAuthority(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const openssl = (line: string) => execFileSync("openssl", line.split(" "), { cwd: folder, stdio: "pipe" });
  const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";
  openssl(`${made} -subj /CN=authority -keyout ca.key -out ca.crt`);
  openssl(
    `${made} -CA ca.crt -CAkey ca.key -subj /CN=mariadb -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE -keyout tls.key -out tls.crt`,
  );
}

/** How clients come to a real MariaDB by the network. The tests are one story, in order. */
describe("a real MariaDB that offers TLS", function () {
  this.timeout(120_000);
  const spec = SCHEMAS[0]!;
  let programs: ReturnType<typeof mariaDbForTests>;
  let folder: string;
  let server: MariaDbServer;
  let port: number;
  const at = (...parts: string[]) => join(folder, ...parts);
  /** What an account reads of its own connection. */
  const asked = (password: string, { ca, host = "127.0.0.1", rotation = 1 }: { ca?: string; host?: string; rotation?: number } = {}) =>
    server.queryBy(
      clientSettings({ ...spec, rotation }, { keycloak: password }, { host, port, ...(ca === undefined ? {} : { ca }) }),
      "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_version'",
    );
  const start = (accounts: string, authority?: string) =>
    server.start(accounts, { port, config: authority === undefined ? "" : singleServerConfig(at(authority)) });

  before(async function () {
    programs = mariaDbForTests.call(this);
    folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
    for (const authority of ["one", "two"]) makeAuthority(at(authority));
    writeFileSync(at("both.crt"), readFileSync(at("one", "ca.crt"), "utf8") + readFileSync(at("two", "ca.crt"), "utf8"));
    server = new MariaDbServer(programs, mkdtempSync(join(tmpdir(), "kpaas-e2e-")));
    [port = 0] = await freePorts(1);
    await start(accountsSql(SCHEMAS, PASSWORDS));
  });
  after(async () => {
    await server?.dispose();
    if (folder) removeFolder(folder);
  });

  it("lets in whoever does not speak it yet, and whoever does by a certificate that is looked at", async () => {
    assert.equal(asked("one"), "", "as before");
    await server.stop();
    await start(accountsSql(SCHEMAS, PASSWORDS, { tls: true }), "one");
    assert.equal(asked("one"), "");
    assert.match(asked("one", { ca: at("one", "ca.crt") }), /^TLSv1\.[23]$/);
  });

  it("is refused by its clients where another authority signed it, and where they came to another name", () => {
    assert.match(asked("one", { ca: at("two", "ca.crt") }), /^ERROR 2026/);
    assert.match(asked("one", { ca: at("one", "ca.crt"), host: "127.0.0.2" }), /^ERROR 2026/);
  });

  it("demands it of the accounts that it makes: of successors, and of all on a server that has none yet", async () => {
    await server.stop();
    await start(
      accountsSql(
        SCHEMAS.map((each) => ({ ...each, rotation: 2 })),
        { ...PASSWORDS, keycloak: "three" },
        { tls: true },
      ),
      "one",
    );
    assert.match(asked("three", { rotation: 2 }), /^ERROR 1045/);
    assert.match(asked("three", { rotation: 2, ca: at("one", "ca.crt") }), /^TLSv1\.[23]$/);
    assert.equal(asked("one"), "", "who was there before is there until his successor ends him");
    await server.stop();
    await server.dispose();
    server = new MariaDbServer(programs, mkdtempSync(join(tmpdir(), "kpaas-e2e-")));
    for (let time = 0; time < 2; time++) {
      await start(accountsSql(SCHEMAS, PASSWORDS, { tls: true }), "one");
      assert.match(asked("one"), /^ERROR 1045/, "a later start, with the password set anew, leaves it so");
      assert.match(asked("one", { ca: at("one", "ca.crt") }), /^TLSv1\.[23]$/);
      await server.stop();
    }
    const openly = SCHEMAS.map((each) => ({ ...each, openly: true }));
    await start(accountsSql(openly, PASSWORDS, { tls: true }), "one");
    assert.equal(asked("one"), "", "but of those whose programs cannot");
    assert.equal(server.query("SELECT 1"), "1", "and root has its socket");
  });

  it("goes over to another authority while its clients trust both", async () => {
    await server.stop();
    await start(accountsSql(SCHEMAS, PASSWORDS, { tls: true }), "one");
    assert.match(asked("one", { ca: at("both.crt") }), /^TLSv1\.[23]$/);
    await server.stop();
    await start(accountsSql(SCHEMAS, PASSWORDS, { tls: true }), "two");
    assert.match(asked("one", { ca: at("both.crt") }), /^TLSv1\.[23]$/);
    assert.match(asked("one", { ca: at("two", "ca.crt") }), /^TLSv1\.[23]$/);
    assert.match(asked("one", { ca: at("one", "ca.crt") }), /^ERROR 2026/);
  });

  it("lets in the metric API without, for what it does with three tables and for nothing else", async () => {
    await server.stop();
    const metric: SchemaSpec = { schema: "cp", user: "portal_metric", openly: true, tableRights: METRIC_TABLES };
    const passwords = { ...PASSWORDS, portal_metric: "three" };
    await start(accountsSql([...SCHEMAS, metric], passwords, { tls: true }), "two");
    assert.equal(server.query("SHOW TABLES IN cp"), "", "what stood in for its tables is gone");
    assert.equal(server.query(`USE cp; ${tablesSql(PORTAL.tables ?? [])}`), "");
    const does = (sql: string) => server.queryBy(clientSettings(metric, passwords, { host: "127.0.0.1", port }), sql);
    assert.equal(does("SELECT cluster_id FROM cp_clusters"), "seoul");
    assert.equal(does("INSERT INTO cp_metric_node_status VALUES ('seoul', 'a', 1, 1, 1, 1, 'now')"), "");
    assert.equal(
      does("UPDATE cp_metric_node_status SET cpu_raw = 2 WHERE node_name = 'a'; SELECT cpu_raw FROM cp_metric_node_status"),
      "2",
    );
    for (const sql of [
      "DELETE FROM cp_metric_node_status",
      "UPDATE cp_clusters SET name = 'x'",
      "SELECT * FROM cp_users",
      "DROP TABLE cp_metric_node_status",
      "CREATE TABLE x (id INT)",
      "SELECT ID FROM keycloak.USER_ENTITY",
    ])
      assert.match(does(sql), /^ERROR 1(142|044|370)/, sql);
  });
});
