import assert from "node:assert/strict";
import { unwrapSecret } from "../../../testing/mocks";
import { type Build, keycloak, run } from "./builds";
import { at } from "./fixtures";

describe("Keycloak's realm", () => {
  const realm = async (build: Build) => {
    const data = unwrapSecret((await run(build)).get("sso-realm").inputs.stringData);
    return JSON.parse(String(at(data, "cp-realm-realm.json"))) as Record<string, unknown>;
  };

  it("has the client, group and role that the portal expects, and generated secrets", async () => {
    const made = await realm(keycloak());
    assert.equal(at(made, "clients", 0, "clientId"), "cp-client");
    assert.equal(at(made, "clients", 0, "secret"), "generated-sso-client-secret");
    assert.deepEqual(at(made, "clients", 0, "redirectUris"), ["https://portal.seoul.example.org/login/oauth2/code/keycloak"]);
    assert.deepEqual(at(made, "clients", 0, "webOrigins"), ["https://portal.seoul.example.org"]);
    assert.ok(!JSON.stringify(at(made, "clients")).includes("*"));
    assert.equal(at(made, "clients", 0, "directAccessGrantsEnabled"), false);
    assert.equal(at(made, "clients", 0, "protocolMappers", 0, "config", "claim.name"), "roles");
    assert.deepEqual(at(made, "groups", 0, "realmRoles"), ["cp-cluster-admin-role"]);
    assert.deepEqual(at(made, "users", 0, "groups"), ["/cp-cluster-admin"]);
    assert.equal(at(made, "users", 0, "credentials", 0, "value"), "generated-sso-portal-admin-password");
    assert.equal(made.bruteForceProtected, true);
  });

  it("lets nobody register unless asked to", async () => {
    assert.equal((await realm(keycloak())).registrationAllowed, false);
    assert.equal((await realm(keycloak({}, { selfRegistration: true }))).registrationAllowed, true);
  });

  it("demands long passwords, and of public clients a proof that they asked for the log-in", async () => {
    const made = await realm(keycloak());
    assert.match(String(made.passwordPolicy), /length\(12\).*notUsername/);
    assert.deepEqual(at(made, "clientPolicies", "policies", 0, "conditions", 0, "configuration", "type"), ["public"]);
    assert.equal(at(made, "clientProfiles", "profiles", 0, "executors", 0, "executor"), "pkce-enforcer");
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
