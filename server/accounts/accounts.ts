import type { Trail } from "../audit/trail";
import type { Database } from "../data/database";
import type { Row } from "../data/tables";
import { HttpProblem } from "../http/problem";
import { accountPath, type SecretStore } from "../secrets/store";

/** What accounts are kept by. */
export interface AccountParts {
  readonly database: Pick<Database, "query">;
  readonly secrets: SecretStore;
  readonly trail: Pick<Trail, "append">;
}

type Account = Row<"accounts">;
type Secret = Readonly<Record<string, string>>;

/** Cloud accounts, whichever calls they are made by. Their credentials are kept beside them, and told to nobody. */
export class Accounts {
  constructor(private readonly parts: AccountParts) {}

  /** @throws HttpProblem where there is none */
  async one(id: number): Promise<Account> {
    const row = await this.parts.database.query.selectFrom("accounts").selectAll().where("id", "=", id).executeTakeFirst();
    if (row === undefined) throw new HttpProblem("not-found", "The resource does not exist.");
    return row;
  }

  /** The credentials of one; undefined where they are gone. */
  async credentials({ provider, id }: Account): Promise<Secret | undefined> {
    return await this.parts.secrets.read(accountPath(provider, id));
  }

  async add(values: Pick<Account, "name" | "provider" | "region" | "project" | "site">, secret: Secret, actor: string): Promise<Account> {
    const { database, secrets, trail } = this.parts;
    const { name, provider } = values;
    const row = await database.query.transaction().execute(async (transaction) => {
      const made = await transaction.insertInto("accounts").values(values).returningAll().executeTakeFirstOrThrow();
      await trail.append({ actor, action: "account.create", target: String(made.id), detail: { name, provider } }, transaction);
      return made;
    });
    try {
      await secrets.write(accountPath(provider, row.id), secret);
    } catch (error) {
      await database.query.deleteFrom("accounts").where("id", "=", row.id).execute();
      throw error;
    }
    return row;
  }

  /** @param secret credentials in the place of those that it has; undefined: they stay */
  async change(
    { id, provider }: Account,
    values: Partial<Pick<Account, "name" | "region" | "project" | "site">>,
    secret: Secret | undefined,
    { actor, action }: { readonly actor: string; readonly action: string },
  ): Promise<Account> {
    const { database, secrets, trail } = this.parts;
    const fields = [...Object.keys(values), ...(secret === undefined ? [] : ["credentials"])].join(" ");
    const named: Record<string, string> = values.name === undefined ? {} : { name: values.name };
    const row = await database.query.transaction().execute(async (transaction) => {
      await trail.append({ actor, action, target: String(id), detail: { ...named, fields } }, transaction);
      const change = { ...values, modified: new Date() };
      return await transaction.updateTable("accounts").set(change).where("id", "=", id).returningAll().executeTakeFirstOrThrow();
    });
    if (secret !== undefined) await secrets.write(accountPath(provider, id), secret);
    return row;
  }

  /** @throws HttpProblem where something is made with it */
  async remove({ id, provider, name }: Account, actor: string): Promise<void> {
    const { database, secrets, trail } = this.parts;
    const cluster = await database.query.selectFrom("clusters").select("name").where("account", "=", id).executeTakeFirst();
    if (cluster !== undefined)
      throw new HttpProblem("conflict", `the cluster ${cluster.name} is made with this account: delete that first`);
    const environment = await database.query.selectFrom("environments").select("name").where("account", "=", id).executeTakeFirst();
    if (environment !== undefined)
      throw new HttpProblem("conflict", `the environment ${environment.name} logs in by this account: give it another one first`);
    await database.query.transaction().execute(async (transaction) => {
      await trail.append({ actor, action: "account.delete", target: String(id), detail: { name, provider } }, transaction);
      await transaction.deleteFrom("accounts").where("id", "=", id).execute();
    });
    await secrets.remove(accountPath(provider, id));
  }
}
