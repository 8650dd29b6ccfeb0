import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Properties } from "../../../plugin/rpc/provider";
import { createKeycloakProvider } from "../../../sandbox/keycloak/provider";
import { Objects } from "../../../sandbox/kubernetes/objects";
import { Store } from "../../../sandbox/store";
import { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";

const REALM = "keycloak:index/realm:Realm";
const CLIENT = "keycloak:openid/client:Client";
const ROLE = "keycloak:index/role:Role";
const USER = "keycloak:index/user:User";
const POLICY = "keycloak:index/realmClientPolicyProfilePolicy:RealmClientPolicyProfilePolicy";
const URL = "https://127.0.0.1:20000";

describe("the simulated Keycloak", () => {
  const folder = temporaryFolders();
  let world: string;
  let provider: ProviderClient;

  beforeEach(async () => {
    world = folder();
    provider = await ProviderClient.serve(createKeycloakProvider(world));
    await provider.configure({ url: URL, initialLogin: false });
  });
  afterEach(() => provider.close());

  /** Keycloak's pods, as many as are ready, in a namespace. */
  function runs(readyReplicas: number, uid = "first", env: readonly string[] = []): void {
    writeFileSync(join(world, "cluster.json"), JSON.stringify({ name: "seoul", server: "https://10.20.0.2:6443", nodes: {} }));
    const objects = new Objects(join(world, "kubernetes"));
    objects.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "keycloak", uid } });
    objects.put({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "keycloak", namespace: "keycloak" },
      spec: { template: { spec: { containers: [{ name: "keycloak", env: env.map((name) => ({ name })) }] } } },
      status: { readyReplicas },
    });
  }

  const make = (type: string, inputs: Properties) => provider.create({ type }, inputs);
  const realm = () => make(REALM, { realm: "cp-realm" });

  it("answers nobody before its pods are ready, and a preview needs no answer", async () => {
    await provider.create({ type: REALM }, { realm: "cp-realm" }, { preview: true });
    const refused = /connect: connection refused/;
    await assert.rejects(realm(), refused);
    runs(0);
    await assert.rejects(realm(), refused);
    runs(1);
    assert.equal((await realm()).id, "cp-realm");
    const hasty = await ProviderClient.serve(createKeycloakProvider(folder()));
    await assert.rejects(hasty.configure({ url: URL }), refused);
    await hasty.close();
  });

  it("knows the client that its first start made, and those that were made since, and no other", async () => {
    const logsIn = async (clientId: string) => await provider.configure({ url: URL, initialLogin: false, clientId });
    runs(1, "first", ["KC_BOOTSTRAP_ADMIN_CLIENT_ID"]);
    await logsIn("kpaas");
    await realm();
    // Another one, which began without.
    runs(1, "second");
    await assert.rejects(realm(), /401 Unauthorized.*invalid_client/);
    await logsIn("admin-cli");
    await make(CLIENT, { realmId: "master", clientId: "kpaas", accessType: "CONFIDENTIAL", serviceAccountsEnabled: true });
    await logsIn("kpaas");
    runs(1, "second", ["KC_BOOTSTRAP_ADMIN_CLIENT_ID"]);
    await realm();
  });

  it("refuses what is there already, and what refers to nothing, in Keycloak's words", async () => {
    runs(1);
    const client = { realmId: "cp-realm", clientId: "cp-client", accessType: "CONFIDENTIAL" };
    await assert.rejects(make(CLIENT, client), /404 Not Found\. Response body: {"error":"Realm not found\."}/);
    await realm();
    await assert.rejects(realm(), /409 Conflict\. Response body: {"errorMessage":"Realm cp-realm already exists"}/);
    await make(CLIENT, client);
    await assert.rejects(make(CLIENT, client), /Client cp-client already exists/);
    const role = { realmId: "cp-realm", name: "admin" };
    await make(ROLE, role);
    await assert.rejects(make(ROLE, role), /Role with name admin already exists/);
    await assert.rejects(make(POLICY, { realmId: "cp-realm", name: "a", profiles: ["none"] }), /400 Bad Request/);
  });

  it("checks what the provider checks", async () => {
    const said = async (type: string, inputs: Properties) =>
      (await provider.check({ type }, inputs)).failures.map(({ reason }) => reason).join();
    assert.match(await said(CLIENT, { realmId: "r", clientId: "c", accessType: "PRIVATE" }), /accessType/);
    assert.match(await said(USER, { realmId: "r", username: "Admin" }), /all lowercase/);
    assert.match(await said(REALM, { realm: "r", loginWithMailAllowed: true }), /loginWithEmailAllowed/);
  });

  it("asks for another password where the first is temporary, and keeps none in its files", async () => {
    runs(1);
    await realm();
    const password = { value: "canary-password", temporary: true };
    const { id, properties } = await make(USER, { realmId: "cp-realm", username: "admin", initialPassword: password });
    assert.deepEqual(properties.requiredActions, ["UPDATE_PASSWORD"]);
    assert.ok(!JSON.stringify(new Store(join(world, "kubernetes/keycloak")).get("user", id)).includes("canary"));
  });

  it("loses with its namespace all that was in it, and with a realm what is in that", async () => {
    runs(1);
    const { id } = await realm();
    await make(ROLE, { realmId: "cp-realm", name: "admin" });
    await provider.delete({ type: REALM, id }, {});
    await realm();
    await make(ROLE, { realmId: "cp-realm", name: "admin" });
    runs(1, "second");
    await realm();
  });
});
