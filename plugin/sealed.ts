import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

const PREFIX = "sealed:";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts what a simulated world keeps of secrets, as etcd encrypts Secrets at rest: under the passphrase that the engine encrypts its state
 * with. Without one (the engine always has one) texts stay as they are.
 */
export function seal(text: string, key: Buffer | undefined): string {
  if (key === undefined) return text;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `${PREFIX}${sealed.toString("base64")}`;
}

/** What was sealed. A text that is not sealed, or under another passphrase, comes back as it is: somebody edited the file. */
export function unseal(text: string, key: Buffer | undefined): string {
  if (key === undefined || !isSealed(text)) return text;
  const sealed = Buffer.from(text.slice(PREFIX.length), "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return `${decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8")}${decipher.final("utf8")}`;
  } catch (error) {
    if (error instanceof Error && /authenticate/.test(error.message)) return text;
    throw error;
  }
}

/** Whether a text is a sealed one. */
export function isSealed(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** The key of the passphrase that an environment names; undefined where it names none. */
export function sealKey(env: NodeJS.ProcessEnv = process.env): Buffer | undefined {
  const file = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  const passphrase = env.PULUMI_CONFIG_PASSPHRASE || (file ? readFileSync(file, "utf8").trim() : "");
  return passphrase === "" ? undefined : createHash("sha256").update(`kpaas sandbox world\0${passphrase}`).digest();
}
