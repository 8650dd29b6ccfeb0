import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
} from "node:crypto";

/** The curves of ECDSA keys as the provider names them, with node's and OpenSSH's names. P224 has no OpenSSH form. */
const CURVES: Readonly<Record<string, { readonly node: string; readonly openssh?: string }>> = {
  P224: { node: "secp224r1" },
  P256: { node: "P-256", openssh: "nistp256" },
  P384: { node: "P-384", openssh: "nistp384" },
  P521: { node: "P-521", openssh: "nistp521" },
};

/** The names of the curves an ECDSA key can have. */
export const CURVE_NAMES: readonly string[] = Object.keys(CURVES);

/** A new private key. */
export function generateKey(algorithm: string, rsaBits: number, curve: string): KeyObject {
  switch (algorithm) {
    case "RSA":
      return generateKeyPairSync("rsa", { modulusLength: rsaBits }).privateKey;
    case "ED25519":
      return generateKeyPairSync("ed25519").privateKey;
    default:
      return generateKeyPairSync("ec", { namedCurve: CURVES[curve]?.node ?? curve }).privateKey;
  }
}

/** The key in the PEM. The error never holds the text. */
export function readKey(pem: string, property: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error(`${property} holds no private key in PEM format`);
  }
}

/** `RSA`, `ECDSA` or `ED25519`. */
export function algorithmOf(key: KeyObject): string {
  return key.asymmetricKeyType === "rsa" ? "RSA" : key.asymmetricKeyType === "ed25519" ? "ED25519" : "ECDSA";
}

/** The key in the traditional PEM of its algorithm, as the provider writes it. */
export function traditionalPem(key: KeyObject): string {
  const type = { rsa: "pkcs1", ec: "sec1" }[String(key.asymmetricKeyType)] ?? "pkcs8";
  return pemOf(key, type);
}

/** The key in PKCS #8. */
export function pkcs8Pem(key: KeyObject): string {
  return pemOf(key, "pkcs8");
}

/** The public half in PEM. */
export function publicPem(key: KeyObject): string {
  return createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
}

/** The id the provider gives: the SHA-1 of the public key. */
export function keyId(key: KeyObject): string {
  return createHash("sha1")
    .update(createPublicKey(key).export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** The key's OpenSSH forms and fingerprints; undefined for a curve OpenSSH does not know. */
export function opensshForms(key: KeyObject): { publicKey: string; privateKey: string; md5: string; sha256: string } | undefined {
  const jwk = key.export({ format: "jwk" });
  const parts = opensshParts(jwk);
  if (parts === undefined) return undefined;
  const blob = Buffer.concat([field(parts.type), ...parts.publicFields]);
  const md5 = createHash("md5").update(blob).digest("hex");
  return {
    publicKey: `${parts.type} ${blob.toString("base64")}\n`,
    privateKey: opensshPrivate(parts.type, blob, parts.privateFields),
    md5: md5.match(/../g)?.join(":") ?? "",
    sha256: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
  };
}

interface OpensshParts {
  readonly type: string;
  readonly publicFields: readonly Buffer[];
  readonly privateFields: readonly Buffer[];
}

function opensshParts(jwk: JsonWebKey): OpensshParts | undefined {
  if (jwk.kty === "RSA") {
    const [n, e, d, iqmp, p, q] = [jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map(mpint);
    if (n === undefined || e === undefined || d === undefined || iqmp === undefined || p === undefined || q === undefined) return undefined;
    return { type: "ssh-rsa", publicFields: [e, n], privateFields: [n, e, d, iqmp, p, q] };
  }
  if (jwk.kty === "OKP") {
    const publicField = field(decoded(jwk.x));
    // OpenSSH keeps the seed and the public key together.
    return {
      type: "ssh-ed25519",
      publicFields: [publicField],
      privateFields: [publicField, field(Buffer.concat([decoded(jwk.d), decoded(jwk.x)]))],
    };
  }
  const curve = Object.values(CURVES).find(({ node }) => node === jwk.crv)?.openssh;
  if (curve === undefined) return undefined;
  const fields = [field(curve), field(Buffer.concat([Buffer.of(4), decoded(jwk.x), decoded(jwk.y)]))];
  return { type: `ecdsa-sha2-${curve}`, publicFields: fields, privateFields: [...fields, mpint(jwk.d)] };
}

/** The file format of OpenSSH, unencrypted (PROTOCOL.key in its sources). */
function opensshPrivate(type: string, publicBlob: Buffer, privateFields: readonly Buffer[]): string {
  const check = randomBytes(4);
  const secrets = Buffer.concat([check, check, field(type), ...privateFields, field("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (secrets.length % 8)) % 8 }, (_, index) => index + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    field("none"),
    field("none"),
    field(""),
    one,
    field(publicBlob),
    field(Buffer.concat([secrets, padding])),
  ]);
  const lines = body.toString("base64").match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function pemOf(key: KeyObject, type: string): string {
  const format = "pem";
  if (type === "pkcs1") return key.export({ type: "pkcs1", format }).toString();
  if (type === "sec1") return key.export({ type: "sec1", format }).toString();
  return key.export({ type: "pkcs8", format }).toString();
}

function decoded(value: string | undefined): Buffer {
  return Buffer.from(value ?? "", "base64url");
}

/** A length-prefixed field. */
function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A positive integer as a field: no leading zeros, and one zero byte where the highest bit is set. */
function mpint(value: string | undefined): Buffer {
  let bytes = decoded(value);
  while (bytes.length > 1 && bytes[0] === 0) bytes = bytes.subarray(1);
  return field((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}
