import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { LoginFault, LoginTry, Surroundings } from "../../model/cloud";
import { fields, parsedJson } from "../../model/data";

const VARIABLE = "GOOGLE_CREDENTIALS";
const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** How long the request may be sent, in seconds: an hour is the most that Google takes. */
const VALID_SECONDS = 300;

const ANOTHER: Pick<LoginFault, "variable" | "remedy"> = {
  variable: VARIABLE,
  remedy: "give the JSON file of a service account's key, whole, as Google Cloud has made it",
};

/**
 * Asks for a token by a service account's key (https://developers.google.com/identity/protocols/oauth2/service-account#httprest), which takes no
 * permission and makes nothing. A token ends by itself, within an hour.
 */
export function tryKey(env: Surroundings["env"], now: Date): LoginTry | LoginFault {
  const { type, client_email: account, private_key: key, private_key_id: kid, token_uri: url } = fields(parsedJson(env[VARIABLE] ?? ""));
  if (type !== "service_account" || typeof account !== "string" || typeof key !== "string" || typeof url !== "string")
    return { reason: "it is no key of a service account", ...ANOTHER };
  const signer = keyOf(key);
  if (signer === undefined) return { reason: "its private key cannot be read", ...ANOTHER };
  const issued = Math.floor(now.getTime() / 1_000);
  const claims = { iss: account, scope: SCOPE, aud: url, iat: issued, exp: issued + VALID_SECONDS };
  const content = [{ alg: "RS256", typ: "JWT", kid }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const assertion = `${content}.${sign("RSA-SHA256", Buffer.from(content), signer).toString("base64url")}`;
  return {
    request: {
      ...{ method: "POST", url, headers: { "content-type": "application/x-www-form-urlencoded" } },
      body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
    },
    judge: ({ status, body }) => {
      if (status === 200) return undefined;
      const { error, error_description: description = "" } = fields(parsedJson(body));
      if (error === "invalid_grant" && /\b(iat|exp|timeframe)\b/i.test(String(description)))
        return { reason: "Google finds the request of another time", remedy: "set the clock of the service's machine" };
      return error === "invalid_grant" || error === "invalid_client"
        ? {
            variable: VARIABLE,
            reason: "Google does not take this key: it was deleted or disabled, or its account was",
            remedy: "make another key of the account, or enable it",
          }
        : {
            reason: `Google refuses it: ${typeof error === "string" ? error.slice(0, 100) : status}`,
            remedy: "look that up in Google's documentation of OAuth",
          };
    },
  };
}

function keyOf(text: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(text);
    return key.asymmetricKeyType === "rsa" ? key : undefined;
  } catch {
    return undefined;
  }
}
