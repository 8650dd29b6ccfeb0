import assert from "node:assert/strict";
import { unwrapSecret } from "../../../testing/mocks";
import { type Build, mariadb, run } from "./builds";
import { at, ofKind, workloads } from "./fixtures";

describe("MariaDB", () => {
  it("makes a new job when a schema or the image changes and the same one otherwise", async () => {
    const name = async (build: Build) => at((await run(build)).get("db-schemas").inputs, "metadata", "name");
    const first = await name(mariadb());
    assert.match(String(first), /^mariadb-schemas-[0-9a-f]{10}$/);
    assert.equal(await name(mariadb()), first);
    assert.notEqual(await name(mariadb(["CREATE TABLE IF NOT EXISTS b (id INT)"])), first);
    assert.notEqual(await name(mariadb(undefined, { images: { server: "docker.io/library/mariadb:12.1.0" } })), first);
  });

  it("keeps root on the server's own socket and gives consumers accounts of their own", async () => {
    const g = await run(mariadb());
    const env = at(workloads(g)[0]?.containers[0], "env") as { name: string; value?: string }[];
    assert.equal(env.find(({ name }) => name === "MARIADB_ROOT_HOST")?.value, "localhost");
    assert.equal(env.find(({ name }) => name === "MARIADB_ROOT_PASSWORD_FILE")?.value, "/etc/kpaas-root/root-password");
    const accounts = String(at(unwrapSecret(g.get("db-init").inputs.stringData), "accounts.sql"));
    assert.match(accounts, /GRANT SELECT \(`ID`\) ON `keycloak`\.`T` TO 'portal'@'%';/);
    assert.ok(!accounts.includes("root"));
    const files = unwrapSecret(g.get("db-sql").inputs.stringData) as Record<string, string>;
    assert.deepEqual(Object.keys(files), ["cp.cnf", "cp.sql"]);
    assert.match(files["cp.cnf"] ?? "", /^user=portal$/m);
  });

  it("starts anew when an account changes, and has no job where nobody asks for tables", async () => {
    const hash = async (build: Build) =>
      at((await run(build)).get("db-server").inputs, "spec", "template", "metadata", "annotations", "kpaas/accounts");
    const first = await hash(mariadb());
    assert.match(String(first), /^[0-9a-f]{10}$/);
    assert.equal(await hash(mariadb(["CREATE TABLE IF NOT EXISTS b (id INT)"])), first);
    const alone = await run(mariadb([]));
    assert.deepEqual(ofKind(alone, "batch/v1:Job"), []);
  });

  it("lets its clients and its own job connect, and nobody else", async () => {
    const g = await run(mariadb());
    assert.deepEqual(at(g.get("db-allow-clients").inputs, "spec", "ingress"), [
      {
        ports: [{ protocol: "TCP", port: 3306 }],
        from: [
          { podSelector: { matchLabels: { "app.kubernetes.io/name": "mariadb-schemas", "app.kubernetes.io/part-of": "k-paas" } } },
          { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "keycloak" } } },
        ],
      },
    ]);
    for (const { inputs } of ofKind(g, "core/v1:Service")) assert.equal(at(inputs, "spec", "type"), "ClusterIP");
  });
});
