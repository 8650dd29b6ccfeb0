import type { Kysely } from "kysely";
import type { Database } from "../data/database";
import type { Tables } from "../data/tables";
import { HttpProblem } from "./problem";
import { Answer, type Call } from "./route";

type Asked = Pick<Call<unknown, unknown, unknown>, "key" | "digest" | "principal">;

const DAY_MS = 24 * 3_600_000;

/** Requests that may come again: by the key that their caller gives them they are answered as they were before. */
export class Requests {
  constructor(
    private readonly database: Pick<Database, "query">,
    private readonly clock: () => number = Date.now,
  ) {}

  /** The answer of the same request before. @throws HttpProblem where it was another one by that key */
  async answered({ key, digest, principal }: Asked): Promise<Answer | undefined> {
    if (key === undefined) return undefined;
    const since = new Date(this.clock() - DAY_MS);
    await this.database.query.deleteFrom("requests").where("created", "<", since).execute();
    const row = await this.database.query
      .selectFrom("requests")
      .select(["digest", "answer"])
      .where("caller", "=", principal.id)
      .where("key", "=", key)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    if (row.digest !== digest)
      throw new HttpProblem("refused", "another request was sent by this idempotency-key: give each request a key of its own");
    const { body, status, headers } = JSON.parse(row.answer);
    return new Answer(body, status, headers);
  }

  /** Keeps an answer with the work that it tells of. @throws KeyTakenError where the same key has come in at the same time */
  async keep({ key, digest, principal }: Asked, answer: Answer, within: Kysely<Tables>): Promise<void> {
    if (key === undefined) return;
    const values = { caller: principal.id, key, digest, answer: JSON.stringify(answer), created: new Date(this.clock()) };
    const kept = await within
      .insertInto("requests")
      .values(values)
      .onConflict((same) => same.doNothing())
      .returning("key")
      .executeTakeFirst();
    if (kept === undefined) throw new HttpProblem("conflict", "the same request is under way: send it again");
  }
}
