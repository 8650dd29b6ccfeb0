import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { LoginFault, LoginTry } from "../../model/cloud";
import { tryKeys } from "../../providers/aws/login-try";
import { signed } from "../../providers/aws/signature";
import { tryPrincipal } from "../../providers/azure/login-try";
import { tryKey } from "../../providers/gcp/login-try";
import { tryVersion2, tryVersion3 } from "../../providers/openstack/login-try";
import { trySession } from "../../providers/vsphere/login-try";
import { sender, tryLogin } from "../../server/accounts/try-login";
import { Addresses } from "../../server/webhooks/address";
import { fileOf, type OwnService, playOwn } from "../support/own-service";
import { temporaryFolders } from "../support/temporary";

const ADMINISTRATOR = "cp-cluster-admin-role";
const CANARY = "canary-password";
const OPENSTACK = { OS_AUTH_URL: "https://id.example.org:5000", OS_USERNAME: "kim", OS_PASSWORD: CANARY, OS_REGION_NAME: "KR1" };

/** An identity service that a test plays: it keeps what it was asked. */
async function playIdentity(
  answer: (url: string) => readonly [number, unknown],
): Promise<{ server: Server; url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, reply) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      asked.push(`${request.method} ${request.url} ${request.headers["x-subject-token"] ?? body}`);
      const [status, json] = answer(request.url ?? "");
      reply.writeHead(status, { "content-type": "application/json", "x-subject-token": "token-1" }).end(JSON.stringify(json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const catalogue = (...regions: readonly string[]) => ({ token: { catalog: [{ endpoints: regions.map((region) => ({ region })) }] } });

describe("Cloud accounts by the service's own calls", function () {
  this.timeout(120_000);
  const folder = temporaryFolders();
  let own: OwnService;
  beforeEach(async () => {
    own = await playOwn(folder(), { seoul: fileOf("seoul") }, undefined, { webhookNetwork: ["127.0.0.0/8"] });
  });
  afterEach(() => own.close());
  const account = (url: string, more: object = {}) => ({
    ...{ name: "team", provider: "OPENSTACK", region: "KR1", project: "p" },
    ...{ credentials: { auth_url: url, user_name: "kim", password: CANARY }, ...more },
  });

  it("are made, listed, changed and removed, and their credentials come back in no answer", async () => {
    const { status, body: made, text } = await own.ask(ADMINISTRATOR, "POST", "/api/v1/accounts", account("https://id.example.org"));
    assert.deepEqual([status, made.name, made.environments], [201, "team", []]);
    const { id } = made;
    const changed = await own.ask(ADMINISTRATOR, "PATCH", `/api/v1/accounts/${id}`, { name: "other", region: "KR2" });
    assert.deepEqual([changed.body.name, changed.body.region, changed.body.project], ["other", "KR2", "p"]);
    await own.ask(ADMINISTRATOR, "POST", "/api/v1/accounts", account("https://id.example.org", { name: "Team two" }));
    const list = async (query: string) => (await own.ask(ADMINISTRATOR, "GET", `/api/v1/accounts?${query}`)).body;
    const first = await list("limit=1");
    assert.deepEqual([first.items.length, (await list(`limit=1&after=${first.next}`)).items[0].name], [1, "Team two"]);
    assert.deepEqual(
      ((await list("search=TEAM")).items as { name: string }[]).map(({ name }) => name),
      ["Team two"],
    );
    assert.deepEqual((await list("provider=AWS")).items, []);
    const all = text + changed.text + JSON.stringify(await list(""));
    assert.ok(!all.includes(CANARY));
    const trail = JSON.stringify((await own.ask(ADMINISTRATOR, "GET", "/api/v1/audit")).body);
    assert.ok(trail.includes("account.change") && !trail.includes(CANARY));
    assert.equal((await own.ask("kpaas-operator", "GET", "/api/v1/accounts")).status, 403);
    assert.equal((await own.ask(ADMINISTRATOR, "DELETE", `/api/v1/accounts/${id}`)).status, 204);
    assert.equal((await own.ask(ADMINISTRATOR, "GET", `/api/v1/accounts/${id}`)).status, 404);
  });

  it("are refused with all that they lack, and are not removed while an environment logs in by them", async () => {
    const { status, body } = await own.ask(ADMINISTRATOR, "POST", "/api/v1/accounts", {
      ...{ name: "x", provider: "OPENSTACK", credentials: { user_name: "kim", secretKey: CANARY } },
    });
    assert.equal(status, 400);
    assert.deepEqual(
      body.problems.map(({ path }: { path: string }) => path),
      ["region", "project", "credentials.auth_url", "credentials.password", "credentials.secretKey"],
    );
    const { id } = (await own.ask(ADMINISTRATOR, "POST", "/api/v1/accounts", account("https://id.example.org"))).body;
    const { commit, text } = (await own.ask(ADMINISTRATOR, "GET", "/api/v1/environments/seoul")).body;
    const bound = await own.ask(ADMINISTRATOR, "PUT", "/api/v1/environments/seoul", { text, expects: commit || undefined, account: id });
    assert.equal(bound.status, 200, bound.text);
    assert.deepEqual((await own.ask(ADMINISTRATOR, "GET", `/api/v1/accounts/${id}`)).body.environments, ["seoul"]);
    const kept = await own.ask(ADMINISTRATOR, "DELETE", `/api/v1/accounts/${id}`);
    assert.deepEqual([kept.status, /seoul logs in by this account/.test(kept.body.detail)], [409, true]);
  });

  it("are tried out at the cloud, which is left as it was; what is wrong is named without a secret", async () => {
    const answers: [number, unknown][] = [
      [201, catalogue("KR1")],
      [401, {}],
      [201, catalogue("JP1")],
      [404, {}],
    ];
    let at = 0;
    const identity = await playIdentity((url) => (url.endsWith("/auth/tokens") ? (answers[at] ?? [500, {}]) : [404, {}]));
    try {
      const { id } = (await own.ask(ADMINISTRATOR, "POST", "/api/v1/accounts", account(identity.url))).body;
      const tried = async () => await own.ask(ADMINISTRATOR, "POST", `/api/v1/accounts/${id}/test`);
      assert.deepEqual((await tried()).body, { good: true });
      assert.equal(identity.asked[1], "DELETE /v3/auth/tokens token-1");
      const paths: unknown[] = [];
      for (at = 1; at < answers.length; at++) {
        const { body, text } = await tried();
        assert.ok(body.good === false && !text.includes(CANARY), text);
        paths.push(body.path);
      }
      assert.deepEqual(paths, [undefined, "region", "credentials.auth_url"]);
      identity.server.close();
      identity.server.closeAllConnections();
      assert.match((await tried()).body.reason, /nothing answers there/);
    } finally {
      identity.server.close();
    }
    // What is seen without asking is told too, at the field that it is of.
    const key = { name: "g", provider: "GCP", credentials: { credentials: CANARY } };
    const ofGoogle = (await own.ask(ADMINISTRATOR, "POST", "/api/v1/accounts", key)).body;
    const { body } = await own.ask(ADMINISTRATOR, "POST", `/api/v1/accounts/${ofGoogle.id}/test`);
    assert.deepEqual([body.good, body.path], [false, "credentials.credentials"]);
    const registered = { name: "n", provider: "NAVER", region: "KR", site: "public", credentials: { accessKey: "a", secretKey: "b" } };
    const { id } = (await own.ask(ADMINISTRATOR, "POST", "/api/v1/accounts", registered)).body;
    assert.equal((await own.ask(ADMINISTRATOR, "POST", `/api/v1/accounts/${id}/test`)).status, 409);
  });
});

describe("A log-in that is tried out", () => {
  const now = new Date("2015-08-30T12:36:00Z");

  it("is signed as AWS's own example is", () => {
    // "get-vanilla" of AWS's published test suite of Signature Version 4.
    const signer = {
      accessKey: "AKIDEXAMPLE",
      secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      region: "us-east-1",
      service: "service",
    };
    const { authorization } = signed({ method: "GET", path: "/", headers: { host: "example.amazonaws.com" }, body: "" }, signer, now);
    assert.match(authorization ?? "", /Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31$/);
  });

  it("asks AWS who it is, in the region's own place, and reads what is wrong", () => {
    const { request, judge } = tryKeys({ AWS_REGION: "ap-northeast-2", AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: CANARY }, now);
    assert.deepEqual([request.url, JSON.stringify(request).includes(CANARY)], ["https://sts.ap-northeast-2.amazonaws.com/", false]);
    const answer = (status: number, code: string) => ({ status, headers: {}, body: `<Error><Code>${code}</Code></Error>` });
    assert.equal(judge({ status: 200, headers: {}, body: "" }), undefined);
    assert.equal(judge(answer(403, "InvalidClientTokenId"))?.variable, "AWS_ACCESS_KEY_ID");
    assert.equal(judge(answer(403, "SignatureDoesNotMatch"))?.variable, "AWS_SECRET_ACCESS_KEY");
    assert.match(judge(answer(400, "Throttling"))?.reason ?? "", /Throttling/);
    const { request: elsewhere } = tryKeys({ AWS_REGION: "x.evil.example/?", AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" }, now);
    assert.equal(new URL(elsewhere.url).hostname, "sts.xevilexample.amazonaws.com");
  });

  /** A key of a service account, as Google Cloud makes them. */
  const googleKey = (more: object = {}) => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const private_key = privateKey.export({ type: "pkcs8", format: "pem" });
    const token_uri = "https://oauth2.googleapis.com/token";
    const key = { type: "service_account", client_email: "kpaas@p.iam.gserviceaccount.com", private_key_id: "k1", private_key, token_uri };
    return JSON.stringify({ ...key, ...more }, undefined, 2);
  };
  const tryOf = (attempt: LoginTry | LoginFault): LoginTry => {
    assert.ok("request" in attempt, JSON.stringify(attempt));
    return attempt;
  };
  const answerOf = (status: number, body: unknown = {}) => ({ status, headers: {}, body: JSON.stringify(body) });

  it("asks Google for a token by a key, which never leaves, and reads what is wrong", () => {
    const text = googleKey();
    const { private_key: key, token_uri: url } = JSON.parse(text);
    const { request, judge } = tryOf(tryKey({ GOOGLE_CREDENTIALS: text }, now));
    assert.equal(request.url, url);
    const form = new URLSearchParams(request.body);
    assert.equal(form.get("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [head = "", claims = "", signature = ""] = (form.get("assertion") ?? "").split(".");
    assert.ok(verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), createPublicKey(key), Buffer.from(signature, "base64url")));
    const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
    assert.deepEqual(read(head), { alg: "RS256", typ: "JWT", kid: "k1" });
    const issued = now.getTime() / 1_000;
    assert.deepEqual(read(claims), {
      ...{ iss: "kpaas@p.iam.gserviceaccount.com", scope: "https://www.googleapis.com/auth/cloud-platform", aud: url },
      ...{ iat: issued, exp: issued + 300 },
    });
    assert.equal(judge(answerOf(200, { access_token: CANARY })), undefined);
    const invalid = (error_description: string) => judge(answerOf(400, { error: "invalid_grant", error_description }));
    assert.equal(invalid("Invalid JWT Signature.")?.variable, "GOOGLE_CREDENTIALS");
    assert.match(invalid("Invalid JWT: Token must be a short-lived token and in a reasonable timeframe.")?.remedy ?? "", /clock/);
    assert.match(judge(answerOf(503))?.reason ?? "", /503/);
    for (const wrong of ["", "{}", googleKey({ type: "authorized_user" }), googleKey({ private_key: "none" })]) {
      const fault = tryKey({ GOOGLE_CREDENTIALS: wrong }, now);
      assert.ok("reason" in fault && fault.variable === "GOOGLE_CREDENTIALS", wrong.slice(0, 40));
    }
  });

  it("asks Entra for a service principal's token in its tenant, and reads what is wrong", () => {
    const env = { ARM_TENANT_ID: "a/../b", ARM_CLIENT_ID: "c", ARM_CLIENT_SECRET: CANARY };
    const { request, judge } = tryPrincipal(env);
    assert.equal(request.url, "https://login.microsoftonline.com/a%2F..%2Fb/oauth2/v2.0/token");
    assert.equal(new URLSearchParams(request.body).get("scope"), "https://management.azure.com/.default");
    assert.match(tryPrincipal({ ...env, ARM_ENVIRONMENT: "china" }).request.url, /^https:\/\/login\.partner\.microsoftonline\.cn\//);
    assert.equal(judge(answerOf(200)), undefined);
    for (const [code, variable] of [
      [7000215, "ARM_CLIENT_SECRET"],
      [700016, "ARM_CLIENT_ID"],
      [90002, "ARM_TENANT_ID"],
    ] as const)
      assert.equal(judge(answerOf(401, { error: "invalid_client", error_codes: [code], error_description: CANARY }))?.variable, variable);
    const other = judge(answerOf(400, { error: "invalid_request", error_codes: [900144], error_description: CANARY }));
    assert.ok(other?.reason.includes("AADSTS900144") && !JSON.stringify(other).includes(CANARY));
  });

  it("begins a session at vCenter and ends it, and reads what is wrong", () => {
    const env = { VSPHERE_SERVER: "vc.example.org", VSPHERE_USER: "kim@vsphere.local", VSPHERE_PASSWORD: CANARY };
    const { request, judge, undo } = tryOf(trySession(env));
    assert.deepEqual([request.method, request.url], ["POST", "https://vc.example.org/api/session"]);
    assert.equal(Buffer.from(request.headers.authorization?.slice(6) ?? "", "base64").toString(), `kim@vsphere.local:${CANARY}`);
    assert.equal(judge(answerOf(201, "s-1")), undefined);
    assert.deepEqual(undo?.(answerOf(201, "s-1")), {
      ...{ method: "DELETE", url: "https://vc.example.org/api/session", headers: { "vmware-api-session-id": "s-1" } },
    });
    assert.equal(undo?.(answerOf(401, {})), undefined);
    assert.match(judge(answerOf(401))?.reason ?? "", /user and password/);
    assert.equal(judge(answerOf(404))?.variable, "VSPHERE_SERVER");
    for (const server of ["", "https://vc.example.org", "vc.example.org/api", "kim@vc"]) {
      const fault = trySession({ ...env, VSPHERE_SERVER: server });
      assert.ok("reason" in fault && fault.variable === "VSPHERE_SERVER", server);
    }
  });

  it("speaks the version of identity that the cloud has, below whatever address is given", () => {
    for (const url of [
      "https://id.example.org:5000",
      "https://id.example.org:5000/",
      "https://id.example.org:5000/v3",
      "https://id.example.org:5000/v2.0/",
    ])
      assert.equal(tryVersion3({ ...OPENSTACK, OS_AUTH_URL: url }).request.url, "https://id.example.org:5000/v3/auth/tokens");
    const old = tryVersion2({ ...OPENSTACK, OS_AUTH_URL: "https://id.example.org/v2.0", OS_TENANT_ID: "t" });
    assert.deepEqual([old.request.url, JSON.parse(old.request.body ?? "").auth.tenantId], ["https://id.example.org/v2.0/tokens", "t"]);
    const body = JSON.stringify({ access: { serviceCatalog: [{ endpoints: [{ region: "KR1" }] }] } });
    assert.equal(old.judge({ status: 200, headers: {}, body }), undefined);
  });

  it("is sent to no address of this machine, is not waited for, and is no URL's that is none", async () => {
    const at = (url: string) => tryVersion3({ ...OPENSTACK, OS_AUTH_URL: url });
    const closed = sender(new Addresses());
    for (const url of ["http://127.0.0.1:1", "http://169.254.169.254/latest", "http://[::1]/"])
      assert.match((await tryLogin(at(url), closed)).fault?.reason ?? "", /nothing is sent there/, url);
    for (const url of ["file:///etc/passwd", "x", ""]) assert.match((await tryLogin(at(url), closed)).fault?.reason ?? "", /no URL/, url);
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const slow = sender(new Addresses(["127.0.0.0/8"]), 200);
    const { fault } = await tryLogin(at(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`), slow);
    assert.match(fault?.reason ?? "", /not answered in time/);
    silent.closeAllConnections();
    silent.close();
  });
});
