import "reflect-metadata"; // needed by the certificate library before it is loaded
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { stringify } from "yaml";

/** A cluster's certificate authority and its administrator's certificate, all PEM. The keys are secret. */
export interface ClusterPki {
  readonly caCertificate: string;
  readonly caKey: string;
  readonly adminCertificate: string;
  readonly adminKey: string;
  /** When the administrator's certificate ends. */
  readonly adminNotAfter: string;
  /** When the authority ends. */
  readonly caNotAfter: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 24 * 60 * 60 * 1000;

/** Makes what kubeadm makes: an authority for ten years and an administrator's certificate for one. */
export async function createPki(now: Date): Promise<ClusterPki> {
  const ca = await newKeys();
  const caNotAfter = new Date(now.getTime() + 3650 * day);
  const caCertificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: "CN=kubernetes",
    notBefore: now,
    notAfter: caNotAfter,
    keys: ca,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment | KeyUsageFlags.keyCertSign, true),
    ],
  });
  const authority = {
    caCertificate: caCertificate.toString("pem"),
    caKey: await privatePem(ca.privateKey),
    caNotAfter: caNotAfter.toISOString(),
  };
  return await renewPki(authority, now);
}

/** As `kubeadm certs renew`: the same authority, and an administrator's certificate for one more year. */
export async function renewPki(
  { caCertificate, caKey, caNotAfter }: Pick<ClusterPki, "caCertificate" | "caKey" | "caNotAfter">,
  now: Date,
): Promise<ClusterPki> {
  const admin = await newKeys();
  const notAfter = new Date(now.getTime() + 365 * day);
  const adminCertificate = await X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: "O=kubeadm:cluster-admins, CN=kubernetes-admin",
    issuer: new X509Certificate(caCertificate).subject,
    notBefore: now,
    notAfter,
    publicKey: admin.publicKey,
    signingKey: await webcrypto.subtle.importKey("pkcs8", PemConverter.decodeFirst(caKey), algorithm, false, ["sign"]),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ],
  });
  return {
    caCertificate,
    caKey,
    adminCertificate: adminCertificate.toString("pem"),
    adminKey: await privatePem(admin.privateKey),
    adminNotAfter: notAfter.toISOString(),
    caNotAfter,
  };
}

/** An administrator's kubeconfig, in the form kubeadm writes. Secret. */
export function kubeconfigOf(cluster: string, server: string, pki: ClusterPki): string {
  const user = { "client-certificate-data": encoded(pki.adminCertificate), "client-key-data": encoded(pki.adminKey) };
  return kubeconfigWith(cluster, server, encoded(pki.caCertificate), user);
}

/** An API server that is there already, as a sandbox world's `api.json` names it. The token is secret. */
export interface NamedServer {
  /** `https://host:port`. */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
}

/** An administrator's kubeconfig for such a server. Secret. */
export function tokenKubeconfigOf(cluster: string, { server, ca, token }: NamedServer): string {
  return kubeconfigWith(cluster, server, encoded(ca), { token });
}

/** An administrator's kubeconfig, named as the cluster is. Secret. @param ca the authority's PEM in base64 */
export function kubeconfigWith(cluster: string, server: string, ca: string, credentials: Readonly<Record<string, string>>): string {
  const user = "kubernetes-admin";
  const context = `${user}@${cluster}`;
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: cluster, cluster: { "certificate-authority-data": ca, server } }],
    contexts: [{ name: context, context: { cluster, user: context } }],
    "current-context": context,
    preferences: {},
    users: [{ name: context, user: credentials }],
  });
}

const encoded = (pem: string): string => Buffer.from(pem).toString("base64");

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

/** 127 random bits, so that the number is never negative. */
function serial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  return Buffer.from(bytes.map((byte, index) => (index === 0 ? (byte & 0x7f) | 0x40 : byte))).toString("hex");
}
