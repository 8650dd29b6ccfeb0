import assert from "node:assert/strict";
import { secret } from "@pulumi/pulumi";
import type { EnvironmentPlan } from "../../../model/plan/types";
import type { Graph } from "../../../testing/graph";
import { isSecretEnvelope } from "../../../testing/mocks";
import { environmentFile, plannedFile } from "../../support/environment";
import { golden } from "../../support/golden";
import { waitsFor } from "../../support/waits";
import { at, CANARY, environmentPlan, platformGraph, replicated, servicePlan } from "./fixtures";

const plan = environmentPlan();

/** What signs other certificates. */
const authorities = (graph: Graph): string[] =>
  graph.resources.flatMap(({ name, inputs }) => (at(inputs, "isCaCertificate") === true ? [name] : [])).sort();
/** Of the services that are met inside, where the platform has no authority to sign for them. */
const OWN_AUTHORITIES = ["seoul-keycloak-tls-ca", "seoul-mariadb-tls-ca"];

describe("the platform", () => {
  it("registers the plan's services", async () => {
    golden("components/platform", (await platformGraph(plan)).lines());
  });

  it("registers the same whether the values of a first run are known or not", async () => {
    const known = await platformGraph(plan);
    const unknown = await platformGraph(plan, { unknowns: true });
    assert.deepEqual(unknown.urns(), known.urns());
  });

  it("registers nothing for a service the plan has not, and changes no other service's names", async () => {
    const all = await platformGraph(plan);
    const without = await platformGraph({ ...plan, services: plan.services.filter(({ name }) => name !== "metricsServer") });
    assert.deepEqual(all.added(without), []);
    assert.deepEqual(all.removed(without), [
      "seoul-metrics-server",
      "seoul-metrics-server-allow-metrics-api",
      "seoul-metrics-server-release",
    ]);
    assert.deepEqual(all.changed(without), []);
  });

  it("shows no password, key or token outside a secret", async () => {
    const g = await platformGraph(plan);
    for (const canary of [CANARY, "generated-", "PRIVATE KEY"]) assert.deepEqual(g.leaks(canary), [], canary);
  });

  it("gives URLs, logins with secret passwords, and the certificate to trust", async () => {
    const outputs = (await platformGraph(plan)).get("seoul").outputs;
    assert.deepEqual(at(outputs, "urls"), { keycloak: "https://keycloak.seoul.example.org", portal: "https://portal.seoul.example.org" });
    assert.equal(at(outputs, "caCertificate"), "certificate of seoul-tls-ca");
    const logins = at(outputs, "credentials") as Record<string, Record<string, unknown>>;
    assert.deepEqual(Object.fromEntries(Object.entries(logins).map(([service, login]) => [service, [login.user, login.where]])), {
      mariadb: ["root", "mariadb.mariadb.svc:3306"],
      keycloak: ["kpaas-admin", "http://localhost:8080/admin"],
      portal: ["admin", "https://portal.seoul.example.org"],
    });
    for (const login of Object.values(logins)) assert.ok(isSecretEnvelope(login.password));
  });

  it("reaches the cluster by the provider it was given, everywhere", async () => {
    const g = await platformGraph(plan);
    const objects = g.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    assert.ok(objects.length > 50);
    for (const { name, options } of objects) assert.equal(options.provider, "kubernetes", name);
  });

  it("brings each service up after the ones it depends on", async () => {
    const g = await platformGraph(plan);
    const waits = (name: string, ...forNames: string[]) => {
      const all = waitsFor(g, name);
      for (const each of forNames) assert.ok(all.has(each), `${name} waits for ${each}`);
    };
    waits("seoul-ingress-release", "seoul-metallb-advertisement", "seoul-ingress-certificate");
    waits("seoul-mariadb-data", "seoul-storage-release");
    waits("seoul-keycloak-server", "seoul-mariadb-schemas", "seoul-ingress-release", "seoul-keycloak-tls");
    waits("seoul-keycloak-realm", "seoul-keycloak-server");
    waits("seoul-portal-ui", "seoul-keycloak-client", "seoul-portal-secret", "seoul-portal-trust");
  });

  it("protects the database's volume where the environment protects data", async () => {
    const open = await platformGraph({ ...plan, protectData: false });
    assert.equal((await platformGraph(plan)).get("seoul-mariadb-data").options.protect, true);
    assert.ok(!open.get("seoul-mariadb-data").options.protect);
  });

  it("leaves the database's volume and its namespace where the environment retains volumes", async () => {
    const g = await platformGraph({ ...plan, retain: ["volumes"] });
    const kept = g.resources.filter(({ options }) => options.retainOnDelete === true);
    assert.deepEqual(kept.map(({ name }) => name).sort(), ["seoul-mariadb-data", "seoul-mariadb-namespace"]);
  });

  it("gives each host a certificate of its own with acme, and opens the way for its checks", async () => {
    const g = await platformGraph(withPlatform(plan, { tls: { kind: "acme", email: "ops@example.org" } }));
    assert.deepEqual(at(g.get("seoul-keycloak-ingress").inputs, "spec", "tls"), [
      { hosts: ["keycloak.seoul.example.org"], secretName: "keycloak.seoul.example.org-tls" },
    ]);
    assert.equal(at(g.get("seoul-portal-ingress").inputs, "metadata", "annotations", "cert-manager.io/cluster-issuer"), "platform");
    assert.equal(at(g.get("seoul-cert-manager-issuer").inputs, "spec", "acme", "email"), "ops@example.org");
    assert.equal(g.get("seoul-portal-allow-acme").type, "kubernetes:networking.k8s.io/v1:NetworkPolicy");
    assert.deepEqual(authorities(g), OWN_AUTHORITIES);
  });

  it("serves a provided certificate and makes no authority but services' own", async () => {
    const provided = withPlatform(plan, { tls: { kind: "provided", certificate: { env: "CERT" }, key: { env: "KEY" } } });
    const g = await platformGraph(provided, {}, { tlsCertificate: "chain", tlsKey: secret(CANARY) });
    assert.deepEqual(authorities(g), OWN_AUTHORITIES);
    assert.ok(!g.resources.some(({ name }) => name === "seoul-cert-manager-issuer"));
    assert.deepEqual(g.leaks(CANARY), []);
    await assert.rejects(platformGraph(provided), /tlsCertificate and secrets.tlsKey must be given/);
  });

  it("refuses acme without cert-manager and a service without what it needs", async () => {
    const without = (name: string) => plan.services.filter((service) => service.name !== name);
    const acme = withPlatform({ ...plan, services: without("certManager") }, { tls: { kind: "acme", email: "ops@example.org" } });
    await assert.rejects(platformGraph(acme), /needs platform.services.certManager/);
    await assert.rejects(
      platformGraph({ ...plan, services: without("mariadb") }),
      /"keycloak" needs mysql, and no service before it offers that/,
    );
    await assert.rejects(
      platformGraph({ ...plan, services: [servicePlan("storage"), servicePlan("mariadb", { replicas: 2 })] }),
      /give its operator, or make it 1/,
    );
  });

  it("grants storage by a class that is there, where the file names one", async () => {
    const { plan: existing } = plannedFile(
      environmentFile({ name: "seoul", platform: { storage: { kind: "existing", className: "ceph" } } }),
    );
    const g = await platformGraph(existing);
    assert.equal(at(g.get("seoul-mariadb-data").inputs, "spec", "storageClassName"), "ceph");
    assert.ok(!g.resources.some(({ name }) => name.startsWith("seoul-storage")));
  });

  it("adds only budgets and cache traffic when services are replicated", async () => {
    const single = await platformGraph(plan);
    const three = await platformGraph(replicated(plan));
    assert.deepEqual(single.removed(three), []);
    assert.deepEqual(single.added(three), [
      "seoul-keycloak-allow-cache",
      "seoul-keycloak-budget",
      "seoul-portal-api-budget",
      "seoul-portal-common-api-budget",
      "seoul-portal-ui-budget",
    ]);
  });
});

function withPlatform(base: EnvironmentPlan, changes: Partial<EnvironmentPlan["platform"]>): EnvironmentPlan {
  return { ...base, platform: { ...base.platform, ...changes } };
}
