import "reflect-metadata"; // needed by the certificate library before it is loaded
import { generateKeyPairSync, randomBytes, webcrypto } from "node:crypto";
import { BasicConstraintsExtension, PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

/** What opens one world's API server, and nothing else. All of it but the certificate is secret. */
export interface Credentials {
  /** PEM; it vouches for itself. */
  readonly certificate: string;
  readonly key: string;
  /** What service accounts' tokens are signed with, PEM. */
  readonly accountKey: string;
  /** An administrator's. */
  readonly token: string;
  /** What Secrets are encrypted with in etcd, base64. */
  readonly dataKey: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A rehearsal is over by then, in milliseconds. */
const VALID_MS = 10 * 365 * 24 * 60 * 60 * 1_000;

/** Makes the credentials of an API server that listens on `address`. */
export async function createCredentials(address: string): Promise<Credentials> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const now = Date.now();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: `4${randomBytes(15).toString("hex")}`,
    name: "CN=kpaas sandbox",
    // Clocks of two machines are not the same, and that of one may be set back a little.
    notBefore: new Date(now - 60 * 60 * 1_000),
    notAfter: new Date(now + VALID_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new SubjectAlternativeNameExtension([
        { type: "ip", value: address },
        { type: "dns", value: "localhost" },
      ]),
    ],
  });
  const accounts = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    certificate: certificate.toString("pem"),
    key: PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY"),
    accountKey: accounts.privateKey.export({ type: "sec1", format: "pem" }).toString(),
    token: randomBytes(32).toString("base64url"),
    dataKey: randomBytes(32).toString("base64"),
  };
}
