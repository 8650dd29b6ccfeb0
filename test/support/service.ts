import type { FastifyInstance } from "fastify";
import { type CryptoKey, generateKeyPair, type JWTPayload, type JWTVerifyGetKey, SignJWT } from "jose";
import { Gate, type Login } from "../../server/access/gate";
import type { Principal } from "../../server/access/principal";
import { grantsOf } from "../../server/access/roles";
import { type AppParts, makeApp } from "../../server/http/app";
import { Limits } from "../../server/http/limits";
import { Log } from "../../server/http/log";
import { Metrics } from "../../server/http/metrics";
import type { Route } from "../../server/http/route";
import { NO_TRACES } from "../../server/trace/traces";
import { replyCheckOf } from "./replies";

/** An app of routes, and what it has logged. */
export interface PlayedApp {
  readonly app: FastifyInstance;
  readonly metrics: Metrics;
  logged(): Record<string, unknown>[];
}

/** The HTTP side with routes of a test's own; whoever sends `bearer ROLES` (comma between them) has these roles of the realm. */
export function playApp(
  routes: readonly Route[],
  {
    limits = new Limits(1_000, 1_000),
    logins = [byRoles] as readonly Login[],
    refused = undefined as AppParts["refused"],
    traces = NO_TRACES,
  } = {},
): PlayedApp {
  let text = "";
  const metrics = new Metrics();
  const log = new Log({ write: (line) => (text += line) });
  const app = makeApp({ routes, gate: new Gate(logins), limits, metrics, log, traces, ...(refused === undefined ? {} : { refused }) });
  // Every answer of every test is one that the document tells of.
  const check = replyCheckOf(routes);
  app.addHook("onSend", async ({ method, routeOptions: { url } }, reply, payload) => {
    const path = url?.replace(/:(\w+)/g, "{$1}");
    if (path === undefined || typeof payload === "object") return;
    const text = typeof payload === "string" ? payload : "";
    check({
      method,
      path,
      status: reply.statusCode,
      type: String(reply.getHeader("content-type") ?? "").replace(/; charset=utf-8$/, ""),
      text,
    });
  });
  return {
    app,
    metrics,
    logged: () =>
      text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line)),
  };
}

const byRoles: Login = async (scheme, credentials): Promise<Principal | undefined> => {
  if (scheme !== "bearer") return undefined;
  return { id: `test#${credentials}`, name: credentials, grants: grantsOf(credentials.split(",")), login: "token" };
};

/** The header that logs in with these roles of the realm. */
export function as(...roles: readonly string[]): { readonly authorization: string } {
  return { authorization: `Bearer ${roles.join(",")}` };
}

/** A realm that makes tokens. */
export interface Realm {
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
  token(claims?: JWTPayload, header?: { readonly alg?: string; readonly key?: CryptoKey | Uint8Array }): Promise<string>;
}

/** A realm whose tokens are as Keycloak's: for an hour, of one who has the roles. */
export async function playRealm(issuer = "https://login.example.org/realms/cp-realm"): Promise<Realm> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const now = () => Math.floor(Date.now() / 1_000);
  return {
    issuer,
    keys: async () => publicKey,
    token: async (claims = {}, { alg = "RS256", key = privateKey } = {}) =>
      await new SignJWT({
        ...{ iss: issuer, sub: "4f1c", aud: "kpaas", iat: now(), exp: now() + 3_600, typ: "Bearer" },
        ...{ preferred_username: "kim", roles: ["kpaas-operator"], ...claims },
      })
        .setProtectedHeader({ alg })
        .sign(key),
  };
}
