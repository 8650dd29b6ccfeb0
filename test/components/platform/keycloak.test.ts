import assert from "node:assert/strict";
import { keycloak as service } from "../../../components/platform/keycloak/service";
import { unwrapSecret } from "../../../testing/mocks";
import { type Build, database, keycloak, run } from "./builds";
import { at } from "./fixtures";

const PORTAL = "https://portal.seoul.example.org";
const REALM = "keycloak:index/realm:Realm";

describe("Keycloak's realm", () => {
  const inputs = async (name: string, build: Build = keycloak()) => (await run(build)).get(name).inputs;
  const realm = async (build: Build) => {
    const made = (await run(build)).resources.find(({ type }) => type === REALM);
    return made?.inputs ?? {};
  };

  it("has the client, group and role that the portal expects, and generated secrets", async () => {
    const client = await inputs("sso-client");
    assert.equal(client.clientId, "cp-client");
    assert.equal(unwrapSecret(client.clientSecret), "generated-sso-client-secret");
    assert.deepEqual(client.validRedirectUris, [`${PORTAL}/login/oauth2/code/keycloak`]);
    assert.deepEqual(client.webOrigins, [PORTAL]);
    assert.equal(client.directAccessGrantsEnabled, false);
    assert.equal((await inputs("sso-client-roles")).claimName, "roles");
    assert.equal((await inputs("sso-admin-role")).name, "cp-cluster-admin-role");
    assert.equal((await inputs("sso-admin-group")).name, "cp-cluster-admin");
    const made = await realm(keycloak());
    assert.deepEqual([made.realm, made.internalId], ["cp-realm", "cp-realm"]);
    assert.equal(at(made, "securityDefenses", "bruteForceDetection", "maxLoginFailures"), 10);
  });

  it("has a first administrator, who must choose another password and whose person is nobody's to change", async () => {
    const made = (await run(keycloak())).get("sso-portal-admin");
    const password = made.inputs.initialPassword;
    assert.equal(unwrapSecret(at(password, "value")), "generated-sso-portal-admin-password");
    assert.equal(at(password, "temporary"), true);
    assert.deepEqual(
      ["requiredActions", "email", "firstName", "initialPassword"].filter((each) => !made.options.ignoreChanges.includes(each)),
      [],
    );
  });

  it("has no client while no application claims one", async () => {
    const names = (await run(keycloak({}, { applications: [] }))).resources.map(({ name }) => name);
    assert.ok(!names.includes("sso-client"));
    assert.ok(names.includes("sso-realm"));
  });

  it("lets nobody register unless asked to", async () => {
    assert.equal((await realm(keycloak())).registrationAllowed, false);
    assert.equal((await realm(keycloak({}, { selfRegistration: true }))).registrationAllowed, true);
  });

  it("demands long passwords, and of public clients a proof that they asked for the log-in", async () => {
    assert.match(String((await realm(keycloak())).passwordPolicy), /length\(12\).*notUsername/);
    assert.equal(at(await inputs("sso-pkce-policy"), "conditions", 0, "configuration", "type"), '["public"]');
    assert.equal(at(await inputs("sso-pkce-profile"), "executors", 0, "name"), "pkce-enforcer");
  });

  it("is put into the server by a client of its own, at the end of an encrypted way, and not before it is called", async () => {
    const g = await run(keycloak());
    const provider = g.get("sso-provider").inputs;
    assert.deepEqual([provider.url, provider.clientId, String(provider.initialLogin)], ["https://127.0.0.1:20000", "kpaas", "false"]);
    assert.equal(unwrapSecret(provider.clientSecret), "generated-sso-provider-secret");
    assert.equal(provider.rootCaCertificate, "certificate of sso-tls-ca");
    const data = unwrapSecret(g.get("sso-secret").inputs.stringData);
    assert.deepEqual([at(data, "provider-client"), at(data, "provider-secret")], ["kpaas", "generated-sso-provider-secret"]);
    const planned = { managedAt: { workload: "keycloak", port: 8443, local: 20_001 } };
    const g2 = await run(keycloak(planned, { managedAt: undefined }));
    assert.equal(g2.get("sso-provider").inputs.url, "https://127.0.0.1:20001");
    await assert.rejects(run(keycloak({ managedAt: undefined }, { managedAt: undefined })), /forwardTo/);
  });

  it("is put into a server before 26 by a client that the administrator makes, and that stays when there are newer ones", async () => {
    const g = await run(keycloak({ version: "25.0.6" }));
    // It refuses a realm with a field that it does not know.
    const guarded = at(g.get("sso-realm").inputs, "securityDefenses", "bruteForceDetection");
    assert.deepEqual(guarded, { maxLoginFailures: 10, bruteForceStrategy: "" });
    const { clientId, username, password, clientSecret } = g.get("sso-first-provider").inputs;
    assert.deepEqual([clientId, username, clientSecret], ["admin-cli", "kpaas-admin", undefined]);
    assert.equal(unwrapSecret(password), "generated-sso-admin-password");
    const [client, provider] = [g.get("sso-provider-client"), g.get("sso-provider").inputs];
    assert.deepEqual([client.inputs.realmId, client.inputs.clientId, provider.clientId], ["master", "kpaas", "kpaas"]);
    assert.deepEqual(unwrapSecret(client.inputs.clientSecret), unwrapSecret(provider.clientSecret));
    assert.equal(g.get("sso-provider-client-role").inputs.role, "admin");
    const newer = (await run(keycloak())).resources.map(({ name }) => name);
    assert.ok(!newer.includes("sso-provider-client") && !newer.includes("sso-first-provider"));
    const env = at(g.get("sso-server").inputs, "spec", "template", "spec", "containers", 0, "env") as { name: string }[];
    assert.deepEqual(
      env.map(({ name }) => name).filter((name) => /ADMIN_(CLIENT|USER|PASS)|KEYCLOAK_ADMIN/.test(name)),
      ["KEYCLOAK_ADMIN", "KEYCLOAK_ADMIN_PASSWORD"],
    );
    assert.deepEqual(Object.keys(unwrapSecret(g.get("sso-secret").inputs.stringData) as object).sort(), [
      "admin-password",
      "admin-username",
      "db-password",
    ]);
  });

  it("is administered at a port that its pods have", async () => {
    const { template } = (await inputs("sso-server")).spec as { template: object };
    const ports = at(template, "spec", "containers", 0, "ports") as { containerPort: number }[];
    const { managedAt } = service;
    assert.equal(at(template, "metadata", "labels", "app.kubernetes.io/name"), managedAt?.workload);
    assert.ok(ports.some(({ containerPort }) => containerPort === managedAt?.port));
  });

  it("speaks TLS to the ingress, and to a database that says what to trust", async () => {
    const g = await run(keycloak());
    assert.equal(at(g.get("sso-allow-ingress").inputs, "spec", "ingress", 0, "ports", 0, "port"), 8443);
    const request = g.get("sso-tls-server-request").inputs;
    assert.ok((request.dnsNames as string[]).includes("keycloak.keycloak.svc"));
    assert.deepEqual(request.ipAddresses, ["127.0.0.1"]);
    const options = (graph: typeof g) => {
      const env = at(graph.get("sso-server").inputs, "spec", "template", "spec", "containers", 0, "env") as {
        name: string;
        value?: string;
      }[];
      return env.find(({ name }) => name === "KC_DB_URL_PROPERTIES")?.value;
    };
    assert.equal(options(g), undefined);
    const verified = await run(keycloak({}, { database: { ...database("keycloak"), ca: "the authority" } }));
    assert.equal(options(verified), "?sslMode=verify-full&serverSslCert=/etc/keycloak-database/ca.crt");
    assert.equal(at(verified.get("sso-trust").inputs, "data", "ca.crt"), "the authority");
    const another = await run(keycloak({}, { database: { ...database("keycloak"), ca: "another one" } }));
    assert.deepEqual(verified.changed(another), ["sso-server", "sso-trust"], "what is trusted is read at start");
  });

  it("is served at its host, and the administration is not unless asked to", async () => {
    const served = async (build: Build) => {
      const g = await run(build);
      const paths = at(g.get("sso-ingress").inputs, "spec", "rules", 0, "http", "paths") as { path: string }[];
      const env = at(g.get("sso-server").inputs, "spec", "template", "spec", "containers", 0, "env") as { name: string; value?: string }[];
      return [paths.map(({ path }) => path), env.find(({ name }) => name === "KC_HOSTNAME_ADMIN")?.value];
    };
    assert.deepEqual(await served(keycloak()), [["/realms", "/resources"], "http://localhost:8080"]);
    assert.deepEqual(await served(keycloak({}, { adminConsole: "public" })), [["/"], undefined]);
  });
});
