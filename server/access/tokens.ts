import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { list } from "../../model/data";
import { HttpProblem } from "../http/problem";
import type { TokenSettings } from "../settings";
import { type Login, unauthenticated } from "./gate";
import { grantsOf } from "./roles";

/** Signatures by a key that the service does not hold: with a shared secret, whoever checks tokens could make them. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
/** Clocks may differ by so much. */
const TOLERANCE_S = 30;
/** No token is good for longer: K-PaaS's are for an hour, and some of its tokens were for a hundred years. */
const LONGEST_S = 24 * 3_600;
/** At most 255 characters of ASCII (OpenID Connect Core 1.0, 2), and not nobody: it stands in commits and the audit trail. */
const SUBJECT = /^(?! *$)[\x20-\x7e]{1,255}$/;
const TEN_SECONDS = 10_000;

/** Told why a token was refused; the one who sent it is not. */
export type Refused = (reason: string) => void;

/** Log-in by bearer tokens of a realm. @param keys those of the issuer, by which tests make tokens of their own */
export function tokenLogin(settings: TokenSettings, refused: Refused, keys: JWTVerifyGetKey = keysOf(settings.issuer)): Login {
  return async (scheme, token) => {
    if (scheme !== "bearer") return undefined;
    const payload = await verified(token, settings, keys, refused);
    const subject = payload.sub ?? "";
    return {
      ...{ id: `${settings.issuer}#${subject}`, name: nameIn(payload) ?? subject, grants: grantsOf(rolesIn(payload)), login: "token" },
      ...(payload.exp === undefined ? {} : { until: payload.exp * 1_000 }),
    };
  };
}

async function verified(token: string, settings: TokenSettings, keys: JWTVerifyGetKey, refused: Refused): Promise<JWTPayload> {
  const refuse = (reason: string): HttpProblem => {
    refused(reason);
    return unauthenticated("the token is not good here: get another one from the issuer");
  };
  const { issuer } = settings;
  const options = { issuer, algorithms: ALGORITHMS, clockTolerance: TOLERANCE_S, requiredClaims: ["exp", "iat", "sub"] };
  const { payload } = await jwtVerify(token, keys, options).catch((error: unknown) => {
    if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) throw refuse(error.code);
    // Whoever asks may be right: it is the issuer that does not answer.
    refused("the issuer's keys could not be had");
    throw new HttpProblem("not-ready", "the issuer of tokens does not answer", [], { "retry-after": "10" });
  });
  const { iat = 0, exp = 0 } = payload;
  if (typeof payload.sub !== "string" || !SUBJECT.test(payload.sub)) throw refuse("its subject is none");
  if (iat > Date.now() / 1_000 + TOLERANCE_S) throw refuse("it is of the future");
  if (exp - iat > LONGEST_S) throw refuse("it is good for too long");
  // Keycloak's other tokens, of who somebody is and for getting new ones, are no leave to do anything.
  if (payload.typ !== undefined && payload.typ !== "Bearer") throw refuse("it is no access token");
  if (!isMeant(payload, settings)) throw refuse("it is meant for somebody else");
  return payload;
}

function isMeant({ aud, azp }: JWTPayload, { audience, clients }: TokenSettings): boolean {
  return [aud].flat().includes(audience) || (typeof azp === "string" && clients.includes(azp));
}

/** The realm's roles: where K-PaaS's client puts them, and where Keycloak itself does. */
function rolesIn(payload: JWTPayload): string[] {
  const access = payload.realm_access;
  const ofRealm = typeof access === "object" && access !== null && "roles" in access ? list(access.roles) : [];
  return [...list(payload.roles), ...ofRealm].filter((role): role is string => typeof role === "string");
}

function nameIn({ preferred_username: name }: JWTPayload): string | undefined {
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** The issuer's keys, asked for when they are first needed, and again where a key is not known yet. */
function keysOf(issuer: string): JWTVerifyGetKey {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    keys ??= discover(issuer).catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return (await keys)(header, token);
  };
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const answer = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(TEN_SECONDS),
    redirect: "error",
  });
  if (!answer.ok) throw new Error(`the issuer answers with ${answer.status}`);
  const found = (await answer.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
  if (found.issuer !== issuer) throw new Error(`the issuer calls itself ${String(found.issuer)}`);
  const uri = new URL(String(found.jwks_uri));
  // Keys are as good as the way they come.
  if (uri.protocol !== new URL(issuer).protocol) throw new Error("the issuer's keys are elsewhere, by another protocol");
  return createRemoteJWKSet(uri, { timeoutDuration: TEN_SECONDS });
}
