import assert from "node:assert/strict";
import { accountRules, serverFiles } from "../../../components/platform/postgresql/config";
import { accountsSql } from "../../../components/platform/postgresql/sql";
import { unwrapSecret } from "../../../testing/mocks";
import { type Build, postgresql, run } from "./builds";
import { at, ofKind, workloads } from "./fixtures";

const SONAR = { database: "sonar", user: "sonarqube" };

describe("PostgreSQL", () => {
  it("lets each account into its own database only, from the pods, by TLS and password", () => {
    assert.deepEqual(accountRules([SONAR], "10.233.64.0/18"), [
      'hostssl "sonar" "sonarqube" 10.233.64.0/18 scram-sha-256',
      "host all all all reject",
      "host replication all all reject",
    ]);
    const { "postgresql.conf": settings = "", "pg_hba.conf": rules = "" } = serverFiles([SONAR], "10.233.64.0/18");
    assert.match(settings, /^ssl = 'on'$/m);
    assert.match(rules, /^local all "postgres" scram-sha-256\nlocal all all reject$/m);
  });

  it("refuses names that are the server's own, or would need other quotes", () => {
    for (const database of ["postgres", "template1", "a-b", 'a"b', ""])
      assert.throws(() => accountsSql([{ ...SONAR, database }], { sonarqube: "x" }, "y"), /no name of a database/);
    for (const user of ["postgres", "pg_monitor", "a b"])
      assert.throws(() => accountsSql([{ ...SONAR, user }], { [user]: "x" }, "y"), /no account name/);
  });

  it("starts anew when a database, or whoever may reach it, changes, and has no job where nobody asks for tables", async () => {
    const annotations = async (build: Build) =>
      at((await run(build)).get("db-server").inputs, "spec", "template", "metadata", "annotations") as Record<string, string>;
    const first = await annotations(postgresql());
    assert.deepEqual(Object.keys(first).sort(), ["kpaas/accounts", "kpaas/certificate", "kpaas/config"]);
    assert.deepEqual(await annotations(postgresql(["CREATE TABLE IF NOT EXISTS b (id INT)"])), first);
    assert.deepEqual(ofKind(await run(postgresql([])), "batch/v1:Job"), []);
  });

  it("tells passwords in files only, to the client that runs statements the server's authority too", async () => {
    const g = await run(postgresql());
    for (const { pod, containers, initContainers } of workloads(g))
      assert.doesNotMatch(JSON.stringify([pod, containers, initContainers]), /generated-|secretKeyRef|envFrom/);
    const files = unwrapSecret(g.get("db-sql").inputs.stringData) as Record<string, string>;
    assert.deepEqual(Object.keys(files), ["ca.crt", "sonar.cnf", "sonar.sql"]);
    assert.match(files["sonar.cnf"] ?? "", /^password=generated-db-sonarqube-password$/m);
    assert.match(files["sonar.cnf"] ?? "", /^sslmode=verify-full$/m);
    assert.match(String(at(unwrapSecret(g.get("db-accounts").inputs.stringData), "accounts.sql")), /generated-db-postgres-password/);
  });

  it("is reached by its clients and its own job, and reaches nobody", async () => {
    const g = await run(postgresql());
    assert.deepEqual(
      (at(g.get("db-allow-clients").inputs, "spec", "ingress", 0, "from") as object[]).map(
        (peer) => JSON.stringify(peer).match(/cp-pipeline|postgresql-schemas/)?.[0],
      ),
      ["postgresql-schemas", "cp-pipeline"],
    );
    assert.equal(g.get("db-data").options.protect, true);
  });
});

describe("PostgreSQL on several members", () => {
  const several = postgresql(undefined, { replicas: 3 });

  it("acknowledges what another member has, and has only one lead that has it", async () => {
    const { spec } = (await run(several)).get("db-cluster").inputs;
    assert.equal(at(spec, "instances"), 3);
    assert.deepEqual(at(spec, "postgresql", "synchronous"), {
      method: "any",
      number: 1,
      dataDurability: "required",
      failoverQuorum: true,
    });
    const five = (await run(postgresql(undefined, { replicas: 5 }))).get("db-cluster").inputs;
    assert.equal(at(five, "spec", "postgresql", "synchronous", "number"), 2);
    assert.equal(at(spec, "enableSuperuserAccess"), false);
    assert.equal(at(spec, "postgresUID"), 999);
  });

  it("has the rules, accounts and address that one server has, and closes each database as its owner", async () => {
    const g = await run(several);
    const { spec } = g.get("db-cluster").inputs;
    assert.equal(at(spec, "postgresql", "pg_hba", 0), 'hostssl "sonar" "sonarqube" 10.233.64.0/18 scram-sha-256');
    assert.equal(at(spec, "managed", "services", "additional", 0, "serviceTemplate", "metadata", "name"), "postgresql");
    for (const role of at(spec, "managed", "roles") as Record<string, unknown>[]) {
      for (const right of ["superuser", "createdb", "createrole", "replication", "bypassrls"]) assert.equal(role[right], false, right);
      const name = at(role, "passwordSecret", "name");
      assert.ok(ofKind(g, "core/v1:Secret").some(({ inputs }) => at(inputs, "metadata", "name") === name));
    }
    assert.deepEqual(
      ["sonarqube", "other"].map((user) => at(g.get(`db-${user}-database`).inputs, "spec", "owner")),
      ["sonarqube", "other"],
    );
    const files = unwrapSecret(g.get("db-sql").inputs.stringData) as Record<string, string>;
    assert.match(files["other.sql"] ?? "", /^REVOKE ALL ON DATABASE "other" FROM PUBLIC;$/m);
  });

  it("is met by its operator and reaches the API, and its data are protected and kept as volumes of ours are", async () => {
    const g = await run(several);
    assert.match(JSON.stringify(g.get("db-allow-members").inputs), /"cnpg-system"/);
    assert.deepEqual(
      (at(g.get("db-allow-api").inputs, "spec", "egress", 0, "ports") as { port: number }[]).map(({ port }) => port),
      [443, 6443],
    );
    assert.equal(g.get("db-cluster").options.protect, true);
    assert.match(String(at(g.get("db-cluster").inputs, "metadata", "annotations", "kpaas.io/volumes")), /^3 × \d+Gi$/);
  });

  it("is refused for an even number", async () => {
    await assert.rejects(run(postgresql(undefined, { replicas: 2 })), /make it 1, 3 or 5/);
  });
});
