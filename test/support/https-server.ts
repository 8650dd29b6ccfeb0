import "reflect-metadata"; // needed by the certificate library before it is loaded
import { webcrypto } from "node:crypto";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

/** An HTTPS server on loopback. */
export interface HttpsServer {
  readonly port: number;
  /** What it is trusted by, PEM. */
  readonly certificate: string;
  readonly server: Server;
  readonly close: () => Promise<void>;
}

/** A certificate that is its own authority, with its key, PEM. @param until when it ends. @default a year from now */
export async function selfSigned(
  subject: { readonly type: "dns" | "ip"; readonly value: string },
  until?: Date,
): Promise<{ readonly cert: string; readonly key: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${subject.value}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([subject])],
    ...(until === undefined ? {} : { notBefore: new Date(until.getTime() - 86_400_000), notAfter: until }),
  });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { cert: certificate.toString("pem"), key };
}

/**
 * Starts an HTTPS server on loopback with a certificate for a name or an address.
 * @param ca PEM; given, callers have to show a certificate of it
 */
export async function startHttps(
  subject: { readonly type: "dns" | "ip"; readonly value: string },
  answer: RequestListener,
  ca?: string,
): Promise<HttpsServer> {
  const { cert, key } = await selfSigned(subject);
  const server = createServer({ cert, key, ...(ca === undefined ? {} : { ca, requestCert: true }) }, answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    certificate: cert,
    server,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
