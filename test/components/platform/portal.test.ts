import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secret } from "@pulumi/pulumi";
import { makeTrustStore } from "../../../components/platform/applications/pod";
import { removeFolder } from "../../../host/files";
import type { Graph } from "../../../testing/graph";
import { environmentFile, plannedFile } from "../../support/environment";
import { type Build, database, portal, run } from "./builds";
import { at, CANARY, ofKind, servicePlan, workloads } from "./fixtures";

describe("the portal's applications", () => {
  const images = Object.fromEntries(
    ["ui", "api", "common-api", "metric-api", "remote-api", "catalog-api", "chaos-api", "chaos-collector"].map((app) => [
      `cp-portal-${app}`,
      `r.example.org/kpaas/cp-portal-${app}:v1.7.0`,
    ]),
  );
  const plan = servicePlan("portal", { images });
  const vault = {
    url: "https://openbao.openbao.svc:8200",
    ca: "the authority",
    roleName: "cp_role",
    roleId: secret(`${CANARY}-role`),
    secretId: secret(`${CANARY}-id`),
  };
  const deployed = (g: Graph) =>
    ofKind(g, "apps/v1:Deployment")
      .map(({ inputs }) => at(inputs, "metadata", "name"))
      .sort();

  it("are there when what they need is", async () => {
    assert.deepEqual(deployed(await run(portal({ plan }))), [
      "cp-portal-api-deployment",
      "cp-portal-common-api-deployment",
      "cp-portal-ui-deployment",
    ]);
    const withVault = await run(portal({ plan, vault }));
    assert.deepEqual(deployed(withVault).slice(-4), [
      "cp-portal-common-api-deployment",
      "cp-portal-metric-api-deployment",
      "cp-portal-remote-api-deployment",
      "cp-portal-ui-deployment",
    ]);
    const everything = await run(
      portal({
        plan,
        vault,
        charts: { name: "cp", url: "https://charts", user: "u", password: secret(CANARY) },
        chaosDashboardUrl: "http://chaos",
      }),
    );
    assert.equal(deployed(everything).length, 8);
    assert.deepEqual(everything.leaks(CANARY), []);
    for (const own of ["portal-catalog-api-data", "portal-catalog-api"]) assert.equal(everything.get(own).options.deletedWith, undefined);
    assert.deepEqual(
      (at(everything.get("portal-ingress").inputs, "spec", "rules", 0, "http", "paths") as { path: string }[]).map(({ path }) => path),
      ["/(.*)", "/cpapi/(.*)", "/cpremote/(.*)", "/cpcatalog/(.*)", "/cpchaos/(.*)"],
    );
  });

  it("claim their secrets where OpenBao is on, log in there by TLS and trust its authority", async () => {
    const on = (openbao: boolean) => plannedFile(environmentFile({ platform: { services: { openbao } } })).plan.services;
    const claimOf = (services: ReturnType<typeof on>) => services.find(({ name }) => name === "portal")?.needs?.secretEngine;
    assert.equal(claimOf(on(false)), undefined);
    assert.deepEqual(at(claimOf(on(true)), "login"), { kind: "appRole" });
    const names = on(true).map(({ name }) => name);
    assert.ok(names.indexOf("openbao") < names.indexOf("portal"));

    const g = await run(portal({ plan, vault }));
    assert.equal(at(g.get("portal-config").inputs, "data", "VAULT_URL"), vault.url);
    const api = workloads(g).find(({ resource }) => resource.name === "portal-api");
    assert.match(String(at(api?.initContainers[0], "command", 2)), /< \/platform\/openbao\.crt/);
    assert.equal(at(g.get("portal-trust").inputs, "data", "openbao.crt"), "the authority");
    assert.match(String(at((await run(portal({ plan }))).get("portal-config").inputs, "data", "VAULT_URL")), /^https:/);
  });

  it("see no secret that is not theirs", async () => {
    const g = await run(portal());
    const keys = (app: string) =>
      (
        at(workloads(g).find(({ resource }) => resource.name === `portal-${app}`)?.containers[0], "env") as {
          name: string;
          valueFrom?: object;
        }[]
      )
        .filter(({ valueFrom }) => at(valueFrom, "secretKeyRef") !== undefined)
        .map(({ name }) => name);
    assert.deepEqual(keys("common-api"), [
      "DATABASE_USER_ID",
      "DATABASE_USER_PASSWORD",
      "KEYCLOAK_CP_REALM_ID",
      "SPRING_SECURITY_PASSWORD",
    ]);
    assert.ok(!keys("ui").some((key) => key.startsWith("DATABASE") || key === "JWT_SECRET"));
  });

  it("trust the platform's certificate without an image of their own", async () => {
    const containers = async (build: Build) => workloads(await run(build)).find(({ resource }) => resource.name === "portal-ui");
    assert.match(String(at((await containers(portal()))?.initContainers[0], "command", 2)), /keytool -importcert/);
    assert.deepEqual((await containers(portal({ trust: undefined })))?.initContainers, []);
  });

  it("speak TLS to a database that says what to trust, by URLs in place of those that are compiled in", async () => {
    const url = (g: Graph) => String(at(g.get("portal-config").inputs, "data", "SPRING_DATASOURCE_KEYCLOAK_JDBCURL"));
    const open = await run(portal());
    assert.match(url(open), /^jdbc:mysql:\/\/mariadb\.mariadb\.svc:3306\/keycloak\?autoReconnect=true/);
    assert.doesNotMatch(url(open), /useSsl/);
    const g = await run(portal({ database: { ...database("portal"), ca: "the authority" } }));
    assert.match(url(g), /&useSsl=true$/);
    assert.equal(at(g.get("portal-trust").inputs, "data", "mariadb.crt"), "the authority");
    const api = workloads(g).find(({ resource }) => resource.name === "portal-common-api");
    assert.match(String(at(api?.initContainers[0], "command", 2)), /< \/platform\/mariadb\.crt/);
  });

  it("trust each of the authorities in a file, of which keytool reads the first", () => {
    const folder = mkdtempSync(join(tmpdir(), "kpaas-trust-"));
    try {
      const pem = (of: string) => `-----BEGIN CERTIFICATE-----\n${of}\n-----END CERTIFICATE-----\n`;
      writeFileSync(join(folder, "ca.crt"), `${pem("one")}${pem("two")}`);
      const script = makeTrustStore(["platform"], { files: folder, store: join(folder, "trust"), scratch: join(folder, "tmp") });
      for (const each of ["tmp", "trust", "lib/security"]) mkdirSync(join(folder, each), { recursive: true });
      writeFileSync(join(folder, "lib", "security", "cacerts"), "");
      const keytool = 'keytool() { while [ $# -gt 0 ]; do case "$1" in -alias) echo "$2" ;; -file) cat "$2" ;; esac; shift; done; }';
      const { stdout, stderr } = spawnSync("sh", ["-ec", `${keytool}\n${script}`], {
        encoding: "utf8",
        env: { ...process.env, JAVA_HOME: folder },
      });
      assert.equal(`${stdout}${stderr}`, `platform-1\n${pem("one")}platform-2\n${pem("two")}`);
    } finally {
      removeFolder(folder);
    }
  });

  it("start anew when the database's password changes", async () => {
    const one = await run(portal());
    const two = await run(portal({ database: { ...database("portal"), password: secret("another") } }));
    assert.deepEqual(one.changed(two), ["portal-common-api", "portal-secret"]);
  });
});
