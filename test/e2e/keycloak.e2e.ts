import assert from "node:assert/strict";
import { keycloakBackup } from "../../components/platform/keycloak/backup";
import { ADMIN_ROLE, CLIENT_ID as CLIENT, REALM } from "../../components/platform/keycloak/realm";
import { before26 } from "../../components/platform/keycloak/versions";
import { RETURN_PATH as KUBEFLOW_RETURN, ROLE as KUBEFLOW_ROLE } from "../../components/platform/kubeflow/names";
import { RETURN_PATH as GRAFANA_RETURN, ROLES as GRAFANA_ROLES } from "../../components/platform/monitoring/login";
import type { Bag } from "../../testing/mocks";
import { engineForTests } from "../support/engine";
import { httpsCall } from "../support/https-call";
import { KEYCLOAK_VERSIONS, keycloakForTests, keycloakPluginForTests } from "../support/keycloak";
import { Administration, claimsOf, type LoginSpec, logIn, tokenOf } from "../support/keycloak-people";
import { KeycloakStack, type KeycloakWishes } from "../support/keycloak-stack";
import { mariaDbForTests } from "../support/mariadb";

const PORTAL = "https://portal.seoul.example.org";
const RETURN = `${PORTAL}/login/oauth2/code/keycloak`;
const PASSWORD = "a-Long-Enough-1";
const GRAFANA = { id: "grafana", returnPath: GRAFANA_RETURN, roles: Object.keys(GRAFANA_ROLES), url: "https://grafana.seoul.example.org" };
const KUBEFLOW = { id: "kubeflow", returnPath: KUBEFLOW_RETURN, roles: [KUBEFLOW_ROLE], url: "https://kubeflow.seoul.example.org" };
const WISHES: KeycloakWishes = { args: { clients: { monitoring: GRAFANA, kubeflow: KUBEFLOW } } };

