import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accountsSql } from "../../components/platform/mariadb/sql";
import { removeFolder } from "../../host/files";
import { backup } from "../../operate/backup/backup";
import { restore } from "../../operate/backup/restore";
import type { Operator } from "../../operate/operator";
import { planWithServices } from "../support/backup";
import { playedDoors } from "../support/doors";
import { MariaDbServer, mariaDbForTests } from "../support/mariadb";
import { PlayedCluster } from "../support/played-cluster";

const ROOT = { user: "root", password: "root's" };
const KEYCLOAK = { user: "keycloak", password: "one" };
const SCHEMAS = [{ schema: "keycloak", user: "keycloak" }];
const ROWS = 20_000;

/** The commands of the definitions on real servers; the Kubernetes API between is played, and its pods are this machine. */
describe("a backup of a real MariaDB", function () {
  this.timeout(180_000);
  let folder: string;
  let server: MariaDbServer;
  let cluster: PlayedCluster;
  const file = (name: string) => join(folder, name);
  const operator: Operator = { asker: () => undefined, tell: () => undefined, run: (_job, work) => work({}) };

  before(async function () {
    const programs = mariaDbForTests.call(this);
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
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=b", "-keyout", file("key"), "-out", file("crt")],
      { stdio: "pipe" },
    );
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

  const doors = () => {
    const loaded = planWithServices("seoul", { mariadb: "12.0.2" });
    const played = playedDoors({ loaded, result: undefined as never, loss: undefined as never, outputs: {} }, () => undefined);
    const withCluster = <T>(_target: unknown, _options: unknown, work: (api: typeof cluster.api) => Promise<T>) => work(cluster.api);
    return { ...played, engine: async () => ({ ...(await played.engine()), withCluster }) };
  };
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
    assert.ok((stored.manifest.services.mariadb?.data.bytes ?? 0) > ROWS * 20);
  });

  it("brings them back after a loss, and takes away what came later in them", async () => {
    server.query("DROP TABLE keycloak.BLOBS; DELETE FROM keycloak.USER_ENTITY; CREATE TABLE keycloak.LATER (ID INT)", ROOT);
    await bring();
    assert.deepEqual(content(), was);
    assert.equal(
      server.query("SELECT COUNT(*) FROM NAMES".replace("NAMES", "keycloak.NAMES"), KEYCLOAK),
      String(ROWS),
      "its account is let in",
    );
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

  it("tells a table that is broken", async () => {
    server.query("CREATE TABLE keycloak.V (ID INT); CREATE VIEW keycloak.BROKEN AS SELECT ID FROM keycloak.V; DROP TABLE keycloak.V", ROOT);
    await assert.rejects(backup(request(), { services, encryptTo: file("crt") }, operator, doors()), { message: /BROKEN/ });
  });
});
