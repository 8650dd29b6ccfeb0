import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Browser, chromium, type Page } from "playwright-core";
import { CLIENT_ID, REALM } from "../../components/platform/keycloak/realm";
import type { Bag } from "../../testing/mocks";
import { browserForTests } from "../support/browser";
import { engineForTests } from "../support/engine";
import { httpsCall } from "../support/https-call";
import { KEYCLOAK_VERSIONS, keycloakForTests, keycloakPluginForTests } from "../support/keycloak";
import { Administration, logIn } from "../support/keycloak-people";
import { KeycloakStack } from "../support/keycloak-stack";
import { mariaDbForTests } from "../support/mariadb";
import { fileOf } from "../support/own-service";
import { freePorts } from "../support/real-server";

const MAIN = join(__dirname, "..", "..", "cli", "main.js");
const PASSWORD = "a-Long-Enough-1";
const AUDIENCE = "kpaas";
const PAGE = "kpaas-page";
/** Who has which roles of the realm. */
const PEOPLE: Readonly<Record<string, readonly string[]>> = {
  viewer: ["kpaas-viewer"],
  operator: ["kpaas-operator"],
  narrow: ["kpaas-operator:team=platform"],
  approver: ["kpaas-approver"],
  administrator: ["kpaas-administrator"],
  nobody: ["offline_access"],
};

