import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { tablesSql } from "../../components/platform/database/statements";
import type { SchemaSpec } from "../../components/platform/mariadb/args";
import { mariadbBackup } from "../../components/platform/mariadb/backup";
import { ACCOUNTS_JOB, MEMBERS_SCHEMAS_JOB, membersFormerJob, PRIMARY } from "../../components/platform/mariadb/galera";
import { accountsSql, clientSettings, endFormerSql, rootSql } from "../../components/platform/mariadb/sql";
import { portalTables, REALM_USERS } from "../../components/platform/portal/schema";
import { removeFolder } from "../../host/files";
import { GaleraMember, galeraForTests, makeMemberCertificates } from "../support/galera";

const PORTAL: SchemaSpec = {
  schema: "cp",
  user: "portal",
  reads: [{ schema: "keycloak", ...REALM_USERS }],
  tables: portalTables({ id: "seoul", name: "seoul", provider: "OPENSTACK" }),
};
const SCHEMAS: readonly SchemaSpec[] = [{ schema: "keycloak", user: "keycloak" }, PORTAL];
const PASSWORDS = { keycloak: "one", portal: "two" };
const [keycloak, portal] = [
  { user: "keycloak", password: "one" },
  { user: "portal", password: "two" },
];
const ROOT = "three";
const local = { user: "root", password: ROOT, host: "socket" };

/**
 * Our statements, accounts and commands on three real servers of one group, with the settings that mariadb-operator 26.6 writes for them. The
 * tests are one story, in order.
 */
