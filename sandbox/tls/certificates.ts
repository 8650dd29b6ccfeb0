import "reflect-metadata"; // needed by the certificate library before it is loaded
import { createPublicKey, type KeyObject, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralName,
  type JsonName,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { algorithmOf, pkcs8Pem, readKey } from "../../model/private-keys";
import type { Properties } from "../../plugin/rpc/provider";
import { isMap, number, text, texts } from "../values";
import { EXTENDED_USES, KEY_USES } from "./uses";

/** The parts of a name by the provider's argument. */
const SUBJECT: Readonly<Record<string, string>> = {
  commonName: "CN",
  organization: "O",
  organizationalUnit: "OU",
  streetAddresses: "2.5.4.9",
  locality: "L",
  province: "ST",
  country: "C",
  postalCode: "2.5.4.17",
  serialNumber: "2.5.4.5",
  emailAddress: "E",
};

/** A certificate with its validity as the provider reports it (RFC 3339). */
export interface Issued {
  readonly pem: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly serial: string;
}

/** A certificate signed by its own key. */
export async function selfSigned(inputs: Properties, now: Date): Promise<Issued & { keyAlgorithm: string }> {
  const key = readKey(text(inputs, "privateKeyPem"), "privateKeyPem");
  const keys = await keyPair(key);
  const extensions = await usage(inputs, keys.publicKey);
  const names = alternativeNames(inputs);
  if (names !== undefined) extensions.push(names);
  if (inputs.setAuthorityKeyId === true) extensions.push(await AuthorityKeyIdentifierExtension.create(keys.publicKey, false, webcrypto));
  const name = subjectOf(inputs);
  const params = { ...validity(inputs, now), name, keys, extensions, signingAlgorithm: signing(key) };
  return { ...issued(await X509CertificateGenerator.createSelfSigned(params, webcrypto)), keyAlgorithm: algorithmOf(key) };
}

/** A request to sign, in PEM. */
export async function request(inputs: Properties): Promise<{ pem: string; keyAlgorithm: string }> {
  const key = readKey(text(inputs, "privateKeyPem"), "privateKeyPem");
  const names = alternativeNames(inputs);
  const params = {
    name: subjectOf(inputs),
    keys: await keyPair(key),
    signingAlgorithm: signing(key),
    extensions: names === undefined ? [] : [names],
  };
  const made = await Pkcs10CertificateRequestGenerator.create(params, webcrypto);
  return { pem: `${made.toString("pem")}\n`, keyAlgorithm: algorithmOf(key) };
}

/** A certificate for a request, signed by an authority. */
export async function locallySigned(inputs: Properties, now: Date): Promise<Issued & { caKeyAlgorithm: string }> {
  const caKey = readKey(text(inputs, "caPrivateKeyPem"), "caPrivateKeyPem");
  const ca = parsed("caCertPem", () => new X509Certificate(text(inputs, "caCertPem")));
  const csr = parsed("certRequestPem", () => new Pkcs10CertificateRequest(text(inputs, "certRequestPem")));
  if (!(await csr.verify(webcrypto))) throw new Error("certRequestPem is not signed by its own key");
  const spki = createPublicKey(caKey).export({ type: "spki", format: "der" });
  if (!Buffer.from(ca.publicKey.rawData).equals(spki)) throw new Error("caPrivateKeyPem is not the key of the certificate in caCertPem");
  const { privateKey, publicKey } = await keyPair(caKey);
  const extensions: Extension[] = await usage(inputs, csr.publicKey);
  const names = csr.getExtension("2.5.29.17");
  if (names !== null) extensions.push(names);
  extensions.push(await AuthorityKeyIdentifierExtension.create(publicKey, false, webcrypto));
  const params = {
    ...validity(inputs, now),
    subject: csr.subjectName.toJSON(),
    issuer: ca.subjectName.toJSON(),
    publicKey: csr.publicKey,
    signingKey: privateKey,
    signingAlgorithm: signing(caKey),
    extensions,
  };
  return { ...issued(await X509CertificateGenerator.create(params, webcrypto)), caKeyAlgorithm: algorithmOf(caKey) };
}

function issued(certificate: X509Certificate): Issued {
  return {
    pem: `${certificate.toString("pem")}\n`,
    notBefore: rfc3339(certificate.notBefore),
    notAfter: rfc3339(certificate.notAfter),
    serial: BigInt(`0x${certificate.serialNumber}`).toString(),
  };
}

function validity(inputs: Properties, now: Date): { notBefore: Date; notAfter: Date } {
  return { notBefore: now, notAfter: new Date(now.getTime() + (number(inputs, "validityPeriodHours") ?? 0) * 3_600_000) };
}

function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

async function usage(inputs: Properties, publicKey: Parameters<typeof SubjectKeyIdentifierExtension.create>[0]): Promise<Extension[]> {
  const uses = texts(inputs, "allowedUses");
  const isCa = inputs.isCaCertificate === true;
  const flags = uses.reduce((sum, use) => sum | (KEY_USES[use] ?? 0), 0);
  const extended = uses.flatMap((use) => EXTENDED_USES[use] ?? []);
  const extensions: Extension[] = [new BasicConstraintsExtension(isCa, isCa ? number(inputs, "maxPathLength") : undefined, true)];
  if (flags !== 0) extensions.push(new KeyUsagesExtension(flags, true));
  if (extended.length > 0) extensions.push(new ExtendedKeyUsageExtension(extended));
  if (isCa || inputs.setSubjectKeyId === true) extensions.push(await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto));
  return extensions;
}

function alternativeNames(inputs: Properties): SubjectAlternativeNameExtension | undefined {
  const names: JsonGeneralName[] = [
    ...texts(inputs, "dnsNames").map((value) => ({ type: "dns" as const, value })),
    ...texts(inputs, "ipAddresses").map((value) => ({ type: "ip" as const, value })),
    ...texts(inputs, "uris").map((value) => ({ type: "url" as const, value })),
  ];
  return names.length === 0 ? undefined : new SubjectAlternativeNameExtension(names);
}

function subjectOf(inputs: Properties): JsonName {
  const subject = isMap(inputs.subject) ? inputs.subject : {};
  return Object.entries(SUBJECT).flatMap(([argument, attribute]) => {
    const values = argument === "streetAddresses" ? texts(subject, argument) : [text(subject, argument)].filter((value) => value !== "");
    return values.length === 0 ? [] : [{ [attribute]: values }];
  });
}

async function keyPair(key: KeyObject): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = importing(key);
  const der = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return {
    privateKey: await webcrypto.subtle.importKey("pkcs8", der(pkcs8Pem(key)), algorithm, false, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]),
  };
}

function importing(key: KeyObject): webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams | webcrypto.Algorithm {
  switch (algorithmOf(key)) {
    case "RSA":
      return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    case "ED25519":
      return { name: "Ed25519" };
    default:
      return { name: "ECDSA", namedCurve: String(key.export({ format: "jwk" }).crv) };
  }
}

function signing(key: KeyObject): { name: string; hash: string } {
  // The library asks for a hash by name only where the algorithm has none of its own.
  return { name: importing(key).name, hash: "SHA-256" };
}

function parsed<T>(property: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new Error(`${property} cannot be read as PEM`);
  }
}
