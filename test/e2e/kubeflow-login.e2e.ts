import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer as createHttp, type IncomingMessage, request as openly, type Server, type ServerResponse } from "node:http";
import { createServer as createHttps, type Server as HttpsServer, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { output } from "@pulumi/pulumi";
import { ASKED_AT, loginSettings, USER_HEADER } from "../../components/platform/kubeflow/login";
import { TRUST } from "../../components/platform/kubeflow/names";
import { removeFolder } from "../../host/files";
import { freePorts, makeCertificates, programForTests, startServer, stopServer } from "../support/real-server";

/** What an answer says. */
interface Answer {
  readonly status: number;
  readonly location: string;
  readonly cookies: string[];
  readonly body: string;
  /** Who it says that it is. */
  readonly user?: string;
}

/** Our settings on the real program, before a realm and a UI that are played. The tests are one story, in order. */
describe("Kubeflow's log-in by a real oauth2-proxy", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const servers: (Server | HttpsServer)[] = [];
  const proxies: ChildProcess[] = [];
  let [login, issuerPort, ui, gate] = [0, 0, 0, 0];
  /** The roles of whoever logs in next. */
  let roles: readonly string[] = [];
  /** Whether they have a name. */
  let named = true;
  /** What the log-in under way was begun with. */
  let begun: URLSearchParams = new URLSearchParams();
  const issuer = () => `https://localhost:${issuerPort}/realms/cp-realm`;

  const ask = (url: string, cookies: readonly string[] = [], { method = "GET", ...more }: Readonly<Record<string, string>> = {}) =>
    new Promise<Answer>((told, failed) => {
      const ca = readFileSync(join(folder, "ca.crt"));
      const headers = { cookie: cookies.join("; "), accept: "text/html", ...more };
      const asked = (answer: IncomingMessage): void => {
        let body = "";
        answer.setEncoding("utf8").on("data", (text: string) => {
          body += text;
        });
        answer.on("end", () => {
          const set = (answer.headers["set-cookie"] ?? []).map((each) => each.split(";")[0] ?? "");
          const user = answer.headers[USER_HEADER] as string | undefined;
          told({ status: answer.statusCode ?? 0, location: answer.headers.location ?? "", cookies: set, body, ...(user ? { user } : {}) });
        });
      };
      // A path as it is: proxies make it shorter by themselves, or do not.
      const openAt = { host: "127.0.0.1", port: gate, path: url.replace(/^http:\/\/[^/]+/, ""), headers, method };
      const sent = url.startsWith("https:") ? request(url, { ca, headers, method }, asked) : openly(openAt, asked);
      sent.on("error", failed).end();
    });

  const token = (): string => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const who = {
      iss: issuer(),
      aud: "kubeflow",
      sub: "1",
      exp: now + 600,
      iat: now,
      ...(named ? { preferred_username: "kim" } : {}),
      roles,
    };
    const signed = `${part({ alg: "RS256", kid: "one" })}.${part({ ...who, nonce: begun.get("nonce") })}`;
    return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), keys.privateKey).toString("base64url")}`;
  };

  /** A realm as Keycloak shows one: what it is, its keys, and tokens for whoever proves to be the one that asked. */
  const realm = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const path = asked.url ?? "";
    const say = (body: object) => answer.setHeader("content-type", "application/json").end(JSON.stringify(body));
    if (path.endsWith("/openid-configuration"))
      say({
        ...{ issuer: issuer(), authorization_endpoint: `${issuer()}/auth`, token_endpoint: `${issuer()}/token` },
        ...{ jwks_uri: `${issuer()}/keys`, id_token_signing_alg_values_supported: ["RS256"] },
      });
    else if (path.endsWith("/keys")) say({ keys: [{ ...keys.publicKey.export({ format: "jwk" }), kid: "one", alg: "RS256", use: "sig" }] });
    else {
      let body = "";
      for await (const text of asked) body += String(text);
      const proof = createHash("sha256")
        .update(new URLSearchParams(body).get("code_verifier") ?? "")
        .digest("base64url");
      if (proof !== begun.get("code_challenge")) answer.statusCode = 400;
      say({ access_token: "access", token_type: "Bearer", expires_in: 600, refresh_token: "refresh", id_token: token() });
    }
  };

  /** Logs in as a browser does, and gives the answer to that, with the cookies. */
  const logIn = async (has: readonly string[]): Promise<Answer> => {
    roles = has;
    const sent = await ask(`https://localhost:${login}/`);
    assert.equal(sent.status, 302);
    begun = new URL(sent.location).searchParams;
    const back = new URL(begun.get("redirect_uri") ?? "");
    back.search = new URLSearchParams({ code: "code", state: begun.get("state") ?? "" }).toString();
    return ask(back.href, sent.cookies);
  };

  /** The same with the first page. */
  const visit = async (has: readonly string[]): Promise<Answer> => {
    const returned = await logIn(has);
    if (returned.status !== 302) return returned;
    return ask(new URL(returned.location, `https://localhost:${login}`).href, returned.cookies);
  };

  /** What the gate says of a request, as a proxy of the mesh asks it. */
  const judged = (path: string, cookies: readonly string[] = [], more: Readonly<Record<string, string>> = {}) =>
    ask(`http://127.0.0.1:${gate}${ASKED_AT}${path}`, cookies, { "x-auth-request-redirect": path, host: `localhost:${login}`, ...more });

  before(async function () {
    const program = programForTests.call(this, "oauth2-proxy", "go install github.com/oauth2-proxy/oauth2-proxy/v7@v7.15.3");
    makeCertificates(folder);
    writeFileSync(join(folder, TRUST.platform), readFileSync(join(folder, "ca.crt")));
    [login = 0, issuerPort = 0, ui = 0, gate = 0] = await freePorts(4);
    const shown = { cert: readFileSync(join(folder, "tls.crt")), key: readFileSync(join(folder, "tls.key")) };
    servers.push(createHttps(shown, (asked, answer) => void realm(asked, answer)).listen(issuerPort, "localhost"));
    servers.push(
      createHttp((asked, answer) => answer.end(`pipelines of ${asked.headers["x-forwarded-preferred-username"]}`)).listen(ui, "127.0.0.1"),
    );
    await Promise.all(servers.map((server) => once(server, "listening")));
    const granted = {
      ...{ url: `https://localhost:${issuerPort}`, realm: "cp-realm", realmId: "cp-realm", issuer: issuer(), clientId: "kubeflow" },
      ...{ clientSecret: "client", administratorRole: "cp-cluster-admin-role" },
    };
    const mesh = { rootNamespace: "istio-system", trustDomain: "cluster.local", labels: {} };
    const gateway = {
      gateway: "istio-ingress/kubeflow",
      namespace: "istio-ingress",
      principal: "cluster.local/ns/istio-ingress/sa/gateway",
    };
    const shared = { profiles: {}, parts: [], mesh, gateway } as const;
    for (const [name, port, more] of [
      ["front", login, {}],
      ["gate", gate, { shared }],
    ] as const) {
      const file = join(folder, `${name}.cfg`);
      const secrets = { client: "client", cookie: "aB3".repeat(10).concat("xy") };
      const given = { realm: granted, trust: output(""), ...more };
      writeFileSync(file, loginSettings(`localhost:${login}`, given, secrets, { tls: folder, trust: folder, port, ui }));
      proxies.push(await startServer(program, [`--config=${file}`], "OAuthProxy configured"));
    }
    for (let tries = 0; (await ask(`https://localhost:${login}/ping`).catch(() => undefined))?.status !== 200; tries++)
      assert.ok(tries < 1000, "oauth2-proxy does not listen");
    for (let tries = 0; (await judged("/").catch(() => undefined))?.status !== 302; tries++)
      assert.ok(tries < 1000, "the gate does not listen");
  });
  after(async () => {
    for (const proxy of proxies) await stopServer(proxy);
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    removeFolder(folder);
  });

  it("sends whoever comes to the realm, with a proof of who asked", async () => {
    const { location } = await ask(`https://localhost:${login}/`);
    const { origin, pathname, searchParams } = new URL(location);
    assert.equal(`${origin}${pathname}`, `${issuer()}/auth`);
    assert.equal(searchParams.get("client_id"), "kubeflow");
    assert.equal(searchParams.get("redirect_uri"), `https://localhost:${login}/oauth2/callback`);
    assert.equal(searchParams.get("code_challenge_method"), "S256");
  });

  it("lets in who has a role of Kubeflow's, or administers, and tells the UI who it is", async () => {
    for (const role of ["kubeflow-user", "cp-cluster-admin-role"]) {
      const { status, body } = await visit(["other", role]);
      assert.deepEqual([status, body], [200, "pipelines of kim"], role);
    }
  });

  it("refuses who has none of them, and cookies that it has not made", async () => {
    assert.equal((await visit(["grafana-viewer"])).status, 403);
    assert.equal((await visit([])).status, 403);
    assert.equal((await ask(`https://localhost:${login}/`, ["_oauth2_proxy=forged"])).status, 302);
  });

  it("says as a gate who asks, whatever the request says of that, and has whoever is nobody log in and come back to where they were", async () => {
    const { cookies } = await logIn(["kubeflow-user"]);
    for (const method of ["GET", "POST"]) {
      const { status, user } = await judged("/api/namespaces/shop/notebooks", cookies, { method, [USER_HEADER]: "lee" });
      assert.deepEqual([status, user], [200, "kim"], method);
    }
    const { status, location } = await judged("/jupyter/new?ns=shop");
    assert.deepEqual([status, new URL(location).pathname], [302, "/realms/cp-realm/auth"]);
    const state = new URL(location).searchParams.get("state") ?? "";
    assert.match(`${state} ${Buffer.from(state, "base64url").toString()}`, /\/jupyter\/new\?ns=shop/);
    assert.equal((await judged("/api/namespaces")).status, 401);
  });

  it("lets nobody pass by the paths of its own pages, nor one whom it could not name", async () => {
    const own = [
      "/ping",
      "/ready",
      "/robots.txt",
      "/oauth2/sign_in",
      "/oauth2/static/css/bulma.min.css",
      "/../ping",
      "/%2e%2e/ping",
      "//ping",
    ];
    for (const path of own) assert.notEqual((await judged(path, [], { [USER_HEADER]: "lee" })).status, 200, path);
    named = false;
    const { status, cookies } = await logIn(["kubeflow-user"]);
    assert.notEqual(status, 302);
    assert.notEqual((await judged("/", cookies)).status, 200);
    named = true;
  });
});
