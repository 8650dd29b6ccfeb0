import { createHash, generateKeyPairSync } from "node:crypto";

/** A key pair as nova makes one when none is given: RSA, the public half in OpenSSH's form. */
export function opensshKeyPair(): { readonly publicKey: string; readonly privateKey: string } {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { n = "", e = "" } = privateKey.export({ format: "jwk" });
  const blob = Buffer.concat([
    field(Buffer.from("ssh-rsa")),
    field(Buffer.from(e, "base64url")),
    field(Buffer.concat([Buffer.of(0), Buffer.from(n, "base64url")])),
  ]);
  return {
    publicKey: `ssh-rsa ${blob.toString("base64")} Generated-by-Nova`,
    privateKey: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
  };
}

/** How many fields follow the type in each kind of key that nova takes. */
const FIELDS: Readonly<Record<string, number>> = {
  "ssh-rsa": 2,
  "ssh-ed25519": 1,
  "ecdsa-sha2-nistp256": 2,
  "ecdsa-sha2-nistp384": 2,
  "ecdsa-sha2-nistp521": 2,
};

/** The MD5 of a public key in OpenSSH's form, as nova tells it; undefined where it is none. */
export function fingerprint(publicKey: string): string | undefined {
  const [type = "", encoded = ""] = publicKey.trim().split(/\s+/);
  const blob = Buffer.from(encoded, "base64");
  const fields = fieldsIn(blob);
  if (fields?.length !== (FIELDS[type] ?? Number.NaN) + 1 || fields[0]?.toString() !== type) return undefined;
  if (type === "ssh-ed25519" && fields[1]?.length !== 32) return undefined;
  return createHash("md5").update(blob).digest("hex").match(/../g)?.join(":");
}

/** The fields that a key's data consists of, each after its length; undefined where it is cut off. */
function fieldsIn(blob: Buffer): Buffer[] | undefined {
  const fields: Buffer[] = [];
  let at = 0;
  while (at < blob.length) {
    const end = at + 4 <= blob.length ? at + 4 + blob.readUInt32BE(at) : Number.POSITIVE_INFINITY;
    if (end > blob.length) return undefined;
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
