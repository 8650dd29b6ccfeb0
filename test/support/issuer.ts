import { createHash, randomUUID } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

/** An issuer of tokens with a log-in page, as Keycloak is one to a public client: authorization code with PKCE, refresh tokens, log-out. */
export interface PlayedIssuer {
  readonly url: string;
  /** What has been asked of its token endpoint, by `grant_type`. */
  readonly grants: readonly string[];
  /** Ends all sessions: refresh tokens are refused from now on. */
  endSessions(): void;
  /** A token of somebody's, without a log-in. */
  token(user: string): Promise<string>;
  stop(): Promise<void>;
}

interface Asked {
  readonly challenge: string;
  readonly nonce: string;
  readonly redirect: string;
  readonly user: string;
}

/**
 * Starts one.
 * @param users roles of the realm by name; whoever is typed in the log-in page is logged in
 * @param seconds how long access tokens are good for
 */
export async function playIssuer(
  client: string,
  users: Readonly<Record<string, readonly string[]>>,
  { seconds = 300, spoil = (claims: Record<string, unknown>) => claims } = {},
): Promise<PlayedIssuer> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const key = { ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" };
  const codes = new Map<string, Asked>();
  const sessions = new Map<string, string>();
  const grants: string[] = [];
  let url = "";

  const sign = (claims: Record<string, unknown>) =>
    new SignJWT({ iss: url, ...claims })
      .setProtectedHeader({ alg: "RS256", kid: "one" })
      .setIssuedAt()
      .setExpirationTime(`${seconds}s`)
      .sign(privateKey);
  const tokensOf = async (user: string, nonce?: string) => {
    const refresh = randomUUID();
    sessions.set(refresh, user);
    const access = { sub: user, aud: "kpaas", typ: "Bearer", preferred_username: user, roles: users[user] ?? [] };
    return {
      access_token: await sign(access),
      ...(nonce === undefined ? {} : { id_token: await sign(spoil({ sub: user, aud: client, nonce })) }),
      ...{ refresh_token: refresh, expires_in: seconds, token_type: "Bearer" },
    };
  };

  const authorize = (given: URLSearchParams, answer: ServerResponse): void => {
    const {
      client_id,
      redirect_uri = "",
      state = "",
      nonce = "",
      code_challenge = "",
      code_challenge_method,
      user,
    } = Object.fromEntries(given);
    if (client_id !== client || code_challenge_method !== "S256" || code_challenge === "") {
      plain(answer, 400, "no such client, or no PKCE");
      return;
    }
    if (user === undefined) {
      const hidden = [...given].map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`).join("");
      answer.writeHead(200, { "content-type": "text/html" });
      answer.end(
        `<!doctype html><title>Realm</title><form>${hidden}<label>User <input name="user" autofocus></label><button>Sign in</button></form>`,
      );
      return;
    }
    const code = randomUUID();
    codes.set(code, { challenge: code_challenge, nonce, redirect: redirect_uri, user });
    answer.writeHead(302, { location: `${redirect_uri}?${new URLSearchParams({ code, state, iss: url })}` }).end();
  };

  const token = async (given: URLSearchParams, answer: ServerResponse): Promise<void> => {
    const { grant_type = "", client_id, code = "", code_verifier = "", redirect_uri, refresh_token = "" } = Object.fromEntries(given);
    grants.push(grant_type);
    answer.setHeader("access-control-allow-origin", "*");
    const send = (status: number, body: unknown) =>
      answer.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (client_id !== client) return void send(401, { error: "invalid_client" });
    if (grant_type === "refresh_token") {
      const user = sessions.get(refresh_token);
      sessions.delete(refresh_token);
      return void (user === undefined ? send(400, { error: "invalid_grant" }) : send(200, await tokensOf(user)));
    }
    const asked = codes.get(code);
    codes.delete(code);
    const proven = createHash("sha256").update(code_verifier).digest("base64url");
    if (asked === undefined || asked.challenge !== proven || asked.redirect !== redirect_uri)
      return void send(400, { error: "invalid_grant" });
    send(200, await tokensOf(asked.user, asked.nonce));
  };

  const server = createServer((request, answer) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", url);
    if (pathname === "/.well-known/openid-configuration") {
      answer.setHeader("access-control-allow-origin", "*");
      const names = { authorization_endpoint: "authorize", token_endpoint: "token", end_session_endpoint: "logout", jwks_uri: "keys" };
      const endpoints = Object.fromEntries(Object.entries(names).map(([name, path]) => [name, `${url}/${path}`]));
      return void answer.end(JSON.stringify({ issuer: url, ...endpoints }));
    }
    if (pathname === "/keys") return void answer.end(JSON.stringify({ keys: [key] }));
    if (pathname === "/authorize") return authorize(searchParams, answer);
    if (pathname === "/logout") return void answer.writeHead(302, { location: searchParams.get("post_logout_redirect_uri") ?? "/" }).end();
    if (pathname !== "/token") return plain(answer, 404, "nothing");
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => token(new URLSearchParams(body), answer).catch((error: unknown) => plain(answer, 500, String(error))));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ url, grants, endSessions: () => sessions.clear() },
    token: async (user) => (await tokensOf(user)).access_token,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function plain(answer: ServerResponse, status: number, text: string): void {
  answer.writeHead(status, { "content-type": "text/plain" }).end(text);
}
