import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as mysqld from "../../components/platform/mariadb/exporter";
import { accountsSql } from "../../components/platform/mariadb/sql";
import { singleServerConfig } from "../../components/platform/mariadb/workload";
import { ALERTS } from "../../components/platform/monitoring/alerts";
import { DASHBOARDS } from "../../components/platform/monitoring/dashboards";
import { serverConfig } from "../../components/platform/nats/config";
import * as natsExporter from "../../components/platform/nats/exporter";
import { serverFiles } from "../../components/platform/postgresql/config";
import * as postgresExporter from "../../components/platform/postgresql/exporter";
import * as postgresSql from "../../components/platform/postgresql/sql";
import { FIRST_START } from "../../components/platform/postgresql/workload";
import { engineCache } from "../../engine/paths";
import { removeFolder } from "../../host/files";
import { MariaDbServer, mariaDbForTests } from "../support/mariadb";
import { PostgreSqlServer, postgreSqlForTests } from "../support/postgresql";
import { freePorts, gottenProgram, makeCertificates, programForTests, startServer, stopServer } from "../support/real-server";

/** What Prometheus is asked of a service and begins so, by alerts and dashboards. */
function askedOf(service: string, begins: RegExp): string[] {
  const lines = (DASHBOARDS[service]?.panels ?? []).flatMap((panel) => Object.values(panel.lines));
  const all = [...lines, ...(ALERTS[service] ?? []).map(({ expr }) => expr)].join(" ").match(/[a-z][a-z_]+/g) ?? [];
  return [...new Set(all.filter((word) => begins.test(word)))];
}

/** What an exporter says, once it does; only whoever trusts the authority asks. */
async function said(port: number, authority: string): Promise<string> {
  const ask = () =>
    new Promise<string | undefined>((told) => {
      request({ host: "localhost", port, path: "/metrics", ca: readFileSync(authority) }, (answer) => {
        let text = "";
        answer
          .setEncoding("utf8")
          .on("data", (part: string) => (text += part))
          .on("end", () => told(answer.statusCode === 200 ? text : undefined));
      })
        .on("error", () => told(undefined))
        .end();
    });
  for (let tries = 0; tries < 100; tries++) {
    const text = await ask();
    if (text !== undefined) return text;
    await pause(100);
  }
  return assert.fail("the exporter says nothing");
}

