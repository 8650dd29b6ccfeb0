import { X509Certificate } from "node:crypto";
import { keyId, opensshForms, pkcs8Pem, publicPem, readKey, traditionalPem } from "../../model/private-keys";

/** What is nowhere but in the state: made by its provider without asking anybody. */
export interface Generated {
  /** All outputs that follow from those that are known, with the id where it follows too. */
  readonly complete: (known: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** What follows where it is lost. */
  readonly lost: string;
}

const ROTATE = "another one is made: the next `up` exchanges it in what uses it; where a service keeps it too, `kpaas rotate` does";

const certificate: Generated = {
  complete({ certPem }): Readonly<Record<string, string>> {
    if (certPem === undefined) return {};
    const { validFrom, validTo } = new X509Certificate(certPem);
    const time = (text: string) => new Date(text).toISOString().replace(".000Z", "Z");
    return { certPem, validityStartTime: time(validFrom), validityEndTime: time(validTo) };
  },
  lost: "another one is made: the next `up` puts it in its place",
};

/** Every type that exists in the state only. */
export const GENERATED: Readonly<Record<string, Generated>> = {
  "random:index/randomPassword:RandomPassword": { complete: (known) => known, lost: ROTATE },
  "random:index/randomBytes:RandomBytes": {
    complete({ base64, hex }) {
      const bytes = base64 === undefined ? Buffer.from(hex ?? "", "hex") : Buffer.from(base64, "base64");
      return { base64: bytes.toString("base64"), hex: bytes.toString("hex") };
    },
    lost: "another one is made, which opens nothing that the former one has sealed",
  },
  "tls:index/privateKey:PrivateKey": {
    complete(known) {
      const pem = known.privateKeyPem ?? known.privateKeyPemPkcs8 ?? fromOpenssh(known.privateKeyOpenssh ?? "");
      if (pem === undefined) return known;
      const key = readKey(pem, "a private key that was read back");
      const openssh = opensshForms(key);
      return {
        id: keyId(key),
        privateKeyPem: traditionalPem(key),
        privateKeyPemPkcs8: pkcs8Pem(key),
        privateKeyOpenssh: known.privateKeyOpenssh ?? openssh?.privateKey ?? "",
        publicKeyPem: publicPem(key),
        publicKeyOpenssh: openssh?.publicKey ?? "",
        publicKeyFingerprintMd5: openssh?.md5 ?? "",
        publicKeyFingerprintSha256: openssh?.sha256 ?? "",
      };
    },
    lost: "another one is made: the next `up` exchanges it in what uses it",
  },
  "tls:index/selfSignedCert:SelfSignedCert": certificate,
  "tls:index/locallySignedCert:LocallySignedCert": certificate,
  "tls:index/certRequest:CertRequest": { complete: (known) => known, lost: "another one is made, of which nobody knows the former" },
};

/** What comes before the 32 bytes of an Ed25519 key in PKCS #8. */
const ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** How OpenSSH's own format begins where no cipher hides the key. */
const UNENCRYPTED = "openssh-key-v1\0\0\0\0\x04none";

/** Whether a text is a private key as kpaas makes them for machines. */
export function isLoginKey(text: string): boolean {
  try {
    const pem = text.includes("OPENSSH") ? fromOpenssh(text) : text;
    return pem !== undefined && readKey(pem, "--ssh-key").asymmetricKeyType === "ed25519";
  } catch {
    return false;
  }
}

/** An Ed25519 key in OpenSSH's own format, without a passphrase, as PEM; undefined for any other. */
function fromOpenssh(text: string): string | undefined {
  const blob = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ""), "base64");
  // Type, public key, then the field with seed and public key together (PROTOCOL.key in OpenSSH's sources).
  const at = blob.lastIndexOf("ssh-ed25519");
  if (at < 0 || !blob.toString("latin1").startsWith(UNENCRYPTED)) return undefined;
  const seed = at + "ssh-ed25519".length + 4 + 32 + 4;
  if (blob.length < seed + 32) return undefined;
  const der = Buffer.concat([ED25519, blob.subarray(seed, seed + 32)]);
  return `-----BEGIN PRIVATE KEY-----\n${der.toString("base64")}\n-----END PRIVATE KEY-----\n`;
}
