import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { output, secret } from "@pulumi/pulumi";
import { mariadbBackup } from "../../../components/platform/mariadb/backup";
import { memberHost, PRIMARY } from "../../../components/platform/mariadb/galera";
import { MariaDb } from "../../../components/platform/mariadb/mariadb";
import { podSecurityProblem } from "../../../model/pod-security";
import { unwrapSecret } from "../../../testing/mocks";
import { temporaryFolders } from "../../support/temporary";
import { waitsFor } from "../../support/waits";
import { type Build, mariadb, run } from "./builds";
import { at, ofKind, servicePlan, workloads } from "./fixtures";

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
    assert.deepEqual(Object.keys(files).sort(), ["ca.crt", "cp.cnf", "cp.sql"]);
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

  it("offers TLS by a certificate of its Service's, which its own jobs look at, and starts anew with another", async () => {
    const g = await run(mariadb());
    const config = String(at(g.get("db-config").inputs, "data", "kpaas.cnf"));
    assert.match(config, /^ssl_cert = \/etc\/kpaas-tls\/tls\.crt$/m);
    assert.match(config, /^ssl_key = \/etc\/kpaas-tls\/tls\.key$/m);
    assert.ok((g.get("db-tls-server-request").inputs.dnsNames as string[]).includes("mariadb.mariadb.svc"));
    assert.deepEqual(Object.keys(unwrapSecret(g.get("db-tls").inputs.stringData) as object).sort(), ["ca.crt", "tls.crt", "tls.key"]);
    const settings = String(at(unwrapSecret(g.get("db-sql").inputs.stringData), "cp.cnf"));
    for (const line of ["host=mariadb.mariadb.svc", "ssl-ca=/sql/ca.crt", "ssl-verify-server-cert"])
      assert.ok(settings.split("\n").includes(line), line);
    assert.match(
      String(at(g.get("db-server").inputs, "spec", "template", "metadata", "annotations", "kpaas/certificate")),
      /^[0-9a-f]{10}$/,
    );
    assert.match(String(at(unwrapSecret(g.get("db-init").inputs.stringData), "accounts.sql")), /IDENTIFIED BY '[^']+' REQUIRE SSL;/);
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

describe("MariaDB on several members", () => {
  const several = mariadb(undefined, { replicas: 3 });
  const folders = temporaryFolders();
  const specOf = async (build = several) => at((await run(build)).get("db-members").inputs, "spec");

  it("is one group that takes in whoever has its certificate, and goes on when one of three is lost", async () => {
    const spec = await specOf();
    assert.equal(at(spec, "replicas"), 3);
    assert.equal(at(spec, "galera", "enabled"), true);
    assert.equal(at(spec, "galera", "recovery", "enabled"), true);
    assert.deepEqual(at(spec, "galera", "providerOptions"), {
      "socket.dynamic": "false",
      "socket.ssl_cert": "/etc/pki/client.crt",
      "socket.ssl_key": "/etc/pki/client.key",
    });
    assert.equal(at(await specOf(mariadb(undefined, { replicas: 5 })), "replicas"), 5);
  });

  it("shows its clients a certificate of an authority of its own, whose key is not in the cluster, and has its pods start anew with another", async () => {
    const platform = { certificate: output("the platform's"), key: secret("key") };
    const g = await run(mariadb(undefined, { replicas: 3 }, { authority: platform }));
    const spec = at(g.get("db-members").inputs, "spec");
    const tls = { name: "mariadb-tls" };
    assert.deepEqual(at(spec, "tls"), {
      ...{ enabled: true, required: false, galeraSSTEnabled: true },
      ...{ serverCASecretRef: tls, serverCertSecretRef: tls },
    });
    assert.match(String(at(spec, "podMetadata", "annotations", "kpaas/certificate")), /^[0-9a-f]{10}$/);
    assert.match(String(at(spec, "myCnf")), /^tls_version = TLSv1\.2,TLSv1\.3$/m);
    const shown = unwrapSecret(g.get("db-tls").inputs.stringData) as Record<string, string>;
    assert.deepEqual(Object.keys(shown).sort(), ["ca.crt", "tls.crt", "tls.key"]);
    assert.equal(g.get("db-tls-server").inputs.caCertPem, shown["ca.crt"]);
    assert.notEqual(shown["ca.crt"], "the platform's");
    assert.ok(waitsFor(g, "db-members").has("db-tls"));
  });

  it("has in its certificate every name that members are met by, as clients read it", async () => {
    const names = (await run(several)).get("db-tls-server-request").inputs.dnsNames as string[];
    const folder = folders();
    const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -keyout key -out crt -addext";
    execFileSync("openssl", [...made.split(" "), `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`], {
      ...{ cwd: folder, stdio: "pipe" as const },
    });
    const certificate = new X509Certificate(readFileSync(join(folder, "crt")));
    const operator = ["mariadb-primary.mariadb.svc.cluster.local", "mariadb-2.mariadb-internal.mariadb.svc.cluster.local", "localhost"];
    for (const name of [PRIMARY.host, "mariadb-primary.mariadb.svc", "mariadb.mariadb.svc", memberHost(0, "mariadb"), ...operator])
      assert.equal(certificate.checkHost(name) === undefined, false, name);
  });

  it("shows the members no token of their operator's", async () => {
    const spec = await specOf();
    assert.equal(at(spec, "galera", "agent", "kubernetesAuth", "enabled"), false);
    assert.equal(at(spec, "galera", "agent", "basicAuth", "enabled"), true);
    assert.equal(at(spec, "galera", "primary", "podIndex"), undefined, "who leads is the operator's to say");
  });

  it("runs as one server does: plain users, read-only images, the same settings, root's password from a file too", async () => {
    const spec = await specOf();
    const containers = [spec, at(spec, "galera", "agent"), at(spec, "galera", "initContainer")].map((each, index) => ({
      ...{ name: String(index), image: "x", securityContext: at(each, "securityContext") },
    }));
    const pod = { securityContext: at(spec, "podSecurityContext"), containers, volumes: at(spec, "volumes") };
    assert.equal(podSecurityProblem(pod, "restricted"), undefined);
    for (const { securityContext } of containers) assert.equal(at(securityContext, "readOnlyRootFilesystem"), true);
    assert.match(String(at(spec, "myCnf")), /^skip-name-resolve$/m);
    const mounts = at(spec, "volumeMounts") as { name: string; mountPath: string }[];
    assert.equal(mounts.find(({ name }) => name === "root")?.mountPath, "/etc/kpaas-root");
    assert.match(mariadbBackup.dump, /\/etc\/kpaas-root\/root-password/);
  });

  it("has its accounts made by a job of root's, whose certificate nobody else gets", async () => {
    const g = await run(several);
    const files = unwrapSecret(g.get("db-accounts-sql").inputs.stringData) as Record<string, string>;
    assert.deepEqual(Object.keys(files).sort(), ["accounts.cnf", "accounts.sql", "ca.crt"]);
    assert.match(files["accounts.sql"] ?? "", /CREATE USER IF NOT EXISTS 'portal'@'%' IDENTIFIED BY '[^']+' REQUIRE SSL;/);
    assert.match(files["accounts.cnf"] ?? "", /^ssl-ca=\/sql\/ca\.crt$/m);
    assert.match(files["accounts.sql"] ?? "", /^ALTER USER 'root'@'%' REQUIRE X509;$/m);
    assert.match(files["accounts.sql"] ?? "", /GRANT SELECT \(`ID`\) ON `keycloak`\.`T` TO 'portal'@'%';/);
    assert.match(files["accounts.cnf"] ?? "", /^ssl-key=\/certificate\/tls\.key$/m);
    const secrets = (role: string) =>
      (at(g.get(role).inputs, "spec", "template", "spec", "volumes") as Record<string, unknown>[]).map((each) =>
        at(each, "secret", "secretName"),
      );
    assert.deepEqual(secrets("db-accounts"), ["mariadb-accounts", "mariadb-client-cert"]);
    assert.deepEqual(secrets("db-schemas"), ["mariadb-schemas"]);
    assert.match(at(unwrapSecret(g.get("db-sql").inputs.stringData), "cp.cnf") as string, /^host=mariadb-primary$/m);
    assert.ok(waitsFor(g, "db-schemas").has("db-accounts"));
    const again = await run(mariadb(undefined, { replicas: 3 }));
    assert.equal(at(again.get("db-accounts").inputs, "metadata", "name"), at(g.get("db-accounts").inputs, "metadata", "name"));
  });

  it("is met by its operator, its members and its clients, and its data are protected and told as volumes are", async () => {
    const g = await run(several);
    const from = (role: string) => JSON.stringify(at(g.get(role).inputs, "spec", "ingress"));
    assert.match(from("db-allow-operator"), /"mariadb-operator".*3306|3306.*"mariadb-operator"/);
    assert.match(from("db-allow-members"), /4444.*4567.*4568/);
    assert.ok(!from("db-allow-clients").includes("4567"));
    assert.deepEqual(
      (at(g.get("db-allow-api").inputs, "spec", "egress", 0, "ports") as { port: number }[]).map(({ port }) => port),
      [443, 6443],
    );
    assert.equal(g.get("db-members").options.protect, true);
    assert.equal(at(g.get("db-members").inputs, "metadata", "annotations", "kpaas.io/volumes"), "3 × 10Gi");
  });

  it("lets its operator do nothing but in its own namespace", async () => {
    const g = await run(several);
    assert.deepEqual(at(g.get("db-rights-binding").inputs, "subjects"), [
      { kind: "ServiceAccount", name: "mariadb-operator", namespace: "mariadb-operator" },
    ]);
    assert.equal(at(g.get("db-rights").inputs, "metadata", "namespace"), "mariadb");
  });

  it("is refused for an even number, and without an operator", async () => {
    await assert.rejects(run(mariadb(undefined, { replicas: 2 })), /make it 1, 3 or 5/);
    const alone: Build = (common, opts) =>
      new MariaDb(
        "db",
        {
          ...{ ...common, plan: servicePlan("mariadb", { replicas: 3 }), storageClass: "a", protectData: true, retainData: false },
          ...{ clients: [], schemas: {} },
        },
        opts,
      );
    await assert.rejects(run(alone), /give its operator/);
  });
});