/** `kpaas server` with a real Keycloak, of the newest version. The tests are one story, in order. */
describe("kpaas server with a real Keycloak", function () {
  this.timeout(900_000);
  const version = KEYCLOAK_VERSIONS.at(-1) ?? "";
  let stack: KeycloakStack;
  let administration: Administration;
  let service: ChildProcess;
  let url = "";
  let logged = "";
  let clientSecret = "";
  /** One that ends while the others are tried. */
  let short = "";

  const ask = async (token: string, path = "/api/v1/environments", method = "GET", body?: unknown) => {
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    return await httpsCall(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  };
  /** Tokens of somebody who logs in to a client. */
  const tokens = async (user: string, client = PAGE, more = {}): Promise<Record<string, string>> => {
    const spec = { issuer: stack.issuer, ca: stack.ca, client, redirect: `${url}/`, ...more };
    const { status, body, page } = await logIn(spec, user, PASSWORD);
    assert.equal(status, 200, page || JSON.stringify(body));
    return body as Record<string, string>;
  };
  const tokenOf = async (user: string, client = PAGE, more = {}) => (await tokens(user, client, more)).access_token ?? "";
  /** That a token is refused, and why the log says that it is. */
  const isRefused = async (token: string, why: RegExp) => {
    const before = logged.length;
    const { status, body } = await ask(token);
    assert.deepEqual([status, (JSON.parse(body) as Bag).type], [401, "urn:kpaas:problem:unauthenticated"]);
    for (let tries = 0; !why.test(logged.slice(before)) && tries < 20; tries++) await pause(100);
    assert.match(logged.slice(before), why);
  };
  /** The page's client as docs/server.md has it. @param seconds how long its access tokens are good for */
  const pageClient = (seconds: number, clientId = PAGE, audience = AUDIENCE) => ({
    ...{
      clientId,
      publicClient: true,
      standardFlowEnabled: true,
      directAccessGrantsEnabled: false,
      redirectUris: [`${url}/`],
      webOrigins: [url],
    },
    attributes: {
      ...{ "pkce.code.challenge.method": "S256", "post.logout.redirect.uris": `${url}/` },
      "access.token.lifespan": String(seconds),
    },
    protocolMappers: [
      {
        ...{ name: "audience", protocol: "openid-connect", protocolMapper: "oidc-audience-mapper" },
        config: { "included.custom.audience": audience, "access.token.claim": "true" },
      },
    ],
  });

  before(async function () {
    const [distribution, plugin] = [keycloakForTests.call(this, version), keycloakPluginForTests.call(this)];
    const mariaDb = mariaDbForTests.call(this);
    stack = new KeycloakStack({ engine: await engineForTests.call(this), distribution, version, plugin, mariaDb });
    this.timeout(900_000);
    await stack.start();
    const [port = 0] = await freePorts(1);
    url = `http://127.0.0.1:${port}`;
    await stack.up({ args: { applications: [url] } });
    const outputs = await stack.outputs();
    clientSecret = String(outputs.clientSecret);
    const form = { grant_type: "password", client_id: "admin-cli", username: String(outputs.administrator) };
    const administered = `https://127.0.0.1:${stack.pods[0]?.ports.https}`;
    administration = await Administration.open(administered, String(outputs.ca), {
      ...form,
      password: String(outputs.administratorPassword),
    });
    await administration.make("", { realm: "elsewhere", enabled: true });
    for (const realm of [REALM, "elsewhere"]) {
      await administration.make(`/${realm}/clients`, pageClient(300));
      for (const [name, roles] of Object.entries(PEOPLE)) await administration.addUser(realm, name, PASSWORD, roles);
    }
    await administration.make(`/${REALM}/clients`, pageClient(1, "short"));
    await administration.make(`/${REALM}/clients`, pageClient(300, "other", "somebody-else"));
    const words = ["server", "--sandbox", "--listen", `127.0.0.1:${port}`, "--data", stack.at("service"), "--issuer", stack.issuer];
    service = spawn(process.execPath, [MAIN, ...words, "--audience", AUDIENCE, "--page-client", PAGE], {
      cwd: stack.folder,
      env: { ...process.env, NODE_EXTRA_CA_CERTS: stack.caFile },
      stdio: ["ignore", "ignore", "pipe"],
    });
    service.stderr?.setEncoding("utf8").on("data", (text: string) => {
      logged += text;
    });
    const isReady = () =>
      fetch(`${url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    for (let tries = 0; !(await isReady()); tries++) {
      assert.ok(tries < 600 && service.exitCode === null, logged);
      await pause(200);
    }
  });
  after(async function () {
    this.timeout(60_000);
    service?.kill("SIGKILL");
    await stack?.stop();
  });

  it("grants what the realm's roles say, those for a label too, by the claim that Keycloak itself has", async () => {
    short = await tokenOf("viewer", "short");
    const body = { text: fileOf("seoul") };
    const may: Record<string, number[]> = {};
    for (const name of Object.keys(PEOPLE)) {
      const token = await tokenOf(name);
      const looks = (await ask(token)).status;
      const changes =
        name === "viewer" || name === "nobody" || name === "approver"
          ? (await ask(token, "/api/v1/environments/seoul", "PUT", body)).status
          : 0;
      may[name] = [looks, changes, (await ask(token, "/api/v1/audit")).status];
    }
    assert.deepEqual(may, {
      ...{ viewer: [200, 403, 403], operator: [200, 0, 403], narrow: [200, 0, 403], approver: [200, 403, 403] },
      ...{ administrator: [200, 0, 200], nobody: [403, 403, 403] },
    });
    assert.equal((await ask(await tokenOf("operator"), "/api/v1/environments/seoul", "PUT", body)).status, 201);
    assert.equal((await ask(await tokenOf("narrow"), "/api/v1/environments/busan", "PUT", { text: fileOf("busan", "edge") })).status, 403);
    const me = JSON.parse((await ask(await tokenOf("narrow"), "/api/v1/me")).body);
    assert.match(JSON.stringify(me), /"name":"team","value":"platform"/);
    assert.match(JSON.stringify(me), /"narrow"/);
  });

  it("refuses tokens of another realm, for another audience, of another kind, changed, unsigned, and signed by a shared secret", async () => {
    const good = await tokens("administrator");
    const [head = "", said = "", signature = ""] = (good.access_token ?? "").split(".");
    await isRefused(
      await tokenOf("administrator", PAGE, { issuer: `${stack.url}/realms/elsewhere` }),
      /ERR_JW[TKS]+_(NO_MATCHING_KEY|CLAIM_VALIDATION_FAILED)/,
    );
    await isRefused(await tokenOf("administrator", "other"), /meant for somebody else/);
    await isRefused(
      await tokenOf("administrator", CLIENT_ID, { secret: clientSecret, redirect: `${url}/login/oauth2/code/keycloak` }),
      /meant for somebody else/,
    );
    await isRefused(good.id_token ?? "", /no access token/);
    await isRefused(good.refresh_token ?? "", /ERR_JOSE_ALG_NOT_ALLOWED/);
    const claims = JSON.parse(Buffer.from(said, "base64url").toString());
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    await isRefused([head, part({ ...claims, sub: "somebody" }), signature].join("."), /SIGNATURE_VERIFICATION_FAILED/);
    const { kid } = JSON.parse(Buffer.from(head, "base64url").toString());
    await isRefused(`${part({ alg: "none", typ: "JWT", kid })}.${said}.`, /ALG_NOT_ALLOWED|JWS_INVALID|NOT_SUPPORTED/);
    const { keys } = JSON.parse((await httpsCall(`${stack.issuer}/protocol/openid-connect/certs`, { ca: stack.ca })).body);
    const shown = keys.find((key: Bag) => key.kid === kid);
    // The public key as a shared secret, in the forms that people know it by.
    for (const secret of [shown.n, shown.x5c[0], `-----BEGIN CERTIFICATE-----\n${shown.x5c[0]}\n-----END CERTIFICATE-----\n`]) {
      const unsigned = `${part({ alg: "HS256", typ: "JWT", kid })}.${said}`;
      await isRefused(`${unsigned}.${createHmac("sha256", secret).update(unsigned).digest("base64url")}`, /ALG_NOT_ALLOWED/);
    }
    for (const secret of [good.access_token, good.refresh_token]) assert.ok(!logged.includes(secret ?? ""), "no token is logged");
  });

  it("refuses a token that has ended", async () => {
    const { exp } = JSON.parse(Buffer.from(short.split(".")[1] ?? "", "base64url").toString());
    // Clocks may differ by half a minute.
    await pause(Math.max(0, exp * 1_000 + 31_000 - Date.now()));
    await isRefused(short, /ERR_JWT_EXPIRED/);
  });

  describe("its page in a browser", () => {
    let browser: Browser;
    const told: string[] = [];
    const granted: string[] = [];

    before(async function () {
      const executablePath = browserForTests();
      if (executablePath === undefined) return this.skip();
      browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
      const [client] = await administration.get(`/${REALM}/clients?clientId=${PAGE}`);
      const attributes = { ...(client?.attributes as object), "access.token.lifespan": "32" };
      assert.equal((await administration.call("PUT", `/${REALM}/clients/${String(client?.id)}`, { ...client, attributes })).status, 204);
    });
    after(async () => await browser?.close());

    const enter = async (): Promise<Page> => {
      const context = await browser.newContext({ locale: "en-US", ignoreHTTPSErrors: true });
      const page = await context.newPage();
      page.on("console", (message) => message.type() === "error" && told.push(`${message.location().url}: ${message.text()}`));
      page.on("pageerror", (error) => told.push(error.message));
      page.on("request", (request) => {
        const grant = /grant_type=(\w+)/.exec(request.postData() ?? "")?.[1];
        if (grant !== undefined) granted.push(grant);
      });
      await page.goto(url);
      return page;
    };
    const logInAs = async (page: Page, user: string): Promise<void> => {
      await page.locator("main button.primary").click();
      await page.locator("#username").fill(user);
      await page.locator("#password").fill(PASSWORD);
      await page.locator("#kc-login").click();
      await page.locator(".brand[href]").waitFor();
    };

    it("logs somebody in by Keycloak's form, takes another token before one ends, comes back after a reload, and logs out", async () => {
      const page = await enter();
      await logInAs(page, "administrator");
      await page.getByRole("link", { name: "seoul" }).waitFor();
      assert.equal(new URL(page.url()).search, "", "the code does not stay in the address");
      await page.waitForTimeout(3_000);
      await page.evaluate("location.hash = '#/audit'");
      await page.locator("tbody tr").first().waitFor();
      assert.deepEqual(granted.slice(0, 2), ["authorization_code", "refresh_token"]);
      await page.reload();
      // Keycloak knows its reader by a session of its own.
      await page.locator("tbody tr").first().waitFor();
      await page.locator(".menu summary").last().click();
      await page.getByRole("button", { name: "Log out" }).click();
      await page.locator("main.login button.primary").waitFor();
      assert.equal(new URL(page.url()).origin, url);
      await page.locator("main button.primary").click();
      await page.locator("#password").waitFor();
      assert.deepEqual(told, [], "nothing breaks the page's policy, Keycloak's or that of origins");
    });

    it("says so where somebody's session was ended in Keycloak's administration", async () => {
      const page = await enter();
      await logInAs(page, "viewer");
      const [user] = await administration.get(`/${REALM}/users?username=viewer&exact=true`);
      assert.equal((await administration.call("POST", `/${REALM}/users/${String(user?.id)}/logout`)).status, 204);
      await page.waitForTimeout(3_000);
      await page.evaluate("location.hash = '#/clusters/seoul'");
      await page.getByText("Your session has ended.").waitFor();
    });
  });
});
