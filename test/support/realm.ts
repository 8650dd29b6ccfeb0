import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

/** A realm that answers on this machine: its description, its keys, and tokens as Keycloak's. */
export interface AnsweringRealm {
  readonly issuer: string;
  /** A token of somebody with roles, for an hour. */
  token(subject: string, roles: readonly string[], claims?: JWTPayload): Promise<string>;
  close(): Promise<void>;
}

/** Starts one. */
export async function startRealm(): Promise<AnsweringRealm> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: "1", alg: "RS256", use: "sig" }] };
  let issuer = "";
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(request.url?.endsWith("/certs") ? keys : { issuer, jwks_uri: `${issuer}/certs` }));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realms/cp-realm`;
  return {
    issuer,
    token: async (subject, roles, claims = {}) => {
      const now = Math.floor(Date.now() / 1_000);
      const own = {
        iss: issuer,
        sub: subject,
        aud: "kpaas",
        iat: now,
        exp: now + 3_600,
        typ: "Bearer",
        preferred_username: subject,
        roles,
      };
      return await new SignJWT({ ...own, ...claims }).setProtectedHeader({ alg: "RS256", kid: "1" }).sign(privateKey);
    },
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}
