import assert from "node:assert/strict";
import { secret } from "@pulumi/pulumi";
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
    assert.match(String(at(api?.initContainers[0], "command", 2)), /-alias vault -file \/platform\/openbao\.crt/);
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

  it("start anew when the database's password changes", async () => {
    const one = await run(portal());
    const two = await run(portal({ database: { ...database("portal"), password: secret("another") } }));
    assert.deepEqual(one.changed(two), ["portal-common-api", "portal-secret"]);
  });
});
