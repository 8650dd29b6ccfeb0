import { accountVariables } from "../accounts/providers";
import type { Database } from "../data/database";
import { SSH_KEY } from "../environments/rules";
import { accountPath, keyPath, type SecretStore } from "../secrets/store";
import type { Operation } from "../work/types";

/**
 * The variables by which an environment's operations log in to its cloud and its machines: those of its cluster's account and key, or of the
 * account that the environment was given; none where it was given none.
 */
export async function credentialsFor(
  { cluster, environment }: Pick<Operation, "cluster" | "environment">,
  { query }: Database,
  secrets: SecretStore,
): Promise<Record<string, string>> {
  const own = cluster === null ? undefined : await query.selectFrom("clusters").selectAll().where("id", "=", cluster).executeTakeFirst();
  const row = own ?? (await query.selectFrom("environments").selectAll().where("name", "=", environment).executeTakeFirst());
  if (row === undefined) return {};
  const variables: Record<string, string> = {};
  if (row.account !== null) {
    const account = await query.selectFrom("accounts").selectAll().where("id", "=", row.account).executeTakeFirst();
    const secret = account && (await secrets.read(accountPath(account.provider, account.id)));
    if (account === undefined || secret === undefined)
      throw new Error(`the account ${row.account} of ${row.name} has no credentials any more`);
    Object.assign(variables, accountVariables(account, secret));
  }
  if (row.sshKey !== "" && row.sshKey !== null) {
    const key = await query.selectFrom("sshKeys").select("id").where("name", "=", row.sshKey).executeTakeFirst();
    const privateKey = key && (await secrets.read(keyPath(key.id)))?.privateKey;
    if (privateKey === undefined) throw new Error(`the SSH key ${row.sshKey} of ${row.name} is not there any more`);
    variables[SSH_KEY] = privateKey;
  }
  return variables;
}
