/** What the issuer says of itself (OpenID Connect Discovery 1.0). */
export interface Discovered {
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly end_session_endpoint?: string;
}

/** What is kept while the reader is at the issuer; none of it is a token. */
export interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Where the reader was. */
  readonly hash: string;
}

/** Raised where a log-in cannot be believed. */
export class LoginError extends Error {
  override readonly name = "LoginError";
}

/** A word that nobody guesses: 32 bytes, in base64url. */
export function randomWord(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** What proves later that whoever asks for the token is who began (RFC 7636, S256). */
export async function challengeOf(verifier: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

/** Where the reader logs in. */
export async function authorizationUrl(found: Discovered, client: string, redirect: string, pending: Pending): Promise<string> {
  const url = new URL(found.authorization_endpoint);
  const { state, nonce, verifier } = pending;
  const given = { client_id: client, redirect_uri: redirect, response_type: "code", scope: "openid", state, nonce };
  for (const [name, value] of Object.entries(given)) url.searchParams.set(name, value);
  url.searchParams.set("code_challenge", await challengeOf(verifier));
  url.searchParams.set("code_challenge_method", "S256");
  return url.href;
}

/**
 * The code that came back with the reader; undefined where none did.
 * @throws LoginError where it is not the answer to what this tab has asked, or the issuer has refused
 */
export function codeIn(search: string, pending: Pending | undefined, issuer: string): string | undefined {
  const given = new URLSearchParams(search);
  const [code, state, error, from] = ["code", "state", "error", "iss"].map((name) => given.get(name) ?? undefined);
  if (code === undefined && error === undefined) return undefined;
  if (pending === undefined || state !== pending.state) throw new LoginError("state");
  // Told by issuers that hold to RFC 9207.
  if (from !== undefined && from !== issuer) throw new LoginError("issuer");
  if (error !== undefined) throw new LoginError(`refused: ${error}`);
  return code;
}

/** Checks who the token is of. It came from the issuer itself, by TLS, so its signature need not be (OpenID Connect Core, 3.1.3.7). @throws LoginError */
export function checkIdentity(token: string, expected: { readonly issuer: string; readonly client: string; readonly nonce: string }): void {
  const { iss, aud, nonce, exp } = payloadOf(token);
  if (iss !== expected.issuer) throw new LoginError("issuer");
  if (![aud].flat().includes(expected.client)) throw new LoginError("audience");
  if (nonce !== expected.nonce) throw new LoginError("nonce");
  if (typeof exp !== "number" || exp * 1_000 < Date.now() - 60_000) throw new LoginError("expired");
}

/** What a JWT says, unchecked. */
export function payloadOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const part = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(part), (mark) => mark.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new LoginError("token");
  }
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
