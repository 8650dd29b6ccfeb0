import { generateKeyPairSync } from "node:crypto";

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

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
