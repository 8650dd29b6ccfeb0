import { readFileSync } from "node:fs";
import type { SecretReference } from "../model/plan/infrastructure-types";
import { fromFolder } from "./from-folder";

/** How long a secret store may take to answer, in milliseconds. */
const storeTimeout = 10_000;

/**
 * What a reference to a secret leads to, wherever no Pulumi program runs.
 * @param folder what the relative paths of files go by
 * @throws Error saying why it could not be read; never a value
 */
export async function readSecret(reference: SecretReference, folder: string): Promise<string> {
  if ("env" in reference) {
    const value = process.env[reference.env];
    if (!value) throw new Error(`the environment variable ${reference.env} is not set`);
    return value;
  }
  if ("file" in reference) {
    const file = fromFolder(folder, reference.file);
    try {
      return readFileSync(file, "utf8");
    } catch (error) {
      throw new Error(`the file ${file} cannot be read`, { cause: error });
    }
  }
  if ("config" in reference)
    throw new Error(
      `the Pulumi configuration ${reference.config} can only be read by an operation: refer to the secret by env, file or vault`,
    );
  return await readVault(reference.vault);
}

/** Reads `mount/path#field` (the whole secret as JSON without a field) of a key-value store, version 2, in Vault or OpenBao. */
async function readVault(reference: string): Promise<string> {
  const server = process.env.VAULT_ADDR ?? process.env.BAO_ADDR;
  const token = process.env.VAULT_TOKEN ?? process.env.BAO_TOKEN;
  if (!server || !token) throw new Error(`reading ${reference} from the secret store needs VAULT_ADDR and VAULT_TOKEN`);
  const [path = "", field] = reference.split("#");
  const [mount = "", ...rest] = path.split("/");
  const address = new URL(`v1/${mount}/data/${rest.join("/")}`, server.endsWith("/") ? server : `${server}/`);
  const answer = await fetch(address, { headers: { "X-Vault-Token": token }, signal: AbortSignal.timeout(storeTimeout) });
  if (!answer.ok) throw new Error(`the secret store answered ${answer.status} for ${path}`);
  const body = (await answer.json()) as { data?: { data?: Record<string, unknown> } };
  const value = field === undefined ? body.data?.data : body.data?.data?.[field];
  if (value === undefined) throw new Error(`the secret store has nothing at ${reference}`);
  return typeof value === "string" ? value : JSON.stringify(value);
}