describe("a real MariaDB on several members", function () {
  this.timeout(240_000);
  let folder: string;
  let members: GaleraMember[] = [];
  let address: string;
  const [a, b, c] = [0, 1, 2].map((index) => () => members[index] as GaleraMember) as [
    () => GaleraMember,
    () => GaleraMember,
    () => GaleraMember,
  ];
  const size = (of: () => GaleraMember) => of().query("SHOW STATUS LIKE 'wsrep_cluster_size'", local).split("\t")[1];
  /** What a member answers once it has what others wrote, or no sooner than after a while. */
  const soon = async (of: () => GaleraMember, sql: string, wanted: string, login = local) => {
    let answer = "";
    for (let tries = 0; tries < 100; tries++) {
      answer = of().query(sql, login);
      if (answer === wanted) return;
      await pause(100);
    }
    assert.equal(answer, wanted, sql);
  };
  /** That nobody becomes one of them who shows that certificate. */
  const keepsOut = async (as: string) => {
    const stranger = members[3] as GaleraMember;
    const joined = stranger.start(ROOT, { as });
    await pause(8_000);
    assert.equal(size(a), "3");
    await stranger.end();
    assert.equal(await joined, false);
  };
  const accounts = (passwords: Readonly<Record<string, string>>, schemas = SCHEMAS, tls = true) => ({
    "accounts.cnf": a().rootSettings(ROOT),
    "accounts.sql": rootSql(ROOT) + accountsSql(schemas, passwords, { tls }),
  });
  /** Of the first accounts. */
  let dump: Buffer;
  const run = (of: () => GaleraMember, script: string, input?: Buffer) => {
    const { status, stdout, stderr } = spawnSync(
      "sh",
      ["-ec", script.replaceAll("/etc/kpaas-root", join(folder, "root")), "kpaas", String(input?.length ?? 0)],
      { env: { ...process.env, PATH: of().clients() }, maxBuffer: 1 << 28, ...(input ? { input } : {}) },
    );
    assert.equal(status, 0, stderr.toString());
    return stdout;
  };

  before(async function () {
    const made = galeraForTests.call(this);
    address = made.address;
    folder = mkdtempSync(join(tmpdir(), "kpaas-galera-"));
    makeMemberCertificates(join(folder, "tls"), made.address);
    members = await GaleraMember.group(made, folder, ["mariadb-0", "mariadb-1", "mariadb-2", "stranger"]);
    assert.ok(await a().start(ROOT, { begins: true, former: true }), a().log);
    // As the image begins a server's data, for the operator.
    const begun = [
      `ALTER USER root@localhost IDENTIFIED BY '${ROOT}'`,
      `CREATE USER root@'%' IDENTIFIED BY '${ROOT}'`,
      "GRANT ALL PRIVILEGES ON *.* TO root@'%' WITH GRANT OPTION",
    ];
    assert.equal(a().query(begun.join("; "), { ...local, password: "" }), "");
  });
  after(async () => {
    for (const each of members) await each.end();
    if (folder) removeFolder(folder);
  });

  it("becomes one by certificates of the same authority, and takes nobody else in", async () => {
    for (const each of [b, c]) assert.ok(await each().start(ROOT, { former: true }), each().log);
    assert.deepEqual([a, b, c].map(size), ["3", "3", "3"]);
    await keepsOut("stranger");
  });

  it("goes over to what clients are told to trust, one member after another, and loses nobody", async () => {
    // As an earlier version made them.
    const { "accounts.sql": made } = accounts(PASSWORDS, SCHEMAS, false);
    assert.equal(a().query(made, { ...local, trusts: "nobody" }), "");
    assert.equal(a().query("CREATE TABLE keycloak.MOVED (ID INT PRIMARY KEY)", local), "");
    const told = (of: () => GaleraMember) => of().query("SELECT 1", keycloak);
    for (const each of [a, b, c]) {
      assert.match(told(each), /^ERROR 2026/, "nobody is told of it before");
      assert.equal(each().query("SELECT 1", { ...keycloak, trusts: "nobody" }), "1");
    }
    // The one that leads comes last.
    const all = [a, b, c];
    for (const [index, each] of [c, b, a].entries()) {
      await each().end("SIGTERM");
      for (const other of all.filter((one) => one !== each))
        await soon(other, "SHOW STATUS LIKE 'wsrep_cluster_size'", "wsrep_cluster_size\t2");
      assert.ok(await each().start(ROOT), each().log);
      await soon(each, "SHOW STATUS LIKE 'wsrep_cluster_size'", "wsrep_cluster_size\t3");
      assert.equal(each().query(`INSERT INTO keycloak.MOVED VALUES (${index})`, { ...keycloak, trusts: "nobody" }), "");
      for (const other of all) {
        await soon(other, "SELECT COUNT(*) FROM keycloak.MOVED", String(index + 1));
        // Their operator trusts both meanwhile.
        assert.equal(other().query("SELECT 1", { user: "root", password: ROOT, certificate: "client", trusts: "bundle" }), "1");
      }
      assert.equal(told(each), "1");
    }
    for (const each of all) {
      assert.match(each().query("SELECT 1", { ...keycloak, trusts: "ca" }), /^ERROR 2026/);
      assert.equal(each().query("SELECT 1", { ...keycloak, trusts: "nobody" }), "1", "an account of before is let in as it was");
    }
    assert.equal(a().query("DROP TABLE keycloak.MOVED", local), "");
  });

  it("takes nobody in by what clients are shown", async () => {
    await keepsOut("stranger");
    await keepsOut("shown");
    assert.match(a().query("SELECT 1", { user: "root", password: ROOT, certificate: "shown" }), /^ERROR/);
  });

  it("has the accounts and rights of one server, whichever member is asked", async () => {
    assert.equal(a().runJob(ACCOUNTS_JOB.script, accounts(PASSWORDS)), "");
    await soon(b, "SHOW TABLES IN keycloak", "");
    const tables = [
      "CREATE TABLE keycloak.USER_ENTITY (ID VARCHAR(36) PRIMARY KEY, EMAIL VARCHAR(255), REALM_ID VARCHAR(255), USERNAME VARCHAR(255))",
      "INSERT INTO keycloak.USER_ENTITY VALUES ('1', 'mail', 'cp-realm', 'admin')",
    ];
    assert.equal(b().query(tables.join("; "), keycloak), "");
    for (const each of [a, b, c]) {
      await soon(each, "SELECT id, realm_id, username FROM keycloak.USER_ENTITY", "1\tcp-realm\tadmin", { ...portal, host: address });
      assert.match(each().query("SELECT EMAIL FROM keycloak.USER_ENTITY", portal), /^ERROR 1143/);
      assert.match(each().query("CREATE TABLE keycloak.x (ID INT)", portal), /^ERROR 1142/);
      assert.match(each().query("CREATE USER x", portal), /^ERROR 1227/);
    }
  });

  it("makes the portal's tables as the portal, which knows whom it speaks to", async () => {
    const files = { "cp.cnf": clientSettings(PORTAL, PASSWORDS, PRIMARY), "cp.sql": tablesSql(PORTAL.tables ?? []) };
    for (let time = 0; time < 2; time++) assert.equal(a().runJob(MEMBERS_SCHEMAS_JOB.script, files), "");
    await soon(c, "SELECT cluster_id FROM cp.cp_clusters", "seoul", { ...portal, host: address });
  });

  it("lets root in from the network with the members' certificate only, and on its own machine by password", () => {
    const root = { user: "root", password: ROOT };
    for (const each of [a, b, c]) {
      assert.match(each().query("SELECT 1", root), /^ERROR 1045/);
      assert.match(each().query("SELECT 1", { ...root, certificate: "stranger" }), /^ERROR/);
      assert.equal(each().query("SELECT 1", { ...root, certificate: "client" }), "1");
      assert.equal(each().query("SELECT 1", { ...root, host: "127.0.0.1" }), "1");
      assert.match(each().query("SELECT 1", { ...root, password: "x", certificate: "client" }), /^ERROR 1045/);
    }
  });

  it("changes a password for all members without a restart, and lets nobody in by the former", async () => {
    assert.equal(a().runJob(ACCOUNTS_JOB.script, accounts({ ...PASSWORDS, keycloak: "other" })), "");
    for (const each of [a, b, c]) {
      await soon(each, "SELECT 1", "1", { user: "keycloak", password: "other", host: address });
      assert.match(each().query("SELECT 1", keycloak), /^ERROR 1045/);
    }
    assert.equal(a().runJob(ACCOUNTS_JOB.script, accounts(PASSWORDS)), "");
  });

  it("goes on when one is lost, which has on its return what it missed", async () => {
    await a().end();
    await soon(b, "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'wsrep_cluster_size'", "2");
    assert.equal(b().query("INSERT INTO keycloak.USER_ENTITY VALUES ('2', 'm', 'r', 'later')", keycloak), "");
    assert.ok(await a().start(ROOT), a().log);
    await soon(a, "SELECT USERNAME FROM keycloak.USER_ENTITY WHERE ID = '2'", "later", { ...keycloak, host: address });
  });

  it("writes nothing when two are lost, and has everything when they begin again where the most was", async () => {
    for (const each of [b, c]) await each().end();
    const write = "INSERT INTO keycloak.USER_ENTITY VALUES ('3', 'm', 'r', 'alone')";
    await soon(a, write, "ERROR 1047 (08S01) at line 1: WSREP has not yet prepared node for application use", {
      ...keycloak,
      host: address,
    });
    await a().end();
    // What the operator does then.
    const most = [a, b, c].map((each) => [each, each().position()] as const).sort((one, two) => two[1] - one[1]);
    const [[first] = [a]] = most;
    first().mayBegin();
    assert.ok(await first().start(ROOT, { begins: true }), first().log);
    for (const [each] of most.slice(1)) assert.ok(await each().start(ROOT), each().log);
    assert.deepEqual([a, b, c].map(size), ["3", "3", "3"]);
    assert.equal(c().query("SELECT GROUP_CONCAT(ID ORDER BY ID) FROM keycloak.USER_ENTITY", keycloak), "1,2");
  });

  it("is backed up on one member and brought back on another, by the commands of one server", async () => {
    mkdirSync(join(folder, "root"));
    writeFileSync(join(folder, "root", "root-password"), ROOT);
    const rows = "INSERT INTO keycloak.MANY SELECT seq, CONCAT('한글 ', seq) FROM seq_1_to_20000";
    assert.equal(
      b().query(`USE keycloak; SET NAMES utf8mb4; CREATE TABLE MANY (ID INT PRIMARY KEY, NAME VARCHAR(255)); ${rows}`, keycloak),
      "",
    );
    const checksum = "CHECKSUM TABLE keycloak.MANY, keycloak.USER_ENTITY, cp.cp_clusters";
    await soon(b, "SELECT COUNT(*) FROM keycloak.MANY", "20000");
    const was = b().query(checksum, local);
    dump = run(b, mariadbBackup.dump);
    assert.equal(c().query("DROP TABLE keycloak.MANY; DELETE FROM keycloak.USER_ENTITY", keycloak), "");
    run(a, mariadbBackup.restore, dump);
    run(a, mariadbBackup.verify);
    for (const each of [a, b, c]) await soon(each, checksum, was);
    assert.equal(c().query("SELECT id FROM keycloak.USER_ENTITY WHERE ID = '2'", portal), "2", "what it may read it may read again");
  });

  const rotated = SCHEMAS.map((spec) => ({ ...spec, rotation: 2 }));
  const passwords = { keycloak: "three", portal: "four" };
  const [keycloak2, portal2] = [
    { user: "keycloak_2", password: "three" },
    { user: "portal_2", password: "four" },
  ];
  const read = "SELECT username FROM keycloak.USER_ENTITY WHERE ID = '1'";

  it("gives accounts successors on every member, also one that was away, by a job that is cut off and repeated", async () => {
    const made = accounts(passwords, rotated);
    const statements = made["accounts.sql"].trimEnd().split("\n");
    await c().end();
    await soon(b, "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'wsrep_cluster_size'", "2");
    for (const share of [0.3, 0.5, 0.7, 0.9]) {
      const half = statements.slice(0, Math.floor(statements.length * share)).join("\n");
      assert.equal(a().runJob(ACCOUNTS_JOB.script, { ...made, "accounts.sql": `${half}\n` }), "", `${share}`);
      assert.equal(a().query("SELECT 1", keycloak), "1", "who had an account before is let in at any moment");
    }
    for (let time = 0; time < 2; time++) assert.equal(a().runJob(ACCOUNTS_JOB.script, made), "");
    assert.ok(await c().start(ROOT), c().log);
    for (const each of [a, b, c])
      for (const account of [portal, portal2, keycloak, keycloak2]) await soon(each, read, "admin", { ...account, host: address });
    for (const account of [portal, portal2]) {
      assert.match(c().query("SELECT EMAIL FROM keycloak.USER_ENTITY", account), /^ERROR 1143/);
      assert.match(c().query("CREATE USER x", account), /^ERROR 1227/);
      assert.match(c().query("CALL kpaas.end_keycloak()", account), /^ERROR 1(370|044)/, "nobody ends another's");
    }
    assert.match(c().query("CALL kpaas.end_portal()", portal), /^ERROR 1(370|044)/, "nobody ends himself");
  });

  it("ends the former ones on every member, also one that was away, by a job that is cut off and repeated", async () => {
    const files = Object.fromEntries(
      rotated.flatMap((spec) => [
        [`${spec.schema}.cnf`, clientSettings(spec, passwords, PRIMARY)],
        [`${spec.schema}.sql`, endFormerSql(spec)],
      ]),
    );
    const end = (which: Readonly<Record<string, string>>) =>
      a().runJob(membersFormerJob({ replicas: 3, namespace: "mariadb" }).script, which, members.slice(0, 3));
    // One at the member that leads, one at another.
    const open = [a, c].map((each) => each().hold({ ...portal, host: address }));
    const sleeping = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = 'portal' AND INFO LIKE 'SELECT SLEEP%'";
    for (const each of [a, c]) await soon(each, sleeping, "1");
    await b().end();
    await soon(a, "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'wsrep_cluster_size'", "2");
    // Cut off between the schemas.
    const first = { "cp.cnf": files["cp.cnf"] ?? "", "cp.sql": files["cp.sql"] ?? "" };
    assert.equal(end(first), "");
    for (const each of open) assert.match(await each, /killed|gone away|Lost connection/i);
    assert.match(a().query("SELECT 1", portal), /^ERROR 4151/);
    assert.equal(a().query(read, keycloak), "admin");
    for (let time = 0; time < 2; time++) assert.equal(end(files), "");
    assert.ok(await b().start(ROOT), b().log);
    const ended = async () => {
      for (const each of [a, b, c]) {
        for (const account of [portal2, keycloak2]) {
          await soon(each, read, "admin", { ...account, host: address });
          assert.match(each().query(read, { ...account, trusts: "nobody" }), /^ERROR 1045/, "who is made now is let in by TLS only");
        }
        for (const account of [portal, keycloak]) assert.match(each().query("SELECT 1", account), /^ERROR 4151/, each().name);
      }
    };
    await ended();
    // The accounts' job once more, as for whatever changes later, lets none of them in again.
    assert.equal(a().runJob(ACCOUNTS_JOB.script, accounts(passwords, rotated)), "");
    await ended();
  });

  it("lets in who is valid now, and nobody else, once a backup of before the exchange is back", async () => {
    run(c, mariadbBackup.restore, dump);
    run(c, mariadbBackup.verify);
    for (const each of [a, b, c]) {
      await soon(each, "SELECT COUNT(*) FROM keycloak.MANY", "20000", { ...keycloak2, host: address });
      await soon(each, read, "admin", { ...portal2, host: address });
      for (const account of [portal, keycloak]) assert.match(each().query("SELECT 1", account), /^ERROR 4151/);
    }
  });
});
