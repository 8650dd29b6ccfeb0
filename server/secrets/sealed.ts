import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createWhole, PRIVATE, readIfThere } from "../../host/files";
import type { Database } from "../data/database";
import type { SecretStore } from "./store";

const CIPHER = "aes-256-gcm";
const [KEY, NONCE, TAG] = [32, 12, 16];

/** The key in a file that nobody else reads; made where there is none. @throws Error where it is no key */
export function keyIn(file: string): Buffer {
  // One that was given may lie where nothing is written.
  if (readIfThere(file) === undefined) createWhole(file, `${randomBytes(KEY).toString("base64")}\n`, { mode: PRIVATE });
  const key = Buffer.from((readIfThere(file) ?? "").trim(), "base64");
  if (key.length !== KEY)
    throw new Error(`${file} holds no key of ${KEY} bytes: give the one that the database's secrets were encrypted by`);
  return key;
}

/** Encrypts a text for one path: at another it cannot be decrypted. */
export function seal(key: Buffer, path: string, text: string): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(path));
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]).toString("base64");
}

/** The text that was encrypted for a path. @throws Error where it was altered, moved, or encrypted by another key */
export function unseal(key: Buffer, path: string, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64");
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE)).setAAD(Buffer.from(path)).setAuthTag(bytes.subarray(-TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]).toString("utf8");
  } catch {
    throw new Error(`the secret ${path} cannot be decrypted: the key is another one, or the database was altered`);
  }
}

/** Secrets in the service's database, each encrypted by a key that is not in it. */
export class SealedSecrets implements SecretStore {
  constructor(
    private readonly database: Database,
    private readonly key: Buffer,
  ) {}

  async write(path: string, secret: Readonly<Record<string, string>>): Promise<void> {
    const row = { sealed: seal(this.key, path, JSON.stringify(secret)), modified: new Date() };
    await this.database.query
      .insertInto("secrets")
      .values({ path, ...row })
      .onConflict((same) => same.column("path").doUpdateSet(row))
      .execute();
  }

  async read(path: string): Promise<Readonly<Record<string, string>> | undefined> {
    const row = await this.database.query.selectFrom("secrets").select("sealed").where("path", "=", path).executeTakeFirst();
    return row === undefined ? undefined : JSON.parse(unseal(this.key, path, row.sealed));
  }

  wrong(path: string, sealed: string): string | undefined {
    try {
      unseal(this.key, path, sealed);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async remove(path: string): Promise<void> {
    await this.database.query.deleteFrom("secrets").where("path", "=", path).execute();
  }
}