/** Our settings on real programs. */
describe("what the exporters say", function () {
  this.timeout(120_000);
  let folder: string;
  const running: ChildProcess[] = [];
  let server: MariaDbServer | PostgreSqlServer | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
    makeCertificates(folder);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(stopServer));
    await server?.dispose();
    server = undefined;
    removeFolder(folder);
  });
  const exporter = (program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    running.push(spawn(program, args, { stdio: "ignore", env: { ...process.env, ...env } }));
  const authority = () => join(folder, "ca.crt");

  it("of MariaDB is what alerts and dashboards ask for, by an account that may do nothing", async function () {
    const program = gottenProgram.call(this, "mysqld_exporter");
    const maria = new MariaDbServer(mariaDbForTests.call(this), mkdtempSync(join(tmpdir(), "kpaas-e2e-")));
    server = maria;
    const [port = 0, metrics = 0] = await freePorts(2);
    const { user } = mysqld.EXPORTER_ACCOUNT;
    const config = singleServerConfig(folder);
    await maria.start(accountsSql([mysqld.EXPORTER_ACCOUNT], { [user]: "one" }, { tls: true }), { port, config });
    assert.equal(maria.query(`SHOW GRANTS FOR ${user}@'%'`).split("\n").length, 1);
    assert.match(maria.query("SELECT user FROM mysql.user", { user, password: "one" }), /^ERROR/);
    for (const [name, text] of Object.entries(mysqld.exporterSettings({ user, password: "one", host: "localhost", port }, folder)))
      writeFileSync(join(folder, name), text);
    exporter(program, [...mysqld.exporterArgs(folder), `--web.listen-address=127.0.0.1:${metrics}`]);
    const text = await said(metrics, authority());
    assert.match(text, /^mysql_up 1$/m);
    assert.doesNotMatch(text, /^mysql_exporter_collector_success\{.*\} 0$/m);
    for (const metric of askedOf("mariadb", /^mysql_/)) assert.match(text, new RegExp(`^${metric} `, "m"));
  });

  it("of one PostgreSQL is what alerts and dashboards ask for, by an account that sees nothing of others", async function () {
    const program = gottenProgram.call(this, "postgres_exporter");
    const [port = 0, metrics = 0] = await freePorts(2);
    const postgres = new PostgreSqlServer(postgreSqlForTests.call(this), mkdtempSync(join(tmpdir(), "kpaas-e2e-")), port);
    server = postgres;
    const { user, database } = postgresExporter.EXPORTER_ACCOUNT;
    const databases = [postgresExporter.EXPORTER_ACCOUNT, { database: "other", user: "other" }];
    const accounts = postgresSql.accountsSql(databases, { [user]: "one", other: "two" }, "three");
    postgres.prepare(serverFiles(databases, "127.0.0.0/8", postgres.folders, port), accounts);
    await postgres.start(FIRST_START);
    assert.match(postgres.query("SELECT 1", { user, password: "one", database: "other" }), /pg_hba.conf rejects connection/);
    assert.match(postgres.query("SELECT * FROM pg_authid", { user, password: "one", database }), /permission denied/);
    writeFileSync(join(folder, "ca.crt"), readFileSync(postgres.ca));
    for (const name of ["tls.crt", "tls.key"]) writeFileSync(join(folder, name), readFileSync(join(postgres.folders.tls, name)));
    const settings = postgresExporter.exporterSettings({ user, password: "one", host: "localhost", port }, folder);
    for (const [name, text] of Object.entries(settings)) writeFileSync(join(folder, name), text);
    const args = [...postgresExporter.exporterArgs(folder), `--web.listen-address=127.0.0.1:${metrics}`];
    exporter(program, args, postgresExporter.exporterEnvironment(folder));
    const text = await said(metrics, authority());
    assert.match(text, /^pg_up 1$/m);
    assert.doesNotMatch(text, /^pg_scrape_collector_success\{.*\} 0$/m);
    assert.match(text, /^pg_settings_max_connections 200$/m);
    const asked = askedOf("postgresql", /^pg_/);
    assert.ok(asked.length > 2, asked.join());
    for (const metric of asked) assert.match(text, new RegExp(`^${metric}[ {]`, "m"), text);
  });

  it("of NATS is what alerts and dashboards ask for, by TLS that it verifies", async function () {
    const program = gottenProgram.call(this, "prometheus-nats-exporter");
    const versions = join(dirname(engineCache()), "nats");
    const nats = programForTests.call(
      this,
      "nats-server",
      "see test/e2e/nats.e2e.ts",
      existsSync(versions) ? readdirSync(versions).map((each) => join(versions, each)) : [],
    );
    const [client = 0, cluster = 0, monitor = 0, metrics = 0] = await freePorts(4);
    const data = join(folder, "data");
    mkdirSync(data);
    const spec = { members: [], sizeGiB: 1, passwords: { admin: "one" }, memberPassword: "two" };
    const file = join(folder, "nats.json");
    writeFileSync(file, serverConfig({ ...spec, folders: { config: folder, tls: folder, data }, ports: { client, cluster, monitor } }));
    running.push(await startServer(nats, [`--config=${file}`, "--name=nats-0"], "Server is ready"));
    const members = { "nats-0": `https://localhost:${monitor}` };
    const args = natsExporter.exporterArgs({ members, port: metrics, folder });
    exporter(program, ["-addr=127.0.0.1", ...args], natsExporter.exporterEnvironment(folder));
    const text = await said(metrics, authority());
    const asked = askedOf("nats", /^(gnatsd|jetstream)_/);
    assert.ok(asked.length > 4, asked.join());
    for (const metric of asked) assert.match(text, new RegExp(`^${metric}\\{.*server_id="nats-0"`, "m"), text);
  });
});
