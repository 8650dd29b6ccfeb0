/**
 * The public half of a private key, as OpenSSH writes it, without a comment.
 * @throws Error that says why there is none; never a part of the key
 */
export function publicHalf(privateKey: string): string {
  // Loaded where a key is given, and only there.
  const { utils } = require("ssh2") as typeof import("ssh2");
  const parsed = utils.parseKey(privateKey);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || key instanceof Error) {
    throw new Error(
      /passphrase|encrypted/i.test(key?.message ?? "")
        ? "is protected by a passphrase, which nobody can type here: give the key without one"
        : "is no private key that SSH takes: give it as OpenSSH or PEM (BEGIN OPENSSH, RSA or EC PRIVATE KEY)",
    );
  }
  if (!key.isPrivateKey()) throw new Error("is a public key: give the private one");
  return `${key.type} ${key.getPublicSSH().toString("base64")}`;
}

/** Whether two OpenSSH public keys are the same, whatever their comments. */
export function samePublicKey(one: string, other: string): boolean {
  const bare = (key: string): string => key.trim().split(/\s+/).slice(0, 2).join(" ");
  return bare(one) === bare(other);
}