/** Our Keycloak, of a version. The tests are one story, in order. */
function ofVersion(this: Mocha.Suite, version: string): void {
  this.timeout(900_000);
  let stack: KeycloakStack;
  let outputs: Bag;
  /** At the end of the way that the cluster's API leads there. */
  let administered: string;
  let ca: string;
  let administration: Administration;

  const byPassword = (user: string, password: string) =>
    Administration.open(administered, ca, { grant_type: "password", client_id: "admin-cli", username: user, password });
  /** What came of the last `up`. */
  const know = async (): Promise<void> => {
    outputs = await stack.outputs();
    ca = String(outputs.ca);
    administered = `https://127.0.0.1:${stack.pods[0]?.ports.https}`;
    administration = await byPassword(String(outputs.administrator), String(outputs.administratorPassword));
  };
  const portal = (more: Partial<LoginSpec> = {}): LoginSpec => ({
    ...{ issuer: stack.issuer, ca: stack.ca, client: CLIENT, secret: String(outputs.clientSecret), redirect: RETURN, pkce: false },
    ...more,
  });

  before(async function () {
    const [distribution, plugin] = [keycloakForTests.call(this, version), keycloakPluginForTests.call(this)];
    const mariaDb = mariaDbForTests.call(this);
    stack = new KeycloakStack({ engine: await engineForTests.call(this), distribution, version, plugin, mariaDb });
    this.timeout(900_000);
    await stack.start();
  });
  after(async function () {
    this.timeout(60_000);
    await stack?.stop();
  });

  it("comes up by our settings, is ready by our probes, and has nothing to do the second time, nor after a refresh", async () => {
    const made = await stack.up(WISHES);
    assert.ok((made.create ?? 0) > 30, JSON.stringify(made));
    assert.deepEqual(Object.keys(await stack.up(WISHES)), ["same"]);
    assert.deepEqual(Object.keys(await stack.refresh()), ["same"]);
    assert.deepEqual(Object.keys(await stack.up(WISHES)), ["same"]);
    await know();
  });

  it("has the realm, client, group and administrator that K-PaaS's programs and commands look for", async () => {
    const realm = await administration.get<Bag>(`/${REALM}`);
    assert.deepEqual([realm.id, realm.registrationAllowed, realm.accessTokenLifespan, realm.failureFactor], [REALM, false, 3_600, 10]);
    const [client] = await administration.get(`/${REALM}/clients?clientId=${CLIENT}`);
    assert.deepEqual([client?.publicClient, client?.directAccessGrantsEnabled, client?.redirectUris], [false, false, [RETURN]]);
    const [group] = await administration.get(`/${REALM}/groups?search=cp-cluster-admin`);
    const [role] = await administration.get(`/${REALM}/groups/${String(group?.id)}/role-mappings/realm`);
    assert.equal(role?.name, ADMIN_ROLE);
    const [user] = await administration.get(`/${REALM}/users?username=admin&exact=true`);
    assert.deepEqual(user?.requiredActions, ["UPDATE_PASSWORD"]);
    const [joined] = await administration.get(`/${REALM}/users/${String(user?.id)}/groups`);
    assert.equal(joined?.name, "cp-cluster-admin");
  });

  it("is administered in its pod by kcadm, as the pages say", () => {
    const [pod] = stack.pods;
    const asked = (...words: string[]) => pod?.exec("kcadm.sh", words);
    const config = ["--config", "/tmp/kcadm.config"];
    const who = ["--realm", "master", "--user", String(outputs.administrator), "--password", String(outputs.administratorPassword)];
    const enter = ["config", "credentials", "--server", `http://localhost:${pod?.ports.http}`, ...who];
    // Where the tests are nobody's but root's, the image's files are others' to write.
    if (process.getuid?.() === 0) assert.throws(() => asked(...enter), /Failed to create config file/);
    asked(...enter, ...config);
    assert.match(
      String(asked("get", "clients", "-r", REALM, "-q", `clientId=${CLIENT}`, "--fields", "clientId", ...config)),
      /"cp-client"/,
    );
  });

  it("serves the log-in to users, and its administration to nobody who comes by the ingress", async () => {
    const status = async (path: string) => (await httpsCall(`${stack.url}${path}`, { ca: stack.ca })).status;
    assert.equal(await status(`/realms/${REALM}/.well-known/openid-configuration`), 200);
    for (const path of ["/admin/master/console/", "/metrics", "/health", "/"]) assert.equal(await status(path), 404, path);
    const known = JSON.parse((await httpsCall(`${stack.issuer}/.well-known/openid-configuration`, { ca: stack.ca })).body);
    assert.equal(known.issuer, stack.issuer);
    assert.equal(known.token_endpoint, `${stack.issuer}/protocol/openid-connect/token`);
  });

  it("has the first administrator choose another password, which no shorter one may be, and tells the portal of his role", async () => {
    const first = String(outputs.portalPassword);
    assert.match((await logIn(portal(), "admin", first, "short")).page, /password-new/);
    const { body, page } = await logIn(portal(), "admin", first, PASSWORD);
    assert.equal(page, "");
    for (const token of [body.access_token, body.id_token]) assert.ok((claimsOf(token).roles as string[]).includes(ADMIN_ROLE));
    const { iss, azp, preferred_username } = claimsOf(body.access_token);
    assert.deepEqual([iss, azp, preferred_username], [stack.issuer, CLIENT, "admin"]);
    assert.match((await logIn(portal(), "admin", first)).page, /Invalid username or password/);
    assert.deepEqual(Object.keys(await stack.up(WISHES)), ["same"], "his password is his");
  });

  it("takes the portal's proof where it sends one, and no other return address, secret or password's way", async () => {
    assert.equal((await logIn(portal({ pkce: true }), "admin", PASSWORD)).status, 200);
    assert.match((await logIn(portal({ redirect: `${PORTAL}/elsewhere` }), "admin", PASSWORD)).page, /Invalid parameter: redirect_uri/);
    assert.equal((await logIn(portal({ secret: "another" }), "admin", PASSWORD)).status, 401);
    const direct = {
      grant_type: "password",
      client_id: CLIENT,
      client_secret: String(outputs.clientSecret),
      username: "admin",
      password: PASSWORD,
    };
    assert.deepEqual((await tokenOf(stack.issuer, stack.ca, direct)).body.error, "unauthorized_client");
  });

  it("demands of a public client to prove that it is the one that asked", async () => {
    const redirect = "https://page.seoul.example.org/back";
    await administration.make(`/${REALM}/clients`, {
      clientId: "page",
      publicClient: true,
      redirectUris: [redirect],
      standardFlowEnabled: true,
    });
    const { secret: _none, ...page } = portal({ client: "page", redirect });
    assert.match((await logIn({ ...page, pkce: false }, "admin", PASSWORD)).page, /code_challenge/);
    assert.equal((await logIn({ ...page, pkce: true }, "admin", PASSWORD)).status, 200);
    assert.deepEqual(Object.keys(await stack.up(WISHES)), ["same"], "what people make there is theirs");
  });

  it("tells Grafana and Kubeflow by clients of their own who has their roles", async () => {
    const clients = outputs.clients as Record<string, string>;
    for (const [service, { id, url, returnPath, roles }] of Object.entries({ monitoring: GRAFANA, kubeflow: KUBEFLOW })) {
      await administration.addUser(REALM, `of-${id}`, PASSWORD, [roles[0] ?? ""]);
      const spec = portal({ client: id, redirect: `${url}${returnPath}`, secret: String(clients[service]), pkce: true });
      const { body, page } = await logIn(spec, `of-${id}`, PASSWORD);
      assert.equal(page, "");
      const headers = { authorization: `Bearer ${String(body.access_token)}` };
      const told = JSON.parse((await httpsCall(`${stack.issuer}/protocol/openid-connect/userinfo`, { ca: stack.ca, headers })).body);
      for (const claims of [claimsOf(body.id_token), told]) {
        assert.deepEqual([claims.preferred_username, (claims.roles as string[]).includes(roles[0] ?? "")], [`of-${id}`, true]);
      }
      assert.equal(claimsOf(body.id_token).aud, id);
      assert.equal((await logIn({ ...spec, secret: String(outputs.clientSecret) }, `of-${id}`, PASSWORD)).status, 401);
    }
  });

  it("has its users in the columns that the portal's account may read, which reads nothing else", () => {
    const account = { user: "portal", password: "two" };
    const listed = (sql: string) => stack.query(sql, account).split("\n");
    assert.ok(listed(`SELECT USERNAME FROM keycloak.USER_ENTITY WHERE REALM_ID = '${REALM}'`).includes("admin"));
    assert.match(listed("SELECT ID, EMAIL FROM keycloak.USER_ENTITY").join(), /ERROR 1143/);
    assert.match(listed("SELECT ID FROM keycloak.CREDENTIAL").join(), /ERROR 1142/);
  });

  it("comes again after a kill, with who is logged in where its version keeps that", async () => {
    const { body } = await logIn(portal(), "admin", PASSWORD);
    await stack.restart("SIGKILL");
    await know();
    const form = {
      grant_type: "refresh_token",
      refresh_token: String(body.refresh_token),
      client_id: CLIENT,
      client_secret: String(outputs.clientSecret),
    };
    const { status } = await tokenOf(stack.issuer, stack.ca, form);
    assert.equal(status, before26({ version }) ? 400 : 200);
    assert.equal((await logIn(portal(), "admin", PASSWORD)).status, 200);
  });

  it("has another administrator and other secrets of clients after an exchange, and those of before do nothing any more", async function () {
    if (before26({ version })) return this.skip();
    const former = { ...outputs };
    const rotated = { ...WISHES, plan: { rotation: 2 } };
    await stack.up(rotated);
    assert.deepEqual(Object.keys(await stack.up(rotated)), ["same"]);
    outputs = await stack.outputs();
    assert.deepEqual([former.administrator, outputs.administrator], ["kpaas-admin", "kpaas-admin-2"]);
    const now = await byPassword("kpaas-admin-2", String(outputs.administratorPassword));
    assert.ok((await now.get(`/${REALM}/users`)).length > 2);
    const before = await byPassword("kpaas-admin", String(former.administratorPassword));
    for (const path of [`/${REALM}/users`, `/${REALM}/clients`, "/master/users"])
      assert.equal((await before.call("GET", path)).status, 403);
    assert.equal((await logIn(portal(), "admin", PASSWORD)).status, 200);
    assert.equal((await logIn(portal({ secret: String(former.clientSecret) }), "admin", PASSWORD)).status, 401);
    administration = now;
  });

  it("lets in no administrator of before once a backup of after an exchange is restored", async function () {
    if (before26({ version })) return this.skip();
    const { after = [] } = keycloakBackup({ options: {}, version, rotation: 2 } as never);
    await stack.restart("SIGTERM", () => {
      for (const { command } of after) assert.equal(stack.query(/<<'EOF'\n([\s\S]*)\nEOF$/.exec(command)?.[1] ?? assert.fail(command)), "");
    });
    await know();
    await assert.rejects(byPassword("kpaas-admin", String((await stack.outputs()).administratorPassword)), /invalid_grant/);
    assert.equal((await logIn(portal(), "admin", PASSWORD)).status, 200);
  });
}

for (const version of KEYCLOAK_VERSIONS)
  describe(`a real Keycloak ${version}`, function () {
    ofVersion.call(this, version);
  });
