import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { secret } from "@pulumi/pulumi";
import { makeTrustStore } from "../../../components/platform/applications/pod";
import { PORTAL_APPS } from "../../../components/platform/portal/apps";
import { METRIC_TABLES } from "../../../components/platform/portal/schema";
import { removeFolder } from "../../../host/files";
import type { Graph } from "../../../testing/graph";
import { environmentFile, plannedFile } from "../../support/environment";
import { waitsFor } from "../../support/waits";
import { type Build, database, portal, run } from "./builds";
import { at, CANARY, ofKind, servicePlan, workloads } from "./fixtures";

describe("the portal's applications", () => {
  const images = Object.fromEntries(
    ["ui", "api", "common-api", "metric-api", "remote-api", "catalog-api", "chaos-api", "chaos-collector", "cluster-token"].map((app) => [
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
    writer: { role: "portal-cluster", audience: "openbao", clusterId: "seoul" },
  };
  const withMetric = { ...database("portal"), accounts: { metric: { user: "portal_metric", password: secret(`${CANARY}-metric`) } } };
  const charts = { name: "cp", url: "https://charts", user: "u", password: secret(CANARY) };
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
    const withVault = await run(portal({ plan, vault, database: withMetric }));
    assert.deepEqual(deployed(withVault).slice(-5), [
      "cp-portal-cluster-token",
      "cp-portal-common-api-deployment",
      "cp-portal-metric-api-deployment",
      "cp-portal-remote-api-deployment",
      "cp-portal-ui-deployment",
    ]);
    const everything = await run(
      portal({
        plan,
        vault,
        database: withMetric,
        charts,
        chaosDashboardUrl: "http://chaos",
      }),
    );
    assert.equal(deployed(everything).length, 9);
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

  /** Variables of an application, with what each is read from. */
  const variables = (g: Graph, app: string): Record<string, unknown> => {
    const container = workloads(g).find(({ resource }) => resource.name === `portal-${app}`)?.containers[0];
    return Object.fromEntries(
      (at(container, "env") as { name: string; value?: string; valueFrom?: object }[]).map(({ name, value, valueFrom }) => [
        name,
        value ?? at(valueFrom, "secretKeyRef", "key") ?? at(valueFrom, "configMapKeyRef", "key"),
      ]),
    );
  };

  it("have one account each in the database: the metric API, which speaks no TLS, one that sees three tables", async () => {
    const { services } = plannedFile(environmentFile({ platform: { services: { openbao: true } } })).plan;
    const claim = services.find(({ name }) => name === "portal")?.needs?.mysql;
    assert.deepEqual(at(claim, "accounts", "metric"), { tables: METRIC_TABLES, openly: true });
    const without = plannedFile(environmentFile({})).plan.services.find(({ name }) => name === "portal");
    assert.equal(at(without?.needs?.mysql, "accounts"), undefined);
    const g = await run(portal({ plan, vault, database: withMetric }));
    const read = variables(g, "metric-api");
    assert.equal(read.DATABASE_TERRAMAN_ID, "METRIC_DATABASE_USER");
    assert.equal(read.DATABASE_TERRAMAN_PASSWORD, "METRIC_DATABASE_PASSWORD");
    assert.equal(read.DATABASE_USER_ID, undefined);
    assert.equal(read.SSL_CERT_DIR, "/platform", "programs in Go trust what is in a folder");
  });

  it("sign and read tokens by a key of their own, where an image holds everybody's in a file", async () => {
    const g = await run(portal({ plan, vault, charts }));
    for (const [app, paths] of [
      ["remote-api", ["/app/config.env"]],
      ["catalog-api", ["/config.env", "/app.env"]],
    ] as const) {
      const text = String(at(g.get("portal-config").inputs, "data", `cp-portal-${app}.env`));
      assert.match(text, /^JWT_SECRET=\$\{JWT_SECRET\}$/m);
      const read = variables(g, app);
      for (const [, name] of text.matchAll(/\$\{(\w+)\}/g)) assert.ok(name! in read, `${app} ${name}`);
      const mounts = at(workloads(g).find(({ resource }) => resource.name === `portal-${app}`)?.containers[0], "volumeMounts");
      assert.deepEqual(
        (mounts as { mountPath: string; subPath?: string }[]).flatMap(({ mountPath, subPath }) => (subPath ? [mountPath] : [])),
        paths,
      );
    }
  });

  it("know one password between the chaos API and its collector, which reads it under a name that the common API has too", async () => {
    const g = await run(portal({ plan, vault, chaosDashboardUrl: "http://chaos" }));
    assert.equal(variables(g, "chaos-collector").SPRING_SECURITY_PASSWORD, "CHAOSCOLLECTORAPI_AUTHORIZATION_PASSWORD");
    assert.equal(variables(g, "common-api").SPRING_SECURITY_PASSWORD, "SPRING_SECURITY_PASSWORD");
  });

  it("are one where several would write the same, and one where a volume is", () => {
    for (const { name, volume, single } of PORTAL_APPS) if (volume) assert.ok(single, name);
  });

  it("find their own cluster's token in OpenBao before they start, kept there by a pod of its own that may do nothing else there", async () => {
    const g = await run(portal({ plan, vault, chaosDashboardUrl: "http://chaos" }));
    const pod = workloads(g).find(({ resource }) => resource.name === "portal-cluster-token");
    assert.equal(pod?.pod.serviceAccountName, "cp-portal-cluster");
    const sources = at(pod?.pod.volumes, "0", "projected", "sources") as object[];
    assert.deepEqual(
      sources.map((each) => at(each, "serviceAccountToken", "audience")),
      [undefined, "openbao"],
    );
    for (const app of ["api", "remote-api", "chaos-collector"]) assert.ok(waitsFor(g, `portal-${app}`).has("portal-cluster-token"), app);
    const { services } = plannedFile(environmentFile({ name: "seoul", platform: { services: { openbao: true } } })).plan;
    const claim = services.find(({ name }) => name === "portal")?.needs?.secretEngine;
    assert.deepEqual(at(claim, "accounts"), {
      cluster: { serviceAccount: "cp-portal-cluster", paths: { "cluster/seoul": ["create", "update"] } },
    });
    assert.equal((await run(portal({ plan }))).resources.filter(({ type }) => /rbac/.test(type)).length, 0);
  });

  it("bring the migration tools by an option, with keys of their own that a rotation exchanges, and a log-in of their own", async () => {
    const migrating = (rotation?: number) => {
      const more = Object.fromEntries(["api", "ui", "auth"].map((app) => [`cp-portal-migration-${app}`, `r.example.org/m-${app}:v1.7.0`]));
      return run(portal({ migration: true, plan: { ...plan, ...(rotation ? { rotation } : {}), images: { ...images, ...more } } }));
    };
    const g = await migrating();
    const paths = at(g.get("portal-ingress").inputs, "spec", "rules", 0, "http", "paths") as { path: string }[];
    assert.deepEqual(
      paths.slice(2).map(({ path }) => path),
      ["/cpmig/(.*)", "/(cpmigui/.*)", "/cpmigauth/(.*)"],
    );
    assert.ok("MIG_PRIVATE_KEY" in variables(g, "migration-api") && !("AUTH_PRIVATE_KEY" in variables(g, "migration-api")));
    const keysOf = (of: Graph) => of.resources.filter(({ type }) => /PrivateKey/.test(type)).map(({ name }) => name);
    assert.deepEqual(keysOf(g), ["portal-migration-auth-key", "portal-migration-mig-key"]);
    assert.deepEqual(keysOf(await migrating(2)), ["portal-migration-auth-key-2", "portal-migration-mig-key-2"]);
    const { services } = plannedFile(environmentFile({ platform: { services: { portal: { migration: true } } } })).plan;
    const { host, needs } = services.find(({ name }) => name === "portal") ?? assert.fail();
    assert.deepEqual(at(needs?.identity, "also"), [`https://${host}/cpmigui`]);
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
